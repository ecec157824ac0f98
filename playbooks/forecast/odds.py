"""Shares with how sure we are of them: pure arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, floor, hypot, log, sqrt
from statistics import fmean

from core.language import gettext as _

Z = 1.96  # 95 of 100 times the truth lies between low and high
CERTAIN = 0.99  # more than this is never said to be more
EPSILON = 1e-9  # so that 0.7 * 10 is 7


@dataclass(frozen=True, slots=True)
class Odds:
    """A share of the runs, and between what it may well lie."""

    share: float
    low: float
    high: float
    runs: int

    def holds(self, share: float) -> bool:
        return self.low <= share <= self.high

    @property
    def words(self) -> str:
        """As a share of ten, or of a hundred near the ends; never as certain."""
        if self.share > CERTAIN:
            return _("mer än 99 av 100 (minst {low})").format(low=_clipped(floor(self.low * 100)))
        if self.share < 1 - CERTAIN:
            high = _clipped(ceil(self.high * 100))
            return _("färre än 1 av 100 (högst {high})").format(high=high)
        low, high = floor(self.low * 10 + EPSILON), ceil(self.high * 10 - EPSILON)
        if low >= 1 and high <= 9:
            sentence = _("ungefär {share} av 10 (mellan {low} och {high})")
            return sentence.format(share=round(self.share * 10), low=low, high=high)
        sentence = _("ungefär {share} av 100 (mellan {low} och {high})")
        return sentence.format(
            share=_clipped(round(self.share * 100)),
            low=_clipped(floor(self.low * 100)),
            high=_clipped(ceil(self.high * 100)),
        )


def _clipped(hundredths: int) -> int:
    return max(1, min(99, hundredths))


def wilson(successes: int, runs: int) -> tuple[float, float]:
    """Between what a share may lie of which so many of so many runs were seen."""
    if not runs:
        return 0.0, 1.0
    share = successes / runs
    middle = share + Z * Z / (2 * runs)
    spread = Z * sqrt(share * (1 - share) / runs + Z * Z / (4 * runs * runs))
    scale = 1 + Z * Z / runs
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def odds(blocks: Sequence[tuple[int, int]]) -> Odds:
    """Of successes and runs in blocks, each with assumptions of its own.

    Two things are unsure: what more runs would show (Wilson), and the assumptions. How much the
    latter matter is seen in how the blocks differ, beyond what their own few runs explain.
    """
    counted = [(won, runs) for won, runs in blocks if runs]
    won, runs = sum(each for each, _runs in counted), sum(each for _won, each in counted)
    share = won / runs if runs else 0.0
    low, high = wilson(won, runs)
    below, above = _assumed(share, Z * sqrt(between(counted)))
    return Odds(
        share,
        max(0.0, share - hypot(share - low, share - below)),
        min(1.0, share + hypot(high - share, above - share)),
        runs,
    )


def _assumed(share: float, spread: float) -> tuple[float, float]:
    """Share less and plus its spread, on the scale of log-odds: never outside 0 and 1."""
    if not spread or not 0 < share < 1:
        return share, share
    middle, step = log(share / (1 - share)), spread / (share * (1 - share))
    return 1 / (1 + exp(step - middle)), 1 / (1 + exp(-step - middle))


def between(blocks: Sequence[tuple[int, int]]) -> float:
    """The variance of the share from block to block, less that of drawing a few runs in each."""
    several = [(won / runs, runs) for won, runs in blocks if runs > 1]
    if len(several) < 2:
        return 0.0
    mean = fmean(share for share, _runs in several)
    seen = sum((share - mean) ** 2 for share, _runs in several) / (len(several) - 1)
    drawn = fmean(share * (1 - share) / (runs - 1) for share, runs in several)
    return max(0.0, seen - drawn)
