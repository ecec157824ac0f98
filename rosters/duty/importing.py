"""A roster from a file: what it says, what it would add, every mistake at once; and out again."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By, note
from core.errors import Refused
from core.language import gettext as _
from rosters.duty.models import DutyRole, Shift, ShiftState
from rosters.duty.telling import tell_of_planning, teller_for
from rosters.fields import moment
from rosters.models import Person
from rosters.reading import Line, Mistake, columns_of
from rosters.tables import Table

ROSTER_COLUMNS = {
    "role": ("jour", "jourkod", "duty", "duty role", "role"),
    "person": ("nummer", "person", "id", "ref", "number"),
    "starts_at": ("från", "start", "börjar", "from", "starts"),
    "ends_at": ("till", "slut", "slutar", "to", "until", "end", "ends"),
}
EXPORTED = tuple(names[0] for names in ROSTER_COLUMNS.values())
CLOCK = "%Y-%m-%d %H:%M"
_LOCAL = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:00)?)?")


@dataclass(frozen=True, slots=True)
class RosterLine:
    """A line of the file that can be understood; its clocks are those of the role."""

    role: DutyRole
    person: Person
    starts_at: datetime
    ends_at: datetime

    @property
    def whose(self) -> tuple[UUID, UUID]:
        return self.role.id, self.person.id

    def meets(self, other: "RosterLine | Shift") -> bool:
        return self.starts_at < other.ends_at and self.ends_at > other.starts_at

    def same(self, other: "RosterLine | Shift") -> bool:
        return (self.starts_at, self.ends_at) == (other.starts_at, other.ends_at)


@dataclass(slots=True)
class RosterProposal:
    """What a file would do to the roster as it is now."""

    added: list[RosterLine] = field(default_factory=list)
    present: int = 0  # stand in the roster already, exactly so
    mistakes: list[Mistake] = field(default_factory=list)

    @property
    def mark(self) -> str:
        """The same for the same additions."""
        return "|".join(
            f"{each.role.code} {each.person.ref} {each.starts_at} {each.ends_at}"
            for each in self.added
        )


@dataclass(slots=True)
class _Known:
    roles: dict[str, DutyRole]
    people: dict[str, Person]
    shifts: defaultdict[tuple[UUID, UUID], list[Shift]]
    lines: defaultdict[tuple[UUID, UUID], list[tuple[int, RosterLine]]]


async def propose_roster(session: AsyncSession, tables: Sequence[Table]) -> RosterProposal:
    """The dry run: reads and compares, and changes nothing."""
    known = await _known(session)
    proposal = RosterProposal()
    for table in tables:
        columns = columns_of(table.header, ROSTER_COLUMNS)
        if not ROSTER_COLUMNS.keys() <= columns.keys():
            sentence = _("Första raden ska namnge kolumnerna: {columns}.")
            words = sentence.format(columns=", ".join(EXPORTED))
            proposal.mistakes.append(Mistake(1, "", words, table.name))
            continue
        for row, cells in table.rows:
            line = Line(table, columns, row, cells, proposal.mistakes)
            if found := _understood(line, known):
                line.tried(_compared(found, row, known, proposal))
    proposal.added.sort(key=lambda each: (each.starts_at, each.role.code, each.person.ref))
    return proposal


async def import_roster(
    session: AsyncSession, tables: Sequence[Table], *, by: By, now: datetime
) -> RosterProposal:
    """Do what `propose_roster` shows; Refused, with nothing done, while the file has a mistake."""
    proposal = await propose_roster(session, tables)
    if proposal.mistakes:
        raise Refused(_("Filen har fel som behöver rättas först."), field="file")
    given: dict[tuple[UUID, UUID], tuple[DutyRole, Person, list[Shift]]] = {}
    for each in proposal.added:
        shift = Shift(
            duty_role_id=each.role.id,
            person_id=each.person.id,
            starts_at=each.starts_at,
            ends_at=each.ends_at,
            by_hand=True,
            changed_at=now,
        )
        session.add(shift)
        whose = each.role.id, each.person.id
        given.setdefault(whose, (each.role, each.person, []))[2].append(shift)
    for role, person, shifts in given.values():
        await tell_of_planning(teller_for(session, role, now), role, shifts, person, added=True)
    if proposal.added:
        detail = f"{len(proposal.added)} pass"
        await note(session, by, "Läste in jourschema", "fil", now=now, detail=detail)
    return proposal


async def exported_roster(session: AsyncSession, *, now: datetime) -> list[tuple[str, ...]]:
    """The shifts that are not over, in the columns of an import, by each role's own clock."""
    rows = await session.execute(
        select(DutyRole, Person, Shift)
        .join(Shift, Shift.duty_role_id == DutyRole.id)
        .join(Person, Person.id == Shift.person_id)
        .where(Shift.ends_at > now, Shift.state != ShiftState.COVERED)
        .order_by(Shift.starts_at, DutyRole.code, Person.ref)
    )
    return [
        (
            role.code,
            person.ref,
            *(
                f"{at.astimezone(ZoneInfo(role.time_zone)):{CLOCK}}"
                for at in (shift.starts_at, shift.ends_at)
            ),
        )
        for role, person, shift in rows
    ]


async def _known(session: AsyncSession) -> _Known:
    known = _Known(
        {role.code.lower(): role for role in await session.scalars(select(DutyRole))},
        {person.ref: person for person in await session.scalars(select(Person))},
        defaultdict(list),
        defaultdict(list),
    )
    for shift in await session.scalars(select(Shift).where(Shift.state != ShiftState.COVERED)):
        known.shifts[shift.duty_role_id, shift.person_id].append(shift)
    return known


def _understood(line: Line, known: _Known) -> RosterLine | None:
    """None when a cell is wrong: all four are looked at, so that all are told at once."""
    role = line.tried(lambda: _role(line["role"], known))
    person = line.tried(lambda: _person(line["person"], known))
    zone = ZoneInfo(role.time_zone if role else "UTC")
    starts_at = line.tried(lambda: _instant(line["starts_at"], zone, field="starts_at"))
    ends_at = line.tried(lambda: _instant(line["ends_at"], zone, field="ends_at"))
    if not (role and person and starts_at and ends_at):
        return None
    return RosterLine(role, person, starts_at, ends_at)


def _role(typed: str, known: _Known) -> DutyRole:
    if found := known.roles.get(typed.lower()):
        return found
    raise Refused(_("Det finns ingen jour med koden {code}.").format(code=typed), field="role")


def _person(typed: str, known: _Known) -> Person:
    ref = typed.partition(" ")[0]
    if found := known.people.get(ref):
        return found
    sentence = _("Det finns ingen person med numret {ref}.").format(ref=ref)
    raise Refused(sentence, field="person")


def _instant(typed: str, zone: ZoneInfo, *, field: str) -> datetime:
    if not _LOCAL.fullmatch(typed):
        raise Refused(_("Skriv dag och klockslag som 2026-12-21 12:00."), field=field)
    return moment(typed, zone, field=field)


def _compared(
    line: RosterLine, row: int, known: _Known, proposal: RosterProposal
) -> Callable[[], None]:
    """A rule for the line against the file and the roster; it counts or adds what holds."""

    def rule() -> None:
        if line.ends_at <= line.starts_at:
            raise Refused(_("Passet slutar innan det börjar."), field="ends_at")
        for other_row, other in known.lines[line.whose]:
            if line.meets(other):
                sentence = _("Passet överlappar det på rad {row}.").format(row=other_row)
                raise Refused(sentence, field="starts_at")
        known.lines[line.whose].append((row, line))
        shifts = known.shifts[line.whose]
        if any(line.same(shift) for shift in shifts):
            proposal.present += 1
            return
        if any(line.meets(shift) for shift in shifts):
            sentence = _("{ref} har redan ett pass i jouren som överlappar.")
            raise Refused(sentence.format(ref=line.person.ref), field="starts_at")
        proposal.added.append(line)

    return rule
