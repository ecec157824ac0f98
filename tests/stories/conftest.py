"""What stories stand on: the demo's Lund, and the whole service around it."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from core.database import Database
from tests.browser import find, flags
from tests.copies import Rows, fill
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
