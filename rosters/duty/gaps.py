"""Gaps: when a duty role that must always be staffed has too few, or somebody who is away."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from rosters.duty.models import Absence, DutyRole, Shift, ShiftState
from rosters.models import Person


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time; the end is not part of it."""

    start: datetime
    end: datetime


class GapKind(StrEnum):
    UNSTAFFED = "unstaffed"  # too few are planned who are in service
    ABSENT = "absent"  # the one who is planned has said to be away


@dataclass(frozen=True, slots=True)
class Gap:
    """A time at which a duty role that must always be staffed is not, or will hardly be."""

    role: DutyRole
    start: datetime
    end: datetime
    kind: GapKind = GapKind.UNSTAFFED
    shift: Shift | None = None  # the one whose person is away
    person: Person | None = None


async def find_gaps(session: AsyncSession, *, start: datetime, end: datetime) -> list[Gap]:
    """Within a time, in order of their start; who has left the service covers nothing."""
    roles = (
        await session.scalars(
            select(DutyRole).where(DutyRole.always_staffed.is_(True)).order_by(DutyRole.code)
        )
    ).all()
    rows = await session.execute(
        select(Shift, Person)
        .join(Person, Person.id == Shift.person_id)
        .where(Shift.ends_at > start, Shift.starts_at < end, Shift.state != ShiftState.COVERED)
    )
    zones = {role.id: ZoneInfo(role.time_zone) for role in roles}
    covered: defaultdict[UUID, list[tuple[Span, Shift, Person]]] = defaultdict(list)
    for shift, person in rows:
        zone = zones.get(shift.duty_role_id)
        if zone and (served := served_by(shift, person, zone)):
            covered[shift.duty_role_id].append((served, shift, person))
    away = await _absences(session, start=start, end=end)
    gaps = [gap for role in roles for gap in _gaps_of(role, covered[role.id], away, start, end)]
    return sorted(gaps, key=lambda gap: (gap.start, gap.role.code))


def _gaps_of(
    role: DutyRole,
    covered: Sequence[tuple[Span, Shift, Person]],
    away: dict[UUID, list[Span]],
    start: datetime,
    end: datetime,
) -> list[Gap]:
    spans = [span for span, _shift, _person in covered]
    found = [
        Gap(role, gap.start, gap.end)
        for gap in gaps_between(spans, start=start, end=end, needed=role.needed)
    ]
    for span, shift, person in covered:
        for absence in away.get(person.id, ()):
            first, last = max(span.start, absence.start, start), min(span.end, absence.end, end)
            if first < last:
                found.append(Gap(role, first, last, GapKind.ABSENT, shift, person))
    return found


async def _absences(
    session: AsyncSession, *, start: datetime, end: datetime
) -> dict[UUID, list[Span]]:
    found: defaultdict[UUID, list[Span]] = defaultdict(list)
    rows = await session.scalars(
        select(Absence)
        .where(Absence.ends_at > start, Absence.starts_at < end)
        .order_by(Absence.starts_at)
    )
    for row in rows:
        found[row.person_id].append(Span(row.starts_at, row.ends_at))
    return {person: joined(spans) for person, spans in found.items()}


def joined(spans: Iterable[Span]) -> list[Span]:
    """Spans that overlap or touch, made one; in order."""
    result: list[Span] = []
    for span in sorted(spans, key=lambda each: each.start):
        if result and span.start <= result[-1].end:
            result[-1] = Span(result[-1].start, max(result[-1].end, span.end))
        else:
            result.append(span)
    return result


def served_by(shift: Shift, person: Person, zone: ZoneInfo) -> Span | None:
    """The part of a shift on which the person is in service, by local days."""
    start, end = shift.starts_at, shift.ends_at
    if person.active_from:
        start = max(start, datetime.combine(person.active_from, time(), zone))
    if person.active_to:
        day_after = person.active_to + timedelta(days=1)
        end = min(end, datetime.combine(day_after, time(), zone))
    return Span(start, end) if start < end else None


def gaps_between(
    covered: Iterable[Span], *, start: datetime, end: datetime, needed: int = 1
) -> list[Span]:
    """When fewer than `needed` of the spans, in any order, cover a time: as long stretches as can be."""
    changes: defaultdict[datetime, int] = defaultdict(int)
    for span in covered:
        first, last = max(span.start, start), min(span.end, end)
        if first < last:
            changes[first] += 1
            changes[last] -= 1
    gaps, present, since = [], changes.pop(start, 0), start
    for at in sorted(changes):
        before, present = present, present + changes[at]
        if before < needed <= present and since < at:
            gaps.append(Span(since, at))
        if before >= needed > present:
            since = at
    if present < needed and since < end:
        gaps.append(Span(since, end))
    return gaps
