"""Tables in and out of files: CSV and XLSX read into rows of text, and rows written safely."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zipfile import BadZipFile, ZipFile

import xlsxwriter
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from core.errors import Refused
from core.forms import FORMULA, harmless
from core.language import gettext as _

LARGEST = 10_000_000  # bytes
UNPACKED = 100_000_000  # bytes; a small file can unpack to fill the memory
MOST_ROWS = 10_000
MOST_COLUMNS = 40
_HALF_A_MINUTE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Table:
    """The first row is the header; rows are numbered as the sheet shows them, from 2."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_tables(content: bytes) -> list[Table]:
    """Every sheet that has anything in it; Refused when the file is no table or too large."""
    if len(content) > LARGEST:
        raise Refused(_("Filen är större än 10 MB."), field="file")
    sheets = _xlsx(content) if content.startswith(b"PK") else [("", _csv(content))]
    tables = [table for name, lines in sheets if (table := _table(name, lines))]
    if not tables:
        raise Refused(_("Filen är tom."), field="file")
    return tables


def _table(name: str, lines: Iterable[Sequence[str]]) -> Table | None:
    header: tuple[str, ...] | None = None
    rows = []
    for number, cells in enumerate(lines, start=1):
        clean = tuple(_plain(cell) for cell in cells[:MOST_COLUMNS])
        if not any(clean):
            continue
        if header is None:
            header = clean[: max(place for place, title in enumerate(clean, start=1) if title)]
            continue
        rows.append((number, clean[: len(header)]))
        if len(rows) > MOST_ROWS:
            sentence = _("Filen har fler än {count} rader. Dela upp den.")
            raise Refused(sentence.format(count=MOST_ROWS), field="file")
    return Table(name, header, tuple(rows)) if header else None


def _plain(cell: str) -> str:
    """A cell's text, less the apostrophe that keeps a spreadsheet from taking it as a formula."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def _csv(content: bytes) -> Iterator[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")  # what Excel writes on Swedish Windows
    if "\0" in text:
        raise Refused(_("Filen är varken CSV eller XLSX."), field="file")
    first = text.lstrip().partition("\n")[0]
    separator = max(";,\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    except csv.Error as error:
        raise Refused(_("Filen går inte att läsa som CSV."), field="file") from error


def _xlsx(content: bytes) -> list[tuple[str, list[list[str]]]]:
    try:
        with ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > UNPACKED:
                raise Refused(_("Filen är för stor när den packas upp."), field="file")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return [(sheet.title, _lines(sheet)) for sheet in book.worksheets]
    except (BadZipFile, InvalidFileException, KeyError, ValueError, SyntaxError) as error:
        raise Refused(_("Filen går inte att läsa som XLSX."), field="file") from error


def _lines(sheet: object) -> list[list[str]]:
    rows = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS, values_only=True)  # type: ignore[attr-defined]
    return [[_text(cell) for cell in row] for row in rows]


def _text(cell: object) -> str:
    """A number that a spreadsheet has taken for a quantity keeps its digits: 701740605.0.

    An instant is told to the minute, and as a day when it has no clock.
    """
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        near = cell + _HALF_A_MINUTE  # a spreadsheet's fraction of a day falls a little beside
        return f"{near:%Y-%m-%d}" if near.time() < time(0, 1) else f"{near:%Y-%m-%d %H:%M}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """With BOM and semicolons, as Swedish spreadsheets expect; formulas are made harmless."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, delimiter=";")
    writer.writerow(header)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return sheet.getvalue().encode("utf-8-sig")


def write_xlsx(
    name: str,
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    about: Iterable[Sequence[str]] = (),
) -> bytes:
    """All cells as text, so that numbers keep their leading zero and formulas stay words.

    What there is to say about the table stands on a second sheet.
    """
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(name)
        bold = book.add_format({"bold": True})
        for column, title in enumerate(header):
            sheet.write_string(0, column, title, bold)
        _fill(sheet, rows, first=1)
        sheet.freeze_panes(1, 0)
        sheet.autofit()
        if told := list(about):
            second = book.add_worksheet("Om")
            _fill(second, told, first=0)
            second.autofit()
    return packed.getvalue()


def _fill(sheet: xlsxwriter.worksheet.Worksheet, rows: Iterable[Sequence[str]], first: int) -> None:
    for number, row in enumerate(rows, start=first):
        for column, cell in enumerate(row):
            sheet.write_string(number, column, cell)
