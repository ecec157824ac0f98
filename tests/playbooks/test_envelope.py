"""The envelope's editions and copies: made, laid out, exchanged, reminded of, and who may."""

import re
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import func, select, update

from core.audit import By
from core.database import Database
from core.models import AuditEntry, Role
from playbooks import service
from playbooks.paper import editions, reminding
from playbooks.paper.gathering import gather
from playbooks.paper.models import Edition, Exchange
from rosters.models import ContactPoint, Person
from rosters.notices.models import Notice
from tests.clocks import NIGHT
from tests.kinds import BOTH, one_kind  # noqa: F401  # a fixture
from tests.playbooks.conftest import ZONE
from tests.playbooks.lund import files
from tests.visitors import Site, Visitor

MAKE = "/envelope/editions"


async def made(visitor: Visitor) -> str:
    """The address of a new edition's page."""
    response = await visitor.post(MAKE)
    assert response.status_code == 303, response.text
    location: str = response.headers["location"]
    return location


async def laid_out(planner: Visitor, place: str = "Kassaskåpet", **fields: str) -> str:
    """The address of a copy's page, after an edition is made and put there."""
    await made(planner)
    given = {"place": place, "months": "3", "edition": "1", "handed_by": "Nils", "keeper": "P13"}
    response = await planner.post("/envelope/copies", **(given | fields))
    assert response.status_code == 303, response.text
    page = await planner.sees("/envelope", place)
    found: list[str] = re.findall(r"/envelope/copies/[0-9a-f-]{36}", page)
    return found[0]


async def changes_lv_03(site: Site) -> None:
    """A second version of LV-03 comes into force."""
    changed = {name: text for name, text in files().items() if name.startswith("lv-03")}
    changed = {name: text + b"\n# changed\n" for name, text in changed.items()}
    async with site.database.transaction() as session:
        by = By("planeraren")
        await service.load(session, changed, by=by, now=site.clock.now(), zone=ZONE)


async def reminds(site: Site) -> list[tuple[str, str]]:
    """Who has been told what, in all, after the chore."""
    async with site.database.transaction() as session:
        await reminding.remind(session, now=site.clock.now(), zone=ZONE)
    async with site.database.reading() as session:
        rows = await session.execute(
            select(Person.ref, Notice.body).join(Person, Person.id == Notice.person_id)
        )
        return sorted((ref, body) for ref, body in rows)


@BOTH
async def test_an_edition_is_kept_as_it_was_printed_and_says_what_is_in_it(
    site: Site, tib: Visitor
) -> None:
    page = await made(tib)
    assert page == "/envelope/editions/1"
    text = await tib.sees(page, "LV-03 v1", "Allt i den här utgåvan gäller", "Alva")
    response = await tib.get(f"{page}.pdf")
    assert response.content.startswith(b"%PDF")
    assert sha256(response.content).hexdigest() in text
    assert "larmkuvert-1.pdf" in response.headers["content-disposition"]
    async with site.database.reading() as session:
        acts = (await session.scalars(select(AuditEntry.what).order_by(AuditEntry.number))).all()
    assert acts[-2:] == ["Gjorde utgåva av larmkuvertet", "Hämtade larmkuvertet"]


async def test_each_making_is_a_new_edition(tib: Visitor) -> None:
    assert await made(tib) == "/envelope/editions/1"
    assert await made(tib) == "/envelope/editions/2"
    await tib.sees("/envelope", "Tidigare utgåvor", "Utgåva 1")


async def test_what_cannot_be_printed_leaves_no_edition_behind(
    site: Site, tib: Visitor, planner: Visitor
) -> None:
    await made(tib)
    broken = editions.Begun(2, {"language": "sv"})
    async with site.database.transaction() as session:
        session.add(edition_number(2))
    await planner.sees("/envelope/editions/2", "Utgåvan görs")
    with pytest.raises(RuntimeError):
        await editions.finish(site.database, broken, by=By("x"), now=NIGHT)
    assert (await planner.get("/envelope/editions/2")).status_code == 404
    await planner.sees("/envelope/editions/1", "Allt i den här utgåvan gäller")


def edition_number(number: int) -> Edition:
    """One that has been begun."""
    return Edition(
        number=number, made_at=NIGHT, made_by="x", language="sv", contains={}, lists_seal=""
    )


@pytest.mark.parametrize("number", ["0", "3000000000", "9" * 30])
async def test_a_number_that_no_edition_can_have_leads_nowhere(tib: Visitor, number: str) -> None:
    assert (await tib.get(f"/envelope/editions/{number}")).status_code == 404
    assert (await tib.get(f"/envelope/editions/{number}.pdf")).status_code == 404


async def test_only_those_who_see_numbers_see_the_envelope(site: Site) -> None:
    reader = await site.signed_in("lisa", Role.READER)
    assert (await reader.get("/envelope")).status_code == 403
    assert (await reader.post(MAKE)).status_code == 403
    assert "/envelope" not in await reader.sees("/paths")


async def test_without_paths_there_is_nothing_to_put_in_an_envelope(lund: Database) -> None:
    async with Site.on(lund) as site:
        tib = await site.signed_in("alva", Role.DUTY_OFFICER)
        await tib.sees("/envelope", "inga larmvägar", "Inget exemplar är utlagt")
        response = await tib.post(MAKE)
    assert response.status_code == 409
    assert "inga larmvägar" in response.text


async def test_a_protected_person_is_on_paper_by_title_and_switchboard(site: Site) -> None:
    async with site.database.transaction() as session:
        await session.execute(update(Person).where(Person.ref == "P17").values(protected=True))
    async with site.database.reading() as session:
        person = (await session.scalars(select(Person).where(Person.ref == "P17"))).one()
        own = select(ContactPoint.address).where(ContactPoint.person_id == person.id)
        numbers = (await session.scalars(own)).all()
        said = str(await gather(session, at=NIGHT, zone=ZONE))
    assert person.name not in said
    assert numbers
    assert not [number for number in numbers if number in said]
    assert person.title in said
    assert "Nås via växeln" in said


@BOTH
async def test_a_copy_says_what_in_it_no_longer_holds_and_is_right_again_when_exchanged(
    site: Site, planner: Visitor, tib: Visitor
) -> None:
    copy = await laid_out(planner)
    await tib.sees("/envelope", "Gäller, byts om 92 dagar")
    site.clock.move(timedelta(hours=1))
    await changes_lv_03(site)
    await tib.sees("/envelope", "1 sak gäller inte längre", "nnehåller LV-03 v1, gäller v2")
    await tib.sees("/envelope/editions/1", "inte helt rätt längre")
    await tib.sees("/", "1 larmkuvert ska bytas")
    reader = await site.signed_in("lisa", Role.READER)
    assert "larmkuvert" not in await reader.sees("/")  # the page behind it is not theirs

    await made(tib)
    fields = await exchange_fields(tib, copy)
    response = await tib.post(f"{copy}/exchange", **fields, edition="2", received_by="Majken")
    assert response.status_code == 303
    await tib.sees("/envelope", "Gäller, byts om 92 dagar")
    await tib.sees(copy, "Majken")
    await tib.sees("/envelope/copies.csv", "Kassaskåpet", "2026-11-24")


async def exchange_fields(visitor: Visitor, copy: str) -> dict[str, str]:
    page = await visitor.sees(copy)
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    return {"seen": seen[1], "handed_by": "Alva", "day": ""}


@BOTH
async def test_of_two_who_exchange_the_same_copy_the_second_is_told(
    site: Site, planner: Visitor
) -> None:
    copy = await laid_out(planner)
    fields = await exchange_fields(planner, copy)
    site.clock.move(timedelta(hours=1))
    assert (await planner.post(f"{copy}/exchange", **fields, edition="1")).status_code == 303
    response = await planner.post(f"{copy}/exchange", **fields, edition="1")
    assert response.status_code == 422
    assert "har redan bytt exemplaret" in response.text
    async with site.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Exchange)) == 2


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"edition": "1"}, "redan utgåva 2, som är nyare"),
        ({"edition": "9"}, "Utgåva 9 finns inte"),
        ({"edition": "2", "day": "2026-12-24"}, "har inte varit än"),
        ({"edition": "2", "day": "2026-01-01"}, "bytts senare än så"),
        ({"edition": "2", "handed_by": " "}, "Fyll i det här fältet"),
        ({"edition": "2", "seen": "nonsense"}, "Läs in sidan igen"),
    ],
)
async def test_an_exchange_that_cannot_be_is_refused_at_its_field(
    planner: Visitor, fields: dict[str, str], sentence: str
) -> None:
    await made(planner)
    copy = await laid_out(planner, edition="2")
    response = await planner.post(
        f"{copy}/exchange", **(await exchange_fields(planner, copy) | fields)
    )
    assert response.status_code == 422
    assert sentence in response.text


async def test_a_place_is_described_anew_and_taken_away_but_its_history_stays(
    planner: Visitor,
) -> None:
    copy = await laid_out(planner)
    wrong = await planner.post(copy, place="Plats B", months="0", keeper="")
    assert (wrong.status_code, "heltal från 1 till 60" in wrong.text) == (422, True)
    assert (await planner.post(copy, place="Plats B", months="6", keeper="")).status_code == 303
    await planner.sees(copy, "Plats B", "Ingen")
    assert (await planner.post(f"{copy}/take-away")).status_code == 303
    await planner.sees("/envelope", "Inget exemplar är utlagt")
    await planner.sees(copy, "Exemplaret är borttaget", "Nils")
    assert (await planner.post(f"{copy}/take-away")).status_code == 409


async def test_a_duty_officer_exchanges_but_puts_nothing_out(
    planner: Visitor, tib: Visitor
) -> None:
    copy = await laid_out(planner)
    assert (await tib.get("/envelope/copies/new")).status_code == 403
    assert (await tib.post(f"{copy}/take-away")).status_code == 403
    fields = await exchange_fields(tib, copy)
    assert (await tib.post(f"{copy}/exchange", **fields, edition="1")).status_code == 303


@BOTH
async def test_its_keeper_and_the_planners_hear_once_that_a_path_was_replaced_and_again_when_it_is_due(
    site: Site, planner: Visitor
) -> None:
    user = (await site.user("petra", Role.PLANNER)).id
    async with site.database.transaction() as session:
        await session.execute(update(Person).where(Person.ref == "P14").values(user_id=user))
    await laid_out(planner)
    assert await reminds(site) == []
    site.clock.move(timedelta(days=1))
    await changes_lv_03(site)
    first = await reminds(site)
    assert [ref for ref, _body in first] == ["P13", "P14"]
    assert "Kassaskåpet (innehåller LV-03 v1, gäller v2)" in first[0][1]
    assert await reminds(site) == first
    site.clock.move(timedelta(days=92))
    assert len(await reminds(site)) == len(first) + 2


@BOTH
async def test_files_that_lie_in_no_envelope_are_let_go_of_after_a_year(
    site: Site, planner: Visitor
) -> None:
    await laid_out(planner)
    await made(planner)
    await made(planner)
    site.clock.move(editions.KEPT + timedelta(days=1))
    async with site.database.transaction() as session:
        await editions.forget(session, now=site.clock.now())
    again = await site.signed_in("rut", Role.PLANNER)
    found = [(await again.get(f"/envelope/editions/{at}.pdf")).status_code for at in (1, 2, 3)]
    assert found == [200, 404, 200], "one lies somewhere, and the newest is kept"
    await again.sees("/envelope/editions/2", "Filen är borttagen")
