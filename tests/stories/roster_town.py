"""The demo's Lund with its duty roster, served to a real browser, on a clock that the story moves."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Self

import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, expect

from core.database import Database
from crisis.demo.seed import PASSWORD
from rosters.chores import carry_out, chores_in
from rosters.my.links import personal_token
from tests.stories.browsing import HEIGHTS, NARROW, overflow
from tests.stories.child import eventually, free_port
from tests.stories.lund import Lund
from tests.visitors import Site
from tests.world import SECRET, ZONE

STEP = timedelta(minutes=5)


class RosterTown(Lund):
    """Phones that get texts, and a browser at 375 px in which every page must fit."""

    url = ""
    context: BrowserContext
    site: Site

    @classmethod
    @asynccontextmanager
    async def open(cls, database: Database, browser: Browser) -> AsyncIterator[Self]:
        town = await cls.at_home(database)
        port = free_port()
        town.url = f"http://127.0.0.1:{port}"
        settings = {"secret_key": SECRET, "base_url": town.url, "twilio_from": town.means.sender}
        async with Site.on(database, town.clock, **settings) as site:
            town.site = site
            config = uvicorn.Config(
                site.app, host="127.0.0.1", port=port, log_config=None, lifespan="off"
            )
            server = uvicorn.Server(config)
            serving = asyncio.create_task(server.serve())
            await eventually(lambda: server.started, within=20, what="serving")
            town.context = await browser.new_context(
                viewport={"width": NARROW, "height": HEIGHTS[NARROW]}, locale="sv-SE"
            )
            yield town
            await town.context.close()
            server.should_exit = True
            await serving
            await town.engine.drain()

    # Browsers

    async def signs_in(self, username: str) -> Page:
        page = await self.context.new_page()
        await page.goto(f"{self.url}/sign-in")
        await page.get_by_label("Användarnamn").fill(username)
        await page.get_by_label("Lösenord").fill(PASSWORD)
        await page.get_by_role("button", name="Logga in").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Läget nu")
        return page

    async def own_page(self, ref: str) -> Page:
        """Where a personal link leads to, on that person's phone."""
        page = await self.context.new_page()
        token = personal_token(SECRET, self.people[ref], now=self.now)
        await page.goto(f"{self.url}/my/{token}")
        await fits(page)
        return page

    async def follows_link(self, text: str) -> Page:
        """The link that stands in a text."""
        found = re.search(r"/my/\S+", text)
        assert found, f"no link in {text!r}"
        page = await self.context.new_page()
        await page.goto(self.url + found[0])
        await fits(page)
        return page

    # Time

    async def does_chores(self) -> None:
        for chore in chores_in(ZONE):
            await carry_out(self.database, chore, now=self.now)
        await self.engine.until_idle()

    async def waits_until(self, at: datetime) -> None:
        """Let time pass, with the chores done every five minutes of the last hour."""
        while self.now < at:
            left = at - self.now
            step = (
                STEP
                if left <= timedelta(hours=1)
                else min(left - timedelta(hours=1), timedelta(hours=6))
            )
            await self.advance(seconds=min(step, left).total_seconds())
            await self.does_chores()

    def texts_to(self, ref: str) -> list[str]:
        """What has come to a phone since the last look."""
        here = self.address(ref)
        found = [each for each in self.carrier.came if each.to == here]
        for each in found:
            self.carrier.came.remove(each)
        return [each.text for each in found]


async def fits(page: Page) -> None:
    assert await overflow(page) == []
