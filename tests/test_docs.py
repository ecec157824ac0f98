"""The manual knows every setting, command, state and page, and no link leads nowhere."""

import re
from enum import StrEnum
from pathlib import Path

import pytest
from typer.main import get_group

from alerting.models import AlarmState, CallInState, EventKind, MessageState, StepState
from alerting.plan import Ask, Order
from core.models import Role
from core.settings import Settings
from crisis.app import SCOPES
from crisis.cli import app

ROOT = Path(__file__).parent.parent
MANUAL = (ROOT / "docs" / "manual.md").read_text()
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_stands_in_the_manual(name: str) -> None:
    assert f"`KRISLARM_{name.upper()}`" in MANUAL


def test_the_manual_names_no_setting_that_is_not_there() -> None:
    known = {name.upper() for name in Settings.model_fields} | {"..._FILE"}
    named = re.findall(r"`KRISLARM_([A-Z_.]+)[`=]", MANUAL)
    assert set(named) <= known


def test_every_command_stands_in_the_manual() -> None:
    for name, command in get_group(app).commands.items():
        parts = getattr(command, "commands", {"": None})
        for part in parts:
            assert f"`krislarm {name} {part}".rstrip() in MANUAL


@pytest.mark.parametrize(
    "states",
    [AlarmState, StepState, CallInState, MessageState, EventKind, Role, Order, Ask],
)
def test_every_state_stands_in_the_manual(states: type[StrEnum]) -> None:
    assert [each.value for each in states if f"`{each.value}`" not in MANUAL] == []


def test_every_scope_stands_in_the_manual() -> None:
    assert [scope for scope in SCOPES if f"`{scope}`" not in MANUAL] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_link_leads_nowhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)\)", page.read_text())
    gone = [
        link for link in links if not link.startswith("http") and not (page.parent / link).exists()
    ]
    assert gone == []


def test_the_make_targets_of_the_readme_are_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z]+)", (ROOT / "README.md").read_text()))
    assert named <= targets
