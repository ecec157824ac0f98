"""The duty roster at 375 px and by text: a swap, a handover refused, one that nobody accepts."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page, expect

from core.database import Database
from rosters.duty.resolver import on_duty
from tests.stories.roster_town import RosterTown, fits

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
MONDAY = datetime(2026, 11, 30, 12, tzinfo=ZoneInfo("Europe/Stockholm")).astimezone(UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def town(night: Database, chromium: Browser) -> AsyncIterator[RosterTown]:
    async with RosterTown.open(night, chromium) as town:
        yield town


async def serving(town: RosterTown, role: str, at: datetime | None = None) -> list[str]:
    async with town.database.reading() as session:
        return [each.person.ref for each in await on_duty(session, role, at=at or town.now)]


async def test_a_whole_swap_from_the_asker_to_the_planner(town: RosterTown) -> None:
    asking = await town.own_page("P02")
    await asking.get_by_role(
        "link", name="Be om byte av TIB mån 30 nov. 12:00", exact=False
    ).first.click()
    await fits(asking)
    choice = asking.get_by_label("Vem och vad?")
    label = await choice.locator("option", has_text="Byt med Dante").first.text_content()
    await choice.select_option(label=label)
    await asking.get_by_label("Meddelande").fill("Bröllop")
    await asking.get_by_role("button", name="Fråga").click()
    await expect(asking.get_by_text("Väntar på svar")).to_be_visible()

    await town.waits_until(town.now + timedelta(hours=5))
    (asked,) = [text for text in town.texts_to("P04") if "vill byta" in text]
    assert "Svara R1 JA eller R1 NEJ." in asked
    await town.phone("P04").texts("r1 ja")
    assert "om bytet godkänns" in town.texts_to("P04")[0]
    await asking.reload()
    await expect(asking.get_by_text("Väntar på godkännande")).to_be_visible()

    await approved_by_the_planner(town)
    assert await serving(town, "TIB", MONDAY) == ["P04"]
    await town.engine.until_idle()
    assert any("Bytet är klart" in text for text in town.texts_to("P02"))
    await asking.reload()
    await expect(asking.get_by_text("mån 30 nov. 12:00 – mån 7 dec. 12:00")).to_have_count(0)
    town.ignore_messages()


async def approved_by_the_planner(town: RosterTown) -> None:
    planner = await town.signs_in("planerare")
    await fits(planner)
    await planner.get_by_role("link", name="2 byten väntar på godkännande").click()
    await fits(planner)
    card = planner.locator("section.card", has_text="Bröllop")
    await card.get_by_role("button", name="Godkänn").click()
    await expect(planner.locator("section.card", has_text="Bröllop")).to_have_count(0)
    await planner.goto(f"{town.url}/duty/calendar?view=month&from=2026-12-01&role=TIB")
    await fits(planner)


async def test_a_handover_is_refused_on_the_page_and_accepted_by_text(town: RosterTown) -> None:
    await town.waits_until(MONDAY - 10 * MINUTE)
    prepare = next(text for text in town.texts_to("P01") if "Du lämnar TIB" in text)
    leaving = await town.follows_link(prepare.replace(" ", "\n", 1))
    await leaving.get_by_role("link", name="Skriv överlämningen").click()
    await leaving.get_by_label("Öppna ärenden").fill("Vindvarning. Ring Kraftringen 08.")
    await leaving.get_by_label("Rakelenhet, laddad").check()
    await fits(leaving)
    await leaving.get_by_role("button", name="Spara överlämningen").click()
    await expect(leaving.get_by_text("Sparad")).to_be_visible()

    await town.waits_until(MONDAY + MINUTE)
    assert await serving(town, "TIB") == ["P01", "P02"]
    asked = next(text for text in town.texts_to("P02") if "Du tar över TIB" in text)
    coming = await town.follows_link(asked)
    await coming.get_by_role("link", name="Läs och kvittera").first.click()
    await expect(coming.get_by_text("Ring Kraftringen 08")).to_be_visible()
    await coming.get_by_text("Jag kan inte ta över").click()
    await coming.get_by_label("Varför?").fill("Hög feber")
    await fits(coming)
    await coming.get_by_role("button", name="Säg nej").click()
    await expect(coming.get_by_text("Nekad")).to_be_visible()
    await town.engine.until_idle()
    for ref in ("P01", "P14"):
        assert any("har sagt nej till att ta över TIB" in text for text in town.texts_to(ref))
    assert await serving(town, "TIB") == ["P01", "P02"], "P01 is responsible still"

    await town.phone("P02").texts("R1 JA")
    assert any("du har tagit över TIB" in text for text in town.texts_to("P02"))
    assert await serving(town, "TIB") == ["P02"]
    town.ignore_messages()


async def test_a_handover_that_nobody_accepts_is_escalated(town: RosterTown) -> None:
    await town.waits_until(MONDAY + 14 * MINUTE)
    town.ignore_messages()
    await town.waits_until(MONDAY + 19 * MINUTE)
    assert any("har inte kvitterat KIB" in text for text in town.texts_to("P07"))
    assert any("har inte kvitterat KIB" in text for text in town.texts_to("P14"))
    planner = await town.signs_in("planerare")
    await planner.goto(f"{town.url}/duty/handovers")
    await fits(planner)
    row = planner.get_by_role("row").filter(has_text="KIB").filter(has_text="Väntar på kvittens")
    await row.get_by_role("link", name="Öppna").click()
    await planner.get_by_role("button", name="Kvittera åt Hilding Mallgren").click()
    await expect(planner.get_by_text("Kvitterad", exact=True)).to_be_visible()
    assert await serving(town, "KIB") == ["P08"]
    town.ignore_messages()


async def test_the_gap_of_january_is_found_on_the_start_page_and_filled(town: RosterTown) -> None:
    planner = await town.signs_in("planerare")
    await planner.get_by_role("link", name="KIB är obemannad", exact=False).click()
    await fits(planner)
    gap = planner.locator("section.card", has_text="Kommunikatör i beredskap")
    await gap.get_by_label("Vem tar den?").fill("P09")
    await gap.get_by_role("button", name="Bemanna luckan").click()
    await expect(planner.get_by_text("Inga luckor")).to_be_visible()
    await planner.goto(town.url)
    await expect(planner.get_by_text("KIB är obemannad", exact=False)).to_have_count(0)
    town.ignore_messages()


async def test_a_campaign_is_answered_by_text_and_a_wrong_number_is_put_right_by_link(
    town: RosterTown,
) -> None:
    planner = await town.signs_in("planerare")
    await planner.goto(f"{town.url}/readiness/campaigns/new")
    await fits(planner)
    audience = planner.get_by_label("Vilka")
    label = await audience.locator("option", has_text="Alla kommunikatörer").first.text_content()
    await audience.select_option(label=label)
    await planner.get_by_label("Sista dag att svara").fill("2026-12-10")
    await planner.get_by_role("button", name="Skicka frågan").click()
    await expect(planner.get_by_text("0 av 4 har svarat")).to_be_visible()
    await town.waits_until(town.now + timedelta(hours=6))
    asked = {ref: "".join(town.texts_to(ref)) for ref in ("P07", "P08", "P09", "P10")}
    assert all("R1 JA eller R1 NEJ" in text for text in asked.values())

    await town.phone("P08").texts("Ja")
    town.texts_to("P08")
    await town.phone("P09").texts("R1 nej")
    follow = await town.follows_link("".join(town.texts_to("P09")))
    await changes_number(town, follow, old="070-174 06 13", new="070-174 06 90")
    await expect(follow.get_by_text("Tack, du har svarat om dina uppgifter.")).to_be_visible()

    town.ignore_messages()
    await town.waits_until(town.now + timedelta(days=3, hours=6))
    reminded = {ref for ref in asked if town.texts_to(ref)}
    assert reminded == {"P07", "P10"}, "who has answered is left in peace"
    campaign, planner = planner.url, await town.signs_in("planerare")  # three days is a long pause
    await planner.goto(campaign)
    await fits(planner)
    await expect(planner.get_by_text("2 av 4 har svarat (50 procent)")).to_be_visible()
    town.ignore_messages()


async def changes_number(town: RosterTown, page: Page, *, old: str, new: str) -> None:
    """With the code that comes to the new number, and a warning to the old one."""
    await page.get_by_text("Lägg till eller byt nummer").click()
    await page.get_by_label("Nummer eller adress").fill(new)
    await page.get_by_label("Ersätter").select_option(label=old)
    await fits(page)
    await page.get_by_role("button", name="Skicka kod").click()
    await town.engine.until_idle()
    code = re.search(r"\b\d{6}\b", " ".join(each.text for each in town.carrier.came))
    assert code, "no code came"
    field = page.get_by_label(re.compile("Kod som skickades till"))
    await field.fill("000000" if code[0] != "000000" else "111111")
    await page.get_by_role("button", name="Bekräfta", exact=True).first.click()
    await expect(page.get_by_text("Fel kod", exact=False).first).to_be_visible()
    await page.get_by_label(re.compile("Kod som skickades till")).fill(code[0])
    await page.get_by_role("button", name="Bekräfta", exact=True).first.click()
    await expect(page.locator(".own-numbers")).to_contain_text(new)
    await expect(page.locator(".own-numbers")).not_to_contain_text(old)
    await fits(page)
    await town.engine.until_idle()
    warned = [each.text for each in town.carrier.came if each.to == town.address("P09")]
    assert any("Var det inte du" in text for text in warned)
