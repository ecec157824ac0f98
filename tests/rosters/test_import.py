from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.audit import By, first_broken
from core.database import Database
from core.errors import Refused
from core.models import AuditEntry
from rosters.comparing import Proposal, propose
from rosters.importing import EXPORTED, carry_out, exported
from rosters.models import ContactPoint, Person, Unit
from rosters.reading import read
from rosters.tables import write_csv, write_xlsx
from tests.clocks import NIGHT

UNITS = "kod;namn;slag;under;växel\nKK;Kommunkontoret;förvaltning;KS;0406280410\nKS;Styrelsen;styrelse;;\n"
PEOPLE = (
    "Nummer;Namn;Befattning;Enhet;Språk;Skyddad;Mobil;Mobil 2;E-post;Lön\n"
    "P01;Alva Ek;TIB;KK;;;070-174 06 05;0701740606;alva@demo.lund.example;1\n"
    "P02;Birk Ås;;kommunkontoret;engelska;;0701740607;;;2\n"
    "P43;Ri Sten;;KK;;ja;;;;3\n"
)
BY = By("pia")


async def load(database: Database, *files: str | bytes) -> Proposal:
    proposal = Proposal()
    for file in files:
        reading = read(file.encode() if isinstance(file, str) else file)
        async with database.transaction() as session:
            proposal = await carry_out(session, reading, by=BY, now=NIGHT)
    return proposal


async def dry_run(database: Database, file: str) -> Proposal:
    async with database.reading() as session:
        return await propose(session, read(file.encode()))


async def numbers(database: Database, ref: str) -> list[str]:
    async with database.reading() as session:
        found = await session.scalars(
            select(ContactPoint.address)
            .join(Person, Person.id == ContactPoint.person_id)
            .where(Person.ref == ref)
            .order_by(ContactPoint.position)
        )
        return list(found)


async def test_organisation_and_people_are_read_in(database: Database) -> None:
    await load(database, UNITS, PEOPLE)
    async with database.reading() as session:
        birk = (await session.scalars(select(Person).where(Person.ref == "P02"))).one()
        unit = await session.get_one(Unit, birk.unit_id)
        entry = (await session.scalars(select(AuditEntry).where(AuditEntry.number == 2))).one()
        assert await first_broken(session) is None
    assert (birk.name, birk.language, unit.code, unit.switchboard) == (
        "Birk Ås", "en", "KK", "+46406280410",
    )  # fmt: skip
    assert await numbers(database, "P01") == [
        "+46701740605", "+46701740606", "alva@demo.lund.example",
    ]  # fmt: skip
    assert (entry.who, entry.detail) == ("pia", "3 nya, 0 ändrade")


async def test_a_dry_run_shows_what_would_change_and_changes_nothing(database: Database) -> None:
    await load(database, UNITS)
    proposal = await dry_run(database, PEOPLE)
    assert [change.new for change in proposal.people] == [True, True, True]
    assert ("mobil", "", "+46701740605, +46701740606") in proposal.people[0].differences
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Person)) == 0


async def test_the_same_file_again_changes_nothing(database: Database) -> None:
    await load(database, UNITS, PEOPLE)
    proposal = await load(database, PEOPLE)
    assert (proposal.changes, proposal.unchanged) == ([], 3)


async def test_only_what_differs_is_changed_and_an_empty_cell_changes_nothing(
    database: Database,
) -> None:
    await load(database, UNITS, PEOPLE)
    file = "nummer;namn;befattning;mobil;e-post\nP01;Alva Ek;;0701740606;\n"
    proposal = await load(database, file)
    assert proposal.people[0].differences == (
        ("mobil", "+46701740605, +46701740606", "+46701740606"),
    )
    assert await numbers(database, "P01") == ["+46701740606", "alva@demo.lund.example"]


async def test_a_number_that_stays_keeps_that_it_was_verified(database: Database) -> None:
    await load(database, UNITS, PEOPLE)
    async with database.transaction() as session:
        for point in await session.scalars(select(ContactPoint)):
            point.verified_at = NIGHT
    await load(database, "nummer;namn;mobil;mobil 2\nP01;Alva Ek;0701740699;0701740605\n")
    async with database.reading() as session:
        points = await session.scalars(
            select(ContactPoint).where(ContactPoint.address.startswith("+467017406"))
        )
        verified = {point.address: point.verified_at for point in points}
    assert verified["+46701740605"] == NIGHT
    assert verified["+46701740699"] is None
    assert (await numbers(database, "P01"))[:2] == ["+46701740699", "+46701740605"]


MISTAKES = [
    ("nummer;namn;mobil\nP1;A;12345\n", "rad 2, mobil: ”12345” är inte ett giltigt telefonnummer."),
    ("nummer;namn;mobil\nP1;A;0406280401\n", "rad 2, mobil: ”0406280401” är inget mobilnummer"),
    ("nummer;namn;e-post\nP1;A;alva\n", "rad 2, e-post: ”alva” är inte en e-postadress."),
    ("nummer;namn;enhet\nP1;A;XX\n", "rad 2, enhet: Enheten ”XX” finns inte."),
    ("nummer;namn\nP1;A\nP1;B\n", "rad 3, nummer: ”P1” står redan på rad 2."),
    ("nummer;namn\n;A\n", "rad 2, nummer: Fyll i det här fältet."),
    ("nummer;namn\nP1;\n", "rad 2, namn: Fyll i det här fältet."),
    ("nummer;namn\nP 1;A\n", "rad 2, nummer: Använd bara bokstäver"),
    ("nummer;namn;språk\nP1;A;tyska\n", "rad 2, språk: Språket är sv eller en."),
    ("nummer;namn;skyddad\nP1;A;kanske\n", "rad 2, skyddad: Skriv ja eller nej."),
    ("nummer;namn;från\nP1;A;i går\n", "rad 2, från: Skriv datumet som 2026-11-23."),
    ("nummer;namn;från;till\nP1;A;2027-01-01;2026-01-01\n", "rad 2, till: Sista dagen kommer före"),
    ("nummer;namn;skyddad;mobil\nP1;A;ja;0701740605\n", "rad 2, skyddad: Den som har skyddade"),
    ("kod;namn;slag\nA;A;planet\n", "rad 2, slag: Välj vad för slags enhet det är."),
    (
        "kod;namn;slag;under\nA;A;nämnd;A\n",
        "rad 2, under: En enhet kan inte ligga under sig själv.",
    ),
    ("kod;namn;slag;under\nA;A;nämnd;B\nB;B;nämnd;A\n", "rad 3, under: En enhet kan inte ligga"),
    ("kod;namn;slag;växel\nA;A;nämnd;0\n", "rad 2, växel: ”0” är inte ett"),
    ("hund;katt\n1;2\n", "rad 1: Första raden ska namnge kolumnerna"),
]


@pytest.mark.parametrize(("file", "sentence"), MISTAKES)
async def test_a_mistake_is_told_by_row_and_column(
    sqlite_database: Database, file: str, sentence: str
) -> None:
    proposal = await dry_run(sqlite_database, file)
    assert [str(mistake) for mistake in proposal.mistakes if sentence in str(mistake)]


async def test_all_mistakes_are_told_at_once_and_nothing_is_half_done(database: Database) -> None:
    await load(database, UNITS)
    file = PEOPLE + "P03;Cleo;;KK;;;0;;;\nP04;Dante;;XX;;;;;;\n"
    assert [mistake.row for mistake in (await dry_run(database, file)).mistakes] == [5, 6]
    with pytest.raises(Refused, match="Filen har fel"):
        await load(database, file)
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Person)) == 0


async def test_a_file_sets_a_protection_and_takes_the_numbers_but_never_lifts_it(
    database: Database,
) -> None:
    await load(database, UNITS, PEOPLE, "nummer;namn;skyddad\nP01;Alva Ek;ja\n")
    assert await numbers(database, "P01") == []
    await load(database, "nummer;namn;skyddad\nP01;Alva Ek;nej\n")
    async with database.reading() as session:
        alva = (await session.scalars(select(Person).where(Person.ref == "P01"))).one()
    assert alva.protected


@pytest.mark.parametrize("write", [write_csv, lambda *what: write_xlsx("Personer", *what)])
async def test_an_export_is_an_import_that_changes_nothing_and_leaves_out_the_protected(
    database: Database, write: object
) -> None:
    await load(database, UNITS, PEOPLE)
    async with database.reading() as session:
        lines = await exported(session)
    assert callable(write)
    assert [line[0] for line in lines] == ["P01", "P02"]
    proposal = await load(database, write(EXPORTED, lines))
    assert (proposal.changes, proposal.unchanged) == ([], 2)


async def test_ten_thousand_people_are_read_in_seconds(database: Database) -> None:
    rows = "".join(f"N{n};Person {n};070174{n % 95 + 605:04}\n" for n in range(10_000))
    proposal = await load(database, "nummer;namn;mobil\n" + rows)
    assert len(proposal.people) == 10_000


def test_the_demo_files_are_examples_of_imports() -> None:
    for name in ("units.csv", "people.csv"):
        file = Path(__file__).parents[2] / "crisis" / "demo" / name
        assert not read(file.read_bytes()).mistakes
