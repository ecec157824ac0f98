"""The outbox: claim what is due, and record how it went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Executable, Integer, bindparam, case, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.channels.base import Outgoing, SendError
from alerting.gateway import Sent
from alerting.logbook import changed
from alerting.models import (
    OPEN_ALARM,
    Alarm,
    CallIn,
    CallInState,
    Message,
    MessageState,
    Purpose,
    Via,
)
from alerting.plan import ChannelKind, Mode
from core.database import UtcDateTime

_CARRIER = {Via.SMS: ChannelKind.SMS, Via.VOICE: ChannelKind.VOICE}
TRIES = 5  # of one message, when the failure may pass
PAUSES = (timedelta(seconds=2), timedelta(seconds=5), timedelta(seconds=15), timedelta(seconds=30))


_OF_A_CLAIM = (
    Message.id,
    Message.channel,
    Message.address,
    Message.body,
    Message.subject,
    Message.html,
    Message.language,
    Message.answerable,
    Message.mode,
    Message.alarm_id,
    Message.attempts,
    Message.priority,
)


def _claim() -> Executable:
    """Due messages, most urgent first; a question only while its call-in is still asked."""
    now = bindparam("now", type_=UtcDateTime)
    still_asked = (CallIn.state == CallInState.ASKED) & Alarm.state.in_(OPEN_ALARM)
    wanted = (
        select(Message.id)
        .outerjoin(CallIn, CallIn.id == Message.call_in_id)
        .outerjoin(Alarm, Alarm.id == Message.alarm_id)
        .where(
            Message.state == MessageState.WAITING,
            Message.due_at <= now,
            or_(Message.purpose != Purpose.QUESTION, still_asked),
        )
        .order_by(Message.priority, Message.due_at)
        .limit(bindparam("limit", type_=Integer))
        .with_for_update(of=Message, skip_locked=True)  # PostgreSQL; SQLite has one writer
    )
    return (
        update(Message)
        .where(Message.id.in_(wanted), Message.state == MessageState.WAITING)
        .values(
            state=MessageState.SENDING,
            lease_until=bindparam("until", type_=UtcDateTime),
            attempts=Message.attempts + 1,
        )
        .returning(*_OF_A_CLAIM)
        .execution_options(synchronize_session=False)
    )


_CLAIM = _claim()  # once: putting it together takes longer than carrying it out


@dataclass(frozen=True, slots=True)
class Claimed:
    outgoing: Outgoing
    mode: Mode
    alarm_id: UUID | None
    attempt: int


@dataclass(frozen=True, slots=True)
class Outcome:
    claimed: Claimed
    result: Sent | SendError
    at: datetime


async def claim_due(
    session: AsyncSession, *, now: datetime, lease: timedelta, limit: int
) -> list[Claimed]:
    """Take messages that are due and still wanted; nobody else gets them while the lease lasts."""
    if limit <= 0:
        return []
    given = {"now": now, "until": now + lease, "limit": limit}
    rows = (await session.execute(_CLAIM, given)).all()
    return [
        Claimed(
            Outgoing(
                id=row.id,
                kind=row.channel,
                to=row.address,
                text=row.body,
                subject=row.subject,
                html=row.html,
                language=row.language,
                answerable=row.answerable,
            ),
            row.mode,
            row.alarm_id,
            row.attempts,
        )
        for row in sorted(rows, key=lambda row: row.priority)
    ]


async def cancel_unwanted(session: AsyncSession, *, now: datetime) -> None:
    """Questions that came back from a failed try after somebody had answered, or it was over."""
    still_asked = (
        exists()
        .where(CallIn.id == Message.call_in_id, CallIn.state == CallInState.ASKED)
        .where(Alarm.id == CallIn.alarm_id, Alarm.state.in_(OPEN_ALARM))
    )
    await session.execute(
        update(Message)
        .where(
            Message.state == MessageState.WAITING,
            Message.due_at <= now,
            Message.purpose == Purpose.QUESTION,
            ~still_asked,
        )
        .values(state=MessageState.CANCELLED)
    )


async def free_expired(session: AsyncSession, *, now: datetime, all_of_them: bool = False) -> None:
    """Messages whose engine died while sending are due again: rather twice than never."""
    held = Message.state == MessageState.SENDING
    if not all_of_them:
        held = held & (Message.lease_until < now)
    await session.execute(
        update(Message).where(held).values(state=MessageState.WAITING, lease_until=None, due_at=now)
    )


async def record_sent(session: AsyncSession, outcomes: Sequence[Outcome]) -> None:
    """The provider has these. A callback may already have said more: then its word stands."""
    rows = [
        {
            "message": each.claimed.outgoing.id,
            "name": each.result.provider,
            "ref": each.result.ref,
            "at": each.at,
        }
        for each in outcomes
        if isinstance(each.result, Sent)
    ]
    if not rows:
        return
    still_ours = Message.state == MessageState.SENDING
    table = Message.__table__
    await (await session.connection()).execute(
        update(table)  # type: ignore[arg-type]  # a plain table makes one executemany of it
        .where(table.c.id == bindparam("message"))
        .values(
            state=case((still_ours, MessageState.SENT), else_=table.c.state),
            provider=bindparam("name"),
            provider_ref=bindparam("ref"),
            sent_at=bindparam("at"),
            lease_until=None,
        ),
        rows,
    )
    for alarm_id in {each.claimed.alarm_id for each in outcomes}:
        if alarm_id:
            changed(session, alarm_id)


def next_try(attempt: int, now: datetime) -> datetime | None:
    """When to try again after a failure that may pass; None when it has been tried enough."""
    if attempt >= TRIES:
        return None
    return now + PAUSES[min(attempt - 1, len(PAUSES) - 1)]


async def mark_answered(session: AsyncSession, call_in: CallIn, via: Via, now: datetime) -> None:
    """The latest question on the channel that the answer came by was answered now."""
    channel = _CARRIER.get(via)
    if channel is None:
        return
    latest = (
        select(Message.id)
        .where(
            Message.call_in_id == call_in.id,
            Message.channel == channel,
            Message.purpose == Purpose.QUESTION,
            Message.state.in_((MessageState.SENDING, MessageState.SENT, MessageState.DELIVERED)),
        )
        .order_by(Message.created_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    await session.execute(update(Message).where(Message.id == latest).values(answered_at=now))
