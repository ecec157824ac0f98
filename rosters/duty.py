"""Who is on duty: the one resolver that every other part asks, and the times nobody is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from rosters.models import DutyRole, Person, Shift, ShiftState


@dataclass(frozen=True, slots=True)
class OnDuty:
    person: Person
    shift: Shift


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time; the end is not part of it."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Gap:
    """A time at which a duty role that must always be staffed has nobody."""

    role: DutyRole
    start: datetime
    end: datetime


async def on_duty(session: AsyncSession, role: str, *, at: datetime) -> tuple[OnDuty, ...]:
    """Those on shift for the duty role with this code at an instant, longest on duty first."""
    rows = await session.execute(
        select(Person, Shift)
        .join(Shift, Shift.person_id == Person.id)
        .join(DutyRole, DutyRole.id == Shift.duty_role_id)
        .where(
            DutyRole.code == role,
            Shift.starts_at <= at,
            Shift.ends_at > at,
            Shift.state != ShiftState.COVERED,
        )
        .order_by(Shift.starts_at, Person.ref)
    )
    return tuple(OnDuty(person, shift) for person, shift in rows)


async def next_on_duty(session: AsyncSession, role: str, *, at: datetime) -> OnDuty | None:
    """The person whose shift for the role starts next after an instant."""
    row = (
        await session.execute(
            select(Person, Shift)
            .join(Shift, Shift.person_id == Person.id)
            .join(DutyRole, DutyRole.id == Shift.duty_role_id)
            .where(DutyRole.code == role, Shift.starts_at > at, Shift.state != ShiftState.COVERED)
            .order_by(Shift.starts_at, Person.ref)
            .limit(1)
        )
    ).first()
    return OnDuty(*row) if row else None


async def find_gaps(
    session: AsyncSession, *, start: datetime, end: datetime, zone: ZoneInfo
) -> list[Gap]:
    """Where roles that must always be staffed are not; who has left the service covers nothing."""
    roles = await session.scalars(
        select(DutyRole).where(DutyRole.always_staffed.is_(True)).order_by(DutyRole.code)
    )
    rows = await session.execute(
        select(Shift, Person)
        .join(Person, Person.id == Shift.person_id)
        .where(Shift.ends_at > start, Shift.starts_at < end, Shift.state != ShiftState.COVERED)
    )
    covered: dict[object, list[Span]] = {}
    for shift, person in rows:
        if served := served_by(shift, person, zone):
            covered.setdefault(shift.duty_role_id, []).append(served)
    return [
        Gap(role, gap.start, gap.end)
        for role in roles
        for gap in gaps_between(covered.get(role.id, ()), start=start, end=end)
    ]


def served_by(shift: Shift, person: Person, zone: ZoneInfo) -> Span | None:
    """The part of a shift on which the person is in service, by local days."""
    start, end = shift.starts_at, shift.ends_at
    if person.active_from:
        start = max(start, datetime.combine(person.active_from, time(), zone))
    if person.active_to:
        day_after = person.active_to + timedelta(days=1)
        end = min(end, datetime.combine(day_after, time(), zone))
    return Span(start, end) if start < end else None


def gaps_between(covered: Iterable[Span], *, start: datetime, end: datetime) -> list[Span]:
    """What is left of a time when the covered spans, in any order, are taken out of it."""
    gaps, reached = [], start
    for span in sorted(covered, key=lambda span: span.start):
        if span.start > reached:
            gaps.append(Span(reached, min(span.start, end)))
        reached = max(reached, span.end)
        if reached >= end:
            return gaps
    return [*gaps, Span(reached, end)]


def in_service(person: Person, *, at: datetime, zone: ZoneInfo) -> bool:
    today = at.astimezone(zone).date()
    started = person.active_from is None or person.active_from <= today
    return started and (person.active_to is None or today <= person.active_to)
