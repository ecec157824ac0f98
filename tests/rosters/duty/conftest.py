from collections.abc import AsyncIterator

import pytest

from core.database import Database
from tests.rosters.duty.town import Town


@pytest.fixture
async def town_on_postgres(postgres_database: Database) -> AsyncIterator[Town]:
    """Where there are several writers at once."""
    town = Town(postgres_database)
    yield town
    await town.engine.drain()
    town.expect_silence()


@pytest.fixture
async def town(database: Database) -> AsyncIterator[Town]:
    """A town with a duty roster, phones and a clock that moves by hand; silence is asserted."""
    town = Town(database)
    yield town
    await town.engine.drain()
    town.expect_silence()
