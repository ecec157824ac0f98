"""Settling an alarm: start what may start, end what has ended, ask who is next, say what is due."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.asking import ask, send_waves
from alerting.chain import Chain, Link, Verdict, judge, standing
from alerting.job import Job, step_plan_of
from alerting.models import OPEN_ALARM, AlarmState, CallIn, CallInState, EventKind, Step, StepState
from alerting.moves import BATCH, next_look, room
from alerting.stepping import begin, end_met, end_unmet, reopen

_ROUNDS = 200  # more moves than this in one settling is a bug in a chain's rules


async def settle(job: Job) -> None:
    """Bring one alarm as far as it can come at this instant, and note when to look again."""
    if job.alarm.state not in OPEN_ALARM:
        job.alarm.due_at = None
        return
    links = await _load(job)
    more = await _send_due_waves(job, links)
    for _round in range(_ROUNDS):
        if not await _move_all(job, links):
            break
    more |= await _ask_next(job, links)
    _stand(job, links)
    job.alarm.due_at = job.now if more else await _next_look(job, links)


async def _move_all(job: Job, links: dict[str, Link]) -> bool:
    """One look at every step; after each that moved all are counted anew. True when any did."""
    any_moved = False
    for link in links.values():
        if await _move(job, link, links):
            await _tally(job, links)
            any_moved = True
    return any_moved


async def _load(job: Job) -> dict[str, Link]:
    rows = await job.session.scalars(
        select(Step).where(Step.alarm_id == job.alarm.id).order_by(Step.position)
    )
    links = {row.name: Link(row, step_plan_of(row.plan)) for row in rows}
    await _tally(job, links)
    return links


async def _tally(job: Job, links: dict[str, Link]) -> None:
    by_id = {link.row.id: link for link in links.values()}
    for link in by_id.values():
        link.accepted, link.asked, link.queued = frozenset(), 0, 0
    await job.session.flush()  # the count must include what this transaction has changed
    counts = await job.session.execute(
        select(CallIn.step_id, CallIn.state, func.count())
        .where(CallIn.alarm_id == job.alarm.id)
        .group_by(CallIn.step_id, CallIn.state)
    )
    for step_id, state, count in counts:
        link = by_id[step_id]
        if state is CallInState.ASKED:
            link.asked = count
        elif state is CallInState.QUEUED:
            link.queued = count
    for step_id, people in (await who_accepted(job.session, job.alarm.id)).items():
        by_id[step_id].accepted = people


async def who_accepted(session: AsyncSession, alarm_id: UUID) -> dict[UUID, frozenset[UUID]]:
    """By step, who has said yes, each once; what is done by hand for nobody counts as itself."""
    query = select(CallIn.step_id, func.coalesce(CallIn.person_id, CallIn.id)).where(
        CallIn.alarm_id == alarm_id, CallIn.state == CallInState.ACCEPTED
    )
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for step_id, who in await session.execute(query):
        found[step_id].add(who)
    return {step_id: frozenset(people) for step_id, people in found.items()}


async def _move(job: Job, link: Link, chain: Chain) -> bool:
    """Carry out what the rules say of one step; True when something changed."""
    verdict = judge(link, chain, raised_at=job.alarm.raised_at, now=job.now)
    if verdict is Verdict.WAIT:
        return False
    if verdict is Verdict.HOLD:
        link.row.state = StepState.HELD
        job.note(EventKind.GATE_REACHED, subject=link.row.title, detail=link.plan.gate or "")
    elif verdict is Verdict.NOT_NEEDED:
        link.row.state, link.row.ended_at = StepState.NOT_NEEDED, job.now
    elif verdict is Verdict.START:
        await begin(job, link)
    elif verdict is Verdict.MET:
        await end_met(job, link)
    elif verdict is Verdict.EXHAUSTED:
        await end_unmet(job, link, chain)
    elif verdict is Verdict.REOPEN:
        await reopen(job, link, chain)
    return True


async def _send_due_waves(job: Job, links: dict[str, Link]) -> bool:
    """The next wave of those whose wait is over; True when more are due than one batch."""
    due = (
        await job.session.scalars(
            select(CallIn)
            .where(
                CallIn.alarm_id == job.alarm.id,
                CallIn.state == CallInState.ASKED,
                CallIn.due_at <= job.now,
            )
            .order_by(CallIn.due_at, CallIn.position)
            .limit(BATCH)
        )
    ).all()
    await _per_step(job, links.values(), due)
    if due:
        await _tally(job, links)
    return len(due) == BATCH


async def _ask_next(job: Job, links: dict[str, Link]) -> bool:
    """Ask the queued ones whose turn it is; True when more wait than one batch."""
    more = False
    for link in links.values():
        places = room(link, links)
        if not places:
            continue
        turn = (
            await job.session.scalars(
                select(CallIn)
                .where(CallIn.step_id == link.row.id, CallIn.state == CallInState.QUEUED)
                .order_by(CallIn.position)
                .limit(places)
            )
        ).all()
        await ask(job, link.row, turn)
        # Somebody unreachable gives up their turn at once; the rest of a large group follows.
        gone = any(each.state is not CallInState.ASKED for each in turn)
        more |= gone or link.queued > len(turn) == BATCH
    return more


async def _per_step(job: Job, links: Iterable[Link], call_ins: Sequence[CallIn]) -> None:
    for link in links:
        own = [each for each in call_ins if each.step_id == link.row.id]
        await send_waves(job, link.row, own)


def _stand(job: Job, links: dict[str, Link]) -> None:
    state = standing(links)
    if state is job.alarm.state:
        return
    job.alarm.state = state
    if state is AlarmState.MET:
        job.note(EventKind.CHAIN_MET)
    elif state is AlarmState.UNMET:
        job.note(EventKind.CHAIN_UNMET)


async def _next_look(job: Job, links: dict[str, Link]) -> datetime | None:
    await job.session.flush()  # the earliest wave must include those just sent
    wave = await job.session.scalar(
        select(func.min(CallIn.due_at)).where(
            CallIn.alarm_id == job.alarm.id, CallIn.state == CallInState.ASKED
        )
    )
    return next_look(links, raised_at=job.alarm.raised_at, next_wave=wave)
