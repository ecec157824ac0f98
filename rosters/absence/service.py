"""When people are away: add and remove, and which shifts that touches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By, note
from core.errors import NotFound, Refused
from core.forms import line
from core.language import gettext as _
from rosters.duty.gaps import Span
from rosters.duty.models import Absence, ShiftState
from rosters.duty.shifts import Planned, planned
from rosters.fields import day, hour, moment
from rosters.models import Person

LONGEST = timedelta(days=2 * 366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What stands in the form: days, and clocks when it is not about whole days."""

    first_day: str = ""
    last_day: str = ""
    from_clock: str = ""
    to_clock: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Away:
    """An absence, and the shifts of the person that it touches."""

    absence: Absence
    person: Person
    shifts: Sequence[Planned]

    @property
    def last(self) -> datetime:
        """The last second that is part of it: the end of whole days is the day after."""
        return self.absence.ends_at - timedelta(seconds=1)


def span_of(typed: Typed, zone: ZoneInfo) -> Span:
    """From local midnight or clock, to the end of the last day or its clock."""
    first = day(typed.first_day, field="first_day")
    if first is None:
        raise Refused(_("Ange första dagen."), field="first_day")
    last = day(typed.last_day, field="last_day") or first
    clock = hour(typed.from_clock, field="from_clock") or time()
    start = moment(datetime.combine(first, clock).isoformat(), zone, field="first_day")
    if until := hour(typed.to_clock, field="to_clock"):
        end = moment(datetime.combine(last, until).isoformat(), zone, field="last_day")
    else:
        end = datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)
    if end <= start:
        raise Refused(_("Frånvaron slutar innan den börjar."), field="last_day")
    if end - start > LONGEST:
        raise Refused(_("Frånvaron får vara högst två år."), field="last_day")
    return Span(start, end)


async def add_absence(
    session: AsyncSession, person: Person, typed: Typed, zone: ZoneInfo, *, by: By, now: datetime
) -> Absence:
    """Takes nobody off duty: the shifts that it touches need somebody else."""
    span = span_of(typed, zone)
    if span.end <= now:
        raise Refused(_("Den tiden har redan varit."), field="last_day")
    said = line(typed.note, field="note", longest=120)
    absence = Absence(person_id=person.id, starts_at=span.start, ends_at=span.end, note=said)
    session.add(absence)
    await note(session, by, "Lade till frånvaro", person.ref, now=now, detail=_detail(absence))
    return absence


async def remove_absence(
    session: AsyncSession, absence_id: UUID, *, by: By, now: datetime, own: Person | None = None
) -> None:
    """`own` is the person who may remove only what is theirs."""
    absence = await session.get(Absence, absence_id)
    if absence is None or (own is not None and absence.person_id != own.id):
        raise NotFound(_("Frånvaron finns inte längre."))
    if absence.feed_id is not None:
        raise Refused(_("Frånvaron kommer från en kalender. Ta bort den där."))
    person = await session.get_one(Person, absence.person_id)
    await session.delete(absence)
    await note(session, by, "Tog bort frånvaro", person.ref, now=now, detail=_detail(absence))


async def person_of(session: AsyncSession, typed: str) -> Person:
    """Whom the planner chose out of the list: "P01 Alva Ek"."""
    ref = typed.strip().split(" ")[0]
    person = await session.scalar(select(Person).where(Person.ref == ref))
    if person is None:
        raise Refused(_("Personen finns inte. Välj ur listan."), field="person")
    return person


async def coming(
    session: AsyncSession, *, now: datetime, person: Person | None = None, most: int = 200
) -> list[Away]:
    """Present and coming absences in the order of their start, each with the shifts it touches."""
    statement = (
        select(Absence, Person)
        .join(Person, Person.id == Absence.person_id)
        .where(Absence.ends_at > now)
        .order_by(Absence.starts_at, Person.ref)
        .limit(most)
    )
    if person is not None:
        statement = statement.where(Person.id == person.id)
    rows = [(absence, who) for absence, who in await session.execute(statement)]
    if not rows:
        return []
    end = max(absence.ends_at for absence, _who in rows)
    found = await planned(session, start=now, end=end, person=person.id if person else None)
    return [Away(absence, who, touched(absence, found)) for absence, who in rows]


def touched(absence: Absence, found: Iterable[Planned]) -> list[Planned]:
    """Those of the planned shifts that the person would have while away."""
    return [
        each
        for each in found
        if each.person.id == absence.person_id
        and each.shift.state is not ShiftState.COVERED
        and each.shift.starts_at < absence.ends_at
        and each.shift.ends_at > absence.starts_at
    ]


def _detail(absence: Absence) -> str:
    return f"{absence.starts_at.isoformat()} – {absence.ends_at.isoformat()}"
