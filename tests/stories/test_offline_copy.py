"""In a real browser with the network cut: the saved copy, with its age, and nothing for the next user."""

from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Error, Page, expect

from tests.stories.browsing import NARROW, Window, overflow, window
from tests.stories.child import Child

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
KEPT = "caches.keys()"


async def saves(opened: Window) -> Page:
    """A duty officer asks for the copy on this device."""
    page = await opened.signs_in("tib")
    await page.goto(f"{opened.child.url}/offline")
    await expect(page.locator("[data-state]")).to_contain_text("Ingen kopia är sparad")
    await page.get_by_role("button", name="Spara på den här enheten").click()
    await expect(page.locator("[data-state]")).to_contain_text("0 minuter gammal")
    return page


async def test_without_a_network_every_address_shows_the_saved_copy_and_says_how_old_it_is(
    chromium: Browser, demo: Child
) -> None:
    async with window(chromium, demo, width=NARROW) as opened:
        page = await saves(opened)
        await opened.context.set_offline(True)
        await page.clock.set_fixed_time(datetime.now(UTC) + timedelta(hours=2, minutes=1))
        await page.goto(f"{demo.url}/alarms")
        strip = page.locator(".saved-strip")
        await expect(strip).to_contain_text("Sparad kopia, inte läget nu")
        await expect(strip).to_contain_text("2 timmar gammal")
        await page.get_by_text("LV-03", exact=False).first.click()
        await expect(page.locator("main")).to_contain_text("Stabens kärna, alla på en gång")
        assert await overflow(page) == []
        assert (await Axe().run(page)).response["violations"] == []

        await opened.context.set_offline(False)
        await page.get_by_role("link", name="Försök nå servern").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Larm")
        await expect(page.locator(".saved-strip")).to_have_count(0)
        opened.complaints.clear()  # the browser says that it was offline


async def test_signing_out_leaves_nothing_on_the_device_nor_does_another_user_find_anything(
    chromium: Browser, demo: Child
) -> None:
    async with window(chromium, demo, width=NARROW) as opened:
        page = await saves(opened)
        assert await page.evaluate(KEPT) == ["krislarm-offline"]
        await page.locator("details.menu > summary").first.click()
        await page.get_by_role("button", name="Logga ut").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Logga in")
        assert await page.evaluate(KEPT) == []
        await opened.context.set_offline(True)
        with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
            await page.goto(f"{demo.url}/alarms")
        await opened.context.set_offline(False)

        await saves(opened)
        await opened.context.clear_cookies()  # the session is over, and nobody signed out
        other = await opened.signs_in("lasare")
        await other.wait_for_function("caches.keys().then(names => names.length === 0)")
        opened.complaints.clear()
