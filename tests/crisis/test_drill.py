"""Drills: every path through the real engine, the same for the same seed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update
from typer.testing import CliRunner, Result

from core.audit import By
from core.models import User
from crisis.cli import app
from crisis.drilling import copy_organisation, throw_away
from rosters.duty.models import DutyRole
from rosters.duty.resolver import next_on_duty
from rosters.models import Person
from rosters.rotations.fields import RotationFields
from rosters.rotations.service import add_rotation
from tests.world import World

Drill = Callable[..., Result]
PATHS = [f"LV-0{number}" for number in range(1, 10)]


@pytest.fixture
def drill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Drill:
    """Run `krislarm drill` where nothing is configured: the demo organisation is used."""
    monkeypatch.setenv("KRISLARM_DATABASE_URL", f"sqlite:///{tmp_path / 'none.db'}")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["drill", *arguments])

    return run


@pytest.mark.parametrize("path", PATHS)
def test_every_path_drills_to_its_end_with_people_who_answer(drill: Drill, path: str) -> None:
    result = drill(path, "--people", "prompt", "--seed", "1", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["path"] == path
    assert told["met"] is True
    assert told["timeline"]


def test_typical_people_meet_the_needs_of_lv_03(drill: Drill) -> None:
    result = drill("LV-03", "--people", "typical", "--seed", "1")
    assert result.exit_code == 0, result.output
    assert "Stabens kärna" in result.stdout
    assert "Behov" in result.stdout


def test_the_night_shows_the_escalation(drill: Drill) -> None:
    result = drill(
        "LV-01", "--people", "night", "--seed", "3", "--at", "2026-12-25T03:00", "--json"
    )
    told = json.loads(result.stdout)
    assert [each["met"] for each in told["steps"]].count(False) > 0
    assert told["at"] == "2026-12-25T02:00:00Z"


def test_the_same_seed_tells_the_same_story(drill: Drill) -> None:
    arguments = ("LV-03", "--people", "night", "--seed", "7", "--at", "2026-12-25T03:00", "--json")
    assert drill(*arguments).stdout == drill(*arguments).stdout
    assert drill("LV-01", "--json").stdout == drill("LV-01", "--json").stdout


def test_the_timeline_says_whom_each_wave_reaches(drill: Drill) -> None:
    told = json.loads(drill("LV-03", "--people", "night", "--seed", "1", "--json").stdout)
    lines = [each["what"] for each in told["timeline"]]
    assert "Stabens kärna: samtal och sms till 7 personer" in lines
    assert any(line.startswith("Stabens reserv: samtal") for line in lines)
    assert [each["at_s"] for each in told["timeline"]] == sorted(
        each["at_s"] for each in told["timeline"]
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("LV-77",),
        ("LV-01", "--at", "igår"),
        ("LV-01", "--people", "no-such-file"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_2(drill: Drill, arguments: tuple[str, ...]) -> None:
    result = drill(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("krislarm: ")


def test_people_can_be_described_in_a_file(drill: Drill, tmp_path: Path) -> None:
    (tmp_path / "crowd.yaml").write_text("like: prompt\npeople: {P11: {away: 1}}\n")
    told = drill("LV-03", "--people", str(tmp_path / "crowd.yaml"), "--json").stdout
    assert "Love Attrapp" in told
    (tmp_path / "bad.yaml").write_text("away: 7")
    assert drill("LV-03", "--people", str(tmp_path / "bad.yaml")).exit_code == 2


async def test_a_roster_made_by_rotations_can_be_drilled(world: World) -> None:
    """Shifts belong to rotations, and people to accounts that no drill has."""
    user = User(
        username="pia", name="Pia", password_hash="-", roles=frozenset(), created_at=world.now
    )
    role = DutyRole(code="TIB", name="TIB")
    fields = RotationFields(
        name="Vecka", turns="mon 12:00", people=("alva",), starts_on=world.now.date()
    )
    await world.person("alva")
    async with world.database.transaction() as session:
        session.add_all([user, role])
        await session.execute(update(Person).values(user_id=user.id))
        await session.flush()
        await add_rotation(session, role.id, fields, by=By("test"), now=world.now)
    await world.advance(minutes=300)
    world.ignore_messages()
    async with throw_away() as copy:
        await copy_organisation(world.database, copy)
        async with copy.reading() as session:
            following = await next_on_duty(session, "TIB", at=world.now)
    assert following
    assert following.person.ref == "alva"
