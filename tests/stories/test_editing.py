"""A real browser: a path is changed on a phone, and no page of its versions has a fault that axe sees."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.stories.browsing import NARROW, WIDE, overflow, window
from tests.stories.child import Child

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PAGES = (
    "/paths/new", "/paths/load", "/paths/LV-03/edit/{number}", "/paths/LV-03/edit/{number}/head",
    "/paths/LV-03/edit/{number}/texts", "/paths/LV-03/edit/{number}/steps/2", "/paths/LV-06/edit/{number}/steps/5",
    "/paths/LV-03/versions", "/paths/LV-03/versions/{number}", "/paths/LV-03/versions/{number}/difference",
    "/paths/LV-03/versions/{number}/source",
)  # fmt: skip


@pytest.mark.parametrize(("width", "dark"), [(NARROW, False), (WIDE, True)])
async def test_a_path_is_changed_in_the_browser(
    chromium: Browser, demo: Child, width: int, *, dark: bool
) -> None:
    async with window(chromium, demo, width=width, dark=dark) as opened:
        page = await opened.signs_in("planerare")
        for code in ("LV-06", "LV-03"):
            await page.goto(f"{demo.url}/paths/{code}")
            await page.get_by_role("button", name="Nytt utkast").click()
            await expect(page.get_by_role("heading", level=1)).to_contain_text(f"Redigera {code}")
        number = page.url.rpartition("/")[2]
        await _changes_the_need(page)
        faults = []
        for place in PAGES:
            await page.goto(demo.url + place.format(number=number))
            faults += await _faults(page, place)
    assert faults == []


async def _changes_the_need(page: Page) -> None:
    await page.get_by_role("link", name="Ändra steg 3").click()
    await page.get_by_label("Antal eller procent").fill("4")
    await page.get_by_role("button", name="Spara utkastet").click()
    await expect(page.get_by_text("4 behövs inom 15 min")).to_be_visible()
    await page.get_by_role("button", name="Flytta upp steg 3").click()
    await expect(page.get_by_role("heading", name="2. Stabens kärna")).to_be_visible()
    await page.get_by_role("link", name="Klar: granska och föreslå").click()
    await expect(page.get_by_text("behöver nu 4 av 7, förut 5.").first).to_be_visible()


async def _faults(page: Page, name: str) -> list[str]:
    found = await Axe().run(page)
    faults = [
        f"{name}: {each['id']}: {each['nodes'][0]['html'][:160]}"
        for each in found.response["violations"]
    ]
    return faults + [f"{name}: too wide: {each}" for each in await overflow(page)]
