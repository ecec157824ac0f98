"""A time zone described for other calendar programs (RFC 5545, 3.6.5).

The library's own description sets the summer's beginning an hour late (icalendar 7.3: it writes the clock
after the change, where the standard wants the clock before it).
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_YEAR, _DAY, _NONE = timedelta(days=366), timedelta(days=1), timedelta()


@dataclass(frozen=True, slots=True)
class Change:
    """From one offset to another; summer time or not."""

    before: timedelta
    after: timedelta
    name: str
    summer: bool


def described(zone: ZoneInfo, start: datetime, end: datetime) -> Timezone:
    """Holds from one instant to another, and for as long after as the same rule does."""
    since = start - _YEAR
    onsets: defaultdict[Change, list[datetime]] = defaultdict(list)
    for at, change in _changes(zone, since, end + _YEAR):
        onsets[change].append((at + change.before).replace(tzinfo=None))
    result = Timezone()
    result.add("tzid", zone.key)
    if not any(local.replace(tzinfo=UTC) < start for each in onsets.values() for local in each):
        change = _change(zone, since, since)
        onsets[change].insert(0, (since + change.after).replace(tzinfo=None))
    for change, locals_ in onsets.items():
        result.add_component(_observance(change, locals_))
    return result


def _observance(change: Change, onsets: list[datetime]) -> TimezoneStandard | TimezoneDaylight:
    part = TimezoneDaylight() if change.summer else TimezoneStandard()
    part.add("dtstart", onsets[0])
    if rule := _yearly(onsets):
        part.add("rrule", rule)
    elif onsets[1:]:
        part.add("rdate", onsets[1:])
    part.add("tzoffsetfrom", change.before)
    part.add("tzoffsetto", change.after)
    part.add("tzname", change.name)
    return part


def _yearly(onsets: list[datetime]) -> vRecur | None:
    """The rule of Europe: each year on the last such weekday of a month, at the same clock."""
    kinds = {(each.month, each.weekday(), each.time()) for each in onsets}
    last = all((each + 7 * _DAY).month != each.month for each in onsets)
    years = [each.year for each in onsets]
    if len(onsets) < 2 or len(kinds) > 1 or not last or years != _in_a_row(years):
        return None
    day = f"-1{_WEEKDAYS[onsets[0].weekday()]}"
    return vRecur({"FREQ": "YEARLY", "BYMONTH": onsets[0].month, "BYDAY": day})


def _in_a_row(years: list[int]) -> list[int]:
    return list(range(years[0], years[0] + len(years)))


def _changes(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[tuple[datetime, Change]]:
    """The instants at which the offset changes, each with what it changes."""
    at = start.astimezone(UTC)
    while at < end:
        following = at + _DAY
        if _offset(zone, at) != _offset(zone, following):
            exact = _first_after(zone, at, following)
            yield exact, _change(zone, exact - timedelta(seconds=1), exact)
        at = following


def _first_after(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The second at which the new offset begins, by halving."""
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if _offset(zone, middle) == _offset(zone, after):
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0)


def _change(zone: ZoneInfo, before: datetime, at: datetime) -> Change:
    local = at.astimezone(zone)
    summer = bool(local.dst())
    return Change(_offset(zone, before), _offset(zone, at), local.tzname() or zone.key, summer)


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or _NONE
