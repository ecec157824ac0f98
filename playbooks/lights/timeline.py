"""How the lights have stood over a year, as a picture: one lane for each, drawn in pixels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playbooks.lights.models import Light, LightKind, LightRecord
from playbooks.lights.standing import month_short, word_of

YEAR = timedelta(days=365)
LEFT, WIDTH, LANE, TOP = 118, 640, 34, 22
ROOM = 34  # for the name of a month


@dataclass(frozen=True, slots=True)
class Bar:
    """A time in which a light did not change; the worse it was, the lower it is drawn."""

    x: float
    width: float
    y: float
    height: float
    light: Light
    word: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Lane:
    kind: LightKind
    y: float  # of its ground
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    month: str  # "" where there is no room for its name


@dataclass(frozen=True, slots=True)
class Timeline:
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    width: int = LEFT + WIDTH + 8
    height: int = TOP + LANE * len(LightKind) + 6
    left: int = LEFT
    right: int = LEFT + WIDTH
    top: int = TOP


HEIGHTS = {Light.GREEN: 24, Light.AMBER: 15, Light.RED: 7}


def timeline(records: Sequence[LightRecord], *, now: datetime, zone: ZoneInfo) -> Timeline:
    """Of records in order, the last twelve months; what was never written down is left blank."""
    begin = now - YEAR
    lanes = tuple(
        _lane(place, kind, [each for each in records if each.kind is kind], begin, now)
        for place, kind in enumerate(LightKind)
    )
    return Timeline(lanes, tuple(_ticks(begin, now, zone)))


def _lane(
    place: int, kind: LightKind, records: Sequence[LightRecord], begin: datetime, now: datetime
) -> Lane:
    ground = TOP + LANE * (place + 1)
    return Lane(kind, ground, tuple(_bars(records, ground, begin, now)))


def _bars(
    records: Sequence[LightRecord], ground: float, begin: datetime, now: datetime
) -> Iterator[Bar]:
    """Records that follow each other with the same light are one bar."""
    changes: list[LightRecord] = []
    for record in records:
        if not changes or changes[-1].light is not record.light:
            changes.append(record)
    ends = [*(each.at for each in changes[1:]), now]
    for record, end in zip(changes, ends, strict=False):
        if end <= begin or record.at >= now:
            continue
        first, last = (_x(each, begin) for each in (max(record.at, begin), end))
        height = HEIGHTS[record.light]
        word = word_of(record.kind, record.light)
        width = round(max(last - first, 2), 1)
        yield Bar(first, width, ground - height, height, record.light, word, record.at)


def _x(at: datetime, begin: datetime) -> float:
    return round(LEFT + WIDTH * ((at - begin) / YEAR), 1)


def _ticks(begin: datetime, now: datetime, zone: ZoneInfo) -> Iterator[Tick]:
    """The first of each month."""
    day = begin.astimezone(zone).date().replace(day=1)
    while True:
        day = (day + timedelta(days=31)).replace(day=1)
        at = datetime(day.year, day.month, 1, tzinfo=zone)
        if at >= now:
            return
        x = _x(at, begin)
        yield Tick(x, month_short(day) if x < LEFT + WIDTH - ROOM else "")
