"""The roster as a calendar: which days a view shows, and what stands on each of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from rosters.duty.gaps import Gap, GapKind, Span, served_by
from rosters.duty.models import Absence, DutyRole, Shift, ShiftState
from rosters.duty.shifts import Planned
from rosters.models import Person
from rosters.named_days import holiday

_DAY = timedelta(days=1)
FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)  # what a calendar can be turned to


class View(StrEnum):
    MONTH = "month"
    WEEK = "week"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Period:
    """The days that are shown, and where the buttons before and after lead."""

    first: date
    last: date  # inclusive
    begins: date  # of the month or week itself; a month also shows the rest of its weeks
    ends: date  # inclusive
    before: date | None
    after: date | None

    def span(self, zone: ZoneInfo) -> Span:
        return Span(_midnight(self.first, zone), _midnight(self.last + _DAY, zone))


@dataclass(frozen=True, slots=True)
class Entry:
    """A shift, or a gap (then there is no person), on one day."""

    role: DutyRole
    from_clock: str  # "" when it began before this day
    to_clock: str  # "" when it goes on after it
    person: Person | None = None
    shift: Shift | None = None
    away: bool = False

    @property
    def confirmed(self) -> bool:
        return self.shift is not None and self.shift.state is ShiftState.CONFIRMED


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    inside: bool  # of the month that is shown
    today: bool
    holiday: str
    entries: Sequence[Entry]

    def of(self, role: DutyRole) -> list[Entry]:
        return [each for each in self.entries if each.role.id == role.id]


@dataclass(frozen=True, slots=True)
class Week:
    number: int  # ISO 8601
    days: Sequence[Day]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """All that a view is made of."""

    planned: Sequence[Planned]
    gaps: Sequence[Gap]
    absences: Sequence[Absence]


def period(view: View, day: date) -> Period:
    """The week, or the month, that a day is in; days that are out of reach become the nearest."""
    day = min(max(day, FIRST), LAST)
    if view is View.WEEK:
        begins = day - timedelta(days=day.weekday())
        ends = begins + timedelta(days=6)
    else:
        begins = day.replace(day=1)
        ends = (begins + timedelta(days=31)).replace(day=1) - _DAY
    first, last = begins, ends
    if view is View.MONTH:
        first, last = (
            begins - timedelta(days=begins.weekday()),
            ends + timedelta(days=6 - ends.weekday()),
        )
    before = begins - (timedelta(days=7) if view is View.WEEK else _DAY)
    return Period(
        first,
        last,
        begins,
        ends,
        (before if view is View.WEEK else before.replace(day=1)) if before >= FIRST else None,
        ends + _DAY if ends < LAST else None,
    )


def weeks(
    shown: Shown, period: Period, *, today: date, zone: ZoneInfo, language: str
) -> list[Week]:
    """The days of a period, seven at a time where it is made of whole weeks."""
    days = [
        Day(
            day,
            period.begins <= day <= period.ends,
            day == today,
            holiday(day, language),
            entries_of(shown, day, zone),
        )
        for day in _days(period.first, period.last)
    ]
    numbers = sorted({each.day - timedelta(days=each.day.weekday()) for each in days})
    return [
        Week(
            monday.isocalendar().week,
            [each for each in days if monday <= each.day < monday + timedelta(days=7)],
        )
        for monday in numbers
    ]


def entries_of(shown: Shown, day: date, zone: ZoneInfo) -> list[Entry]:
    """What stands on a local day: by role, and in each role by time, gaps among the shifts."""
    start, end = _midnight(day, zone), _midnight(day + _DAY, zone)
    found: list[tuple[str, datetime, Entry]] = []
    for each in shown.planned:
        span = served_by(each.shift, each.person, ZoneInfo(each.role.time_zone))
        if each.shift.state is ShiftState.COVERED or not span or not _meets(span, start, end):
            continue
        clocks = _clocks(span, start, end, zone)
        away = _away(shown.absences, each.person, max(span.start, start), min(span.end, end))
        entry = Entry(each.role, *clocks, each.person, each.shift, away)
        found.append((each.role.code, span.start, entry))
    for gap in shown.gaps:
        span = Span(gap.start, gap.end)
        if gap.kind is GapKind.UNSTAFFED and _meets(span, start, end):
            entry = Entry(gap.role, *_clocks(span, start, end, zone))
            found.append((gap.role.code, span.start, entry))
    return [entry for _code, _at, entry in sorted(found, key=lambda each: each[:2])]


def _away(absences: Iterable[Absence], person: Person, start: datetime, end: datetime) -> bool:
    return any(
        each.person_id == person.id and each.starts_at < end and each.ends_at > start
        for each in absences
    )


def _meets(span: Span, start: datetime, end: datetime) -> bool:
    return span.start < end and span.end > start


def _clocks(span: Span, start: datetime, end: datetime, zone: ZoneInfo) -> tuple[str, str]:
    return (
        f"{span.start.astimezone(zone):%H:%M}" if start <= span.start else "",
        f"{span.end.astimezone(zone):%H:%M}" if span.end < end else "",
    )


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
