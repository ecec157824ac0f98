"""The service's pages over the same database, clock and secret as the world of a story."""

from collections.abc import AsyncIterator

import pytest

from tests.visitors import Site
from tests.world import SECRET, World


@pytest.fixture
async def site(world: World) -> AsyncIterator[Site]:
    async with Site.on(
        world.database, world.clock, secret_key=SECRET, base_url="http://test"
    ) as site:
        yield site
