"""One person in one step: what was sent, what came back, and by which numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.board_people import PersonLine, Sent, person_line
from alerting.board_words import Look
from alerting.models import (
    OPEN_ALARM,
    Alarm,
    CallIn,
    CallInState,
    Message,
    MessageState,
    Purpose,
    Reply,
    Step,
)
from alerting.plan import Ask, ChannelKind
from core.errors import NotFound
from core.language import gettext as _
from rosters.models import ContactPoint, Person

CHOICES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLine:
    at: datetime
    channel: ChannelKind
    what: str
    address: str
    look: Look
    reason: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallInView:
    call_in: CallIn
    alarm: Alarm
    step: Step
    line: PersonLine
    messages: tuple[MessageLine, ...]
    replies: tuple[Reply, ...]
    stopped: tuple[ContactPoint, ...]  # numbers that have opted out

    @property
    def spoken(self) -> bool:
        return self.call_in.ask is Ask.SPOKEN

    @property
    def informs(self) -> bool:
        return self.call_in.ask is Ask.RECEIVED

    @property
    def may_call_again(self) -> bool:
        by_itself = {CallInState.QUEUED, CallInState.ACCEPTED}
        return not self.call_in.by_hand and self.call_in.state not in by_itself

    @property
    def may_release(self) -> bool:
        return self.call_in.state is CallInState.ACCEPTED


async def read_call_in(session: AsyncSession, call_in_id: UUID) -> CallInView:
    row = (
        await session.execute(
            select(CallIn, Alarm, Step, Person)
            .join(Alarm, Alarm.id == CallIn.alarm_id)
            .join(Step, Step.id == CallIn.step_id)
            .outerjoin(Person, Person.id == CallIn.person_id)
            .where(CallIn.id == call_in_id)
        )
    ).first()
    if row is None:
        raise NotFound(_("Personen är inte tillfrågad i det här larmet."))
    call_in, alarm, step = row.CallIn, row.Alarm, row.Step
    person: Person | None = row.Person
    messages = await _messages(session, call_in)
    sent = Sent()
    for message in messages:
        if message.purpose is Purpose.QUESTION and message.state is not MessageState.CANCELLED:
            sent.add(message)
    title = person.title if person and not person.protected else ""
    return CallInView(
        call_in=call_in,
        alarm=alarm,
        step=step,
        line=person_line(call_in, title, sent),
        messages=tuple(_message_line(each) for each in messages),
        replies=await _replies(session, call_in),
        stopped=await _stopped(session, call_in),
    )


async def _messages(session: AsyncSession, call_in: CallIn) -> Sequence[Message]:
    query = (
        select(Message)
        .where(Message.call_in_id == call_in.id)
        .order_by(Message.created_at)
        .limit(200)
    )
    return (await session.scalars(query)).all()


async def _replies(session: AsyncSession, call_in: CallIn) -> tuple[Reply, ...]:
    query = select(Reply).where(Reply.call_in_id == call_in.id).order_by(Reply.received_at)
    return tuple(await session.scalars(query))


async def _stopped(session: AsyncSession, call_in: CallIn) -> tuple[ContactPoint, ...]:
    query = select(ContactPoint).where(
        ContactPoint.person_id == call_in.person_id, ContactPoint.opted_out_at.is_not(None)
    )
    return tuple(await session.scalars(query)) if call_in.person_id else ()


def _message_line(message: Message) -> MessageLine:
    return MessageLine(
        at=message.sent_at or message.created_at,
        channel=message.channel,
        what=_purposes()[message.purpose],
        address=message.address,
        look=_look(message),
        reason=message.reason if message.state is MessageState.FAILED else "",
        body=message.body,
    )


def _purposes() -> dict[Purpose, str]:
    return {
        Purpose.QUESTION: _("Fråga"),
        Purpose.ECHO: _("Kvittens"),
        Purpose.THANKS: _("Tack"),
        Purpose.CORRECTION: _("Rättelse"),
        Purpose.CALL_OFF: _("Återkallelse"),
    }


def _look(message: Message) -> Look:
    if message.answered_at:
        return Look(_("Besvarat"), "ok", "message-square-reply")
    return {
        MessageState.WAITING: Look(_("Ska skickas"), "neutral", "hourglass"),
        MessageState.SENDING: Look(_("Skickas"), "neutral", "send"),
        MessageState.SENT: Look(_("Skickat"), "info", "send"),
        MessageState.DELIVERED: Look(_("Framme"), "ok", "check-check"),
        MessageState.FAILED: Look(_("Kom inte fram"), "bad", "circle-x"),
        MessageState.CANCELLED: Look(_("Skickades inte"), "neutral", "circle-minus"),
    }[message.state]


@dataclass(frozen=True, slots=True)
class ReplyView:
    """A reply that waits, and the call-ins it may be the answer to: id and words."""

    reply: Reply
    alarm: Alarm
    name: str
    choices: tuple[tuple[UUID, str], ...]


async def read_reply(session: AsyncSession, alarm: Alarm, reply_id: UUID) -> ReplyView:
    """Of a known person the open questions, in whatever alarm; of a stranger all of this alarm's."""
    reply = await session.get(Reply, reply_id)
    if reply is None:
        raise NotFound(_("Svaret finns inte."))
    whose = CallIn.alarm_id == alarm.id
    if reply.person_id:
        whose = or_(CallIn.person_id == reply.person_id, CallIn.id == reply.call_in_id)
    rows = await session.execute(
        select(CallIn.id, CallIn.name, Step.title, Alarm.title)
        .join(Step, Step.id == CallIn.step_id)
        .join(Alarm, Alarm.id == CallIn.alarm_id)
        .where(whose, Alarm.state.in_(OPEN_ALARM))
        .order_by(CallIn.name, CallIn.asked_at.desc())
        .limit(CHOICES)
    )
    person = await session.get(Person, reply.person_id) if reply.person_id else None
    choices = tuple((call_in, f"{name} – {step}, {title}") for call_in, name, step, title in rows)
    return ReplyView(reply, alarm, person.name if person else "", choices)


async def reached(session: AsyncSession, alarm_id: UUID) -> int:
    """How many people a text or mail of the alarm has left for: those who can be told more."""
    query = select(func.count(Message.person_id.distinct())).where(
        Message.alarm_id == alarm_id,
        Message.purpose == Purpose.QUESTION,
        Message.channel != ChannelKind.VOICE,
        Message.state.in_((MessageState.SENDING, MessageState.SENT, MessageState.DELIVERED)),
    )
    return await session.scalar(query) or 0
