"""What a test shows: was each step's need met in time, and the path's; how soon people answer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from statistics import median as middle
from uuid import UUID

from alerting.plan import Plan, StartKind, StepPlan
from playbooks.communication_tests.planning import called_steps

MARKS = (5, 15, 30, 60)  # minutes
Delays = Mapping[UUID, timedelta]  # person -> until the answer


@dataclass(frozen=True, slots=True)
class Asked:
    """Who was asked in a step, and who belongs to it but was left out."""

    people: frozenset[UUID] = frozenset()
    left_out: int = 0


class Verdict(StrEnum):
    MET = "met"
    UNMET = "unmet"
    UNTESTED = "untested"  # too many were left out, or the step has nobody


@dataclass(frozen=True, slots=True)
class Judged:
    """One step of the path, and what the test says of it."""

    step: StepPlan
    need: int
    asked: int
    left_out: int
    answered: int
    in_time: int
    met_after: timedelta | None  # however late
    verdict: Verdict

    @property
    def path(self) -> str:
        return self.step.name.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of the whole path; `met` is None when the test says nothing of it."""

    met: bool | None
    took: timedelta | None


def judge(plan: Plan, asked: Mapping[str, Asked], delays: Delays) -> tuple[Judged, ...]:
    """Every tested step; all were asked at the same instant, whatever the path says of order."""
    return tuple(_judge(step, asked, delays) for step in called_steps(plan))


def _judge(step: StepPlan, asked: Mapping[str, Asked], delays: Delays) -> Judged:
    own = asked.get(step.name, Asked())
    together = [asked.get(name, Asked()) for name in step.need.total_with]
    everybody = own.people.union(*(each.people for each in together))
    left_out = own.left_out + sum(each.left_out for each in together)
    need = max(1, step.need.of(len(own.people) + own.left_out))
    soonest = sorted(delays[person] for person in everybody if person in delays)
    met_after = soonest[need - 1] if len(soonest) >= need else None
    in_time = [each for each in soonest if step.within is None or each <= step.within]
    return Judged(
        step=step,
        need=need,
        asked=len(everybody),
        left_out=left_out,
        answered=len(soonest),
        in_time=len(in_time),
        met_after=met_after,
        verdict=_verdict(need, len(in_time), len(everybody), left_out),
    )


def _verdict(need: int, in_time: int, asked: int, left_out: int) -> Verdict:
    if in_time >= need:
        return Verdict.MET
    enough = asked >= need or not left_out
    return Verdict.UNMET if asked and enough else Verdict.UNTESTED


def outcome(steps: Sequence[Judged], goal_within: timedelta | None) -> Outcome:
    """Would the path have reached its goal: every step met, or its reserve in its place."""
    by_name = {each.step.name: each for each in steps}
    times, verdicts = [], set()
    for each in steps:
        if each.step.start.kind is StartKind.IF_FAILS and each.step.start.step in by_name:
            continue  # a reserve counts only for what it stands in for
        good = _good(each, steps)
        verdicts.add(each.verdict if good is None else Verdict.MET)
        times += [] if good is None else [good]
    if not verdicts or Verdict.UNTESTED in verdicts:
        return Outcome(None, None)
    if Verdict.UNMET in verdicts:
        return Outcome(met=False, took=None)
    took = max(times)
    return Outcome(met=goal_within is None or took <= goal_within, took=took)


def _good(
    step: Judged, steps: Sequence[Judged], seen: frozenset[str] = frozenset()
) -> timedelta | None:
    """After how long the step's need was met, by itself or by a reserve; None when it was not."""
    if step.verdict is Verdict.MET:
        return step.met_after
    seen |= {step.step.name}
    for reserve in steps:
        start, name = reserve.step.start, reserve.step.name
        stands_in = start.kind is StartKind.IF_FAILS and start.step == step.step.name
        if stands_in and name not in seen and (after := _good(reserve, steps, seen)) is not None:
            return after
    return None


def median(delays: Collection[timedelta]) -> timedelta | None:
    return (
        timedelta(seconds=round(middle(each.total_seconds() for each in delays)))
        if delays
        else None
    )


def within(delays: Collection[timedelta], minutes: int) -> int:
    return sum(each <= timedelta(minutes=minutes) for each in delays)


def share(count: int, of: int) -> int:
    """In per cent, never 100 while somebody is left."""
    return count * 100 // of if of else 0
