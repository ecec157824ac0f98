"""What a move does to a step and to those around it: rules, whatever holds the rows."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from alerting.chain import SomeChain, SomeLink, StepRow, missing
from alerting.models import CallInState, StepState
from alerting.plan import Ask, Order, OtherwiseKind, StartKind, StepPlan, Wave

BATCH = 100  # people asked in one transaction: the first are called while the next are prepared
AnyStep = TypeVar("AnyStep", bound=SomeLink)


class CallInRow(Protocol):
    """A call-in as the rules of waves and answers see it."""

    ask: Ask
    state: CallInState
    wave: int
    due_at: datetime | None


# Steps


def begins(
    row: StepRow, plan: StepPlan, *, queued: int, already: int, now: datetime, sends_at: datetime
) -> bool:
    """The step has bound its people; False when there is nobody, so that it is empty at once."""
    row.started_at = row.started_at or now
    if not queued and not already:
        row.state, row.ended_at = StepState.EMPTY, now
        return False
    row.state, row.ended_at = StepState.ASKING, None
    row.asked = max(row.asked, queued + already)
    row.need = plan.need.of(row.asked)
    row.deadline_at = sends_at + plan.within if plan.within else None
    return True


def jumps_to(link: SomeLink, chain: Mapping[str, AnyStep]) -> AnyStep | None:
    """The step that an exhausted one jumps to, as long as it may."""
    otherwise = link.plan.otherwise
    if otherwise.kind is not OtherwiseKind.GO_TO or link.row.jumps >= otherwise.times:
        return None
    return chain.get(otherwise.step or "")


def jumps(link: SomeLink, target: SomeLink, chain: SomeChain, *, now: datetime) -> bool:
    """Back over the steps in between, which are done again; or forward past them.

    False when the target is held at its gate and may not begin.
    """
    link.row.jumps += 1
    here, there = link.row.position, target.row.position
    for other in chain.values():
        row = other.row
        if there <= row.position <= here and row.state is not StepState.MET:
            row.state, row.ended_at, row.deadline_at = StepState.WAITING, None, None
            row.round += 1
        elif here < row.position < there and row.state is StepState.WAITING:
            row.state, row.ended_at = StepState.NOT_NEEDED, now
    if target.plan.gate and target.row.opened_at is None:
        target.row.state = StepState.HELD
        return False
    return True


def opens_again(link: SomeLink, chain: SomeChain) -> None:
    """Somebody who had accepted is gone: the step asks on, and its reserves may be needed."""
    row = link.row
    row.state, row.ended_at, row.deadline_at = StepState.ASKING, None, None
    _arm_reserves(row.name, chain)


def _arm_reserves(name: str, chain: SomeChain) -> None:
    """Reserves of the step, and theirs, that were not needed may be needed after all."""
    for other in chain.values():
        start = other.plan.start
        follows = start.kind in {StartKind.IF_FAILS, StartKind.WITH} and start.step == name
        if follows and other.state is StepState.NOT_NEEDED:
            other.row.state, other.row.ended_at = StepState.WAITING, None
            _arm_reserves(other.row.name, chain)


def room(link: SomeLink, chain: SomeChain) -> int:
    """How many of those who wait may be asked now."""
    if link.state is not StepState.ASKING or not link.queued:
        return 0
    if link.plan.order is Order.ONE_BY_ONE and not link.plan.by_hand:
        return min(BATCH, max(0, missing(link, chain) - link.asked))
    return BATCH


def next_look(
    chain: SomeChain, *, raised_at: datetime, next_wave: datetime | None
) -> datetime | None:
    """When something is due by itself: a wave, a deadline, or a step that starts after a time."""
    times = [next_wave] if next_wave else []
    for link in chain.values():
        start = link.plan.start
        if link.state is StepState.ASKING and link.row.deadline_at:
            times.append(link.row.deadline_at)
        if link.state is StepState.WAITING and start.kind is StartKind.AFTER_TIME and start.delay:
            times.append(raised_at + start.delay)
    return min(times, default=None)


# Waves


def next_wave(
    call_in: CallInRow,
    waves: Sequence[Wave],
    send: Callable[[Wave], bool],
    *,
    elsewhere: bool,
    sends_at: datetime,
) -> None:
    """Go on to the call-in's next wave; who has none left falls silent.

    `send` is False when no channel of the wave reaches the person, and the one after is tried at
    once. A wave is only waited out when another step has put the question to them (`elsewhere`).
    """
    repeats = call_in.wave > 0
    while call_in.wave < len(waves):
        wave = waves[call_in.wave]
        call_in.wave += 1
        if elsewhere or send(wave):
            call_in.due_at = sends_at + wave.wait
            return
    call_in.due_at = None
    call_in.state = CallInState.SILENT if repeats else CallInState.UNREACHABLE
