"""The people of the board: how each stands, with three clocks, by which channel, and what failed."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.board_words import Look, accepted_word, call_in_look, channel_word
from alerting.models import CallIn, CallInState, Message, MessageState, Purpose
from alerting.plan import Ask
from core.language import gettext as _
from rosters.models import Person

FIRST = 50  # people of a step shown at once
MOST = 2000  # on the page of one step
# Of a large group those are shown first who come, then those who may need somebody's eyes.
_RANK = case(
    {
        CallInState.ACCEPTED: 0,
        CallInState.UNREACHABLE: 1,
        CallInState.DECLINED: 2,
        CallInState.SILENT: 3,
        CallInState.ASKED: 4,
    },
    value=CallIn.state,
    else_=5,
)
_WORTH_CALLING = (CallInState.SILENT, CallInState.UNREACHABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """A person asked in a step; `id` is the call-in's."""

    id: UUID
    name: str
    title: str
    look: Look
    arrives_at: datetime | None
    sent_at: datetime | None
    delivered_at: datetime | None
    answered_at: datetime | None
    channels: str
    note: str
    accepted: bool
    by_hand: bool  # waits for an operator: to phone, to run, to tick off
    tick_word: str  # on the button that does so
    again: bool  # worth calling again


@dataclass(slots=True)
class Sent:
    """What has gone out to a call-in, as far as the board tells."""

    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    channels: tuple[str, ...] = ()
    failures: dict[str, str] = field(default_factory=dict)  # channels whose latest message failed

    def add(self, message: Message) -> None:
        self.sent_at = self.sent_at or message.sent_at
        self.delivered_at = self.delivered_at or message.delivered_at
        word = channel_word(message.channel)
        if word not in self.channels:
            self.channels += (word,)
        self.failures.pop(word, None)
        if message.state is MessageState.FAILED:
            self.failures[word] = message.reason


async def read_people(
    session: AsyncSession, steps: Collection[UUID], *, everyone_in: UUID | None = None
) -> dict[UUID, list[PersonLine]]:
    """The first people of each step in calling order; (nearly) all of one step, if so wished."""
    place = func.row_number().over(
        partition_by=CallIn.step_id, order_by=(_RANK, CallIn.round.desc(), CallIn.position)
    )
    ranked = select(CallIn.id, place.label("place")).where(CallIn.step_id.in_(steps)).subquery()
    rows = (
        await session.execute(
            select(CallIn, Person.title, Person.protected)
            .join(ranked, ranked.c.id == CallIn.id)
            .outerjoin(Person, Person.id == CallIn.person_id)
            .where(
                or_(
                    ranked.c.place <= FIRST,
                    and_(CallIn.step_id == everyone_in, ranked.c.place <= MOST),
                )
            )
            .order_by(CallIn.step_id, CallIn.round, CallIn.position)
        )
    ).all()
    sent = await _sent(session, [row.CallIn.id for row in rows])
    lines: dict[UUID, list[PersonLine]] = defaultdict(list)
    for call_in, title, protected in rows:
        shown = "" if protected or not title else title
        lines[call_in.step_id].append(person_line(call_in, shown, sent.get(call_in.id, Sent())))
    return lines


async def _sent(session: AsyncSession, call_ins: Sequence[UUID]) -> Mapping[UUID, Sent]:
    sent: dict[UUID, Sent] = defaultdict(Sent)
    if not call_ins:
        return sent
    messages = await session.scalars(
        select(Message)
        .where(
            Message.call_in_id.in_(call_ins),
            Message.purpose == Purpose.QUESTION,
            Message.state != MessageState.CANCELLED,
        )
        .order_by(Message.created_at)
    )
    for message in messages:
        if message.call_in_id:
            sent[message.call_in_id].add(message)
    return sent


def person_line(call_in: CallIn, title: str, sent: Sent) -> PersonLine:
    waits = call_in.state is CallInState.ASKED
    return PersonLine(
        id=call_in.id,
        name=call_in.name,
        title=title,
        look=call_in_look(call_in),
        arrives_at=_arrives_at(call_in),
        sent_at=sent.sent_at,
        delivered_at=sent.delivered_at,
        answered_at=call_in.answered_at,
        channels=", ".join(sent.channels),
        note=_note(call_in, sent),
        accepted=call_in.state is CallInState.ACCEPTED,
        by_hand=waits and (call_in.by_hand or call_in.ask is Ask.SPOKEN),
        tick_word=accepted_word(call_in.ask, by_hand=call_in.by_hand),
        again=call_in.state in _WORTH_CALLING and not call_in.by_hand,
    )


def _arrives_at(call_in: CallIn) -> datetime | None:
    if call_in.state is not CallInState.ACCEPTED or not call_in.eta_minutes:
        return None
    return call_in.answered_at and call_in.answered_at + timedelta(minutes=call_in.eta_minutes)


def _note(call_in: CallIn, sent: Sent) -> str:
    waits = call_in.state is CallInState.ASKED and not call_in.by_hand
    asked_elsewhere = waits and call_in.wave > 0 and not sent.channels
    failures = [f"{word}: {reason}" for word, reason in sent.failures.items()]
    parts = [
        _("svarade sent") if call_in.late else "",
        call_in.remark,
        *(failures if call_in.answered_at is None else []),
        _("frågan är ställd i ett annat steg") if asked_elsewhere else "",
    ]
    return " · ".join(part for part in parts if part)
