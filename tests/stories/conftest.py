"""What stories stand on: the demo's Lund, and the whole service around it."""

import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.database import Database
from crisis.demo.seed import seed
from tests.clocks import NIGHT
from tests.stories.lund import Lund
from tests.stories.service import Service


@pytest.fixture
async def lund(database: Database) -> AsyncIterator[Lund]:
    """The demo's people and paths at 03:12 in the night, on both kinds of database."""
    lund = await Lund.made(database)
    yield lund
    await lund.engine.drain()
    lund.expect_silence()


@pytest.fixture(scope="session")
async def night_file(empty_sqlite: Path, scratch: Path) -> Path:
    """An SQLite file with the demo as it is at 03:12 in the night, made once."""
    path = scratch / "night.db"
    shutil.copy(empty_sqlite, path)
    database = Database(f"sqlite:///{path}", durable=False)
    async with database.transaction() as session:
        await seed(session, now=NIGHT)
    await database.close()
    with sqlite3.connect(path) as plain:
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    plain.close()
    return path


@pytest.fixture
async def night(night_file: Path, scratch: Path) -> AsyncIterator[Database]:
    """The demo's database at 03:12, one's own."""
    folder = Path(tempfile.mkdtemp(dir=scratch))
    database = Database(f"sqlite:///{shutil.copy(night_file, folder)}", durable=False)
    yield database
    await database.close()
    shutil.rmtree(folder)


@pytest.fixture
async def service(night: Database) -> AsyncIterator[Service]:
    """The whole service over the demo, live: nothing comes unexpected, and Twilio has no complaint."""
    async with Service.on(night) as service:
        yield service
        assert service.twilio.problems == []
        service.expect_silence()
