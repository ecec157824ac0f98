from collections.abc import AsyncIterator

import pytest

from core.database import Database
from tests.playbooks.receipts.readers import Readers


@pytest.fixture
async def readers(database: Database) -> AsyncIterator[Readers]:
    """A town that is asked to read; silence is asserted."""
    town = Readers(database)
    await town.moves_in()
    yield town
    await town.engine.drain()
    town.expect_silence()
