"""The curve of a forecast: how likely every need is met, minute by minute, with its band."""

from collections.abc import Sequence
from dataclasses import dataclass

from playbooks.forecast.reckoning import Reached

WIDTH, HEIGHT = 560, 240
LEFT, RIGHT, TOP, BOTTOM = 44, 14, 12, 34
SHARES = (0, 25, 50, 75, 100)


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Curve:
    """Points and lines of the SVG."""

    line: str
    band: str
    across: tuple[Tick, ...]  # minutes
    up: tuple[Tick, ...]  # of 100
    goal: float | None
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def curve(reached: Sequence[Reached], goal: float | None) -> Curve:
    """Minutes lie evenly, as they are asked: what happens first matters most. `goal` in minutes."""
    places = {0.0: float(LEFT)} | {
        each.minutes: LEFT + (place + 1) * (WIDTH - LEFT - RIGHT) / len(reached)
        for place, each in enumerate(reached)
    }
    middle = [(LEFT, 0.0), *((places[each.minutes], each.odds.share) for each in reached)]
    above = [(LEFT, 0.0), *((places[each.minutes], each.odds.high) for each in reached)]
    below = [(LEFT, 0.0), *((places[each.minutes], each.odds.low) for each in reached)]
    return Curve(
        line=_points(middle),
        band=_points([*above, *reversed(below)]),
        across=tuple(Tick(at, f"{minutes:g}") for minutes, at in places.items()),
        up=tuple(Tick(_y(share / 100), str(share)) for share in SHARES),
        goal=None if goal is None else _between(places, goal),
    )


def _points(line: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.0f},{_y(share):.0f}" for x, share in line)


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)


def _between(places: dict[float, float], minutes: float) -> float | None:
    """Where a minute between two ticks lies; None beyond the last."""
    before = max((each for each in places if each <= minutes), default=0.0)
    after = min((each for each in places if each >= minutes), default=None)
    if after is None:
        return None
    part = (minutes - before) / (after - before) if after > before else 0.0
    return places[before] + part * (places[after] - places[before])
