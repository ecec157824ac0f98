"""Rules of recurrence (RFC 5545, 3.3.10) by the day, in a time that nobody's calendar can stretch.

The usual reader tries a rule that never matches until the year 9999. Here each day that is asked for is looked at
once, so what a rule costs is known before it is followed.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from icalendar import vRecur

from core.errors import Refused
from core.language import gettext as _

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_KNOWN = {
    "FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYMONTH", "BYSETPOS",
}  # fmt: skip
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it is followed; what the first day says has been filled in."""

    often: str
    every: int
    first: date
    week_start: int
    months: frozenset[int]
    month_days: frozenset[int]
    year_days: frozenset[int]
    weekdays: frozenset[tuple[int, int]]  # which of its kind, 0 for each; and 0 for Monday
    places: frozenset[int]  # of those in a period
    count: int | None
    until: date | None

    def period(self, day: date) -> int:
        """The number of the day's period, counted from the first one."""
        if self.often == "DAILY":
            return (day - self.first).days
        if self.often == "WEEKLY":
            return (self._week(day) - self._week(self.first)).days // 7
        if self.often == "MONTHLY":
            return (day.year - self.first.year) * 12 + day.month - self.first.month
        return day.year - self.first.year

    def _week(self, day: date) -> date:
        return day - timedelta(days=(day.weekday() - self.week_start) % 7)

    def has(self, day: date) -> bool:
        if self.months and day.month not in self.months:
            return False
        if self.month_days:
            length = monthrange(day.year, day.month)[1]
            if not self.month_days & {day.day, day.day - length - 1}:
                return False
        if self.year_days and not self.year_days & set(_place(day, yearly=True)):
            return False
        return not self.weekdays or self._has_weekday(day)

    def _has_weekday(self, day: date) -> bool:
        if (0, day.weekday()) in self.weekdays:
            return True
        whole_year = self.often == "YEARLY" and not self.months
        forward, backward = _place(day, yearly=whole_year)
        nth = {(forward - 1) // 7 + 1, -((-backward - 1) // 7 + 1)}
        return any((each, day.weekday()) in self.weekdays for each in nth)


def rule_of(written: vRecur, first: date) -> Rule:
    """Refused when it is finer than a day, or beyond what calendars of people hold."""
    often = str(_one(written, "FREQ", "")).upper()
    fits = often in {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"} and set(written) <= _KNOWN
    every, count = _number(written, "INTERVAL", 1), _number(written, "COUNT", 0)
    if not fits or not 1 <= every <= 1000 or not 0 <= count <= 10_000:
        raise refused()
    weekdays = frozenset(_weekday(str(each)) for each in written.get("BYDAY", []))
    months, month_days = _numbers(written, "BYMONTH"), _numbers(written, "BYMONTHDAY")
    year_days = _numbers(written, "BYYEARDAY")
    start = first.date() if isinstance(first, datetime) else first
    if not (weekdays or month_days or year_days):
        if often == "WEEKLY":
            weekdays = frozenset({(0, start.weekday())})
        if often in {"MONTHLY", "YEARLY"}:
            month_days = frozenset({start.day})
        if often == "YEARLY" and not months:
            months = frozenset({start.month})
    until = _one(written, "UNTIL", None)
    return Rule(
        often,
        every,
        start,
        _WEEKDAYS.index(str(_one(written, "WKST", "MO")).upper()),
        months,
        month_days,
        year_days,
        weekdays,
        _numbers(written, "BYSETPOS"),
        count or None,
        until if isinstance(until, date) else None,
    )


def looked_at(rule: Rule, start: date, end: date) -> int:
    """How many days have to be looked at to know the turns from one day to another."""
    around = 2 * 366 if rule.places else 0
    return max((end - _from(rule, start)).days, 0) + 1 + around


def turns(rule: Rule, first: date, start: date, end: date) -> list[date]:
    """The days, or the clocks when `first` has one, from one day to another, both inclusive."""
    found = []
    for number, day in enumerate(_days(rule, _from(rule, start), end), 1):
        at = (
            datetime.combine(day, first.timetz(), first.tzinfo)
            if isinstance(first, datetime)
            else day
        )
        if (rule.count and number > rule.count) or _beyond(at, rule.until):
            break
        if day >= start:
            found.append(at)
    return found


def refused() -> Refused:
    sentence = _(
        "Kalendern har en upprepning som inte tas emot. Den får vara som tätast en gång om dagen."
    )
    return Refused(sentence, field="file")


def _from(rule: Rule, start: date) -> date:
    """Only a rule with a count has to be followed from its beginning."""
    return rule.first if rule.count else max(rule.first, start)


def _days(rule: Rule, start: date, end: date) -> Iterator[date]:
    """In order; with places in a period, the periods at both ends are looked at whole."""
    more = timedelta(days=366 if rule.places else 0)
    first = start - more
    wanted = (
        first + timedelta(days=number)
        for number in range((end + more - first).days + 1)
        if rule.period(first + timedelta(days=number)) % rule.every == 0
    )
    matching = (day for day in wanted if rule.has(day))
    if not rule.places:
        yield from matching
        return
    for _period, group in groupby(matching, rule.period):
        days = list(group)
        # From the days to the places, for a file can name a million places.
        numbered = ((place, place - len(days) - 1, day) for place, day in enumerate(days, 1))
        placed = (day for front, back, day in numbered if rule.places & {front, back})
        yield from (day for day in placed if start <= day <= end)


def _beyond(at: date, until: date | None) -> bool:
    if until is None:
        return False
    if isinstance(at, datetime) and isinstance(until, datetime):
        if at.tzinfo is None or until.tzinfo is None:
            return at.replace(tzinfo=None) > until.replace(tzinfo=None)
        return at.astimezone(UTC) > until.astimezone(UTC)
    return _plain(at) > _plain(until)


def _plain(at: date) -> date:
    return at.date() if isinstance(at, datetime) else at


def _place(day: date, *, yearly: bool) -> tuple[int, int]:
    """The day's number in the month or year, from the front and from the back."""
    if not yearly:
        return day.day, day.day - monthrange(day.year, day.month)[1] - 1
    number = day.timetuple().tm_yday
    return number, number - date(day.year, 12, 31).timetuple().tm_yday - 1


def _weekday(written: str) -> tuple[int, int]:
    """The pair (-1, 4) for "-1FR"."""
    return int(written[:-2] or 0), _WEEKDAYS.index(written[-2:].upper())


def _numbers(written: vRecur, name: str) -> frozenset[int]:
    return frozenset(int(str(each)) for each in written.get(name, []))


def _number(written: vRecur, name: str, default: int) -> int:
    return int(str(_one(written, name, default)))


def _one(written: vRecur, name: str, default: object) -> object:
    values = written.get(name, default)
    return values[0] if isinstance(values, list) and values else values
