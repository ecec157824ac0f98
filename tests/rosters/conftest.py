from collections.abc import AsyncIterator

import pytest

from core.audit import By
from core.database import Database
from core.models import Role
from rosters.importing import carry_out
from rosters.reading import read
from tests.clocks import NIGHT
from tests.rosters.office import PEOPLE, UNITS
from tests.visitors import Site, Visitor
from tests.world import SECRET, World


@pytest.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    """The whole service over an empty database."""
    async with Site.on(database) as site:
        yield site


@pytest.fixture
async def planner(site: Site) -> Visitor:
    async with site.database.transaction() as session:
        for file in (UNITS, PEOPLE):
            await carry_out(session, read(file.encode()), by=By("test"), now=NIGHT)
    return await site.signed_in("pia", Role.PLANNER)


@pytest.fixture
async def town(world: World) -> AsyncIterator[Site]:
    """The service's pages over the same database, clock and secret as the world of a story."""
    async with Site.on(
        world.database, world.clock, secret_key=SECRET, base_url="http://test"
    ) as site:
        yield site
