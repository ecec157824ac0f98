"""The manual knows every setting, command, state and page, and no link leads nowhere."""

import re
from enum import StrEnum
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import SecretStr
from typer.main import get_group

from alerting import habits, models, plan
from core import models as accounts
from core import settings
from core.settings import Settings
from crisis.app import SCOPES
from crisis.cli import app
from crisis.signals import models as signals
from playbooks import models as playbooks
from playbooks.cards import models as cards
from playbooks.communication_tests import models as communication_tests
from playbooks.lights import models as lights
from playbooks.paper import models as paper
from playbooks.receipts import models as receipts
from playbooks.ways_in import models as ways_in
from rosters import models as people
from rosters.calendars import models as calendars
from rosters.duty import gaps
from rosters.duty import models as duty
from rosters.notices import models as notices
from rosters.readiness import models as campaigns
from tests.core.test_permissions import app_alone, asked_of, routes

ROOT = Path(__file__).parent.parent
MANUAL = (ROOT / "docs" / "manual.md").read_text()
README = (ROOT / "README.md").read_text()
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
ROSTER = (duty, gaps, notices, campaigns, calendars)
PLAYBOOKS = (playbooks, cards, communication_tests, lights, paper, receipts, ways_in, signals)
# Said in other words, or by the notation of alarm paths.
INSIDE = {plan.StartKind, plan.OtherwiseKind, plan.TargetKind}


def words(modules: tuple[ModuleType, ...]) -> list[type[StrEnum]]:
    """The states and kinds that these modules define."""
    return [
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type)
        and issubclass(kind, StrEnum)
        and kind.__module__ == module.__name__
        and kind not in INSIDE
    ]


def commands() -> dict[str, list[str]]:
    """Every command with its options."""
    found = {}
    for name, command in get_group(app).commands.items():
        for part, inner in getattr(command, "commands", {"": command}).items():
            flags = [flag for each in inner.params for flag in each.opts if flag.startswith("--")]
            found[f"krislarm {name} {part}".rstrip()] = flags
    return found


def shown_default(value: object) -> str:
    hidden = value in {"", ()} or isinstance(value, SecretStr)
    return "" if hidden else f"`{value}`"


def test_every_setting_stands_in_the_manual_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `KRISLARM_([A-Z_]+)` \| (.*?) ?\| ", MANUAL, re.MULTILINE))
    fields = Settings.model_fields
    assert rows == {name.upper(): shown_default(fields[name].default) for name in fields}


def test_every_command_stands_in_the_manual_with_its_options() -> None:
    rows = dict(re.findall(r"^\| `(krislarm [a-z ]+)` \| (.*) \|$", MANUAL, re.MULTILINE))
    told = commands()
    assert rows.keys() == told.keys()
    for name, flags in told.items():
        assert [flag for flag in flags if f"`{flag}`" not in rows[name]] == [], name


@pytest.mark.parametrize(
    "kind",
    words((models, plan, habits, people, *ROSTER, *PLAYBOOKS, accounts, settings)),
    ids=lambda kind: kind.__name__,
)
def test_every_state_stands_in_the_manual(kind: type[StrEnum]) -> None:
    said = " ".join(MANUAL.split())  # a word may be broken over two lines
    assert [each.value for each in kind if f"`{each.value}`" not in said] == []


def test_every_scope_stands_in_the_manual() -> None:
    assert [scope for scope in SCOPES if f"`{scope}`" not in MANUAL] == []


def strictest(asked: set[str]) -> set[str]:
    """What a router wants of all its routes says nothing of one that wants more."""
    for wider in ("reader", "duty officer or planner"):
        asked = asked - {wider} or asked
    return asked


def test_every_route_stands_in_the_manual_with_who_may_use_it() -> None:
    rows = re.findall(r"^\| ([A-Z]+) \| `(/\S*)` \| ([a-z: ]+) \|", MANUAL, re.MULTILINE)
    found = {
        (method, re.sub(r":\w+}", "}", route.path or ""), who)
        for route in routes(app_alone())
        for method in (route.methods or set()) - {"HEAD"}
        for who in strictest(asked_of(route))
    }
    assert {(method, path, who) for method, path, who in rows} == found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_link_leads_nowhere(page: Path) -> None:
    gone = []
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        place, _sign, heading = link.partition("#")
        target = page.parent / place if place else page
        if place.startswith("http"):
            continue
        if not target.exists() or (heading and heading not in headings(target)):
            gone.append(link)
    assert gone == []


def headings(page: Path) -> set[str]:
    """As GitHub makes addresses of them."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\s-]", "", title).lower().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", [README, MANUAL], ids=["README", "manual"])
def test_what_a_reader_is_told_to_run_is_there(page: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    known = {name.split()[1] for name in commands()}
    assert set(re.findall(r"`make ([a-z]+)", page)) <= targets
    assert set(re.findall(r"bin/krislarm ([a-z]+)", page)) <= known
