"""Turns: when a rotation hands over, from its notation to instants, by arithmetic alone.

A notation lists local points of a week: "mon 12:00" lasts until the next point, and
"fri 16:00-mon 08:00" until its own end. Clocks are read as RFC 5545 section 3.3.5 says: one that
comes twice is the first, and one that does not exist is read with the UTC offset before the gap, so
that 02:30 is 03:30 on the night when the clocks go forward. A week is then 167 or 169 hours.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import get_day_names

from core.errors import Refused
from core.language import current_language
from core.language import gettext as _

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SWEDISH = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
_ENGLISH = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY_OF = {
    name: day
    for names in (_SWEDISH, _ENGLISH)
    for day, long in enumerate(names)
    for name in (long, long[:3], long[:4])
}
_POINT = re.compile(r"(\S+)\s+(\d{1,2})[:.](\d{2})")
MOST_POINTS = 50
MOST_WEEKS = 8
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """A clock of a week; Monday is day 0."""

    day: int
    clock: time

    @property
    def minutes(self) -> int:
        return (self.day * 24 + self.clock.hour) * 60 + self.clock.minute

    def __str__(self) -> str:
        return f"{DAYS[self.day]} {self.clock:%H:%M}"


@dataclass(frozen=True, slots=True)
class Stretch:
    """From a point to its own end, or to the next stretch when it has none."""

    start: Point
    end: Point | None = None

    @property
    def minutes(self) -> int:
        """How long until its own end, by the wall clock: at most a week."""
        if self.end is None:
            return 0
        return (self.end.minutes - self.start.minutes) % (7 * 24 * 60) or 7 * 24 * 60

    def __str__(self) -> str:
        return f"{self.start}-{self.end}" if self.end else str(self.start)


Week = tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody's turn: which one since the rotation began, from 0, and its instants in UTC."""

    number: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A rotation's turns for all time, or until the midnight at which `ends_on` begins."""

    week: Week
    every_weeks: int = 1
    starts_on: date
    ends_on: date | None = None
    zone: ZoneInfo


def parse(typed: str, *, every_weeks: int = 1) -> Week:
    """The stretches in order of the week; Refused with what is wrong at the field `turns`."""
    parts = [part.strip() for part in typed.lower().replace("–", "-").split(",")]
    found = sorted((_stretch(part) for part in parts if part), key=lambda each: each.start)
    if not found:
        raise Refused(_("Ange minst en tid för avlösning."), field="turns")
    if len(found) > MOST_POINTS:
        raise Refused(_("Högst {count} tider.").format(count=MOST_POINTS), field="turns")
    for here, following, after in _neighbours(found, every_weeks):
        if after == 0:
            sentence = _("”{point}” står två gånger.").format(point=following.start)
            raise Refused(sentence, field="turns")
        if here.minutes > after:
            sentence = _("”{one}” och ”{other}” överlappar.").format(one=here, other=following)
            raise Refused(sentence, field="turns")
    return tuple(found)


def _neighbours(
    found: Sequence[Stretch], every_weeks: int
) -> Iterator[tuple[Stretch, Stretch, int]]:
    """Each stretch, the one after it, and the minutes between their starts by the wall clock."""
    for here, following in zip(found, [*found[1:], found[0]], strict=True):
        around = every_weeks * 7 * 24 * 60 if following is found[0] else 0
        yield here, following, following.start.minutes - here.start.minutes + around


def _stretch(part: str) -> Stretch:
    first, dash, last = (each.strip() for each in part.partition("-"))
    return Stretch(_point(first), _point(last) if dash else None)


def _point(typed: str) -> Point:
    found = _POINT.fullmatch(typed)
    if not found:
        sentence = _("”{typed}” går inte att läsa. Skriv till exempel mån 12:00.")
        raise Refused(sentence.format(typed=typed), field="turns")
    name, hours, minutes = found.groups()
    day = _DAY_OF.get(name)
    if day is None:
        sentence = _("”{day}” är ingen veckodag. Skriv mån, tis, ons, tors, fre, lör eller sön.")
        raise Refused(sentence.format(day=name), field="turns")
    if int(hours) > 23 or int(minutes) > 59:
        sentence = _("”{clock}” är inget klockslag.").format(clock=f"{hours}:{minutes}")
        raise Refused(sentence, field="turns")
    return Point(day, time(int(hours), int(minutes)))


def written(week: Week) -> str:
    """The one way to write it: what `parse` reads back as the same."""
    return ", ".join(str(each) for each in week)


def as_read(week: Week) -> str:
    """As `written`, with the days as the reader's language shortens them; `parse` reads it too."""
    names = get_day_names("abbreviated", locale=current_language())
    text = written(week)
    for number, day in enumerate(DAYS):
        text = text.replace(f"{day} ", f"{names[number].lower()} ")
    return text


def in_words(week: Week, every_weeks: int) -> str:
    """As a list shows it: "varje måndag 12:00", "varje dag 08:00 och 20:00"."""
    days = [tuple(each.start.clock for each in week if each.start.day == day) for day in range(7)]
    if len(set(days)) == 1 and all(each.end is None for each in week):
        clocks = ", ".join(f"{clock:%H:%M}" for clock in days[0])
        said = _("varje dag {clocks}").format(clocks=clocks)
    else:
        points = ", ".join(_stretch_in_words(each) for each in week)
        said = _("varje {points}").format(points=points)
    if every_weeks == 1:
        return said
    if every_weeks == 2:
        return _("{turns}, varannan vecka").format(turns=said)
    return _("{turns}, var {count}:e vecka").format(turns=said, count=every_weeks)


def _stretch_in_words(stretch: Stretch) -> str:
    points = [_point_in_words(stretch.start)]
    if stretch.end:
        points.append(_point_in_words(stretch.end))
    return "–".join(points)


def _point_in_words(point: Point) -> str:
    names = get_day_names("wide", locale=current_language())
    return f"{names[point.day]} {point.clock:%H:%M}"


def turns_in(pattern: Pattern, start: datetime, end: datetime) -> Iterator[Turn]:
    """The turns that touch the time from `start` to `end`, in order."""
    length = 7 * pattern.every_weeks
    base = _monday(pattern.starts_on)
    first = (start.astimezone(pattern.zone).date() - base).days // length - 1
    last = (end.astimezone(pattern.zone).date() - base).days // length + 1
    for place in range(max(first, 0) * len(pattern.week), (last + 1) * len(pattern.week)):
        turn = _turn(pattern, place)
        if turn and turn.start < end and turn.end > start:
            yield turn


def next_turn(pattern: Pattern, at: datetime) -> Turn | None:
    """The first one that begins after an instant; None when the rotation is over by then."""
    since = max(at, midnight(pattern.starts_on, pattern.zone) - _DAY)
    coming = turns_in(pattern, since, since + timedelta(weeks=2 * pattern.every_weeks + 1))
    return next((turn for turn in coming if turn.start > at), None)


def extent(pattern: Pattern) -> tuple[datetime, datetime] | None:
    """From the first turn's start to the last one's end; None when it never ends or has no turn."""
    if pattern.ends_on is None:
        return None
    weeks = timedelta(weeks=pattern.every_weeks)
    ends, starts = (midnight(day, pattern.zone) for day in (pattern.ends_on, pattern.starts_on))
    beginning = next(turns_in(pattern, starts, starts + 2 * weeks + _DAY), None)
    ending = list(turns_in(pattern, ends - 2 * weeks - _DAY, ends))
    return (beginning.start, ending[-1].end) if beginning and ending else None


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return instant(day, time(), zone)


def instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """A local clock in UTC; see the top of this module for the two odd nights of a year."""
    return datetime.combine(day, clock, zone).astimezone(UTC)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _turn(pattern: Pattern, place: int) -> Turn | None:
    """The turn at a place counted from the week in which the rotation begins; None for no turn."""
    week = pattern.week
    passed = sum(
        _monday(pattern.starts_on) + each.start.day * _DAY < pattern.starts_on for each in week
    )
    if place < passed:
        return None
    start = _starts_at(pattern, place)
    # Clocks that go forward can put a point inside the gap after one that follows it.
    ends = [_starts_at(pattern, place + step) for step in range(1, len(week) + 1)]
    if pattern.ends_on:
        ends.append(midnight(pattern.ends_on, pattern.zone))
    stretch = week[place % len(week)]
    if stretch.end:
        days = (stretch.start.clock.hour * 60 + stretch.start.clock.minute + stretch.minutes) // (
            24 * 60
        )
        ends.append(instant(_day_of(pattern, place) + days * _DAY, stretch.end.clock, pattern.zone))
    end = min(ends)
    return Turn(place - passed, start, end) if start < end else None


def _starts_at(pattern: Pattern, place: int) -> datetime:
    clock = pattern.week[place % len(pattern.week)].start.clock
    return instant(_day_of(pattern, place), clock, pattern.zone)


def _day_of(pattern: Pattern, place: int) -> date:
    cycle, index = divmod(place, len(pattern.week))
    weeks = cycle * pattern.every_weeks
    return _monday(pattern.starts_on) + timedelta(weeks=weeks, days=pattern.week[index].start.day)
