"""How duty has been shared in a year: weeks, weekends, red days and eves, per person."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from rosters.duty.gaps import Span, joined
from rosters.named_days import named_days

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Turn:
    """A shift that counts: nobody has taken it over."""

    person: UUID
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """What has been done, or what is to come."""

    weeks: float = 0.0
    weekends: int = 0
    days: tuple[str, ...] = ()  # red days and eves, by name


@dataclass(frozen=True, slots=True)
class Share:
    person: UUID
    past: Part
    planned: Part

    @property
    def weeks(self) -> float:
        return self.past.weeks + self.planned.weeks

    @property
    def weekends(self) -> int:
        return self.past.weekends + self.planned.weekends

    @property
    def days(self) -> tuple[str, ...]:
        return (*self.past.days, *self.planned.days)


@dataclass(frozen=True, slots=True)
class Fairness:
    """Of one duty role in one year."""

    shares: Sequence[Share] = field(default_factory=tuple)

    @property
    def mean_weeks(self) -> float:
        return sum(each.weeks for each in self.shares) / len(self.shares) if self.shares else 0.0

    @property
    def most_weeks(self) -> float:
        return max((each.weeks for each in self.shares), default=0.0)


def share_out(turns: Iterable[Turn], year: int, zone: ZoneInfo, *, now: datetime) -> Fairness:
    """By the local year. A weekend or a day is somebody's who has more than half of it."""
    whole = Span(_at(date(year, 1, 1), zone), _at(date(year + 1, 1, 1), zone))
    theirs: defaultdict[UUID, list[Span]] = defaultdict(list)
    for turn in turns:
        start, end = max(turn.start, whole.start), min(turn.end, whole.end)
        if start < end:
            theirs[turn.person].append(Span(start, end))
    shares = [_share(person, joined(spans), year, zone, now) for person, spans in theirs.items()]
    return Fairness(shares)


def _share(person: UUID, spans: Sequence[Span], year: int, zone: ZoneInfo, now: datetime) -> Share:
    weekends = [each for each in _weekends(year, zone) if _mostly(each, spans)]
    days = [
        (name, span)
        for name, day in sorted(named_days(year).items(), key=lambda each: each[1])
        if _mostly(span := Span(_at(day, zone), _at(day + DAY, zone)), spans)
    ]
    done = _length(Span(each.start, min(each.end, now)) for each in spans if each.start < now)
    past = Part(
        done / WEEK,
        sum(each.start < now for each in weekends),
        tuple(name for name, each in days if each.start < now),
    )
    planned = Part(
        (_length(spans) - done) / WEEK,
        len(weekends) - past.weekends,
        tuple(name for name, each in days if each.start >= now),
    )
    return Share(person, past, planned)


def _weekends(year: int, zone: ZoneInfo) -> Iterator[Span]:
    """Saturday and Sunday, of the year that their Saturday lies in."""
    day = date(year, 1, 1)
    day += (SATURDAY - day.weekday()) % 7 * DAY
    while day.year == year:
        yield Span(_at(day, zone), _at(day + 2 * DAY, zone))
        day += WEEK


def _mostly(span: Span, theirs: Iterable[Span]) -> bool:
    held = _length(
        Span(max(each.start, span.start), min(each.end, span.end))
        for each in theirs
        if each.start < span.end and each.end > span.start
    )
    return held * 2 > span.end - span.start


def _length(spans: Iterable[Span]) -> timedelta:
    return sum((each.end - each.start for each in spans), timedelta())


def _at(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
