"""From many runs to a forecast: how often each need is met in time, and which step breaks it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from statistics import median

from alerting.models import StepState
from alerting.rehearsal.run import RunEnd, StepEnd, many
from playbooks.forecast.asking import Asked
from playbooks.forecast.odds import Odds, odds
from playbooks.forecast.remedies import Remedies, mend

TARGET = 0.95  # a step that holds this often breaks nothing
FEWEST = 20  # runs that come to a step, to say anything of it
MINUTES = (2, 5, 10, 15, 20, 30, 45, 60, 90, 120)
Blocks = Sequence[Sequence[RunEnd]]


@dataclass(frozen=True, slots=True)
class StepForecast:
    name: str
    title: str
    people: int  # whom it would call when the alarm goes
    need: int  # most often
    wanted: Odds | None  # how often it comes to this step; None when always
    held: (
        Odds | None
    )  # its need is met in time, by itself or a reserve; None when it hardly ever comes to it
    usual_s: int | None  # half of the times it is met, it is met by then
    empty: bool


@dataclass(frozen=True, slots=True)
class Reached:
    """How likely every need is met within so long."""

    minutes: float
    odds: Odds


@dataclass(frozen=True, slots=True)
class Breaking:
    """The step that most often breaks the chain, in so many of the runs that fail."""

    name: str
    title: str
    of_failures: float
    remedies: Remedies


@dataclass(frozen=True, slots=True)
class Forecast:
    at: datetime
    goal_within: timedelta | None
    steps: tuple[StepForecast, ...]
    met: Odds
    in_goal: Odds | None
    reached: tuple[Reached, ...]
    breaking: Breaking | None
    runs: int
    seed: int

    @property
    def chief(self) -> Odds:
        """The one figure: against the goal where the path has one."""
        return self.in_goal or self.met

    def by_name(self) -> dict[str, Odds]:
        """Every probability that is stated, for whoever checks it."""
        found = {each.name: each.held for each in self.steps if each.held}
        return {**found, "*": self.met, **({"goal": self.in_goal} if self.in_goal else {})}


def forecast(asked: Asked) -> Forecast:
    """Reckon it: the same question is the same answer."""
    runs = blocks_of(asked)
    return forecast_of(asked, runs, mending=True)


def blocks_of(asked: Asked) -> Blocks:
    """Runs in blocks, each with habits drawn anew."""
    draws = asked.assumed.draws
    size = max(2, asked.runs // len(draws))
    first = asked.seed * 1_000_000
    return [
        many(
            asked.plan,
            asked.cast,
            asked.crowd(manners),
            at=asked.at,
            seeds=range(first + place * size, first + (place + 1) * size),
            zone=asked.zone,
        )
        for place, manners in enumerate(draws)
    ]


def forecast_of(asked: Asked, blocks: Blocks, *, mending: bool) -> Forecast:
    ends = [end for block in blocks for end in block]
    limit = asked.goal_within.total_seconds() if asked.goal_within else None
    met = share(blocks, lambda end: end.met)
    in_goal = share(blocks, lambda end: in_time(end, limit)) if limit is not None else None
    culprits = Counter(filter(None, (culprit(end, limit) for end in ends)))
    breaking = None
    if (in_goal or met).share < TARGET and culprits and mending:
        name, count = culprits.most_common(1)[0]
        title = asked.plan.step(name).title
        remedies = mend(asked, name, limit=limit, target=TARGET)
        breaking = Breaking(name, title, count / culprits.total(), remedies)
    return Forecast(
        at=asked.at,
        goal_within=asked.goal_within,
        steps=tuple(_step(asked, blocks, place, limit) for place in range(len(asked.plan.steps))),
        met=met,
        in_goal=in_goal,
        reached=tuple(
            Reached(each, share(blocks, partial(in_time, limit=each * 60))) for each in MINUTES
        ),
        breaking=breaking,
        runs=len(ends),
        seed=asked.seed,
    )


def share(blocks: Blocks, won: Callable[[RunEnd], bool]) -> Odds:
    return odds([(sum(map(won, block)), len(block)) for block in blocks])


def in_time(end: RunEnd, limit: float | None) -> bool:
    """Every need was met, and within so many seconds."""
    return end.met and (limit is None or (end.met_s or 0) <= limit)


def held(step: StepEnd, limit: float | None) -> bool:
    return step.held_s is not None and (limit is None or step.held_s <= limit)


def culprit(end: RunEnd, limit: float | None) -> str | None:
    """The first step whose need nobody met; of a chain that is only late, the last to be met."""
    if in_time(end, limit):
        return None
    wanted = [step for step in end.steps if step.wanted]
    lacking = [step.name for step in wanted if step.held_s is None]
    if lacking:
        return lacking[0]
    return max(wanted, key=lambda step: step.held_s or 0).name if wanted else None


def _step(asked: Asked, blocks: Blocks, place: int, limit: float | None) -> StepForecast:
    plan = asked.plan.steps[place]
    ends = [[end.steps[place] for end in block] for block in blocks]
    every = [step for block in ends for step in block]
    wanted = [[step for step in block if step.wanted] for block in ends]
    came = sum(len(block) for block in wanted)
    times = [step.held_s for step in every if step.wanted and step.held_s is not None]
    needs = Counter(step.need for step in every if step.wanted)
    always = came == len(every)
    return StepForecast(
        name=plan.name,
        title=plan.title,
        people=len(asked.cast.first(plan.name)),
        need=needs.most_common(1)[0][0] if needs else plan.need.count or 0,
        wanted=None
        if always
        else odds([(len(some), len(block)) for some, block in zip(wanted, ends, strict=True)]),
        held=odds([(sum(held(step, limit) for step in block), len(block)) for block in wanted])
        if came >= FEWEST
        else None,
        usual_s=round(median(times)) if times else None,
        empty=any(step.state is StepState.EMPTY for step in every),
    )
