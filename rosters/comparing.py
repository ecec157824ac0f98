"""What a file would change in the organisation as it is now: the dry run of an import."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.language import gettext as _
from rosters.fields import PersonFields, UnitFields
from rosters.models import ContactKind, ContactPoint, Person, Unit
from rosters.reading import PERSON_COLUMNS, UNIT_COLUMNS, Mistake, PersonLine, Reading, UnitLine

Contacts = Mapping[ContactKind, tuple[str, ...]]
_COLUMN_OF = {
    ContactKind.MOBILE: "mobile",
    ContactKind.LANDLINE: "landline",
    ContactKind.MAIL: "mail",
}


@dataclass(frozen=True, slots=True)
class Change:
    """A unit or person that the file adds or alters; `differences` are (name, before, after)."""

    id: UUID
    fields: PersonFields | UnitFields
    new: bool
    differences: tuple[tuple[str, str, str], ...]
    contacts: Contacts = field(default_factory=dict)


@dataclass(slots=True)
class Proposal:
    """What a file would do to the organisation as it is now."""

    units: list[Change] = field(default_factory=list)
    people: list[Change] = field(default_factory=list)
    unchanged: int = 0
    mistakes: list[Mistake] = field(default_factory=list)

    @property
    def changes(self) -> list[Change]:
        return [*self.units, *self.people]

    @property
    def summary(self) -> str:
        new = sum(change.new for change in self.changes)
        return f"{new} nya, {len(self.changes) - new} ändrade"

    def take(self, into: list[Change], change: Change) -> None:
        if change.differences:
            into.append(change)
        else:
            self.unchanged += 1


@dataclass(slots=True)
class _Present:
    """The organisation as it stands, and after the file's units, by the names a file uses."""

    unit_ids: dict[str, UUID]
    unit_names: dict[UUID, str]
    units: dict[str, Unit]
    people: dict[str, Person]
    contacts: dict[UUID, list[ContactPoint]]

    def unit_id(self, text: str) -> UUID | None:
        """By code, else by a name that only one unit has."""
        named = [key for key, name in self.unit_names.items() if name.lower() == text.lower()]
        return self.unit_ids.get(text) or (named[0] if len(named) == 1 else None)


async def propose(session: AsyncSession, reading: Reading) -> Proposal:
    """The dry run: compares, and changes nothing."""
    present = await _present(session)
    proposal = Proposal(mistakes=list(reading.mistakes))
    _note_doubles(((each.row, each.fields.code) for each in reading.units), "code", proposal)
    _note_doubles(((each.row, each.fields.ref) for each in reading.people), "ref", proposal)
    for unit in reading.units:
        present.unit_ids.setdefault(unit.fields.code, uuid4())
        present.unit_names[present.unit_ids[unit.fields.code]] = unit.fields.name
    parents = {unit.id: unit.parent_id for unit in present.units.values()}
    for unit in reading.units:
        _compare_unit(unit, present, parents, proposal)
    for person in reading.people:
        _compare_person(person, present, proposal)
    return proposal


async def _present(session: AsyncSession) -> _Present:
    units = {unit.code: unit for unit in await session.scalars(select(Unit))}
    return _Present(
        unit_ids={unit.code: unit.id for unit in units.values()},
        unit_names={unit.id: unit.name for unit in units.values()},
        units=units,
        people={person.ref: person for person in await session.scalars(select(Person))},
        contacts=await contact_points(session),
    )


async def contact_points(session: AsyncSession) -> dict[UUID, list[ContactPoint]]:
    found: dict[UUID, list[ContactPoint]] = {}
    for point in await session.scalars(select(ContactPoint).order_by(ContactPoint.position)):
        found.setdefault(point.person_id, []).append(point)
    return found


def _note_doubles(keys: Iterable[tuple[int, str]], column: str, proposal: Proposal) -> None:
    first: dict[str, int] = {}
    for row, key in keys:
        if first.setdefault(key, row) != row:
            sentence = _("”{key}” står redan på rad {row}.").format(key=key, row=first[key])
            proposal.mistakes.append(Mistake(row, column_title(column), sentence))


def _compare_unit(
    line: UnitLine, present: _Present, parents: dict[UUID, UUID | None], proposal: Proposal
) -> None:
    own = present.unit_ids[line.fields.code]
    row = present.units.get(line.fields.code)
    present_parent = row.parent_id if row else None
    parent = present.unit_id(line.parent) if line.parent else present_parent
    if line.parent and parent is None:
        sentence = _("Enheten ”{unit}” finns inte.").format(unit=line.parent)
        proposal.mistakes.append(Mistake(line.row, column_title("parent"), sentence))
        return
    parents[own] = parent
    if _in_circle(own, parents):
        sentence = _("En enhet kan inte ligga under sig själv.")
        proposal.mistakes.append(Mistake(line.row, column_title("parent"), sentence))
        return
    board = line.fields.switchboard or (row.switchboard if row else None)
    after = replace(line.fields, parent_id=parent, switchboard=board)
    before = unit_fields(row) if row else None
    shown = (_shown_unit(each, present) if each else {} for each in (before, after))
    proposal.take(proposal.units, Change(own, after, row is None, differences(*shown)))


def _in_circle(start: UUID, parents: Mapping[UUID, UUID | None]) -> bool:
    above, seen = parents.get(start), {start}
    while above is not None:
        if above in seen:
            return True
        seen.add(above)
        above = parents.get(above)
    return False


def _compare_person(line: PersonLine, present: _Present, proposal: Proposal) -> None:
    row = present.people.get(line.fields.ref)
    before = person_fields(row) if row else None
    after = _person_after(line, before, present)
    if after is None:
        sentence = _("Enheten ”{unit}” finns inte.").format(unit=line.unit)
        proposal.mistakes.append(Mistake(line.row, column_title("unit"), sentence))
        return
    if after.protected and line.contacts:
        sentence = _("Den som har skyddade uppgifter nås via växeln: inga egna nummer.")
        proposal.mistakes.append(Mistake(line.row, column_title("protected"), sentence))
        return
    had = by_kind(present.contacts.get(row.id, ())) if row else {}
    has = {} if after.protected else {**had, **line.contacts}
    shown_before = _shown_person(before, had, present) if before else {}
    found = differences(shown_before, _shown_person(after, has, present))
    own = row.id if row else uuid4()
    proposal.take(proposal.people, Change(own, after, row is None, found, has))


def _person_after(
    line: PersonLine, before: PersonFields | None, present: _Present
) -> PersonFields | None:
    """An empty cell changes nothing, and a file never lifts a protection; None: unknown unit."""
    present_unit = before.unit_id if before else None
    unit_id = present.unit_id(line.unit) if line.unit else present_unit
    if line.unit and unit_id is None:
        return None
    if before is None:
        return replace(line.fields, unit_id=unit_id)
    given = {name: getattr(line.fields, name) for name in line.given if hasattr(before, name)}
    protected = before.protected or line.fields.protected
    return replace(before, **given | {"unit_id": unit_id, "protected": protected})


def differences(
    before: Mapping[str, str], after: Mapping[str, str]
) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (name, before.get(name, ""), value)
        for name, value in after.items()
        if before.get(name, "") != value
    )


def column_title(column: str) -> str:
    return (PERSON_COLUMNS | UNIT_COLUMNS)[column][0]


def person_fields(row: Person) -> PersonFields:
    return PersonFields(**{each.name: getattr(row, each.name) for each in fields(PersonFields)})


def unit_fields(row: Unit) -> UnitFields:
    return UnitFields(**{each.name: getattr(row, each.name) for each in fields(UnitFields)})


def by_kind(points: Iterable[ContactPoint]) -> dict[ContactKind, tuple[str, ...]]:
    found: dict[ContactKind, tuple[str, ...]] = {}
    for point in points:
        found[point.kind] = (*found.get(point.kind, ()), point.address)
    return found


def _shown_unit(unit: UnitFields, present: _Present) -> dict[str, str]:
    parent = present.unit_names[unit.parent_id] if unit.parent_id else ""
    values = {"code": unit.code, "name": unit.name, "kind": str(unit.kind), "parent": parent}
    values["switchboard"] = unit.switchboard or ""
    return {UNIT_COLUMNS[column][0]: value for column, value in values.items()}


def _shown_person(person: PersonFields, contacts: Contacts, present: _Present) -> dict[str, str]:
    values = {
        "ref": person.ref,
        "name": person.name,
        "title": person.title,
        "unit": present.unit_names[person.unit_id] if person.unit_id else "",
        "language": person.language,
        "protected": _("ja") if person.protected else "",
        "active_from": str(person.active_from or ""),
        "active_to": str(person.active_to or ""),
    }
    values |= {_COLUMN_OF[kind]: ", ".join(contacts.get(kind, ())) for kind in ContactKind}
    return {PERSON_COLUMNS[column][0]: value for column, value in values.items()}
