"""The forecast held to the real engine: every run is the drill with the same seed, to the second."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alerting.means import means_from
from core.database import Database
from core.settings import Settings
from crisis.cli import app
from crisis.demo.seed import seed as seed_demo
from crisis.drilling import throw_away
from crisis.forecast_check import check, rehearsed
from playbooks.forecast.asking import Asked, ask
from playbooks.forecast.reckoning import blocks_of, forecast_of
from tests.clocks import NIGHT

ZONE = Settings().zone


@pytest.fixture(scope="module")
async def organisation() -> AsyncIterator[Path]:
    """The demo's database as one file, to be copied for each drill."""
    async with throw_away() as database:
        async with database.transaction() as session:
            await seed_demo(session, now=NIGHT)
        file = database.file
        await database.close()
        assert file
        yield file


async def _asked(organisation: Path, path: str) -> Asked:
    database = Database(f"sqlite:///{organisation}", durable=False)
    try:
        async with database.reading() as session:
            return await ask(session, path, at=NIGHT, now=NIGHT, zone=ZONE)
    finally:
        await database.close()


@pytest.mark.parametrize(
    ("path", "drills"),
    [("LV-03", 8), *((f"LV-0{number}", 1) for number in (1, 2, 4, 5, 6, 7, 8, 9))],
)
async def test_a_run_is_the_drill_with_the_same_seed_second_by_second(
    organisation: Path, path: str, drills: int
) -> None:
    asked = await _asked(organisation, path)
    means = means_from(Settings())
    stated = forecast_of(asked, blocks_of(asked), mending=False)
    found = await check(asked, stated, organisation, drills=drills, means=means, decided=NIGHT)
    assert found.alike == drills


async def test_the_forecast_of_lv_03_agrees_with_as_many_runs_as_drills_would_be(
    organisation: Path,
) -> None:
    """A drill is a run, as shown above; so 400 runs at the likeliest habits stand for drills."""
    asked = await _asked(organisation, "LV-03")
    stated = forecast_of(asked, blocks_of(asked), mending=False).by_name()
    runs = [rehearsed(asked, seed) for seed in range(400)]
    drilled = forecast_of(asked, [runs], mending=False).by_name()
    assert set(drilled) == set(stated)
    for name, odds in stated.items():
        assert odds.holds(drilled[name].share), name


def test_the_command_tells_scripts_what_breaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KRISLARM_DATABASE_URL", f"sqlite:///{tmp_path / 'none.db'}")
    arguments = ["forecast", "LV-09", "--runs", "30", "--seed", "2", "--json"]
    first = CliRunner().invoke(app, arguments)
    told = json.loads(first.stdout)
    assert told["path"] == "LV-09"
    assert told["runs"] == 30
    assert 0 <= told["met"]["low"] <= told["met"]["share"] <= told["met"]["high"] <= 1
    assert first.exit_code == (0 if (told["in_goal"] or told["met"])["share"] >= 0.95 else 1)
    shown = CliRunner().invoke(app, [*arguments[:-1], "--check", "1"])
    assert "1 av 1 övningar gick sekund för sekund likadant" in shown.stdout
    assert "inte ett löfte" in shown.stdout


@pytest.mark.parametrize(
    "arguments", [("LV-77",), ("LV-03", "--at", "igår"), ("LV-03", "--at", "2019-01-01")]
)
def test_bad_input_is_one_sentence_and_exit_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setenv("KRISLARM_DATABASE_URL", f"sqlite:///{tmp_path / 'none.db'}")
    result = CliRunner().invoke(app, ["forecast", *arguments])
    assert result.exit_code == 2
    assert result.stderr.startswith("krislarm: ")
