"""The response curve as a picture: how many had answered when, by channel and in all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 48, 16, 16, 32  # room around the axes
MINUTES = (5, 10, 15, 30, 60, 120, 240, 480, 720)  # where the time axis may end
_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000)


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    kind: str  # class of the line
    path: str  # an SVG path
    count: int
    end: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A step's need: so many answers within so long."""

    number: int  # in the list beside the picture
    x: float
    y: float
    met: bool


@dataclass(frozen=True, slots=True)
class Need:
    count: int
    within: timedelta
    met: bool


@dataclass(frozen=True, slots=True)
class Curve:
    lines: tuple[Line, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def draw(
    series: Mapping[tuple[str, str], Sequence[timedelta]],
    needs: Sequence[Need],
    *,
    asked: int,
    length: timedelta,
) -> Curve:
    """Lay the curves out; `series` by name and class, `length` is how long the test has run."""
    minutes = _round_up(_minutes(length), needs)
    most = max([asked, 1, *(need.count for need in needs)])

    def x(at: float) -> float:
        return round(LEFT + min(at, minutes) / minutes * (WIDTH - LEFT - RIGHT), 1)

    def y(count: int) -> float:
        return round(HEIGHT - BOTTOM - count / most * (HEIGHT - TOP - BOTTOM), 1)

    def line(name: str, kind: str, delays: Sequence[timedelta]) -> Line:
        points, end = f"M{x(0)} {y(0)}", x(min(_minutes(length), minutes))
        for place, delay in enumerate(sorted(delays), start=1):
            points += f"H{x(_minutes(delay))}V{y(place)}"
        return Line(name, kind, f"{points}H{end}", len(delays), (end, y(len(delays))))

    return Curve(
        lines=tuple(line(name, kind, delays) for (name, kind), delays in series.items()),
        across=tuple(Tick(x(at), f"{at:g}") for at in _ticks(minutes, 6)),
        up=tuple(Tick(y(int(at)), f"{at:g}") for at in _ticks(most, 5)),
        marks=tuple(
            Mark(number, x(_minutes(need.within)), y(need.count), need.met)
            for number, need in enumerate(needs, start=1)
        ),
    )


def _minutes(length: timedelta) -> float:
    return max(0.0, length.total_seconds() / 60)


def _round_up(minutes: float, needs: Sequence[Need]) -> int:
    longest = max([minutes, *(_minutes(need.within) for need in needs)])
    return next((each for each in MINUTES if each >= longest), MINUTES[-1])


def _ticks(most: int, about: int) -> range:
    """From 0 in round steps, about so many."""
    step = next((each for each in _STEPS if most / each <= about), _STEPS[-1])
    return range(0, most + 1, step)
