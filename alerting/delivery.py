"""What a provider says of a message, and what a failure leads to: the next number or wave at once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.asking import try_next_number
from alerting.channels.base import Report, ReportState, SendError
from alerting.job import Job
from alerting.logbook import changed
from alerting.means import Means
from alerting.models import (
    OPEN_ALARM,
    Alarm,
    CallIn,
    CallInState,
    EventKind,
    Message,
    MessageState,
    Purpose,
    Step,
)
from alerting.notifying import go_on
from alerting.plan import ChannelKind
from alerting.service import lock_alarm, look_again
from rosters.models import ContactPoint

OPTED_OUT = "21610"  # https://www.twilio.com/docs/api/errors/21610
_DEAD = (MessageState.FAILED, MessageState.CANCELLED)
# Forward only: a report that comes late or twice finds no row to change.
MAY_FOLLOW = {
    MessageState.SENT: frozenset({MessageState.SENDING}),
    MessageState.DELIVERED: frozenset(
        {MessageState.WAITING, MessageState.SENDING, MessageState.SENT}
    ),
    MessageState.FAILED: frozenset({MessageState.WAITING, MessageState.SENDING, MessageState.SENT}),
}


async def report(
    session: AsyncSession, message_id: UUID, said: Report, *, now: datetime, means: Means
) -> bool:
    """Take a provider's word on a message; False when it is unknown or says nothing new."""
    message = await session.get(Message, message_id)
    if message is None:
        return False
    if message.alarm_id is not None:
        await lock_alarm(session, message.alarm_id)
    if said.state is ReportState.FAILED:
        return await fail(session, message, said, now=now, means=means)
    state = MessageState.SENT if said.state is ReportState.SENT else MessageState.DELIVERED
    values: dict[str, object] = {"state": state}
    if state is MessageState.DELIVERED:
        values["delivered_at"] = now
    moved = await _move(session, message, state, values)
    if moved and message.alarm_id:
        changed(session, message.alarm_id)
    return moved


async def fail(
    session: AsyncSession, message: Message, said: Report, *, now: datetime, means: Means
) -> bool:
    """The message failed for good: say so, and go on to the next number or wave at once."""
    code, reason = said.code, said.reason
    values = {
        "state": MessageState.FAILED,
        "failed_at": now,
        "reason": reason,
        "code": code,
        "dead": said.permanent,
        "lease_until": None,
    }
    if not await _move(session, message, MessageState.FAILED, values):
        return False
    if code == OPTED_OUT:
        await session.execute(
            update(ContactPoint)
            .where(ContactPoint.address == message.address)
            .values(opted_out_at=now)
        )
    if message.notice_id is not None:
        await go_on(session, message, now=now, means=means)
    if message.alarm_id is None:
        return True
    job = Job(session, await session.get_one(Alarm, message.alarm_id), means, now)
    kind = EventKind.OPTED_OUT if code == OPTED_OUT else EventKind.FAILED
    call_in = await session.get(CallIn, message.call_in_id) if message.call_in_id else None
    who = call_in.name if call_in else ""
    job.note(kind, subject=who, detail=f"{message.channel.value}: {reason}")
    if call_in and message.purpose is Purpose.QUESTION and job.alarm.state in OPEN_ALARM:
        await _go_on(job, call_in, message)
    return True


async def fail_sending(
    session: AsyncSession, message_id: UUID, error: SendError, *, now: datetime, means: Means
) -> bool:
    """A provider did not take the message, and there is no use in trying it again."""
    message = await session.get_one(Message, message_id)
    if message.alarm_id is not None:
        await lock_alarm(session, message.alarm_id)
    said = Report(
        state=ReportState.FAILED, reason=error.reason, permanent=error.permanent, code=error.code
    )
    return await fail(session, message, said, now=now, means=means)


async def _move(
    session: AsyncSession, message: Message, state: MessageState, values: dict[str, object]
) -> bool:
    before = MAY_FOLLOW[state]
    still = [Message.id == message.id]
    if state is MessageState.FAILED:
        still.append(Message.answered_at.is_(None))  # a call that is over after its answer
        if message.channel is ChannelKind.VOICE:
            before = before | {MessageState.DELIVERED}  # picked up, but nobody pressed a key
    moved = await session.scalars(
        update(Message)
        .where(*still, Message.state.in_(before))
        .values(values)
        .returning(Message.id)
    )
    return moved.first() is not None


async def _go_on(job: Job, call_in: CallIn, message: Message) -> None:
    if call_in.state is not CallInState.ASKED:
        return
    step = await job.session.get_one(Step, call_in.step_id)
    if not await try_next_number(job, step, call_in, message.channel):
        alive = await job.session.scalar(
            select(func.count()).where(
                Message.call_in_id == call_in.id,
                Message.wave == call_in.wave,
                Message.purpose == Purpose.QUESTION,
                Message.state.not_in(_DEAD),
            )
        )
        if not alive:
            call_in.due_at = job.now
    await look_again(job.session, job.alarm.id, job.now)
