"""Stories: cards and plans are read, written, approved and kept an eye on in the browser."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import delete, select

from core.audit import By
from core.database import Database
from core.models import Role, User
from playbooks import library, service
from playbooks.models import VersionState
from rosters.models import CallListEntry, Person, Unit, UnitKind
from tests.clocks import NIGHT
from tests.kinds import BOTH, one_kind  # noqa: F401  # a fixture
from tests.playbooks.cards import CARD, PLAN
from tests.playbooks.conftest import ZONE
from tests.visitors import Site, Visitor

YEAR = timedelta(days=367)


@pytest.fixture
async def site(paths: Database) -> AsyncIterator[Site]:
    """Lund with a card, a plan, two boards and a company."""
    async with paths.transaction() as session:
        for code, kind in (
            ("TN", UnitKind.BOARD),
            ("SN", UnitKind.BOARD),
            ("LKF", UnitKind.COMPANY),
        ):
            session.add(Unit(code=code, name=f"Enhet {code}", kind=kind))
        await session.flush()  # the check must see the units of this transaction
        files = {"ak-9.yaml": CARD.encode(), "hp-tn.yaml": PLAN.encode()}
        await service.load(session, files, by=By("P"), now=NIGHT, zone=ZONE)
    async with Site.on(paths) as site:
        yield site


async def belongs(site: Site, username: str, ref: str) -> None:
    """An account is somebody in the organisation."""
    async with site.database.transaction() as session:
        user = (await session.scalars(select(User).where(User.username == username))).one()
        (await session.scalars(select(Person).where(Person.ref == ref))).one().user_id = user.id


async def fields_of(visitor: Visitor, url: str) -> dict[str, str]:
    """What a form would send if it were saved as it stands."""
    text = (await visitor.get(url)).text
    form = text[text.index('<form class="form roomy') :]
    found = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', form))
    found |= dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)<', form))
    found |= dict(re.findall(r'name="(body)".*?value="([^"]+)" selected', form, re.DOTALL))
    return {name: unescape(value) for name, value in found.items()}


async def test_cards_are_listed_and_read(site: Site, tib: Visitor) -> None:
    await tib.sees("/cards", "ÅK-9 Prov", "Det händer", "/paths/LV-01", "Inte godkänt")
    await tib.sees(
        "/cards/ÅK-9", "De första 15 minuterna", "Ring tillbaka", "inom 5 min", "Jour TIB"
    )
    text = await tib.sees("/cards/ÅK-9/versions", "Version 1")
    assert "Nytt utkast" not in text
    for url in ("/cards/ÅK-0", "/cards/HP-TN", "/plans/ÅK-9", "/plans/LV-01"):
        assert (await tib.get(url)).status_code == 404
    for url in ("/cards/new", "/cards/ÅK-9/edit/1", "/plans/new"):
        assert (await tib.get(url)).status_code == 403


async def test_empty_shelves_say_what_to_do(lund: Database) -> None:
    async with Site.on(lund) as bare:
        visitor = await bare.signed_in("nils", Role.PLANNER)
        await visitor.sees("/cards", "Det finns inga åtgärdskort än", "/cards/new")
        await visitor.sees("/plans", "Det finns inga nämnder eller bolag än", "/units")
        assert "utan" not in (await visitor.get("/plans.csv")).text


@BOTH
async def test_a_card_is_written_proposed_and_approved(site: Site, planner: Visitor) -> None:
    begun = await planner.post("/cards/ÅK-9/versions")
    edit = unescape(begun.headers["location"])
    fields = await fields_of(planner, edit)
    assert fields["role-1"] == "Jour TIB (duty:TIB)"
    added = await planner.post(edit, **fields, act="add first hour")
    assert (added.status_code, 'name="text-4"' in added.text) == (200, True)
    fields |= {"section-4": "first hour", "text-4": "Öppna växeln", "within-4": "45"}
    saved = await planner.post(edit, **fields, act="save")
    assert saved.headers["location"].endswith("edit/2?saved=yes")
    await planner.sees(edit, "Öppna växeln", 'value="45m"')
    assert (await planner.post(edit, **fields, act="save")).status_code == 422  # seen is too old
    proposed = await planner.post("/cards/ÅK-9/versions/2/propose", summary="En rad till")
    assert proposed.status_code == 303
    owner = await site.signed_in("siv")
    await belongs(site, "siv", "P13")
    assert (await planner.post("/cards/ÅK-9/versions/2/approve")).status_code == 403
    assert (await owner.post("/cards/ÅK-9/versions/2/approve")).status_code == 303
    await owner.sees("/cards/ÅK-9", "Öppna växeln", "Aktuellt")
    assert (await owner.post("/cards/ÅK-9/versions/1/approve")).status_code == 409


async def test_mistakes_of_a_draft_are_kept_and_stand_at_their_fields(
    site: Site, planner: Visitor
) -> None:
    edit = unescape((await planner.post("/cards/ÅK-9/versions")).headers["location"])
    fields = await fields_of(planner, edit)
    fields |= {"role-1": "vem som helst", "text-2": "x" * 300, "scenario": ""}
    await planner.post(edit, **fields, act="save")
    text = await planner.sees(
        edit, "ska rättas innan", "”vem som helst” är inget mål", "högst 200 tecken"
    )
    assert 'id="e-role-1"' in text
    assert 'id="e-text-2"' in text
    refused = await planner.post("/cards/ÅK-9/versions/2/propose", summary="Så här")
    assert refused.status_code in {409, 422}


async def test_a_new_card_and_what_is_wrong_with_it(site: Site, planner: Visitor) -> None:
    card = {
        "code": "ÅK-10",
        "title": "Ras",
        "owner": "role:sakerhetschef",
        "scenario": "Marken ger sig.",
        "review_months": "12",
        "section-0": "first hour",
    }
    empty = await planner.post("/cards/new", **card, act="save")
    assert (empty.status_code, "kortet har inga avsnitt" in empty.text) == (422, True)
    card["text-0"] = "Spärra av"
    taken = await planner.post("/cards/new", **{**card, "code": "LV-01"}, act="save")
    assert (taken.status_code, "används redan" in taken.text) == (422, True)
    wrong = await planner.post("/cards/new", **{**card, "code": "åk"}, act="save")
    assert (wrong.status_code, "e-code" in wrong.text) == (422, True)
    made = await planner.post("/cards/new", **card, act="save")
    assert unescape(made.headers["location"]).endswith("/edit/1?saved=yes")
    await planner.sees("/cards", "ÅK-10, version 1", "Utkast")
    assert (await planner.get("/cards/ÅK-10")).headers["location"].endswith("/versions")
    async with site.database.reading() as session:
        (version,) = await library.versions(session, "ÅK-10")
    assert (version.state, version.file) == (VersionState.DRAFT, "ak-10.yaml")


async def test_a_file_of_a_card_is_loaded_where_paths_are(site: Site, planner: Visitor) -> None:
    text = CARD.replace("Verifiera", "Verifiera noga")
    wrong = await planner.post("/paths/load", text=text.replace("15m", "x"), act="load")
    assert (wrong.status_code, "åk-9.yaml:17" in wrong.text) == (422, True)
    loaded = await planner.post("/paths/load", text=text, act="load")
    assert loaded.headers["location"] == "/cards"
    await planner.sees("/cards", "ÅK-9, version 2")


@BOTH
async def test_a_plan_is_written_and_its_people_are_named_today(
    site: Site, planner: Visitor
) -> None:
    edit = unescape((await planner.post("/plans/HP-TN/versions")).headers["location"])
    fields = await fields_of(planner, edit)
    assert fields["body"] == "TN"
    changed: dict[str, str | list[str]] = {
        **fields,
        "function-0": "Leder krisen",
        "deputies-0": ["person:P03", "person:P04", ""],
        "heading-0": "När",
        "chapter-0": "Alltid.\r\nOckså natt.",
    }
    saved = await planner.post(edit, **changed, act="save")
    assert saved.status_code == 303
    await planner.sees(edit, "Leder krisen", "Namn P04 (person:P04)", "Också natt.")
    await planner.sees("/plans/HP-TN", "Leder", "Namn P40", "Namn P03", "Programmet binder")


@BOTH
async def test_every_body_has_a_light_that_fades_by_itself(site: Site, planner: Visitor) -> None:
    owner = await site.signed_in("mio")
    await belongs(site, "mio", "P40")
    await planner.sees(
        "/plans", "Enhet SN", "Saknas", "/plans/new?body=SN", "Planen är inte godkänd"
    )
    assert (await owner.post("/plans/HP-TN/versions/1/approve")).status_code == 303
    await owner.sees("/plans", "Klar", "Namn P40", "(Namn P03)")
    site.clock.move(YEAR)
    later = await site.signed_in("lisa")
    await later.sees(
        "/plans", "Planen skulle ha setts över 24 nov. 2027", "ingen ersättare", "Gå igenom planen"
    )
    await later.sees("/", "1 handlingsplan skulle ha setts över")
    lines = unescape((await later.get("/plans.csv")).text).splitlines()
    assert len(lines) == 1 + 1 + 1 + 2  # a head, two bodies without a plan, and two functions
    assert any("Enhet TN" in line and "Håller inte" in line for line in lines)


async def test_a_function_whose_holder_has_left_is_vacant_and_a_unit_that_is_gone_shows(
    site: Site, tib: Visitor
) -> None:
    async with site.database.transaction() as session:
        person = (await session.scalars(select(Person).where(Person.ref == "P40"))).one()
        person.active_to = NIGHT.date() - timedelta(days=2)
        await session.execute(delete(CallListEntry))
        await session.execute(delete(Unit).where(Unit.code == "TN"))
    await tib.sees("/plans", "Finns inte längre", "vakant", "Vakant: Leder, Kommunikation")
    await tib.sees("/plans/HP-TN", "Enheten finns inte längre", "vakant")


async def test_a_protected_person_is_their_title(site: Site, tib: Visitor) -> None:
    async with site.database.transaction() as session:
        (await session.scalars(select(Person).where(Person.ref == "P40"))).one().protected = True
    for url in ("/plans", "/plans/HP-TN", "/plans.csv"):
        text = unescape((await tib.get(url)).text)
        assert ("Titel P40" in text, "Namn P40" in text) == (True, False)
