"""Holding a forecast to drills: the real engine and database at the same assumptions."""

import shutil
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from alerting.chain import SomeLink, covered_at
from alerting.means import Means
from alerting.models import FAILED_STEP, StepState
from alerting.plan import Plan
from alerting.rehearsal.rows import RunStep
from alerting.rehearsal.run import RunEnd, StepEnd, rehearse
from core.database import Database
from crisis.drilling import DrillResult, drill
from playbooks.forecast.asking import Asked
from playbooks.forecast.odds import Odds
from playbooks.forecast.reckoning import Forecast, forecast_of


@dataclass(frozen=True, slots=True)
class Compared:
    """One probability as the forecast states it, and the share of the drills."""

    name: str  # of a step; "*" the whole chain, "goal" against the goal
    stated: Odds
    drilled: Odds

    @property
    def agrees(self) -> bool:
        """True when what was stated and what few drills can tell may both be so."""
        return self.stated.low <= self.drilled.high and self.drilled.low <= self.stated.high


@dataclass(frozen=True, slots=True)
class Checked:
    compared: tuple[Compared, ...]
    drills: int
    alike: int  # drills that went second by second as the run with the same seed

    @property
    def agrees(self) -> bool:
        return self.alike == self.drills and all(each.agrees for each in self.compared)


async def check(
    asked: Asked,
    stated: Forecast,
    organisation: Path,
    *,
    drills: int,
    means: Means,
    decided: datetime,
) -> Checked:
    """Drill the path so many times, each on a copy of the organisation's database."""
    results = [
        result
        async for result in _drilled(
            asked, organisation, drills=drills, means=means, decided=decided
        )
    ]
    ends = [end_of(asked.plan, result) for result in results]
    drilled = forecast_of(asked, [ends], mending=False).by_name()
    return Checked(
        tuple(
            Compared(name, odds, drilled[name])
            for name, odds in stated.by_name().items()
            if name in drilled
        ),
        drills,
        sum(
            end == rehearsed(asked, result.seed) for end, result in zip(ends, results, strict=True)
        ),
    )


def rehearsed(asked: Asked, seed: int) -> RunEnd:
    return rehearse(asked.plan, asked.cast, asked.likely, at=asked.at, seed=seed, zone=asked.zone)


async def _drilled(
    asked: Asked, organisation: Path, *, drills: int, means: Means, decided: datetime
) -> AsyncIterator[DrillResult]:
    with TemporaryDirectory(prefix="krislarm-check-") as folder:
        for seed in range(drills):
            copy = Path(folder) / f"{seed}.db"
            shutil.copy(organisation, copy)
            database = Database(f"sqlite:///{copy}", durable=False)
            try:
                yield await drill(
                    database,
                    asked.plan.code,
                    at=asked.at,
                    crowd=asked.likely,
                    seed=seed,
                    means=means,
                    decided=decided,
                )
            finally:
                await database.close()
            copy.unlink()


def end_of(plan: Plan, result: DrillResult) -> RunEnd:
    """A drill as a rehearsal would have ended."""
    chain = {}
    for place, each in enumerate(result.steps):
        row = RunStep(each.name, place, state=each.state)
        if each.ended_s is not None:
            row.ended_at = result.at + timedelta(seconds=each.ended_s)
        chain[each.name] = SomeLink(row, plan.step(each.name))
    steps: Sequence[StepEnd] = [
        StepEnd(
            each.name,
            each.state,
            each.need,
            each.accepted,
            each.started_s,
            each.ended_s,
            _held_s(each.name, chain, result),
        )
        for each in result.steps
    ]
    ended = [each.ended_s for each in result.steps if each.ended_s is not None]
    return RunEnd(tuple(steps), result.met, max(ended, default=None) if result.met else None)


def _held_s(name: str, chain: dict[str, SomeLink], result: DrillResult) -> int | None:
    link = chain[name]
    at = link.row.ended_at if link.state is StepState.MET else None
    if link.state in FAILED_STEP:
        at = covered_at(link, chain)
    return None if at is None else round((at - result.at).total_seconds())
