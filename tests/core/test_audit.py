from datetime import timedelta

from sqlalchemy import delete, select, update

from core.audit import By, first_broken, note
from core.database import Database
from core.forms import line
from core.models import AuditEntry, Role
from core.web import attempt
from tests.clocks import NIGHT
from tests.visitors import Site

ALVA = By("alva", "10.1.2.3")


async def write(database: Database, *whats: str) -> None:
    for number, what in enumerate(whats):
        async with database.transaction() as session:
            await note(session, ALVA, what, "LV-01", now=NIGHT + timedelta(days=number))


async def test_the_chain_holds_over_transactions_and_within_one(database: Database) -> None:
    await write(database, "ett", "två")
    async with database.transaction() as session:
        await note(session, ALVA, "tre", "x", now=NIGHT)
        fourth = await note(session, ALVA, "fyra", "x", now=NIGHT)
    assert fourth.number == 4
    async with database.reading() as session:
        assert await first_broken(session) is None


async def test_an_altered_or_missing_entry_shows_where(database: Database) -> None:
    await write(database, "ett", "två", "tre", "fyra")
    async with database.transaction() as session:
        altered = update(AuditEntry).where(AuditEntry.number == 3).values(who="birk")
        await session.execute(altered)
    async with database.transaction() as session:
        assert await first_broken(session) == 3
        await session.execute(delete(AuditEntry).where(AuditEntry.number == 2))
    async with database.reading() as session:
        assert await first_broken(session) == 2


async def test_an_act_that_is_refused_leaves_no_entry(database: Database) -> None:
    await write(database, "ett")
    async with database.transaction() as session:
        async with attempt(session) as errors:
            await note(session, ALVA, "två", "x", now=NIGHT)
            line("", field="name", required=True)
        await note(session, ALVA, "två igen\0", "x", now=NIGHT)
    assert errors == {"name": "Fyll i det här fältet."}
    async with database.reading() as session:
        assert await first_broken(session) is None
        whats = await session.scalars(select(AuditEntry.what).order_by(AuditEntry.number))
        assert whats.all() == ["ett", "två igen"]


async def test_an_administrator_searches_checks_and_takes_out_the_trail(site: Site) -> None:
    ada = await site.signed_in("ada", Role.ADMINISTRATOR)
    await write(site.database, "Larmade", "=HYPERLINK(1)", "Ändrade åtgärd")
    await ada.sees("/audit", "Larmade", "Ändrade åtgärd", "3 rader")
    assert "Larmade" not in await ada.sees("/audit?q=åtgärd", "Ändrade åtgärd", "1 rad")
    assert "Larmade" not in await ada.sees("/audit?since=2026-11-25&until=2026-11-25", "1 rad")
    await ada.sees("/audit?check=true", "Kedjan är hel")
    table = (await ada.get("/audit/export.csv?q=LV-01")).content.decode("utf-8-sig")
    assert table.count("\n") == 4
    assert ";'=HYPERLINK(1);" in table
    async with site.database.transaction() as session:
        await session.execute(update(AuditEntry).where(AuditEntry.number == 2).values(what="x"))
    await ada.sees("/audit?check=true", "Kedjan är bruten vid rad 2")


async def test_a_nonsense_filter_is_answered_with_a_sentence(site: Site) -> None:
    ada = await site.signed_in("ada", Role.ADMINISTRATOR)
    for query in (
        "since=igår",
        "until=9999-12-31",
        "since=0001-01-01",
        "page=0",
        "page=x",
        "check=kanske",
    ):
        response = await ada.get(f"/audit?{query}")
        assert response.status_code == 422
        assert query.partition("=")[0] in response.text
    await ada.sees("/audit?q=%00%25_'--&page=99999", "Inget passar sökningen")
