"""A real browser on the running service: fixtures and small verbs of the browser stories."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, async_playwright

from core.clock import SystemClock
from core.database import Database
from crisis.demo.seed import PASSWORD, seed
from crisis.migrating import migrate
from tests.browser import find, flags
from tests.stories.child import Child
from tests.unavailable import Unavailable

DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 375, "height": 812}


@pytest.fixture(scope="module")
async def served(scratch: Path) -> AsyncIterator[Child]:
    """The demo, served by a process of its own, with simulated phones."""
    folder = Path(tempfile.mkdtemp(dir=scratch))
    url = f"sqlite:///{folder / 'demo.db'}"
    database = Database(url, durable=False)
    await migrate(database)
    async with database.transaction() as session:
        await seed(session, now=SystemClock().now())
    await database.close()
    child = Child(folder, database_url=url, secret_key="s" * 40)
    await child.start()
    yield child
    await child.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    program = find()
    if isinstance(program, Unavailable):
        pytest.skip(f"browser: {program.reason}")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=flags())
        yield browser
        await browser.close()


async def sign_in(context: BrowserContext, served: Child, username: str = "tib") -> Page:
    """A page on the start page."""
    page = await context.new_page()
    await page.goto(f"{served.url}/sign-in")
    await page.fill("[name=username]", username)
    await page.fill("[name=password]", PASSWORD)
    await page.press("[name=password]", "Enter")
    await page.wait_for_url(f"{served.url}/")
    return page


async def raise_lv_03(page: Page, served: Child) -> None:
    """Three taps from the start page."""
    await page.click("a:has-text('Larma'):not(nav a)")
    await page.click("a:has-text('LV-03')")
    await page.click("button:has-text('Larma 9 personer nu')")
    await page.wait_for_url(f"{served.url}/alarms/*-*")


async def end_alarm(page: Page) -> None:
    """Leave nothing ringing for the next story."""
    await page.goto(page.url.rstrip("/") + "/end")
    await page.click("button:has-text('Avsluta')")


async def overflow(page: Page) -> int:
    """Pixels by which the page is wider than its window."""
    wide: int = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wide
