"""In a real browser: raise, answer on a phone, watch the board; without scripts, by keyboard only."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.stories.browsing import NARROW, WIDE, overflow, window
from tests.stories.child import Child

pytestmark = pytest.mark.browser
BOARD = re.compile(r"/alarms/[0-9a-f-]{36}$")
GOES = re.compile("Larma 9 personer nu – SKARPT")
CORE = ("Rut Loggren", "Sixten Kartbild", "Tuva Lagerman", "Ulf Samverkan-Dummy")


@pytest.fixture(autouse=True)
async def quiet_town(demo: Child) -> AsyncIterator[None]:
    """No alarm of one story is still open in the next."""
    yield
    async with demo.signed_in("tib") as tib:
        listed = (await tib.get("/alarms")).text
        for at in set(re.findall(r'href="(/alarms/[0-9a-f-]{36})"', listed)):
            await tib.post(f"{at}/close")


async def raise_lv_03(page: Page) -> None:
    """Three taps; the page is then the board."""
    await page.locator("main").get_by_role("link", name="Larma", exact=True).click()
    await page.get_by_role("link", name=re.compile("LV-03")).click()
    await page.get_by_role("button", name=GOES).click()
    await page.wait_for_url(BOARD)


def function(page: Page, title: str) -> Locator:
    """A step of the board."""
    return page.locator("section.function").filter(has=page.get_by_role("heading", name=title))


def phone(page: Page, name: str) -> Locator:
    return page.locator("article.phone").filter(has=page.get_by_role("heading", name=name))


@pytest.mark.parametrize("width", [NARROW, WIDE])
async def test_three_taps_ring_the_phones_and_their_answers_move_the_board_by_itself(
    chromium: Browser, demo: Child, width: int
) -> None:
    async with window(chromium, demo, width=width) as opened:
        board = await opened.signs_in()
        await raise_lv_03(board)
        core = function(board, "Stabens kärna")
        await expect(core).to_contain_text("0 av 5 kommer")
        await board.evaluate("window.untouched = true")
        wall = await opened.opens(board.url.removeprefix(demo.url) + "/wall")

        phones = await opened.opens("/phones")
        ringing = phone(phones, "Vera Analys-Test")
        await expect(ringing).to_contain_text("Samtal från")  # comes by itself after five seconds
        await ringing.get_by_role("button", name=re.compile("Kommer")).click()
        await expect(core).to_contain_text("1 av 5 kommer")
        for number, name in enumerate(CORE, 2):
            writing = phone(phones, name)
            await writing.get_by_label(re.compile("Sms från")).fill("ja tack")
            await writing.get_by_role("button", name="Skicka").click()
            await expect(core).to_contain_text(f"{number} av 5 kommer")

        await expect(phone(phones, "Ylva Rapportsson")).to_contain_text("behöver inte komma")
        core = wall.locator("section.wall-function").filter(  # the reserve names it too, until met
            has=wall.get_by_role("heading", name="Stabens kärna")
        )
        await expect(core).to_contain_text("5")
        assert await board.evaluate("window.untouched"), "the board followed without a reload"
        for page in (board, phones, wall):
            assert await overflow(page) == []


async def test_the_strip_to_undo_is_there_for_five_seconds_and_then_gone(
    chromium: Browser, demo: Child
) -> None:
    async with window(chromium, demo, width=NARROW) as opened:
        board = await opened.signs_in()
        await raise_lv_03(board)
        undo = board.get_by_role("button", name="Ångra larmet")
        await expect(undo).to_be_visible()
        await expect(undo).to_be_hidden()
        await expect(function(board, "Stabens kärna")).to_contain_text("Skickat")


async def test_an_alarm_taken_back_in_time_rings_nowhere(chromium: Browser, demo: Child) -> None:
    async with window(chromium, demo) as opened:
        board = await opened.signs_in()
        await raise_lv_03(board)
        await board.get_by_role("button", name="Ångra larmet").click()
        await expect(board.locator("#board")).to_contain_text("Inget mer skickas ut")
        phones = await opened.opens("/phones")
        await expect(phones.locator("article.phone.ringing")).to_have_count(0)


async def test_without_scripts_an_alarm_is_raised_answered_watched_and_taken_back(
    chromium: Browser, demo: Child
) -> None:
    async with window(chromium, demo, width=NARROW, scripts=False) as opened:
        board = await opened.signs_in()
        await raise_lv_03(board)
        await expect(function(board, "Stabens kärna")).to_contain_text("0 av 5 kommer")
        await expect(board.get_by_role("link", name="Uppdatera nu")).to_be_visible()
        await board.get_by_role("button", name="Ångra larmet").click()
        await expect(board.locator("#board")).to_contain_text("Inget mer skickas ut")

        await board.goto(f"{demo.url}/alarms/new/LV-02")
        await board.get_by_role("button", name=re.compile("SKARPT")).click()
        await board.wait_for_url(BOARD)
        phones = await opened.opens("/phones?q=Greta")
        await phones.get_by_label(re.compile("Sms från Greta")).fill("20")
        await phones.get_by_role("button", name="Skicka").click()
        await expect(phone(phones, "Greta Provlund")).to_contain_text("20")


async def test_an_alarm_is_raised_with_the_keyboard_alone(chromium: Browser, demo: Child) -> None:
    async with window(chromium, demo) as opened:
        page = await opened.opens("/sign-in")
        await tab_to(page, "username")
        await page.keyboard.type("tib")
        await tab_to(page, "password")
        await page.keyboard.type("demo-krislarm")
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"{demo.url}/")
        await tab_to(page, "/alarms/new")
        await page.keyboard.press("Enter")
        await page.wait_for_url(re.compile("/alarms/new$"))
        await tab_to(page, "/alarms/new/LV-03")
        await page.keyboard.press("Enter")
        await page.wait_for_url(re.compile("/alarms/new/LV-03$"))
        await tab_to(page, "note")
        await page.keyboard.type("Storm")
        await tab_to(page, "mode-live")
        await page.keyboard.press("Space")
        await page.wait_for_url(BOARD)
        await expect(page.locator("main")).to_contain_text("Storm")
        await tab_to(page, "Ångra larmet")
        await page.keyboard.press("Enter")
        await expect(page.locator("#board")).to_contain_text("Inget mer skickas ut")


async def tab_to(page: Page, what: str) -> None:
    """Press Tab until the focus is there, and can be seen to be there."""
    for _ in range(80):
        await page.keyboard.press("Tab")
        where = await page.evaluate(
            """() => {
                const at = document.activeElement;
                const look = getComputedStyle(at);
                return {
                    names: [at.name, at.getAttribute("href"), at.textContent.trim(), ...at.classList],
                    seen: look.outlineStyle !== "none" || look.boxShadow !== "none",
                };
            }"""
        )
        assert where["seen"], f"the focus cannot be seen on {where['names']}"
        if what in where["names"]:
            return
    raise AssertionError(f"the focus never comes to {what}")


async def test_the_board_says_when_it_has_lost_the_service_and_catches_up(
    chromium: Browser, tmp_path: Path
) -> None:
    child = Child(tmp_path, "demo")
    await child.start()
    async with window(chromium, child) as opened:
        board = await opened.signs_in()
        await raise_lv_03(board)
        lost = board.get_by_text("Ingen kontakt med servern")
        await expect(lost).to_be_hidden()
        await child.kill()
        await expect(lost).to_be_visible()
        await child.start()
        await expect(lost).to_be_hidden()
        async with child.signed_in("tib") as tib:
            await tib.post("/phones/%2B46701740621/text", text="JA")
        await expect(function(board, "Stabens kärna")).to_contain_text("1 av 5 kommer")
        opened.complaints.clear()  # that the service was gone
    await child.stop()
