"""The rules of a call-in chain: when a step starts, when it ends, and how the alarm stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Protocol
from uuid import UUID

from alerting.models import ENDED_STEP, FAILED_STEP, AlarmState, Step, StepState
from alerting.plan import StartKind, StepPlan


class StepRow(Protocol):
    """A step as the rules see it: a row of the database, or of a forecast that has none."""

    name: str
    position: int
    state: StepState
    need: int | None
    asked: int
    started_at: datetime | None
    deadline_at: datetime | None
    ended_at: datetime | None
    opened_at: datetime | None
    round: int
    jumps: int


@dataclass(slots=True)
class SomeLink:
    """A step of the chain with how its call-ins stand."""

    row: StepRow
    plan: StepPlan
    accepted: frozenset[UUID] = frozenset()  # people, each once
    asked: int = 0  # still being reached
    queued: int = 0

    @property
    def state(self) -> StepState:
        return self.row.state


SomeChain = Mapping[str, SomeLink]  # by step name, in order


@dataclass(slots=True)
class Link(SomeLink):
    """A step of a running alarm."""

    row: Step


Chain = Mapping[str, Link]


class Verdict(Enum):
    WAIT = auto()
    HOLD = auto()  # at the gate
    START = auto()
    NOT_NEEDED = auto()
    MET = auto()
    EXHAUSTED = auto()
    REOPEN = auto()  # it was met, and somebody left


def accepted_in_total(link: SomeLink, chain: SomeChain) -> int:
    """People who have accepted in the step or in one it counts together with, each once."""
    together = [chain[name].accepted for name in link.plan.need.total_with if name in chain]
    return len(link.accepted.union(*together))


def missing(link: SomeLink, chain: SomeChain) -> int:
    """How many more must accept; 0 when the need is met or not yet known."""
    return max(0, (link.row.need or 0) - accepted_in_total(link, chain))


def judge(link: SomeLink, chain: SomeChain, *, raised_at: datetime, now: datetime) -> Verdict:
    """What should happen to one step now."""
    if link.state in {StepState.WAITING, StepState.HELD}:
        return _judge_start(link, chain, raised_at=raised_at, now=now)
    if link.state is StepState.ASKING:
        return _judge_progress(link, chain, now=now)
    if link.state is StepState.MET and missing(link, chain):
        return Verdict.REOPEN
    if link.state is StepState.UNMET and link.row.need and not missing(link, chain):
        return Verdict.MET
    return Verdict.WAIT


def _judge_start(
    link: SomeLink, chain: SomeChain, *, raised_at: datetime, now: datetime
) -> Verdict:
    verdict = _condition(link, chain, raised_at=raised_at, now=now)
    if verdict is Verdict.START and link.plan.gate and link.row.opened_at is None:
        return Verdict.HOLD if link.state is StepState.WAITING else Verdict.WAIT
    return verdict


def _condition(link: SomeLink, chain: SomeChain, *, raised_at: datetime, now: datetime) -> Verdict:
    start = link.plan.start
    if start.kind is StartKind.BY_HAND and link.row.opened_at is None:
        return Verdict.WAIT
    if start.kind is StartKind.AFTER_TIME and start.delay and now < raised_at + start.delay:
        return Verdict.WAIT
    before = chain.get(start.step or "")
    if before is None:
        return Verdict.START
    if start.kind is StartKind.WITH:
        return _together_with(before)
    if before.state not in ENDED_STEP:
        return Verdict.WAIT
    failed = before.state in FAILED_STEP
    return Verdict.START if failed or start.kind is StartKind.AFTER else Verdict.NOT_NEEDED


def _together_with(other: SomeLink) -> Verdict:
    if other.state in {StepState.WAITING, StepState.HELD}:
        return Verdict.WAIT
    return Verdict.NOT_NEEDED if other.state is StepState.NOT_NEEDED else Verdict.START


def _judge_progress(link: SomeLink, chain: SomeChain, *, now: datetime) -> Verdict:
    if link.row.need is not None and not missing(link, chain):
        return Verdict.MET
    out_of_time = link.row.deadline_at is not None and now >= link.row.deadline_at
    if out_of_time or (not link.asked and not link.queued):
        return Verdict.EXHAUSTED
    return Verdict.WAIT


def covered(link: SomeLink, chain: SomeChain) -> bool:
    """True when a failed step was made good by a reserve that was met, directly or further on."""
    return next(_met_reserves(link, chain, frozenset()), None) is not None


def covered_at(link: SomeLink, chain: SomeChain) -> datetime | None:
    """When a failed step was first made good by a reserve; None when it was not."""
    times = (reserve.row.ended_at for reserve in _met_reserves(link, chain, frozenset()))
    return min((each for each in times if each), default=None)


def _met_reserves(link: SomeLink, chain: SomeChain, seen: frozenset[str]) -> Iterator[SomeLink]:
    name = link.row.name
    for reserve in chain.values():
        start = reserve.plan.start
        stands_in = start.kind is StartKind.IF_FAILS and start.step == name
        stands_in = stands_in or name in reserve.plan.need.total_with
        if not stands_in or reserve.row.name in seen:
            continue
        if reserve.state is StepState.MET:
            yield reserve
        elif reserve.state in FAILED_STEP:
            yield from _met_reserves(reserve, chain, seen | {name})


def waits_for_a_hand(link: SomeLink, chain: SomeChain, seen: frozenset[str] = frozenset()) -> bool:
    """True when the step cannot start until somebody starts it, or one before it, by hand."""
    start = link.plan.start
    if link.state is not StepState.WAITING or link.row.name in seen:
        return False
    if start.kind is StartKind.BY_HAND:
        return True
    before = chain.get(start.step or "")
    return before is not None and waits_for_a_hand(before, chain, seen | {link.row.name})


def standing(chain: SomeChain) -> AlarmState:
    """How the whole chain stands: running, every need met, or ended with somebody missing."""
    for link in chain.values():
        at_work = link.state in {StepState.ASKING, StepState.HELD}
        to_come = link.state is StepState.WAITING and not waits_for_a_hand(link, chain)
        if at_work or to_come:
            return AlarmState.RUNNING
    lacking = [
        link for link in chain.values() if link.state in FAILED_STEP and not covered(link, chain)
    ]
    return AlarmState.UNMET if lacking else AlarmState.MET
