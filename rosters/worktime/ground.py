"""A month as it stands in the roster: what each person has to be paid for, and what to look at."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Refused
from core.language import gettext as _
from rosters.duty.gaps import Span, served_by
from rosters.duty.models import DutyRole, Shift, ShiftState
from rosters.models import Person
from rosters.worktime.export import cells
from rosters.worktime.hours import Hours, read_hours
from rosters.worktime.models import AgreementProfile, Approval, OfficeHours, WorkedTime
from rosters.worktime.profiles.reading import read_profile
from rosters.worktime.profiles.rules import DAY, Category, profile_on
from rosters.worktime.quantities import (
    MINUTE,
    Counted,
    Kind,
    Quantity,
    StandBy,
    Terms,
    Worked,
    count,
    minute,
)
from rosters.worktime.rest import Duty, Finding, findings

Stretch = TypeVar("Stretch", StandBy, Worked)
AROUND = timedelta(days=35)  # seen on both sides of a month, for weeks and rows of weeks


@dataclass(frozen=True, slots=True)
class PersonMonth:
    person: Person
    month: date
    counted: Counted
    approval: Approval | None
    findings: Sequence[Finding]

    @property
    def rows(self) -> tuple[Quantity, ...]:
        return self.counted.rows

    @property
    def digest(self) -> str:
        """The same for the same rows of the export."""
        said = [cells(row) for row in self.rows]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()

    @property
    def approved(self) -> bool:
        return self.approval is not None and self.approval.digest == self.digest

    @property
    def stale(self) -> bool:
        """Approved, and changed since."""
        return self.approval is not None and not self.approved

    def length(self, kind: Kind, category: Category | None = None) -> timedelta:
        wanted = (each for each in self.rows if each.kind == kind)
        return _sum(each for each in wanted if category in (None, each.category))

    @property
    def over(self) -> timedelta:
        return _sum(each for each in self.rows if each.over_threshold)


@dataclass(frozen=True, slots=True)
class _Roster:
    shifts: Sequence[tuple[StandBy, Person]]
    worked: Sequence[tuple[Worked, Person]]


def read_month(typed: str) -> date:
    """A month as "2026-12"; its first day."""
    try:
        month = date.fromisoformat(f"{typed.strip()}-01")
    except ValueError:
        month = date.min
    if not 2000 <= month.year <= 2199:
        raise Refused(_("Skriv månaden som 2026-12."), field="month")
    return month


def month_of(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date().replace(day=1)


def next_month(month: date, by: int = 1) -> date:
    number = month.year * 12 + month.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


def time_of(month: date, zone: ZoneInfo) -> Span:
    first, last = (datetime.combine(day, time(), zone) for day in (month, next_month(month)))
    return Span(first.astimezone(UTC), last.astimezone(UTC))


async def month_by_person(
    session: AsyncSession, month: date, *, zone: ZoneInfo, person: UUID | None = None
) -> list[PersonMonth]:
    """Everybody with stand-by, work or an approval in a local month, by name.

    Or one person, whatever there is.
    """
    span, terms = time_of(month, zone), await terms_of(session, zone)
    roster = await _roster(session, span, person)
    signed = await session.execute(
        select(Approval, Person)
        .join(Person, Person.id == Approval.person_id)
        .where(Approval.month == month)
    )
    approvals = {owner.id: (approval, owner) for approval, owner in signed}
    everybody = (*roster.shifts, *roster.worked, *approvals.values())
    people = {each.id: each for _row, each in everybody}
    if person is not None and (alone := await session.get(Person, person)):
        people = {person: alone}
    shifts, worked = defaultdict(list), defaultdict(list)
    for standby, owner in roster.shifts:
        shifts[owner.id].append(standby)
    for work, owner in roster.worked:
        worked[owner.id].append(work)
    found = [
        PersonMonth(
            each,
            month,
            count(_within(span, shifts[each.id]), _within(span, worked[each.id]), terms),
            approvals[each.id][0] if each.id in approvals else None,
            _findings(shifts[each.id], worked[each.id], span, terms),
        )
        for each in sorted(people.values(), key=lambda each: (each.name, each.ref))
    ]
    return [each for each in found if person or each.approval or each.counted != Counted()]


async def terms_of(session: AsyncSession, zone: ZoneInfo) -> Terms:
    profiles = []
    for row in await session.scalars(select(AgreementProfile)):
        profile, _mistakes = read_profile(row.rules)
        if profile is not None:
            profiles.append(profile)
    own: defaultdict[str, list[tuple[date, Hours]]] = defaultdict(list)
    rows = await session.execute(
        select(Person.ref, OfficeHours).join(OfficeHours, OfficeHours.person_id == Person.id)
    )
    for ref, hours in rows:
        own[ref].append((hours.valid_from, read_hours(hours.hours)))
    return Terms(profiles=profiles, zone=zone, own_hours=own)


async def _roster(session: AsyncSession, span: Span, person: UUID | None) -> _Roster:
    start, end = span.start - AROUND, span.end + AROUND
    shifts = (
        select(Shift, DutyRole, Person)
        .join(DutyRole, DutyRole.id == Shift.duty_role_id)
        .join(Person, Person.id == Shift.person_id)
        .where(Shift.ends_at > start, Shift.starts_at < end, Shift.state != ShiftState.COVERED)
    )
    worked = (
        select(WorkedTime, DutyRole, Person)
        .join(DutyRole, DutyRole.id == WorkedTime.duty_role_id)
        .join(Person, Person.id == WorkedTime.person_id)
        .where(WorkedTime.ends_at > start, WorkedTime.starts_at < end)
    )
    if person is not None:
        shifts, worked = shifts.where(Person.id == person), worked.where(Person.id == person)
    found = []
    for shift, role, owner in await session.execute(shifts):
        served = served_by(shift, owner, ZoneInfo(role.time_zone))
        if served:
            found.append((_standby(shift, role, owner, served), owner))
    work = [
        (
            Worked(
                person=owner.ref,
                role=role.code,
                start=row.starts_at,
                end=row.ends_at,
                incident=row.incident_ref,
            ),
            owner,
        )
        for row, role, owner in await session.execute(worked)
    ]
    return _Roster(found, work)


def _standby(shift: Shift, role: DutyRole, owner: Person, served: Span) -> StandBy:
    return StandBy(
        person=owner.ref,
        role=role.code,
        agreement=role.agreement,
        shift=str(shift.id),
        start=served.start,
        end=served.end,
    )


def _within(span: Span, stretches: Iterable[Stretch]) -> list[Stretch]:
    cut = (
        replace(each, start=max(each.start, span.start), end=min(each.end, span.end))
        for each in stretches
    )
    return [each for each in cut if each.start < each.end]


def _findings(
    shifts: Sequence[StandBy], worked: Sequence[Worked], span: Span, terms: Terms
) -> list[Finding]:
    """Those that touch the month."""
    duties = [Duty(each.role, minute(each.start), minute(each.end)) for each in shifts]
    work = [Span(minute(each.start), minute(each.end)) for each in worked]
    found = findings(duties, work, _own_office(shifts, span, terms), terms.zone)
    return [each for each in found if each.start < span.end and each.end > span.start]


def _own_office(shifts: Sequence[StandBy], span: Span, terms: Terms) -> list[Span]:
    """The office hours that were entered for the person, on days that have any."""
    found: list[Span] = []
    day, last = span.start.astimezone(terms.zone).date() - DAY, span.end + DAY
    while shifts and datetime.combine(day, time(), terms.zone) < last:
        own = terms.hours_of(shifts[0].person, day)
        profile = profile_on(terms.profiles, shifts[0].agreement, day)
        if own is not None and profile is not None:
            found += (
                Span(
                    datetime.combine(day, stint.start, terms.zone).astimezone(UTC),
                    datetime.combine(day, stint.end, terms.zone).astimezone(UTC),
                )
                for stint in profile.office(day, own)
            )
        day += DAY
    return found


def _sum(rows: Iterable[Quantity]) -> timedelta:
    return sum((each.minutes * MINUTE for each in rows), timedelta())
