"""What every test stands on: both databases, a world with phones, and no way out to the network."""

import ipaddress
import logging
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from core.database import Database, Row
from crisis.demo.seed import seed
from tests import postgres
from tests.clocks import NIGHT
from tests.copies import Rows, rows_of
from tests.schema import make_schema
from tests.unavailable import Unavailable
from tests.world import World

FOLDER = "KRISLARM_TEST_POSTGRES"
REASON = "KRISLARM_TEST_NO_POSTGRES"
STARTED = pytest.StashKey[postgres.Server]()


def pytest_configure(config: pytest.Config) -> None:
    """Only the process that was started by hand runs the server; workers are told where it is."""
    if hasattr(config, "workerinput") or os.environ.get(FOLDER):
        return
    started = postgres.start()
    if isinstance(started, Unavailable):
        os.environ[REASON] = started.reason
        return
    config.stash[STARTED] = started
    os.environ[FOLDER] = str(started.folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    if STARTED in config.stash:
        config.stash[STARTED].stop()


def _only_loopback(event: str, arguments: tuple[object, ...]) -> None:
    if event != "socket.connect":
        return
    address = arguments[1]
    if not isinstance(address, tuple):
        return  # a local socket
    host = str(address[0])
    if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
        raise PermissionError(f"a test tried to reach {host}")


sys.addaudithook(_only_loopback)


@pytest.fixture(autouse=True)
def no_errors_in_the_log(
    caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest
) -> Iterator[None]:
    """An ERROR in the log fails the test, unless it is marked as expecting one."""
    yield
    if request.node.get_closest_marker("logs_errors"):
        return
    errors = [
        record.getMessage()
        for when in ("setup", "call")
        for record in caplog.get_records(when)
        if record.levelno >= logging.ERROR
    ]
    assert not errors, f"unexpected errors in the log: {errors}"


@pytest.fixture
def logging_as_it_was() -> Iterator[None]:
    """For tests that run a command in this process: it sets up logging for a process of its own."""
    root, names = logging.getLogger(), ("twilio", "aiosqlite", "asyncio", "apscheduler")
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in names}
    yield
    root.handlers, root.level = handlers, level
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """A folder in memory where there is one."""
    memory = Path("/dev/shm")
    base = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="krislarm-", dir=base))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
async def empty_sqlite(scratch: Path) -> Path:
    """An SQLite file with the schema and nothing in it."""
    path = scratch / "empty.db"
    database = Database(f"sqlite:///{path}", durable=False)
    await make_schema(database)
    await database.close()
    with sqlite3.connect(path) as plain:
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    plain.close()
    return path


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


@pytest.fixture(scope="session")
def postgres_folder() -> Path:
    """Where the test server is; skips, with the reason, when there is none."""
    folder = os.environ.get(FOLDER)
    if not folder:
        pytest.skip(f"PostgreSQL: {os.environ.get(REASON, 'not started')}")
    return Path(folder)


@pytest.fixture(scope="session")
async def postgres_url(worker_id: str, postgres_folder: Path) -> AsyncIterator[str]:
    """A database of this worker's own in the test server."""
    server, name = postgres.Server(postgres_folder), f"tests_{worker_id}"
    server.drop(name)
    server.create(name)
    database = Database(server.url(name))
    await make_schema(database)
    await database.close()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
async def sqlite_database(
    empty_sqlite: Path, tmp_path_factory: pytest.TempPathFactory, scratch: Path
) -> AsyncIterator[Database]:
    path = Path(tempfile.mkdtemp(dir=scratch)) / "krislarm.db"
    shutil.copy(empty_sqlite, path)
    database = Database(f"sqlite:///{path}", durable=False)
    yield database
    await database.close()
    shutil.rmtree(path.parent)


@pytest.fixture
async def postgres_database(postgres_url: str) -> AsyncIterator[Database]:
    database = Database(postgres_url)
    yield database
    await _empty(database)
    await database.close()


async def _empty(database: Database) -> None:
    """Every row goes. TRUNCATE would make each table's files anew: ten times as slow."""
    deletes = ";".join(str(table.delete()) for table in Row.metadata.sorted_tables)
    async with database.engine.begin() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        # As a replica no trigger and no reference is looked at.
        await raw.execute(f"SET LOCAL session_replication_role = replica;{deletes}")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty database with the schema: the same test runs on both kinds."""
    found: Database = request.getfixturevalue(f"{request.param}_database")
    return found


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    """People with phones, a clock that moves by hand, and the real engine."""
    async with World.on(database) as world:
        yield world
        world.expect_silence()
