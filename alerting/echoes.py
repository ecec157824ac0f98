"""Saying back to a phone how its text was understood, and not without end."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.models import Message, Purpose, Reply
from alerting.plan import ChannelKind, Mode
from alerting.questions import Question
from alerting.wording import Words
from core.wakeups import wake

ECHOES_AN_HOUR = 5  # two machines that answer each other stop here


async def send_back(
    session: AsyncSession,
    reply: Reply,
    words: Words,
    question: Question | None,
    *,
    language: str,
    now: datetime,
) -> None:
    """A text to the phone that a reply came from, unless it has had its share this hour.

    `question` is None for what is said of the duty roster: that belongs to no alarm.
    """
    recent = await session.scalar(
        select(func.count()).where(
            Message.address == reply.address,
            Message.purpose == Purpose.ECHO,
            Message.created_at > now - timedelta(hours=1),
        )
    )
    if (recent or 0) >= ECHOES_AN_HOUR:
        return
    mode = question.alarm.mode if question else Mode.LIVE
    session.add(
        Message(
            alarm_id=question.alarm.id if question else None,
            call_in_id=question.call_in.id if question else None,
            person_id=question.call_in.person_id if question else reply.person_id,
            purpose=Purpose.ECHO,
            channel=ChannelKind.SMS,
            address=reply.address,
            mode=mode,
            language=language,
            body=words.body,
            priority=1 if question and mode is Mode.LIVE else 3,
            due_at=now,
            created_at=now,
        )
    )
    wake(session, "engine")
