"""What a file says about the organisation and its people, and every mistake in it at once."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from core.errors import Refused
from core.language import gettext as _
from rosters.fields import PersonFields, UnitFields, checked_person, checked_unit, day
from rosters.models import ContactKind, UnitKind
from rosters.numbers import contact_address
from rosters.tables import Table, read_tables

T = TypeVar("T")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
# Column names, Swedish and English, as they may stand in the header.
UNIT_COLUMNS = {
    "code": ("kod", "enhetskod", "code"),
    "name": ("namn", "name"),
    "kind": ("slag", "typ", "kind", "type"),
    "parent": ("under", "överordnad", "parent"),
    "switchboard": ("växel", "switchboard"),
}
PERSON_COLUMNS = {
    "ref": ("nummer", "id", "anställningsnummer", "ref", "number"),
    "name": ("namn", "name"),
    "title": ("titel", "befattning", "title"),
    "unit": ("enhet", "unit"),
    "language": ("språk", "language"),
    "protected": ("skyddad", "skyddade personuppgifter", "protected"),
    "active_from": ("från", "active from"),
    "active_to": ("till", "active to"),
    "mobile": ("mobil", "mobile"),
    "mobile2": ("mobil 2", "mobile 2"),
    "landline": ("fast telefon", "telefon", "landline", "phone"),
    "mail": ("e-post", "epost", "mail", "email", "e-mail"),
}
CONTACT_COLUMNS = {
    "mobile": ContactKind.MOBILE,
    "mobile2": ContactKind.MOBILE,
    "landline": ContactKind.LANDLINE,
    "mail": ContactKind.MAIL,
}
UNIT_KINDS = {
    "fullmäktige": UnitKind.COUNCIL,
    "nämnd": UnitKind.BOARD,
    "styrelse": UnitKind.BOARD,
    "förvaltning": UnitKind.DEPARTMENT,
    "bolag": UnitKind.COMPANY,
    "förbund": UnitKind.ASSOCIATION,
    "plats": UnitKind.SITE,
    "extern": UnitKind.EXTERNAL,
} | {kind.value: kind for kind in UnitKind}
_YES = {"ja", "j", "x", "1", "sant", "true", "yes", "y"}
_NO = {"", "nej", "n", "0", "falskt", "false", "no"}
_LANGUAGES = {"": "sv", "svenska": "sv", "swedish": "sv", "engelska": "en", "english": "en"}


@dataclass(frozen=True, slots=True)
class Mistake:
    row: int
    column: str  # as it stands in the file
    sentence: str
    sheet: str = ""

    def __str__(self) -> str:
        where = [self.sheet, _("rad {row}").format(row=self.row), self.column]
        return f"{', '.join(each for each in where if each)}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class UnitLine:
    row: int
    fields: UnitFields
    parent: str  # code, or "" for the top


@dataclass(frozen=True, slots=True)
class PersonLine:
    row: int
    fields: PersonFields
    unit: str  # code or name, or "" for none
    contacts: Mapping[ContactKind, tuple[str, ...]]  # only of the kinds that the line names
    given: frozenset[str]  # columns that are filled in; the others leave what is there


@dataclass(slots=True)
class Reading:
    units: list[UnitLine] = field(default_factory=list)
    people: list[PersonLine] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)


def read(content: bytes) -> Reading:
    """All that the file says. Refused when it is no table; what is wrong in lines is in mistakes."""
    reading = Reading()
    for table in read_tables(content):
        _read_table(table, reading)
    return reading


def _read_table(table: Table, reading: Reading) -> None:
    of_people = columns_of(table.header, PERSON_COLUMNS)
    of_units = columns_of(table.header, UNIT_COLUMNS)
    if {"ref", "name"} <= of_people.keys():
        for row, cells in table.rows:
            line = Line(table, of_people, row, cells, reading.mistakes)
            if person := _person(line):
                reading.people.append(person)
    elif {"code", "name", "kind"} <= of_units.keys():
        for row, cells in table.rows:
            line = Line(table, of_units, row, cells, reading.mistakes)
            if unit := _unit(line):
                reading.units.append(unit)
    else:
        sentence = _(
            "Första raden ska namnge kolumnerna: nummer och namn för personer, eller kod, namn och slag för enheter."
        )
        reading.mistakes.append(Mistake(1, "", sentence, table.name))


def columns_of(header: Sequence[str], known: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """Where each known column stands; names in any case, the first of two alike counts."""
    found: dict[str, int] = {}
    for place, title in enumerate(header):
        for column, names in known.items():
            if " ".join(title.lower().split()) in names:
                found.setdefault(column, place)
    return found


class Line:
    """One line of a table by column name; what is refused becomes a mistake of its column."""

    def __init__(
        self,
        table: Table,
        columns: Mapping[str, int],
        row: int,
        cells: Sequence[str],
        mistakes: list[Mistake],
    ) -> None:
        self.row = row
        self.columns = columns
        self._table = table
        self._cells = cells
        self._mistakes = mistakes

    def __getitem__(self, column: str) -> str:
        place = self.columns.get(column)
        return self._cells[place] if place is not None and place < len(self._cells) else ""

    def tried(self, rule: Callable[[], T], column: str = "") -> T | None:
        """What the rule gives, or None and a mistake at the column (else the rule's own field)."""
        try:
            return rule()
        except Refused as refusal:
            place = self.columns.get(column or refusal.field)
            title = self._table.header[place] if place is not None else column or refusal.field
            self._mistakes.append(Mistake(self.row, title, refusal.sentence, self._table.name))
            return None


def _unit(line: Line) -> UnitLine | None:
    kind = UNIT_KINDS.get(line["kind"].lower())
    fields = UnitFields(
        code=line["code"],
        name=line["name"],
        kind=kind or line["kind"],
        switchboard=line["switchboard"] or None,
    )
    checked = line.tried(lambda: checked_unit(fields))
    return UnitLine(line.row, checked, line["parent"]) if checked else None


def _person(line: Line) -> PersonLine | None:
    contacts = _contacts(line)
    word = line["language"].lower()
    fields = line.tried(
        lambda: checked_person(
            PersonFields(
                ref=line["ref"],
                name=line["name"],
                title=line["title"],
                language=_LANGUAGES.get(word, word),
                protected=_yes_or_no(line["protected"], field="protected"),
                active_from=day(_day_of(line["active_from"]), field="active_from"),
                active_to=day(_day_of(line["active_to"]), field="active_to"),
            )
        )
    )
    if fields is None or contacts is None:
        return None
    return PersonLine(
        line.row, fields, line["unit"], contacts, frozenset(filter(line.__getitem__, line.columns))
    )


def _day_of(cell: str) -> str:
    """A spreadsheet may keep a clock with a day, shown or not; a person comes and goes by days."""
    return cell.partition(" ")[0] if _INSTANT.fullmatch(cell) else cell


def _contacts(line: Line) -> dict[ContactKind, tuple[str, ...]] | None:
    """None when an address is wrong; an empty cell leaves what is there."""
    found: dict[ContactKind, tuple[str, ...]] = {}
    well = True
    for column, kind in CONTACT_COLUMNS.items():
        if typed := line[column]:
            address = line.tried(partial(contact_address, kind, typed), column)
            well = well and address is not None
            found[kind] = (*found.get(kind, ()), *([address] if address else []))
    return found if well else None


def _yes_or_no(typed: str, *, field: str) -> bool:
    if typed.lower() not in _YES | _NO:
        raise Refused(_("Skriv ja eller nej."), field=field)
    return typed.lower() in _YES
