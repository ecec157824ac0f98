import pytest
from sqlalchemy import func, select

from core.audit import By, note
from core.database import Database
from core.errors import Refused
from core.forms import harmless, line
from core.models import AuditEntry, Role
from tests.clocks import NIGHT
from tests.visitors import Site


def test_a_line_is_one_line_with_single_spaces() -> None:
    assert line("  Åke\t\nBerg\u200b\u202e ", field="name") == "Åke Berg"


def test_an_empty_or_too_long_line_is_refused_at_its_field() -> None:
    with pytest.raises(Refused) as empty:
        line(" \0 ", field="name", required=True)
    assert empty.value.field == "name"
    with pytest.raises(Refused, match="Högst 5 tecken"):
        line("123456", field="name", longest=5)


@pytest.mark.parametrize("cell", ["=1+1", "+46", "-1", "@SUM(A1)", "\t=1"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert harmless("Åke = Berg") == "Åke = Berg"


async def test_text_that_no_database_can_keep_is_cleaned(database: Database) -> None:
    async with database.transaction() as session:
        await note(session, By("Åke\0\ud800"), "x", "y", now=NIGHT)
    async with database.reading() as session:
        assert await session.scalar(select(AuditEntry.who)) == "Åke?"


async def test_sqlite_too_knows_upper_and_lower_case_of_swedish_letters(
    sqlite_database: Database,
) -> None:
    async with sqlite_database.reading() as session:
        assert await session.scalar(select(func.lower("ÅÄÖÉ"))) == "åäöé"


@pytest.mark.parametrize(
    "text",
    ["{{ 7*7 }}", "<script>alert(1)</script>", "%(x)s {0} {name}", "'; DROP TABLE person;--"],
)
async def test_free_text_is_shown_as_it_was_typed_and_never_run(site: Site, text: str) -> None:
    planner = await site.signed_in("pia", Role.PLANNER)
    await planner.post("/people", ref="P1", name=text, title=text)
    page = await planner.sees("/people", text)
    assert page.count(text) == 2
    assert "<script>alert" not in (await planner.get("/people")).text
