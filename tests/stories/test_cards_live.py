"""In a real browser: two people tick off the same action card, and each sees what the other does."""

import re

import pytest
from playwright.async_api import Browser, expect

from tests.stories.browsing import NARROW, WIDE, overflow, window
from tests.stories.child import Child
from tests.stories.test_browser import quiet_town, raise_lv_03

__all__ = ["quiet_town"]  # no alarm stays open for the next story
pytestmark = pytest.mark.browser
FIRST = "Ring Kraftringen: omfattning, prognos, vad som prioriteras"
SECOND = "Hör läget hos Räddningstjänsten Syd"


async def test_two_people_tick_off_one_card_and_see_each_other_live(
    chromium: Browser, demo: Child
) -> None:
    async with (
        window(chromium, demo, width=NARROW) as phone,
        window(chromium, demo, width=WIDE) as desk,
    ):
        tib, kib = await phone.signs_in("tib"), await desk.signs_in("kib")
        await raise_lv_03(tib)
        board = tib.url
        # The board is drawn anew while phones ring: a click can fall between two drawings.
        leads = tib.get_by_role("link", name=re.compile("Åtgärdskort: 0 av 32 klara"))
        await expect(leads).to_have_attribute("href", re.compile("/cards$"))
        await tib.goto(board + "/cards")
        await tib.get_by_role("link", name=re.compile("ÅK-1")).click()
        await kib.goto(tib.url)
        await kib.evaluate("window.untouched = true")

        await tib.get_by_role("button", name=f"Bocka av: {FIRST}").click()
        await expect(tib.locator("#run")).to_contain_text("1 av 32 klara")
        await expect(kib.locator("#run")).to_contain_text("1 av 32 klara")
        await expect(kib.locator("#l-4")).to_contain_text("Alva Exempelsson")

        await kib.get_by_role("button", name=f"Bocka av: {SECOND}").click()
        await expect(tib.locator("#run")).to_contain_text("2 av 32 klara")
        assert await kib.evaluate("window.untouched")
        assert await overflow(tib) == []
        await tib.goto(board)
        await expect(tib.locator("#board")).to_contain_text("Åtgärdskort: 2 av 32 klara")
