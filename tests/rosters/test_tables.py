import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from core.errors import Refused
from rosters.tables import LARGEST, read_tables, write_csv, write_xlsx


def xlsx(*rows: list[object]) -> bytes:
    book, packed = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(packed)
    return packed.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        "nummer;namn\nP01;Åke\n".encode(),
        "nummer,namn\r\nP01,Åke\r\n".encode(),
        "nummer\tnamn\nP01\tÅke\n".encode(),
        "nummer;namn\nP01;Åke\n".encode("utf-8-sig"),
        "nummer;namn\nP01;Åke\n".encode("cp1252"),
        '"nummer";"namn"\n"P01";"Åke"\n\n ; \n'.encode(),
        xlsx(["nummer", "namn"], ["P01", "Åke"]),
    ],
)
def test_a_table_is_read_whatever_made_it(content: bytes) -> None:
    (table,) = read_tables(content)
    assert table.header == ("nummer", "namn")
    assert table.rows == ((2, ("P01", "Åke")),)


def test_numbers_and_dates_of_a_spreadsheet_keep_their_digits() -> None:
    (table,) = read_tables(xlsx(["mobil", "x"], [701740605, 1.5], [701740606.0, None]))
    assert [cells for _row, cells in table.rows] == [("701740605", "1.5"), ("701740606", "")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Filen är tom."),
        (b"\n \n;;\n", "Filen är tom."),
        (b"a" * (LARGEST + 1), "större än 10 MB"),
        (b"PK\x03\x04 not a zip", "går inte att läsa som XLSX"),
        (b"\x89PNG\r\n\x1a\n\0\0", "varken CSV eller XLSX"),
        (b'a;b\n"never closed', "går inte att läsa som CSV"),
        (b"a;b\n" + b"1;2\n" * 10_001, "fler än 10000 rader"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence) as refusal:
        read_tables(content)
    assert refusal.value.field == "file"


def test_a_file_that_unpacks_to_fill_the_memory_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * 100_000_001)
    assert len(packed.getvalue()) < 1_000_000
    with pytest.raises(Refused, match="för stor när den packas upp"):
        read_tables(packed.getvalue())


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as other:
        other.writestr("hello.txt", "hello")
    with pytest.raises(Refused, match="går inte att läsa som XLSX"):
        read_tables(packed.getvalue())


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20).map(str.strip)


@given(st.lists(st.tuples(cells, cells), max_size=5))
def test_what_is_written_is_read_back(rows: list[tuple[str, str]]) -> None:
    header = ("first", "second")
    kept = [row for row in rows if any(row)]
    (table,) = read_tables(write_csv(header, rows))
    assert [cells for _row, cells in table.rows] == kept


def test_a_formula_is_only_text_in_what_is_written() -> None:
    formula = '=HYPERLINK("http://evil.example","x")'
    assert write_csv(("a",), [(formula,)]).decode("utf-8-sig").splitlines()[1].startswith("\"'=")
    book = load_workbook(io.BytesIO(write_xlsx("x", ("a",), [(formula,), ("+46",)])))
    assert [cell.data_type for (cell,) in book["x"].iter_rows()] == ["s", "s", "s"]
