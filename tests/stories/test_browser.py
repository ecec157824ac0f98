"""In a real browser: raise, answer on a phone, watch the board; without scripts, by keyboard only."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page

from tests.stories.child import Child

pytestmark = pytest.mark.browser
CORE = ("Rut Loggren", "Sixten Kartbild", "Tuva Lagerman", "Ulf Samverkan-Dummy")


@pytest.fixture(autouse=True)
async def a_quiet_town(demo: Child) -> AsyncIterator[None]:
    """No alarm of one story is still open in the next."""
    yield
    async with demo.signed_in("tib") as tib:
        listed = (await tib.get("/alarms?state=open")).text
        for at in set(re.findall(r'href="(/alarms/[0-9a-f-]{36})"', listed)):
            await tib.post(f"{at}/close")


async def tap(page: Page, role: str, name: str | re.Pattern[str]) -> None:
    await page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]


async def raise_lv_03(page: Page) -> None:
    """Three taps; the page is then the board."""
    await tap(page.locator("main"), "link", "Larma")  # type: ignore[arg-type]
    await tap(page, "link", re.compile("LV-03"))
    await tap(page, "button", re.compile("Larma 9 personer nu – SKARPT"))
    await page.wait_for_url(re.compile(r"/alarms/[0-9a-f-]{36}$"))


def core(page: Page):  # type: ignore[no-untyped-def]
    return page.locator("section.function").filter(has_text="Stabens kärna")
