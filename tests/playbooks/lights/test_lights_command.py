import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.audit import By
from core.clock import SystemClock
from core.database import Database
from crisis.cli import app
from playbooks import service
from tests.playbooks.conftest import ZONE
from tests.playbooks.lund import files
from tests.playbooks.rosters import seed

pytestmark = pytest.mark.usefixtures("logging_as_it_was")


def test_the_command_tells_the_lights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'krislarm.db'}"
    monkeypatch.setenv("KRISLARM_DATABASE_URL", url)
    assert CliRunner().invoke(app, ["migrate"]).exit_code == 0
    asyncio.run(_fill(url))
    found = json.loads(CliRunner().invoke(app, ["lights", "--json"]).stdout)
    assert [each["path"] for each in found] == [f"LV-0{number}" for number in range(1, 10)]
    assert found[0]["documented"]["light"] == "red"
    assert "inte godkänt" in found[0]["documented"]["why"]
    table = CliRunner().invoke(app, ["lights", "--at", "2090-01-01"]).stdout
    assert "röd   0 körningar" in table
    assert CliRunner().invoke(app, ["lights", "--at", "då"]).exit_code == 2


async def _fill(url: str) -> None:
    database, now = Database(url), SystemClock().now()
    async with database.transaction() as session:
        await seed(session, now=now)
        await service.load(session, files(), by=By("test"), now=now, zone=ZONE)
    await database.close()
