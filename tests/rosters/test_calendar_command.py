import asyncio
from pathlib import Path

import pytest
import vobject
from typer.testing import CliRunner

from core.clock import SystemClock
from core.database import Database
from crisis.cli import app
from rosters.duty.models import DutyRole, Shift
from rosters.duty.resolver import in_service
from rosters.models import Person
from tests.rosters.roster import ZONE

pytestmark = pytest.mark.usefixtures("logging_as_it_was")


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with one shift that is going on."""
    url = f"sqlite:///{tmp_path / 'krislarm.db'}"
    monkeypatch.setenv("KRISLARM_DATABASE_URL", url)
    assert CliRunner().invoke(app, ["migrate"]).exit_code == 0
    asyncio.run(_fill(url))
    return url


async def _fill(url: str) -> None:
    database, now = Database(url), SystemClock().now()
    tib, alva = DutyRole(code="TIB", name="Tjänsteman i beredskap"), Person(ref="P01", name="Alva")
    assert in_service(alva, at=now, zone=ZONE)
    later = now.replace(year=now.year + 1, day=1)
    async with database.transaction() as session:
        session.add_all([tib, alva])
        session.add(Shift(duty_role_id=tib.id, person_id=alva.id, starts_at=now, ends_at=later))
    await database.close()


@pytest.mark.parametrize(
    ("arguments", "summary"),
    [
        (["--role", "TIB"], "TIB: Alva"),
        (["--person", "P01"], "TIB – Tjänsteman i beredskap"),
        (["--role", "TIB", "--person", "P01"], "TIB – Tjänsteman i beredskap"),
    ],
)
def test_the_command_writes_a_calendar(url: str, arguments: list[str], summary: str) -> None:
    result = CliRunner().invoke(app, ["calendar", *arguments])
    assert result.exit_code == 0
    (event,) = vobject.readOne(result.stdout_bytes.decode()).vevent_list
    assert event.summary.value == summary


@pytest.mark.parametrize("arguments", [[], ["--role", "X"], ["--person", "P99"]])
def test_what_is_not_there_gives_exit_2(url: str, arguments: list[str]) -> None:
    result = CliRunner().invoke(app, ["calendar", *arguments])
    assert result.exit_code == 2
    assert not result.stdout
