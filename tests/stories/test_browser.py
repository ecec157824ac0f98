"""Stories in a real browser: raise in three taps, answer on a phone, watch the board."""

import re

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

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
pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["1440", "375"])
async def test_three_taps_and_the_board_follows_the_phones_by_itself(
    browser: Browser, served: Child, size: ViewportSize
) -> None:
    context = await browser.new_context(viewport=size, locale="sv-SE")
    board = await sign_in(context, served)
    await raise_lv_03(board, served)
    core = board.locator("section", has_text="Stabens kärna").first
    await expect(core).to_contain_text("0 av 5")
    assert await overflow(board) == 0
    phones = await context.new_page()
    await phones.goto(f"{served.url}/phones")
    for name in ("Rut Loggren", "Sixten Kartbild", "Tuva Lagerman", "Ulf Samverkan-Dummy"):
        phone = phones.locator("article, section, li").filter(has_text=name).last
        await phone.get_by_role("button", name=re.compile("Kommer")).first.click(timeout=20_000)
        await phones.goto(f"{served.url}/phones")
    await expect(core).to_contain_text("4 av 5", timeout=20_000)
    phone = phones.locator("article, section, li").filter(has_text="Vera Analys-Test").last
    await phone.locator("input[name=text]").fill("ja tack")
    await phone.locator("input[name=text]").press("Enter")
    await expect(core).to_contain_text("5 av 5", timeout=20_000)
    await expect(core).to_contain_text("Behovet nått")
    await end_alarm(board)
    await context.close()


async def test_without_javascript_an_alarm_is_raised_undone_and_seen(
    browser: Browser, served: Child
) -> None:
    context = await browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = await sign_in(context, served)
    await raise_lv_03(page, served)
    await page.click("button:has-text('Ångra')")
    await expect(page.locator("body")).to_contain_text("Återkallat")
    await context.close()


async def test_an_alarm_is_raised_with_the_keyboard_alone(browser: Browser, served: Child) -> None:
    context = await browser.new_context(viewport=DESK)
    page = await sign_in(context, served)
    for wanted in ("/alarms/new", "/alarms/new/LV-03"):
        await _tab_to(page, f"a[href='{wanted}']")
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"{served.url}{wanted}")
    await _tab_to(page, "button:has-text('Larma 9 personer nu')")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(r"/alarms/[0-9a-f]{8}-"))
    await end_alarm(page)
    await context.close()


async def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there."""
    for _press in range(60):
        await page.keyboard.press("Tab")
        if await page.evaluate("s => document.activeElement.matches(s)", selector.split(":has")[0]):
            text = await page.evaluate("document.activeElement.innerText")
            wanted = re.search(r"has-text\('(.*)'\)", selector)
            if wanted is None or wanted.group(1) in text:
                return
    raise AssertionError(f"the keyboard does not reach {selector}")
