"""Rest that may be missing: warnings, which never stop anything.

What counts as no rest: stand-by, as the shifts say it, office hours within them too, for it does
not count as weekly rest (ATL 14 §); work that has been noted; and for the daily rest (ATL 13 §)
the office hours that have been entered for the person. The office hours of a profile are a
template and not work that we know of. A collective agreement may say otherwise than the act.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import combinations
from zoneinfo import ZoneInfo

from rosters.duty.gaps import Span, joined

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
WEEKLY_REST = timedelta(hours=36)
DAILY_REST = timedelta(hours=11)
NOON = time(12)
MORNING = time(5)  # daily rest is to include midnight to five


class Lack(StrEnum):
    WEEKLY = "weekly"  # ATL 14 §
    DAILY = "daily"  # ATL 13 §
    LONG = "long"  # more than a week of stand-by in a row
    DOUBLE = "double"  # two duties at once


@dataclass(frozen=True, slots=True)
class Finding:
    lack: Lack
    start: datetime
    end: datetime
    rest: timedelta | None = None  # the longest that was left
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Duty:
    role: str
    start: datetime
    end: datetime


def findings(
    duties: Sequence[Duty], work: Sequence[Span], office: Sequence[Span], zone: ZoneInfo
) -> list[Finding]:
    """Of one person, in order; `office` holds only hours that are known to be the person's."""
    on_duty = joined(Span(each.start, each.end) for each in duties)
    found = [
        *_weekly([*on_duty, *work], zone),
        *_daily(work, office, zone),
        *_long(on_duty, zone),
        *_double(duties),
    ]
    return sorted(found, key=lambda each: (each.start, each.lack))


def _weekly(busy: Iterable[Span], zone: ZoneInfo) -> Iterator[Finding]:
    """By calendar weeks, Monday to Monday: the act lets the employer choose where a period begins."""
    spans = joined(busy)
    for monday in sorted({day - day.weekday() * DAY for day in _days(spans, zone)}):
        week = Span(_at(monday, time(), zone), _at(monday + WEEK, time(), zone))
        rest = _longest_free(spans, week)
        if rest < WEEKLY_REST:
            yield Finding(Lack.WEEKLY, week.start, week.end, rest)


def _daily(work: Sequence[Span], office: Sequence[Span], zone: ZoneInfo) -> Iterator[Finding]:
    """From noon to noon, so that the night lies in the middle: only where there was work."""
    spans = joined([*work, *office])
    for day in sorted({_day_of_noon(each) for span in work for each in _hours(span, zone)}):
        period = Span(_at(day, NOON, zone), _at(day + DAY, NOON, zone))
        rest = _longest_free(spans, period)
        night = Span(_at(day + DAY, time(), zone), _at(day + DAY, MORNING, zone))
        if rest < DAILY_REST or any(_overlap(each, night) for each in work):
            yield Finding(Lack.DAILY, period.start, period.end, rest)


def _day_of_noon(at: datetime) -> date:
    """The day of the latest noon."""
    return at.date() if at.time() >= NOON else at.date() - DAY


def _long(on_duty: Iterable[Span], zone: ZoneInfo) -> Iterator[Finding]:
    """By the clock on the wall: the week in which clocks are set back is no longer than others."""
    for span in on_duty:
        walls = [each.astimezone(zone).replace(tzinfo=None) for each in (span.start, span.end)]
        if walls[1] - walls[0] > WEEK:
            yield Finding(Lack.LONG, span.start, span.end)


def _double(duties: Sequence[Duty]) -> Iterator[Finding]:
    for one, other in combinations(sorted(duties, key=lambda each: each.start), 2):
        start, end = max(one.start, other.start), min(one.end, other.end)
        if one.role != other.role and start < end:
            roles = tuple(sorted((one.role, other.role)))
            yield Finding(Lack.DOUBLE, start, end, roles=roles)


def _longest_free(busy: Sequence[Span], within: Span) -> timedelta:
    longest, since = timedelta(), within.start
    for span in busy:
        if _overlap(span, within):
            longest = max(longest, span.start - since)
            since = max(since, span.end)
    return max(longest, within.end - since)


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _days(spans: Iterable[Span], zone: ZoneInfo) -> Iterator[date]:
    for span in spans:
        day, last = span.start.astimezone(zone).date(), span.end.astimezone(zone)
        while _at(day, time(), zone) < last:
            yield day
            day += DAY


def _hours(span: Span, zone: ZoneInfo) -> Iterator[datetime]:
    """Local clocks close enough together that no noon is passed over, and the last of them."""
    at = span.start
    while at < span.end:
        yield at.astimezone(zone)
        at += timedelta(hours=1)
    yield (span.end - timedelta(seconds=1)).astimezone(zone)


def _at(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)
