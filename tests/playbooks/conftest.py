import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.audit import By
from core.database import Database
from core.models import Role
from playbooks import service
from tests.clocks import NIGHT
from tests.copies import Rows, fill, rows_of
from tests.playbooks.lund import files
from tests.playbooks.rosters import seed
from tests.visitors import Site, Visitor

ZONE = ZoneInfo("Europe/Stockholm")


@pytest.fixture
async def lund(database: Database) -> Database:
    """A database with Lund's people and lists, and no paths."""
    async with database.transaction() as session:
        await seed(session, now=NIGHT)
    return database


@pytest.fixture(scope="session")
async def rows_of_lund(empty_sqlite: Path, scratch: Path) -> Rows:
    """Lund's people, lists and nine paths, made once."""
    database = Database(
        f"sqlite:///{shutil.copy(empty_sqlite, scratch / 'paths.db')}", durable=False
    )
    async with database.transaction() as session:
        await seed(session, now=NIGHT)
        await session.flush()
        await service.load(session, files(), by=By("planeraren"), now=NIGHT, zone=ZONE)
    rows = await rows_of(database)
    await database.close()
    return rows


@pytest.fixture
async def paths(database: Database, rows_of_lund: Rows) -> Database:
    """And with Lund's nine paths."""
    await fill(database, rows_of_lund)
    return database


@pytest.fixture
async def site(paths: Database) -> AsyncIterator[Site]:
    async with Site.on(paths) as site:
        yield site


@pytest.fixture
async def tib(site: Site) -> Visitor:
    return await site.signed_in("alva", Role.DUTY_OFFICER)


@pytest.fixture
async def planner(site: Site) -> Visitor:
    return await site.signed_in("nils", Role.PLANNER)
