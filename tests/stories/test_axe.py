"""No page has a fault that axe can see: every role's pages, both widths, light and dark."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, ViewportSize

from tests.stories.browsing import (
    DESK,
    PHONE,
    browser,
    end_alarm,
    overflow,
    raise_lv_03,
    served,
    sign_in,
)
from tests.stories.child import Child

__all__ = ["browser", "served"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PAGES = {
    "tib": (
        "/", "/alarms", "/alarms?state=open", "/alarms/new", "/alarms/new/LV-01", "/alarms/new/LV-03?mode=exercise",
        "/alarms/new/LV-04?mode=test", "/alarms/new/LV-06", "/phones", "/duty", "/paths", "/paths/LV-03",
        "/paths/LV-04/people", "/people", "/lists", "/units", "/account", "/no-such-page", "/users",
    ),
    "planerare": ("/people", "/people/new", "/people/import", "/lists", "/units", "/units/new", "/duty", "/paths"),
    "admin": ("/users", "/tokens", "/audit"),
    "lasare": ("/", "/people", "/alarms"),
}  # fmt: skip
OF_AN_ALARM = ("", "/wall", "/log", "/correction", "/end", "/steps/new")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["1440", "375"])
async def test_axe_finds_nothing_on_any_page(
    browser: Browser, served: Child, size: ViewportSize, scheme: str
) -> None:
    faults: list[str] = []
    for username, places in PAGES.items():
        context = await browser.new_context(
            viewport=size, color_scheme="dark" if scheme == "dark" else "light"
        )
        page = await sign_in(context, served, username)
        for place in places:
            await page.goto(served.url + place)
            faults += await _faults(page, f"{username} {place}")
        if username == "tib":
            faults += await _faults_of_an_alarm(page, served)
        await context.close()
    assert faults == []


async def _faults_of_an_alarm(page: Page, served: Child) -> list[str]:
    await page.goto(served.url)
    await raise_lv_03(page, served)
    board, faults = page.url, []
    for place in OF_AN_ALARM:
        await page.goto(board + place)
        faults += await _faults(page, f"alarm{place}")
    await page.goto(f"{served.url}/phones")
    faults += await _faults(page, "phones that ring")
    await page.goto(board)
    await end_alarm(page)
    return faults


async def test_axe_finds_nothing_on_the_sign_in_page(browser: Browser, served: Child) -> None:
    page = await browser.new_page()
    await page.goto(f"{served.url}/sign-in")
    assert await _faults(page, "sign-in") == []


async def _faults(page: Page, name: str) -> list[str]:
    found = await Axe().run(page)
    faults = [
        f"{name}: {each['id']}: {each['nodes'][0]['html'][:120]}"
        for each in found.response["violations"]
    ]
    wide = await overflow(page)
    return faults + ([f"{name}: {wide} px too wide"] if wide > 0 else [])
