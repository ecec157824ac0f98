from collections.abc import AsyncIterator

import pytest

from core.database import Database
from tests.visitors import Site


@pytest.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    """The whole service over an empty database."""
    async with Site.on(database) as site:
        yield site
