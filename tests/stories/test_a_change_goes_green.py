"""A change to a path at 375 px: written, approved, read by those affected, tested, and three green lights."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import update

from alerting.plan import ChannelKind
from core.database import Database
from crisis.demo.receipts import NUMBER
from playbooks.chores import playbook_chores
from playbooks.receipts.models import Acquaintance
from rosters.chores import carry_out
from rosters.my.links import personal_token
from tests.stories.lund import each
from tests.stories.roster_town import RosterTown, fits
from tests.world import SECRET

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

LUND = ZoneInfo("Europe/Stockholm")
MORNING = datetime(2026, 11, 24, 9, tzinfo=LUND).astimezone(UTC)  # a Tuesday
OFFICE = datetime(2026, 11, 24, 10, tzinfo=LUND).astimezone(UTC)
NIGHT = datetime(2026, 11, 27, 3, tzinfo=LUND).astimezone(UTC)
CORE = each(["P17 ... P23"])
EVERYBODY = each(["P11", "P12", "P15", "P16", *CORE, "P49 ... P55"])
SILENT = "P55"  # sleeps through the test at night
NEW_PHONE = "P19"  # has not saved the number in it
BOTH = {ChannelKind.VOICE, ChannelKind.SMS}


class PathTown(RosterTown):
    """The chores are those of the paths, and alarms come from a number."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.means = replace(self.means, sender=NUMBER)
        self.engine = self.new_engine()

    async def does_chores(self) -> None:
        for chore in playbook_chores(self.means):
            await carry_out(self.database, chore, now=self.now)
        await self.engine.until_idle()

    async def lets_pass(self, *, until: datetime) -> None:
        """One step of the clock, with a look of the chores at its end."""
        await self.advance(seconds=(until - self.now).total_seconds())
        await self.does_chores()


@pytest.fixture
async def town(night: Database, chromium: Browser) -> AsyncIterator[PathTown]:
    async with PathTown.open(night, chromium) as town:
        async with night.transaction() as session:
            person = Acquaintance.person_id == town.people[NEW_PHONE]
            await session.execute(
                update(Acquaintance).where(person).values(sender="", saved_at=None)
            )
        yield town
    town.expect_silence()


async def test_a_change_goes_from_draft_to_three_green_lights(town: PathTown) -> None:
    await _is_written_and_proposed(town)
    planner = await _is_approved(town)
    await _shows(town, planner, "Dokumenterad", "Inte känd", "Inte övad")
    await _is_read_by_those_whom_it_changes(town)
    await _is_tested_in_the_daytime(town, planner)
    await _is_tested_at_night(town, planner)
    await _shows(town, await town.signs_in("planerare"), "Dokumenterad", "Känd", "Övad")


async def _is_written_and_proposed(town: PathTown) -> None:
    admin = await town.signs_in("admin")
    await admin.goto(f"{town.url}/paths/LV-03")
    await admin.get_by_role("button", name="Nytt utkast").click()
    await admin.get_by_role("link", name="Ändra steg 3").click()
    await admin.get_by_label("Antal eller procent").fill("4")
    await admin.get_by_role("group", name="Omgång 2").get_by_label("Sms").check()
    await fits(admin)
    await admin.get_by_role("button", name="Spara utkastet").click()
    await expect(admin.get_by_text("4 behövs inom 15 min")).to_be_visible()
    await fits(admin)
    await admin.get_by_role("link", name="Klar: granska och föreslå").click()
    await expect(admin.get_by_text("behöver nu 4 av 7, förut 5.").first).to_be_visible()
    await fits(admin)
    await admin.get_by_label("Vad är nytt?").fill("Fyra räcker, och ett sms till.")
    await admin.get_by_role("button", name="Föreslå för godkännande").click()
    await expect(admin.get_by_text("Föreslagen", exact=True).first).to_be_visible()


async def _is_approved(town: PathTown) -> Page:
    """By one of those who hold the post that owns the path."""
    await town.context.clear_cookies()  # at a phone of their own
    owner = await town.signs_in("planerare")
    await owner.get_by_role("link", name="LV-03, version 2 väntar på godkännande").click()
    await expect(owner.get_by_text("behöver nu 4 av 7, förut 5.").first).to_be_visible()
    await expect(owner.get_by_text("Fyra räcker, och ett sms till.")).to_be_visible()
    await owner.get_by_role("button", name="Godkänn version 2").click()
    await expect(owner.get_by_text("Gäller nu")).to_be_visible()
    await fits(owner)
    return owner


async def _shows(town: PathTown, planner: Page, *words: str) -> None:
    """The three lights of LV-03 in the register."""
    await planner.goto(f"{town.url}/paths?sort=code")
    await fits(planner)
    row = planner.get_by_role("row").filter(has_text="LV-03")
    await expect(row.locator(".light .badge")).to_have_text(words)


async def _is_read_by_those_whom_it_changes(town: PathTown) -> None:
    """Asked by themselves, once the night is over; nobody else is."""
    await town.does_chores()
    town.expect_silence()
    await town.lets_pass(until=MORNING)
    asked = {ref: "".join(town.texts_to(ref)) for ref in EVERYBODY}
    assert [ref for ref in EVERYBODY if "LV-03" in asked[ref]] == CORE
    page = await town.follows_link(asked[NEW_PHONE])
    await page.get_by_role("link", name=re.compile("LV-03")).click()
    await expect(page.get_by_text("Ändrat sedan du läste det senast")).to_be_visible()
    await fits(page)
    await page.get_by_label("Jag har sparat numret").check()
    await page.get_by_role("button", name="Jag har läst och vet vad jag ska göra").click()
    await expect(page.get_by_text("Du har sparat numret.")).to_be_visible()
    for ref in set(CORE) - {NEW_PHONE}:
        await _confirms(town, ref)


async def _confirms(town: PathTown, ref: str) -> None:
    """By the link in the text."""
    visitor = town.site.visitor()
    url = f"/my/{personal_token(SECRET, town.people[ref], now=town.now)}/paths/LV-03"
    text = await visitor.sees(url, "Ändrat sedan du läste det senast")
    found = re.search(r'name="mark" value="(\w+)"', text)
    assert found
    assert (await visitor.post(url, mark=found[1])).status_code == 303


async def _is_scheduled(town: PathTown, planner: Page, day: str, hours: str) -> None:
    await planner.goto(f"{town.url}/paths/LV-03/tests")
    await planner.get_by_label("Nästa prov").fill(day)
    await planner.get_by_label("Vilken tid").select_option(label=hours)
    await planner.get_by_role("button", name="Spara tiderna").click()
    await fits(planner)


async def _is_tested_in_the_daytime(town: PathTown, planner: Page) -> None:
    """Everybody answers, and that ends it."""
    await _is_scheduled(town, planner, "2026-11-24", "Kontorstid")
    await town.lets_pass(until=OFFICE)
    town.expect_both(*EVERYBODY)
    await town.lets_pass(until=OFFICE + timedelta(minutes=4))
    await town.answers("MOTTAGET", *EVERYBODY)
    await town.does_chores()
    await _shows(town, planner, "Dokumenterad", "Känd", "Delvis övad")


async def _is_tested_at_night(town: PathTown, planner: Page) -> None:
    """One sleeps through it and is called once more; it ends by itself after an hour."""
    await _is_scheduled(town, planner, "2026-11-27", "Natt och helg")
    await town.lets_pass(until=NIGHT)
    town.expect_both(*EVERYBODY)
    await town.lets_pass(until=NIGHT + timedelta(minutes=6))
    await town.answers("MOTTAGET", *(ref for ref in EVERYBODY if ref != SILENT))
    await town.lets_pass(until=NIGHT + timedelta(hours=1))
    town.expect_both(SILENT)
