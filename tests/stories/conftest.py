"""What stories stand on: the demo's Lund, and the whole service around it."""

from collections.abc import AsyncIterator

import pytest

from core.database import Database
from tests.stories.lund import Lund


@pytest.fixture
async def lund(database: Database) -> AsyncIterator[Lund]:
    """The demo's people and paths at 03:12 in the night, on both kinds of database."""
    lund = await Lund.made(database)
    yield lund
    await lund.engine.drain()
    lund.expect_silence()
