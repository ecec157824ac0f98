"""What one's own people have shown: read from alarms, exercises and tests of the last two years."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.job import step_plan_of
from alerting.models import CallIn, CallInState, Message, MessageState, Purpose, Step, Via
from alerting.plan import Ask, ChannelKind, Meaning, TargetKind
from playbooks.forecast.assumptions import Answers, Kind, Own, Tried, kind_at

REMEMBERED = timedelta(days=730)
MOST = 3000  # call-ins, the latest
IN_TIME = timedelta(minutes=45)  # as in the published drill: a text answered later was not read
_OVER = (CallInState.SILENT, CallInState.UNREACHABLE, CallInState.ASKED)


@dataclass(slots=True)
class _Tally:
    tried: Counter[Tried] = field(default_factory=Counter)
    comes: int = 0
    cannot: int = 0
    writes: list[float] = field(default_factory=list)


async def own_answers(session: AsyncSession, *, now: datetime, zone: ZoneInfo) -> Answers:
    """By kind: how people were tried, and what they answered; live, exercises and tests alike."""
    found: dict[Kind, _Tally] = defaultdict(_Tally)
    asked = await _asked(session, now)
    messages = await _messages(session, asked)
    for call_in, plan in asked:
        duty = any(each.kind is TargetKind.DUTY for each in step_plan_of(plan).targets)
        at = call_in.asked_at or now
        _count(
            found[Kind.ON_CALL if duty else kind_at(at, zone)],
            call_in,
            messages[call_in.id.hex],
            now,
        )
    return {
        kind: Own(each.tried, each.comes, each.cannot, tuple(each.writes))
        for kind, each in found.items()
    }


async def _asked(session: AsyncSession, now: datetime) -> Sequence[tuple[CallIn, str]]:
    query = (
        select(CallIn, Step.plan)
        .join(Step, Step.id == CallIn.step_id)
        .where(
            CallIn.asked_at > now - REMEMBERED,
            CallIn.asked_at <= now,
            CallIn.person_id.is_not(None),
            CallIn.by_hand.is_(False),
        )
        .order_by(CallIn.asked_at.desc())
        .limit(MOST)
    )
    return [(call_in, plan) for call_in, plan in await session.execute(query)]


async def _messages(
    session: AsyncSession, asked: Sequence[tuple[CallIn, str]]
) -> dict[str, list[Message]]:
    found: dict[str, list[Message]] = defaultdict(list)
    ids = [call_in.id for call_in, _plan in asked]
    for first in range(0, len(ids), 500):
        query = (
            select(Message)
            .where(
                Message.call_in_id.in_(ids[first : first + 500]),
                Message.purpose == Purpose.QUESTION,
                Message.sent_at.is_not(None),
                Message.dead.is_(False),  # a number that is wrong says nothing of its owner
            )
            .order_by(Message.created_at)
        )
        for message in await session.scalars(query):
            if message.call_in_id:
                found[message.call_in_id.hex].append(message)
    return found


def _count(tally: _Tally, call_in: CallIn, messages: Sequence[Message], now: datetime) -> None:
    tried = tried_by(call_in, messages, now=now)
    if tried != Tried():
        tally.tried[tried] += 1
    if call_in.ask is not Ask.RECEIVED and call_in.answered_at:
        tally.comes += call_in.answer is Meaning.COMING
        tally.cannot += call_in.answer is Meaning.CANNOT
    text = next((each for each in messages if each.channel is ChannelKind.SMS), None)
    if tried.answered_text and text and text.sent_at and call_in.answered_at:
        tally.writes.append((call_in.answered_at - text.sent_at).total_seconds())


def tried_by(call_in: CallIn, messages: Sequence[Message], *, now: datetime) -> Tried:
    """What one call-in shows: a call that rang out was missed; a text only when it had its time.

    Somebody who was stood down, or answered in another way, need not have read the text.
    """
    via = call_in.answered_via if call_in.answered_at else None
    texts = [
        each
        for each in messages
        if each.channel is ChannelKind.SMS and each.sent_at and each.sent_at < now - IN_TIME
    ]
    in_time = bool(
        texts
        and texts[0].sent_at
        and call_in.answered_at
        and call_in.answered_at - texts[0].sent_at <= IN_TIME
    )
    by_text = via is Via.SMS and in_time
    left_alone = via is None and call_in.state in _OVER
    return Tried(
        calls=sum(
            each.channel is ChannelKind.VOICE
            and each.state is MessageState.FAILED
            and not each.answered_at
            for each in messages
        ),
        texts=(len(texts) if left_alone or (via is Via.SMS and not in_time) else 0),
        answered_call=via is Via.VOICE,
        answered_text=by_text,
    )
