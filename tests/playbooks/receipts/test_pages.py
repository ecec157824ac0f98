"""Pages: one's own card, and how far the reading has come."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import NamedTuple

import pytest
from sqlalchemy import select, update

from core.database import Database
from core.models import AuditEntry, Role, User
from playbooks.receipts.models import Acquaintance, Receipt, ReceiptVia
from rosters.models import Person
from rosters.my.links import personal_token
from rosters.notices.models import Notice
from tests.clocks import NIGHT
from tests.playbooks.receipts.readers import NUMBER
from tests.visitors import Site, Visitor
from tests.world import SECRET


class Reading(NamedTuple):
    site: Site
    links: dict[str, str]  # of people's own pages

    @property
    def database(self) -> Database:
        return self.site.database

    async def receipts(self) -> list[Receipt]:
        async with self.database.reading() as session:
            return list(await session.scalars(select(Receipt)))

    async def audited(self) -> list[str]:
        async with self.database.reading() as session:
            return list(await session.scalars(select(AuditEntry.what)))


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """What goes into the database is tested on both kinds in test_asking."""
    return sqlite_database


@pytest.fixture
async def reading(paths: Database) -> AsyncIterator[Reading]:
    async with paths.reading() as session:
        people = (await session.scalars(select(Person))).all()
    links = {each.ref: f"/my/{personal_token(SECRET, each.id, now=NIGHT)}" for each in people}
    async with Site.on(paths, secret_key=SECRET, twilio_from=NUMBER, sender_name="Lund") as site:
        yield Reading(site, links)


def mark_on(text: str) -> str:
    found = re.search(r'name="mark" value="(\w+)"', text)
    assert found
    return found[1]


async def confirm(reading: Reading, ref: str, code: str, **fields: str) -> Visitor:
    visitor, url = reading.site.visitor(), f"{reading.links[ref]}/paths/{code}"
    mark = mark_on(await visitor.sees(url))
    response = await visitor.post(url, mark=mark, **fields)
    assert response.status_code == 303
    return visitor


async def test_the_card_says_who_calls_what_it_says_and_what_to_answer(reading: Reading) -> None:
    await reading.site.visitor().sees(
        f"{reading.links['P17']}/paths/LV-03",
        "När du blir uppringd av LV-03",
        "040-628 04 99",
        "SKARPT: LV-03 Central krisledning kallas in till Kristallen",
        "ÖVNING: LV-03",
        "du kommer om 30 minuter",
        "Tryck 1 om du kommer",
        "Kristallen, reserv Plats B",
        "Stab karna, alla på en gång",
        "Vi försöker igen. Efter 9 min går larmet vidare utan dig.",
        "Säg nej genast",
    )
    await reading.site.visitor().sees(
        f"{reading.links['P13']}/paths/LV-01",
        "MOTTAGET",
        "Svarar du inte inom 2 min frågas nästa person.",
    )


async def test_what_is_sent_in_english_is_shown_in_english(reading: Reading) -> None:
    async with reading.database.transaction() as session:
        english = update(Person).where(Person.ref == "P56").values(language="en")
        await session.execute(english)
    await reading.site.visitor().sees(
        f"{reading.links['P56']}/paths/LV-05", "LIVE: LV-05", "<dt>OK</dt>", "<dt>NO</dt>"
    )


async def test_looking_confirms_nothing_and_the_button_does(reading: Reading) -> None:
    url = f"{reading.links['P56']}/paths/LV-05"
    await reading.site.visitor().sees(url, "Inte bekräftat än")
    assert await reading.receipts() == []
    visitor = await confirm(reading, "P56", "LV-05", number="yes")
    await visitor.sees(url, "Du bekräftade", "Du har sparat numret.")
    await visitor.sees(reading.links["P56"], "Dina larmvägar", "Läst tis 24 nov. 2026")
    row = (await reading.receipts())[0]
    assert (row.via, row.confirmed_by) == (ReceiptVia.LINK, "P56 (länk)")
    async with reading.database.reading() as session:
        known = (await session.scalars(select(Acquaintance))).one()
    assert (known.sender, known.saved_at) == (NUMBER, NIGHT)
    assert await reading.audited() == [*(await reading.audited())[:-1], "Bekräftade sin del"]


async def test_the_number_can_be_saved_later(reading: Reading) -> None:
    visitor = await confirm(reading, "P56", "LV-05")
    url = f"{reading.links['P56']}/paths/LV-05"
    text = await visitor.sees(url, "Jag har sparat numret")
    await visitor.post(url, mark=mark_on(text), number="yes")
    text = await visitor.sees(url, "Du har sparat numret.")
    assert 'name="mark"' not in text


async def test_an_old_mark_is_refused_and_the_new_card_shown(reading: Reading) -> None:
    visitor, url = reading.site.visitor(), f"{reading.links['P56']}/paths/LV-05"
    for mark in ("0" * 64, "", "x"):
        response = await visitor.post(url, mark=mark, number="yes")
        assert response.status_code == 409
        assert "Din del har ändrats" in response.text
        assert mark_on(response.text) != mark
    assert await reading.receipts() == []
    async with reading.database.reading() as session:
        assert (await session.scalars(select(Acquaintance))).all() == []


async def test_nobody_has_a_card_of_a_path_that_does_not_call_them(reading: Reading) -> None:
    visitor = reading.site.visitor()
    for code in ("LV-05", "LV-99", "LV-09", "%00", "a"):
        url = f"{reading.links['P17']}/paths/{code}"
        for response in (await visitor.get(url), await visitor.post(url, mark="x")):
            assert response.status_code == 404
    assert await reading.receipts() == []


async def test_a_forged_an_old_or_a_strangers_link_is_no_card(reading: Reading) -> None:
    visitor, link = reading.site.visitor(), reading.links["P56"]
    mark = mark_on(await visitor.sees(f"{link}/paths/LV-05"))
    forged = f"{link[:-3]}abc"
    assert (await visitor.post(f"{forged}/paths/LV-05", mark=mark)).status_code == 404
    assert (await visitor.get(f"{forged}/number.vcf")).status_code == 404
    reading.site.clock.move(timedelta(days=15))
    assert (await visitor.post(f"{link}/paths/LV-05", mark=mark)).status_code == 404
    assert await reading.receipts() == []


async def test_signed_in_one_confirms_ones_own_card_only(reading: Reading) -> None:
    visitor = await reading.site.signed_in("pella", Role.PLANNER)
    assert (await visitor.get("/my/me/paths/LV-05")).status_code == 404
    async with reading.database.transaction() as session:
        user = await session.scalar(select(User.id).where(User.username == "pella"))
        await session.execute(update(Person).where(Person.ref == "P56").values(user_id=user))
    mark = mark_on(await visitor.sees("/my/me/paths/LV-05"))
    assert (await visitor.post("/my/me/paths/LV-05", mark=mark)).status_code == 303
    row = (await reading.receipts())[0]
    assert (row.via, row.confirmed_by) == (ReceiptVia.PAGE, "pella")
    anonymous = await reading.site.visitor().get("/my/me/paths/LV-05")
    assert anonymous.status_code == 303


async def test_the_number_is_a_contact_to_save(reading: Reading) -> None:
    response = await reading.site.visitor().get(f"{reading.links['P56']}/number.vcf")
    assert response.headers["content-type"].startswith("text/vcard")
    assert f"TEL;TYPE=VOICE,CELL,PREF:{NUMBER}\r\n" in response.text
    assert "FN:Larm från Lund\r\n" in response.text


async def test_without_a_number_there_is_none_to_save(reading: Reading) -> None:
    async with Site.on(reading.database, secret_key=SECRET) as bare:
        link = reading.links["P56"]
        text = await bare.visitor().sees(f"{link}/paths/LV-05", "Numret är inte bestämt än.")
        assert "Jag har sparat" not in text
        assert (await bare.visitor().get(f"{link}/number.vcf")).status_code == 404


async def test_readers_see_figures_and_planners_names(reading: Reading) -> None:
    await confirm(reading, "P56", "LV-05")
    reader, planner = (
        await reading.site.signed_in("lisa"),
        await reading.site.signed_in("nils", Role.PLANNER),
    )
    for url in ("/receipts", "/receipts/LV-05"):
        text = await reader.sees(url)
        assert "Namn P5" not in text
        assert "Titel" not in text
    await reader.sees("/receipts", "1 av 17", "Ringer ingen")
    await reader.sees("/receipts/LV-05", "1 av 17 har läst sin del")
    text = await planner.sees("/receipts/LV-05", "Namn P56", "med länk", "Titel P43")
    assert "Namn P43" not in text
    text = await planner.sees("/receipts?path=LV-05&missing=read", "Namn P57", "Titel P43")
    assert "Namn P56" not in text
    await planner.sees("/receipts?missing=reminded", "Ingen saknar det")
    await planner.sees("/receipts?missing=nonsense&path=LV-99", "Namn P56")
    await planner.sees("/receipts/LV-09", "Larmvägen ringer ingen")
    await planner.sees("/paths/LV-05", 'href="/receipts/LV-05"')


async def test_only_planners_ask_note_and_export(reading: Reading) -> None:
    reader = await reading.site.signed_in("lisa", Role.DUTY_OFFICER)
    for url in ("/receipts/ask", "/receipts/LV-05", "/receipts/LV-05/stop"):
        assert (await reader.post(url)).status_code == 403
    assert (await reader.get("/receipts/LV-05/export.csv")).status_code == 403


async def test_a_planner_begins_to_ask_and_stops(reading: Reading) -> None:
    planner = await reading.site.signed_in("nils", Role.PLANNER)
    await planner.sees("/receipts", "Be alla läsa", "har något oläst")
    assert (await planner.post("/receipts/LV-05", act="remind")).status_code == 409
    assert (await planner.post("/receipts/ask", codes=["LV-05", "LV-06"])).status_code == 303
    await planner.sees("/receipts/LV-05", "Sluta be om läskvitton", "då nils började")
    assert (await planner.post("/receipts/ask", codes=["LV-05"])).status_code == 303
    assert (await planner.post("/receipts/ask", codes=["LV-99"])).status_code == 404
    assert (await planner.post("/receipts/ask")).status_code == 303
    await planner.post("/receipts/LV-05/stop")
    await planner.sees("/receipts/LV-05", "Ingen är tillfrågad.")
    assert (await planner.post("/receipts/LV-99/stop")).status_code == 404
    begun = [each for each in await reading.audited() if "läskvitton" in each]
    assert begun == ["Började be om läskvitton"] * 2 + ["Slutade be om läskvitton"]


async def test_a_planner_notes_and_reminds_those_that_are_ticked(reading: Reading) -> None:
    planner = await reading.site.signed_in("nils", Role.PLANNER)
    await planner.post("/receipts/ask", codes=["LV-05"])
    async with reading.database.reading() as session:
        query = select(Person).where(Person.ref.in_(("P43", "P56", "P17"))).order_by(Person.ref)
        other, hidden, member = (str(each.id) for each in await session.scalars(query))
    both = [hidden, member, other]  # who is not called is passed over
    response = await planner.post("/receipts/LV-05", act="together", people=both)
    assert response.headers["location"] == "/receipts/LV-05?done=together&count=2"
    await planner.sees(response.headers["location"], "Genomgånget tillsammans med 2 personer.")
    assert {each.via for each in await reading.receipts()} == {ReceiptVia.PLANNER}
    await planner.post("/receipts/LV-05", act="introduced", people=both)
    await planner.post("/receipts/LV-05", act="remind", people=both)
    await planner.post("/receipts/LV-05", act="again", people=[member])
    async with reading.database.reading() as session:
        subjects = set(await session.scalars(select(Notice.subject)))
        introduced = (await session.scalars(select(Acquaintance.introduced_by))).all()
    assert subjects == {"Spara larmnumret", "Läs din del av LV-05"}
    assert introduced == ["nils", "nils"]
    assert (await planner.post("/receipts/LV-05", act="")).status_code == 422
    assert (await planner.post("/receipts/LV-05", act="again", people=["x"])).status_code == 422
    assert (await planner.post("/receipts/LV-99", act="remind")).status_code == 404


async def test_the_export_has_everybody_and_no_protected_name(reading: Reading) -> None:
    await confirm(reading, "P56", "LV-05", number="yes")
    planner = await reading.site.signed_in("nils", Role.PLANNER)
    response = await planner.get("/receipts/LV-05/export.csv")
    lines = response.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 18
    row = "P56;Namn P56;2026-11-24 03:12;0;2026-11-24 03:12;med länk;2026-11-24 03:12;"
    assert row in lines
    assert any(each.startswith("P43;Titel P43;") for each in lines)


async def test_one_is_asked_on_ones_own_page_first(reading: Reading) -> None:
    visitor, link = reading.site.visitor(), reading.links["P17"]
    await visitor.sees(link, "Dina larmvägar", "Inte läst")
    none = await visitor.sees(reading.links["P76"].replace("P76", ""), "Dina pass")
    assert "LV-03" not in none
