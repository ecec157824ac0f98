"""No page has a fault that axe can see: every role's pages, both widths, light and dark."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from tests.stories.browsing import NARROW, WIDE, overflow, window
from tests.stories.child import Child
from tests.stories.test_browser import raise_lv_03

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PAGES = {
    "tib": (
        "/", "/alarms", "/alarms?state=open", "/alarms/new", "/alarms/new/LV-01", "/alarms/new/LV-03?mode=exercise",
        "/alarms/new/LV-04?mode=test", "/alarms/new/LV-06", "/phones", "/duty", "/paths", "/paths/LV-03",
        "/paths/LV-04/people", "/cards", "/cards/ÅK-1", "/plans", "/plans/HP-KS", "/people", "/lists", "/units",
        "/account", "/no-such-page", "/users", "/my/me",
        "/offline", "/offline/copy",
    ),
    "planerare": (
        "/people", "/people/new", "/people/import", "/lists", "/units", "/units/new", "/duty", "/paths",
        "/tests", "/paths/LV-03/tests", "/paths/LV-03/tests/new", "/paths/LV-05/lights", "/cards/new", "/plans/new",
        "/envelope", "/envelope/editions/1", "/envelope/copies/new",
    ),
    "admin": ("/users", "/tokens", "/audit"),
    "lasare": ("/", "/people", "/alarms"),
}  # fmt: skip
OF_THE_ROSTER = (
    "/duty/calendar", "/duty/calendar?view=week", "/duty/calendar?view=list", "/duty/gaps", "/duty/swaps",
    "/duty/handovers", "/duty/rotations", "/duty/rotations/new", "/duty/import", "/duty/absence",
    "/duty/qualifications", "/duty/fairness", "/duty/links", "/worktime", "/worktime/profiles",
    "/readiness", "/readiness/campaigns", "/readiness/campaigns/new", "/my/me",
    "/receipts", "/receipts/LV-05", "/my/me/paths/LV-01",
)  # fmt: skip
OF_AN_ALARM = ("", "/wall", "/log", "/correction", "/end", "/steps/new", "/cards")


# In the dark only colours differ, and on a phone only the layout: two looks see both.
TWO_LOOKS = pytest.mark.parametrize(("width", "dark"), [(NARROW, False), (WIDE, True)])


@TWO_LOOKS
async def test_axe_finds_nothing_on_any_page(
    chromium: Browser, demo: Child, width: int, *, dark: bool
) -> None:
    faults: list[str] = []
    for username, places in PAGES.items():
        async with window(chromium, demo, width=width, dark=dark) as opened:
            page = await opened.signs_in(username)
            for place in places:
                await page.goto(demo.url + place)
                faults += await _faults(page, f"{username} {place}")
            if username == "tib":
                faults += await _faults_of_an_alarm(page, demo)
            opened.complaints.clear()  # of the pages that are not there, or not for everybody
    assert faults == []


@TWO_LOOKS
async def test_axe_finds_nothing_on_a_page_of_the_roster(
    chromium: Browser, demo: Child, width: int, *, dark: bool
) -> None:
    faults: list[str] = []
    async with window(chromium, demo, width=width, dark=dark) as opened:
        page = await opened.signs_in("planerare")
        for place in OF_THE_ROSTER:
            await page.goto(demo.url + place)
            faults += await _faults(page, place)
    assert faults == []


async def _faults_of_an_alarm(page: Page, demo: Child) -> list[str]:
    await page.goto(demo.url)
    await raise_lv_03(page)
    board, faults = page.url, []
    for place in OF_AN_ALARM:
        await page.goto(board + place)
        faults += await _faults(page, f"alarm{place}")
    await page.goto(f"{demo.url}/phones")
    faults += await _faults(page, "phones that ring")
    async with demo.signed_in("tib") as tib:
        await tib.post(board.removeprefix(demo.url) + "/close")
    return faults


async def test_axe_finds_nothing_on_the_sign_in_page(chromium: Browser, demo: Child) -> None:
    async with window(chromium, demo) as opened:
        assert await _faults(await opened.opens("/sign-in"), "sign-in") == []


async def _faults(page: Page, name: str) -> list[str]:
    found = await Axe().run(page)
    faults = [
        f"{name}: {each['id']}: {each['nodes'][0]['html'][:120]}"
        for each in found.response["violations"]
    ]
    return faults + [f"{name}: too wide: {each}" for each in await overflow(page)]
