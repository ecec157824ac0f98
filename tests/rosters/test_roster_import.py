"""A roster from a file: all mistakes at once, what is present skipped, and out again as it came."""

import asyncio
import io
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import select
from typer.testing import CliRunner

from core.audit import By
from core.database import Database
from core.errors import Refused
from crisis.cli import app
from rosters.duty.importing import (
    exported_roster,
    import_roster,
    propose_roster,
)
from rosters.duty.models import DutyRole, Shift
from rosters.models import Person
from rosters.reading import read
from rosters.tables import read_tables
from tests.clocks import NIGHT
from tests.visitors import Visitor

pytestmark = pytest.mark.usefixtures("logging_as_it_was")

BY = By("test")
GOOD = """jour;nummer;från;till
TIB;P01;2026-11-30 12:00;2026-12-07 12:00
tib;P02 Birk;2026-12-07 12:00;2026-12-14 12:00
"""


async def office(database: Database) -> None:
    async with database.transaction() as session:
        session.add(DutyRole(code="TIB", name="Tjänsteman i beredskap"))
        session.add_all(Person(ref=ref, name=ref) for ref in ("P01", "P02"))


async def taken(database: Database, content: str | bytes) -> tuple[int, int]:
    raw = content if isinstance(content, bytes) else content.encode()
    async with database.transaction() as session:
        proposal = await import_roster(session, read_tables(raw), by=BY, now=NIGHT)
        return len(proposal.added), proposal.present


async def mistakes(database: Database, *lines: str) -> list[str]:
    content = "\n".join(["jour;nummer;från;till", *lines]).encode()
    async with database.reading() as session:
        proposal = await propose_roster(session, read_tables(content))
        return [str(each) for each in proposal.mistakes]


async def test_a_file_adds_its_shifts_once_and_rotations_let_them_be(database: Database) -> None:
    await office(database)
    assert await taken(database, GOOD) == (2, 0)
    assert await taken(database, GOOD) == (0, 2)
    async with database.reading() as session:
        shifts = (await session.scalars(select(Shift).order_by(Shift.starts_at))).all()
        assert shifts[0].starts_at == datetime(2026, 11, 30, 11, tzinfo=UTC)
        assert all(each.by_hand for each in shifts)


async def test_every_mistake_is_told_at_once_with_its_row_and_column(database: Database) -> None:
    await office(database)
    await taken(database, GOOD)
    found = await mistakes(
        database,
        "KIB;P99;i morgon;2027-13-01 12:00",
        "TIB;P01;2027-01-02 12:00;2027-01-01 12:00",
        "TIB;P01;2027-03-28 02:30;2027-03-29 12:00",
        "TIB;P01;2026-12-01 12:00;2026-12-02 12:00",
        "TIB;P02;2027-02-01 12:00;2027-02-08 12:00",
        "TIB;P02;2027-02-05 12:00;2027-02-06 12:00",
        "TIB;P02;2027-05-01 12:00+02:00;2027-05-02 12:00",
    )
    assert [each.split(":")[0] for each in found] == [
        "rad 2, jour",
        "rad 2, nummer",
        "rad 2, från",
        "rad 2, till",
        "rad 3, till",
        "rad 4, från",
        "rad 5, från",
        "rad 7, från",
        "rad 8, från",
    ]
    assert "ställs klockan fram" in found[5]
    assert "redan ett pass" in found[6]
    assert "på rad 6" in found[7]


async def test_one_mistake_means_that_nothing_is_done(database: Database) -> None:
    await office(database)
    with pytest.raises(Refused, match="Filen har fel"):
        await taken(database, GOOD + "TIB;P99;2027-01-01 12:00;2027-01-02 12:00\n")
    with pytest.raises(Refused, match="Filen har fel"):
        await taken(database, "hund;katt\n1;2\n")
    async with database.reading() as session:
        assert not (await session.scalars(select(Shift))).all()


async def test_a_spreadsheet_with_real_instants_is_read_to_the_minute(database: Database) -> None:
    await office(database)
    book, packed = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Role", "Person", "From", "Until"])
    first, last = datetime(2026, 11, 30, 12), datetime(2026, 12, 7)  # noqa: DTZ001  # as in a cell
    sheet.append(["TIB", "P01", first, last])
    sheet.append(["TIB", "P02", datetime(2026, 12, 6, 23, 59, 59, 999000), "2026-12-08 08:00"])  # noqa: DTZ001
    book.save(packed)
    assert await taken(database, packed.getvalue()) == (2, 0)
    async with database.reading() as session:
        lines = await exported_roster(session, now=NIGHT)
    assert lines == [
        ("TIB", "P01", "2026-11-30 12:00", "2026-12-07 00:00"),
        ("TIB", "P02", "2026-12-07 00:00", "2026-12-08 08:00"),
    ]


def test_people_still_come_and_go_by_days_when_a_cell_has_a_clock() -> None:
    book, packed = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["nummer", "namn", "från", "till"])
    sheet.append(["P1", "Alva", datetime(2026, 11, 23), datetime(2026, 12, 24, 17, 30)])  # noqa: DTZ001
    book.save(packed)
    reading = read(packed.getvalue())
    assert not reading.mistakes
    (person,) = reading.people
    assert (person.fields.active_from, person.fields.active_to) == (
        date(2026, 11, 23),
        date(2026, 12, 24),
    )


async def upload(visitor: Visitor, content: str | bytes) -> tuple[int, str, dict[str, str]]:
    raw = content if isinstance(content, bytes) else content.encode()
    files = {"file": ("roster.csv", raw, "text/csv")}
    response = await visitor.client.post("/duty/import", files=files)
    found = dict(re.findall(r'type="hidden" name="(content|mark)" value="([^"]*)"', response.text))
    return response.status_code, response.text, found


async def test_the_pages_show_first_and_read_in_then(planner: Visitor) -> None:
    await planner.post("/duty/roles", code="TIB", name="Tjänsteman", always_staffed="yes")
    await planner.sees("/duty/import", "jour, nummer, från, till")
    status, text, fields = await upload(planner, GOOD)
    assert (status, "Birk Ås" in text) == (200, True)
    await planner.sees("/duty", "Inga pass de närmaste tolv veckorna.")
    done = await planner.post("/duty/import/confirm", **fields)
    assert done.status_code == 303
    assert done.headers["location"].startswith("/duty/calendar?from=2026-")
    again = await planner.post("/duty/import/confirm", **fields)
    assert (again.status_code, "Filen ändrar ingenting" in again.text) == (409, True)
    for kind in ("csv", "xlsx"):
        response = await planner.get(f"/duty/export.{kind}")
        _status, text, _fields = await upload(planner, response.content)
        assert "Filen ändrar ingenting" in text
    for content in ("", b"\0", "hund;katt\n1;2\n", GOOD + "TIB;P77;x;y\n"):
        assert (await upload(planner, content))[0] == 422
    assert (await planner.post("/duty/import/confirm", content="x")).status_code == 422
    assert (await upload(planner, b"a" * 10_000_001))[0] == 422
    assert (await upload(planner, b"a" * 15_000_000))[0] == 413


def test_the_command_shows_and_then_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'krislarm.db'}"
    monkeypatch.setenv("KRISLARM_DATABASE_URL", url)
    assert said("migrate")[0] == 0
    asyncio.run(with_office(url))
    file = tmp_path / "roster.csv"
    file.write_text(GOOD)
    code, output = said("roster", "import", str(file))
    assert code == 0, output
    assert "ny      TIB P01 2026-11-30 12:00 - 2026-12-07 12:00" in output
    assert "Ingenting är ändrat" in output
    assert "2 nya, 0 finns redan" in said("roster", "import", str(file), "--write")[1]
    assert "0 nya, 2 finns redan" in said("roster", "import", str(file))[1]
    file.write_text("jour;nummer;från;till\nX;P01;1;2\n")
    code, output = said("roster", "import", str(file), "--write")
    assert (code, "rad 2, jour" in output) == (2, True)
    assert said("roster", "import", str(tmp_path / "none.csv"))[0] == 2


def said(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, words)
    return result.exit_code, result.output


async def with_office(url: str) -> None:
    database = Database(url, durable=False)
    await office(database)
    await database.close()
