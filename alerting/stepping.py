"""What happens to one step: it begins, is met, is exhausted, jumps, or opens again."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from alerting import moves
from alerting.chain import Chain, Link
from alerting.job import Job, step_plan_of
from alerting.models import (
    CallIn,
    CallInState,
    EventKind,
    Message,
    MessageState,
    Purpose,
    Step,
    StepState,
)
from alerting.plan import StepPlan, TargetKind
from alerting.targets import resolve
from alerting.thanking import thank
from rosters.models import Person, Unit


async def begin(job: Job, link: Link) -> None:
    """Bind the step's people now and queue them; a step with nobody is empty at once."""
    row, plan = link.row, link.plan
    await _end_round(job, row)
    already, elsewhere = await _have_answered(job, row), await _come_already(job, plan)
    people = [
        each
        for each in await resolve(
            job.session,
            plan.targets,
            at=job.now,
            zone=job.means.zone,
            away_from=job.alarm.site if plan.exclude else None,
        )
        if each.id not in already | elsewhere
    ]
    call_ins = await queued(job, row, people)
    call_ins += [
        _to_queue(row, job, position=len(call_ins), name=target.code, by_hand=True)
        for target in plan.targets
        if target.kind is TargetKind.MANUAL
    ]
    await _store(job.session, call_ins)
    if moves.begins(
        row,
        plan,
        queued=len(call_ins),
        already=len(already),
        now=job.now,
        sends_at=job.sends_at,
    ):
        job.note(EventKind.STEP_STARTED, subject=row.title, detail=str(len(call_ins)))
    else:
        job.note(EventKind.STEP_EMPTY, subject=row.title)


async def _end_round(job: Job, step: Step) -> None:
    """Who was still being asked in an earlier round is not asked twice over in this one."""
    await job.session.execute(
        update(CallIn)
        .where(
            CallIn.step_id == step.id,
            CallIn.state.in_((CallInState.ASKED, CallInState.QUEUED)),
        )
        .values(state=CallInState.SILENT, due_at=None)
    )
    await cancel_questions(job.session, CallIn.step_id == step.id)


async def _have_answered(job: Job, step: Step) -> set[UUID | None]:
    answered = (CallInState.ACCEPTED, CallInState.DECLINED)
    query = select(CallIn.person_id).where(CallIn.step_id == step.id, CallIn.state.in_(answered))
    return set(await job.session.scalars(query))


async def _come_already(job: Job, plan: StepPlan) -> set[UUID | None]:
    """Who has accepted in a step that this one counts together with."""
    query = (
        select(CallIn.person_id)
        .join(Step, Step.id == CallIn.step_id)
        .where(
            CallIn.alarm_id == job.alarm.id,
            Step.name.in_(plan.need.total_with),
            CallIn.state == CallInState.ACCEPTED,
        )
    )
    return set(await job.session.scalars(query)) if plan.need.total_with else set()


async def _store(session: AsyncSession, call_ins: Sequence[CallIn]) -> None:
    """One statement for thousands of people; as objects they would take three times as long."""
    if call_ins:
        columns = [column.key for column in CallIn.__table__.columns]
        rows = [{key: getattr(each, key) for key in columns} for each in call_ins]
        await session.execute(insert(CallIn), rows)


async def queued(job: Job, step: Step, people: Sequence[Person], *, first: int = 0) -> list[CallIn]:
    """Call-ins for people, not yet asked; the protected are reached by hand via a switchboard."""
    by_hand = step_plan_of(step.plan).by_hand
    return [
        _to_queue(
            step,
            job,
            position=first + place,
            name=await spoken_name(job, person),
            by_hand=by_hand or person.protected,
            person=person.id,
        )
        for place, person in enumerate(people)
    ]


async def spoken_name(job: Job, person: Person) -> str:
    """The name on the board; for a protected person the title and the switchboard instead."""
    if not person.protected:
        return person.name
    unit = await job.session.get(Unit, person.unit_id) if person.unit_id else None
    return f"{person.title or person.ref} ({unit.switchboard or unit.name if unit else person.ref})"


def _to_queue(
    step: Step, job: Job, *, position: int, name: str, by_hand: bool, person: UUID | None = None
) -> CallIn:
    return CallIn(
        alarm_id=job.alarm.id,
        step_id=step.id,
        person_id=person,
        name=name,
        position=position,
        round=step.round,
        by_hand=by_hand,
        ask=step_plan_of(step.plan).ask,
    )


async def end_met(job: Job, link: Link) -> None:
    link.row.state, link.row.ended_at = StepState.MET, job.now
    job.note(
        EventKind.STEP_MET,
        subject=link.row.title,
        detail=f"{len(link.accepted)}/{link.row.need or 0}",
    )
    await stand_down(job, link.row)


async def stand_down(job: Job, step: Step) -> None:
    """Enough have accepted: cancel what has not been sent and thank those who were asked."""
    await job.session.execute(
        update(CallIn)
        .where(
            CallIn.step_id == step.id,
            CallIn.state.in_((CallInState.ASKED, CallInState.QUEUED)),
        )
        .values(state=CallInState.STOOD_DOWN, due_at=None)
    )
    await cancel_questions(job.session, CallIn.step_id == step.id)
    await thank(job, step)


async def cancel_questions(session: AsyncSession, *of_call_ins: ColumnElement[bool]) -> None:
    """Take back the questions not yet sent to these call-ins."""
    chosen = select(CallIn.id).where(*of_call_ins)
    await session.execute(
        update(Message)
        .where(
            Message.call_in_id.in_(chosen),
            Message.state == MessageState.WAITING,
            Message.purpose == Purpose.QUESTION,
        )
        .values(state=MessageState.CANCELLED)
    )


async def end_unmet(job: Job, link: Link, chain: Chain) -> None:
    row = link.row
    await job.session.execute(
        update(CallIn)
        .where(CallIn.step_id == row.id, CallIn.state == CallInState.ASKED)
        .values(state=CallInState.SILENT, due_at=None)
    )
    await cancel_questions(job.session, CallIn.step_id == row.id)
    row.state, row.ended_at = StepState.UNMET, job.now
    job.note(
        EventKind.STEP_UNMET, subject=row.title, detail=f"{len(link.accepted)}/{row.need or 0}"
    )
    target = moves.jumps_to(link, chain)
    if target is not None:
        await _go_to(job, link, target, chain)


async def _go_to(job: Job, link: Link, target: Link, chain: Chain) -> None:
    job.note(EventKind.WENT_BACK, subject=target.row.title, detail=link.row.title)
    if moves.jumps(link, target, chain, now=job.now):
        await begin(job, target)
    else:
        job.note(EventKind.GATE_REACHED, subject=target.row.title, detail=target.plan.gate or "")


async def reopen(job: Job, link: Link, chain: Chain) -> None:
    """Somebody who had accepted is gone: those who were stood down are asked again."""
    row = link.row
    await job.session.execute(
        update(CallIn)
        .where(CallIn.step_id == row.id, CallIn.state == CallInState.STOOD_DOWN)
        .values(state=CallInState.QUEUED, wave=0)
    )
    moves.opens_again(link, chain)
    job.note(EventKind.STEP_REOPENED, subject=row.title)
