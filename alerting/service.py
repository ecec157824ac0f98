"""The verbs of an alarm: raise it, answer it, call it off, close it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from uuid import UUID

from sqlalchemy import and_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.job import Job
from alerting.logbook import changed, note
from alerting.means import Means
from alerting.models import (
    OPEN_ALARM,
    Alarm,
    AlarmState,
    CallIn,
    CallInState,
    EventKind,
    Purpose,
    Step,
    Via,
)
from alerting.moves import CallInRow
from alerting.outbox import mark_answered
from alerting.plan import Ask, Meaning, Mode, Plan
from alerting.settling import settle
from alerting.stepping import cancel_questions
from alerting.thanking import tell
from core import audit
from core.errors import NotFound, Refused
from core.language import gettext as _
from core.wakeups import wake

SPOKEN_WAITS = timedelta(minutes=10)  # for the operator to talk with somebody who has picked up
YES = frozenset({Meaning.COMING, Meaning.RECEIVED})
TOO_LATE = frozenset({CallInState.SILENT, CallInState.STOOD_DOWN, CallInState.UNREACHABLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """How an alarm is raised.

    `site` is the code of a unit whose people and phones are left alone. Nothing is sent before
    `undo` has passed. `once` is a form's or client's key: the same key again is the same alarm.
    """

    mode: Mode
    by: str
    note: str = ""
    site: str | None = None
    undo: timedelta = timedelta(0)
    once: str | None = None
    address: str = ""  # where the request came from


async def raise_alarm(
    session: AsyncSession, plan: Plan, trigger: Trigger, *, now: datetime, means: Means
) -> Alarm:
    """Store the alarm with its steps, first call-ins and messages, all in this transaction."""
    alarm = Alarm(
        path=plan.code,
        title=plan.title,
        path_version=plan.version,
        mode=trigger.mode,
        note=" ".join(trigger.note.split()),
        site=trigger.site,
        plan=plan.model_dump_json(),
        raised_at=now,
        raised_by=trigger.by,
        sends_from=now + trigger.undo,
        once=trigger.once,
    )
    if raised := await _raised_before(session, alarm):
        return raised
    session.add_all(_steps(alarm, plan))
    job = Job(session, alarm, means, now)
    job.note(EventKind.RAISED, who=trigger.by, subject=alarm.title, detail=alarm.note)
    await settle(job)
    what = f"{plan.code} v{plan.version} {trigger.mode} {alarm.note}"
    await _audited(job, "Larmade", trigger.by, what, trigger.address)
    wake(session, "engine")
    return alarm


async def _raised_before(session: AsyncSession, alarm: Alarm) -> Alarm | None:
    """Add the alarm, unless one with the same key is there already: then that one."""
    same = select(Alarm).where(Alarm.once == alarm.once)
    if alarm.once and (raised := await session.scalar(same)):
        return raised
    try:
        async with session.begin_nested():
            session.add(alarm)
    except IntegrityError:  # the same form, sent twice at the same moment
        raised = await session.scalar(same)
        if raised is None:
            raise
        return raised
    return None


def _steps(alarm: Alarm, plan: Plan) -> list[Step]:
    return [
        Step(
            alarm_id=alarm.id,
            position=position,
            name=step.name,
            title=step.title,
            plan=step.model_dump_json(),
        )
        for position, step in enumerate(plan.steps)
    ]


class Taken(Enum):
    """What became of an answer."""

    NOTED = auto()
    LATE = auto()  # after their turn, or when enough others had said yes
    CLOSED = auto()  # the alarm is over
    TALK = auto()  # they picked up; an operator has to talk with them


@dataclass(frozen=True, slots=True)
class Answered:
    call_in: CallIn
    alarm: Alarm
    taken: Taken


async def answer(
    session: AsyncSession,
    call_in_id: UUID,
    meaning: Meaning,
    *,
    via: Via,
    now: datetime,
    eta: int | None = None,
    by: str = "",
    remark: str = "",
) -> Answered:
    """Take an answer; the last one wins. `by` and `remark` are an operator's, who confirms by hand."""
    call_in = await session.get(CallIn, call_in_id)
    if call_in is None:
        raise NotFound(_("Frågan finns inte."))
    alarm = await lock_alarm(session, call_in.alarm_id)
    await session.refresh(call_in)  # as it is now that the alarm is ours
    taken = becomes(call_in, meaning, via, alarm_open=alarm.state in OPEN_ALARM)
    given: dict[str, object] = {
        "answer": meaning,
        "eta_minutes": eta,
        "answered_at": now,
        "answered_via": via,
        "remark": remark,
    }
    await mark_answered(session, call_in, via, now)
    if taken in {Taken.NOTED, Taken.LATE}:
        given["state"] = CallInState.ACCEPTED if meaning in YES else CallInState.DECLINED
        given["due_at"] = None
        await _answer_same_question(session, call_in, given)
    if taken is Taken.TALK:
        given["due_at"] = now + SPOKEN_WAITS
    given["late"] = taken in {Taken.LATE, Taken.CLOSED}
    await session.execute(update(CallIn).where(CallIn.id == call_in.id).values(given))
    await _note_answer(session, call_in, taken, now=now, by=by)
    if taken is not Taken.CLOSED:
        await look_again(session, alarm.id, now)
    return Answered(call_in, alarm, taken)


def becomes(call_in: CallInRow, meaning: Meaning, via: Via, *, alarm_open: bool) -> Taken:
    """What becomes of an answer to a call-in."""
    if not alarm_open:
        return Taken.CLOSED
    if call_in.ask is Ask.SPOKEN and via is not Via.OPERATOR and meaning in YES:
        return Taken.TALK
    return Taken.LATE if call_in.state in TOO_LATE else Taken.NOTED


async def _answer_same_question(
    session: AsyncSession, call_in: CallIn, given: dict[str, object]
) -> None:
    """Other steps of the alarm that ask this person the same are answered too, and fall silent."""
    same = and_(
        CallIn.alarm_id == call_in.alarm_id,
        CallIn.person_id == call_in.person_id,
        CallIn.person_id.is_not(None),  # what is done by hand is ticked off one by one
        CallIn.ask == call_in.ask,
        CallIn.state == CallInState.ASKED,
    )
    await cancel_questions(session, or_(CallIn.id == call_in.id, same))
    await session.execute(update(CallIn).where(same).values(given))


async def _note_answer(
    session: AsyncSession, call_in: CallIn, taken: Taken, *, now: datetime, by: str
) -> None:
    late = taken in {Taken.LATE, Taken.CLOSED}
    kind = EventKind.ANSWERED_LATE if late else EventKind.ANSWERED
    words = [call_in.answer or "", call_in.eta_minutes or "", call_in.remark]
    detail = "spoken" if taken is Taken.TALK else " ".join(str(word) for word in words if word)
    note(
        session,
        call_in.alarm_id,
        EventKind.CONFIRMED_BY_HAND if by else kind,
        now=now,
        who=by,
        subject=call_in.name,
        detail=detail,
    )
    if by:
        subject, detail = str(call_in.alarm_id), f"{call_in.name}: {detail}"
        await audit.record(
            session, who=by, what="Svarade för hand", subject=subject, detail=detail, now=now
        )


async def look_again(session: AsyncSession, alarm_id: UUID, now: datetime) -> None:
    """Something happened to an alarm: the engine looks at it at once."""
    await session.execute(
        update(Alarm)
        .where(Alarm.id == alarm_id, or_(Alarm.due_at.is_(None), Alarm.due_at > now))
        .values(due_at=now)
    )
    changed(session, alarm_id)
    wake(session, "engine")


async def lock_alarm(session: AsyncSession, alarm_id: UUID) -> Alarm:
    """The alarm, ours until the transaction ends; whoever changes an alarm takes this first."""
    query = select(Alarm).where(Alarm.id == alarm_id).with_for_update()
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


async def open_alarm(session: AsyncSession, alarm_id: UUID) -> Alarm:
    """The alarm, locked for this transaction. Refused when there is none or it is over."""
    alarm = await session.scalar(select(Alarm).where(Alarm.id == alarm_id).with_for_update())
    if alarm is None:
        raise NotFound(_("Larmet finns inte."))
    if alarm.state not in OPEN_ALARM:
        raise Refused(_("Larmet är redan avslutat."), status=409)
    return alarm


async def close(
    session: AsyncSession, alarm_id: UUID, *, by: str, now: datetime, means: Means
) -> Alarm:
    """It is over: nothing more is asked, and what has not been sent is not sent."""
    alarm = await open_alarm(session, alarm_id)
    job = Job(session, alarm, means, now)
    await _end(job, AlarmState.CLOSED, by)
    job.note(EventKind.CLOSED, who=by)
    await _audited(job, "Avslutade larm", by)
    return alarm


async def call_off(
    session: AsyncSession, alarm_id: UUID, *, by: str, text: str, now: datetime, means: Means
) -> int:
    """The alarm should not go on: everyone it has reached is told; how many people.

    Within the seconds to undo nobody has been reached, and nobody is told.
    """
    alarm = await open_alarm(session, alarm_id)
    job = Job(session, alarm, means, now)
    reached = (await session.scalars(select(CallIn.id).where(CallIn.alarm_id == alarm.id))).all()
    await _end(job, AlarmState.CALLED_OFF, by)
    told = await tell(job, reached, Purpose.CALL_OFF, " ".join(text.split()))
    job.note(EventKind.CALLED_OFF, who=by, detail=text)
    await _audited(job, "Återkallade larm", by, text)
    wake(session, "engine")
    return told


async def _end(job: Job, state: AlarmState, by: str) -> None:
    alarm = job.alarm
    alarm.state, alarm.closed_at, alarm.closed_by, alarm.due_at = state, job.now, by, None
    await cancel_questions(job.session, CallIn.alarm_id == alarm.id)
    await job.session.execute(
        update(CallIn)
        .where(
            CallIn.alarm_id == alarm.id,
            CallIn.state.in_((CallInState.QUEUED, CallInState.ASKED)),
        )
        .values(state=CallInState.STOOD_DOWN, due_at=None)
    )


async def _audited(job: Job, what: str, by: str, detail: str = "", address: str = "") -> None:
    await audit.record(
        job.session,
        who=by,
        what=what,
        subject=str(job.alarm.id),
        detail=detail.strip(),
        now=job.now,
        address=address,
    )
