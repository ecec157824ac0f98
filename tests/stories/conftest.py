"""What stories stand on: the demo's Lund, and the whole service around it."""

import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from core.database import Database
from crisis.demo.seed import seed
from tests.browser import find, flags
from tests.clocks import NIGHT
from tests.copies import Rows, fill, rows_of
from tests.stories.child import Child
from tests.stories.lund import Lund
from tests.stories.service import Service
from tests.unavailable import Unavailable


@pytest.fixture
async def lund(database: Database, night_rows: Rows) -> AsyncIterator[Lund]:
    """The demo's people and paths at 03:12 in the night, on both kinds of database."""
    await fill(database, night_rows)
    lund = await Lund.at_home(database)
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


@pytest.fixture(scope="session")
async def night_rows(night_file: Path) -> Rows:
    """What stands in it."""
    database = Database(f"sqlite:///{night_file}", durable=False)
    rows = await rows_of(database)
    await database.close()
    return rows


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


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for all windows; skips, with the reason, where there is none."""
    program = find()
    if isinstance(program, Unavailable):
        pytest.skip(program.reason)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=flags())
        yield browser
        await browser.close()


@pytest.fixture(scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Child]:
    """`krislarm demo` as everybody starts it, with simulated phones."""
    child = Child(tmp_path_factory.mktemp("demo"), "demo")
    await child.start()
    yield child
    await child.stop()
