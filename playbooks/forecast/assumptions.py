"""What is assumed of people: published figures, corrected by what one's own have shown.

Every share has a Beta distribution: the published figure weighs as much as so many answers of
one's own. Whether somebody silent was away or did not hear is not seen; it is drawn (Gibbs).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from random import Random
from statistics import fmean, quantiles
from zoneinfo import ZoneInfo

from alerting.habits import MANNERS, ON_CALL, Habit, Manner

NIGHT_FROM, NIGHT_TO = time(22), time(6)
WARM_UP = 20  # draws thrown away before the first one used
ENOUGH_DELAYS = 20  # own delays, before they replace the assumed ones


class Kind(StrEnum):
    """Who is called when: each has habits of its own."""

    NIGHT = "night"  # from 22 to 06
    DAY = "day"
    ON_CALL = "on call"  # whoever has the duty, day and night


@dataclass(frozen=True, slots=True)
class Prior:
    manner: Manner
    weight: float  # as many people asked of one's own
    published: bool  # measured by somebody, and not only assumed


PRIORS: Mapping[Kind, Prior] = {
    Kind.NIGHT: Prior(MANNERS[Habit.NIGHT], 40, published=True),
    Kind.DAY: Prior(MANNERS[Habit.TYPICAL], 15, published=False),
    Kind.ON_CALL: Prior(ON_CALL, 20, published=False),
}


@dataclass(frozen=True, slots=True)
class Tried:
    """How one person was tried in one alarm: calls and texts without an answer, and what got one."""

    calls: int = 0
    texts: int = 0
    answered_call: bool = False
    answered_text: bool = False

    @property
    def answered(self) -> bool:
        return self.answered_call or self.answered_text


@dataclass(frozen=True, slots=True)
class Own:
    """What the organisation's own people have shown."""

    tried: Mapping[Tried, int] = field(default_factory=Counter)
    comes: int = 0
    cannot: int = 0
    writes: tuple[float, ...] = ()  # seconds from text to answer

    @property
    def asked(self) -> int:
        return sum(self.tried.values())

    @property
    def answered(self) -> int:
        return sum(count for each, count in self.tried.items() if each.answered)


Answers = Mapping[Kind, Own]


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Habits as they are held most likely, and draws of what they may be instead."""

    likely: Mapping[Kind, Manner]
    draws: tuple[Mapping[Kind, Manner], ...]


def kind_at(at: datetime, zone: ZoneInfo) -> Kind:
    clock = at.astimezone(zone).time()
    return Kind.NIGHT if clock >= NIGHT_FROM or clock < NIGHT_TO else Kind.DAY


def assumptions(own: Answers, *, draws: int, seed: int) -> Assumptions:
    """Likely habits and so many draws of them, the same for the same seed."""
    drawn = {
        kind: _draws(prior, own.get(kind, Own()), draws, Random(f"{seed}/{kind}"))  # noqa: S311
        for kind, prior in PRIORS.items()
    }
    return Assumptions(
        {kind: _likely(kind, own.get(kind, Own()), seed) for kind in PRIORS},
        tuple({kind: drawn[kind][place] for kind in PRIORS} for place in range(draws)),
    )


def _likely(kind: Kind, own: Own, seed: int) -> Manner:
    """The mean of many draws; as published while there is nothing of one's own."""
    prior = PRIORS[kind]
    if not own.asked and not own.comes + own.cannot:
        return prior.manner
    many = _draws(prior, own, 200, Random(f"{seed}/{kind}/likely"))  # noqa: S311
    means = {
        name: fmean(getattr(each, name) for each in many)
        for name in ("away", "hears_call", "reads_text", "comes")
    }
    return many[0].model_copy(update=means)


def _draws(prior: Prior, own: Own, count: int, draw: Random) -> Sequence[Manner]:
    manner = prior.manner.model_copy(update=_delays(own))
    found = []
    for turn in range(WARM_UP + count):
        manner = manner.model_copy(update=_next(prior, own, manner, draw))
        if turn >= WARM_UP:
            found.append(manner)
    return found


def _next(prior: Prior, own: Own, last: Manner, draw: Random) -> dict[str, float]:
    """One round: who of the silent was away, given the last habits; then habits, given that."""
    away = calls = texts = 0
    for tried, count in own.tried.items():
        missed = (1 - last.hears_call) ** tried.calls * (1 - last.reads_text) ** tried.texts
        chance = last.away / (last.away + (1 - last.away) * missed) if last.away else 0.0
        gone = 0 if tried.answered else sum(draw.random() < chance for _each in range(count))
        away += gone
        calls += tried.calls * (count - gone)
        texts += tried.texts * (count - gone)
    heard = sum(count for each, count in own.tried.items() if each.answered_call)
    read = sum(count for each, count in own.tried.items() if each.answered_text)
    seen = {
        "away": (away, own.asked - away),
        "hears_call": (heard, calls),
        "reads_text": (read, texts),
        "comes": (own.comes, own.cannot),
    }
    return {
        name: _beta(draw, getattr(prior.manner, name), prior.weight, yes, no)
        for name, (yes, no) in seen.items()
    }


def _beta(draw: Random, mean: float, weight: float, yes: int, no: int) -> float:
    return draw.betavariate(mean * weight + yes + 1e-6, (1 - mean) * weight + no + 1e-6)


def _delays(own: Own) -> dict[str, tuple[float, float]]:
    if len(own.writes) < ENOUGH_DELAYS:
        return {}
    twentieths = quantiles(own.writes, n=20)
    return {"writes": (max(1.0, twentieths[0]), max(2.0, twentieths[-1]))}
