"""Asking providers of messages they have fallen silent about: a lost callback must not stop a chain."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import func, select, update

from alerting.channels.base import SendError
from alerting.delivery import report
from alerting.engine import Engine
from alerting.models import Message, MessageState
from alerting.plan import ChannelKind

log = structlog.get_logger()
ASK_EVERY = 5  # seconds between looks for silent messages
SILENT = timedelta(minutes=1)  # without a word since we sent it, or last asked
GIVEN_UP = timedelta(minutes=10)  # the chain has long gone on without it
AT_A_LOOK = 20


async def ask_of_silent(engine: Engine) -> int:
    """Ask of each message that is sent, unanswered and silent for a minute; how many gave news."""
    now = engine.clock.now()
    news = 0
    for message_id, kind, provider, ref in await _silent(engine, now):
        try:
            said = await engine.gateway.ask(kind, provider, ref)
        except SendError as error:
            log.warning("provider_silent", channel=kind, why=error.code)
            continue
        if said is not None:
            async with engine.database.transaction() as session:
                news += await report(session, message_id, said, now=now, means=engine.means)
    return news


async def _silent(engine: Engine, now: datetime) -> list[tuple[UUID, ChannelKind, str, str]]:
    last_word = func.coalesce(Message.polled_at, Message.sent_at)
    query = (
        select(Message.id)
        .where(
            Message.state == MessageState.SENT,
            Message.sent_at > now - GIVEN_UP,
            Message.answered_at.is_(None),
            Message.channel != ChannelKind.MAIL,
            last_word < now - SILENT,
        )
        .order_by(Message.sent_at)
        .limit(AT_A_LOOK)
    )
    async with engine.database.reading() as session:
        ids = (await session.scalars(query)).all()
    if not ids:
        return []
    asked = (
        update(Message)
        .where(Message.id.in_(ids))
        .values(polled_at=now)
        .returning(Message.id, Message.channel, Message.provider, Message.provider_ref)
    )
    async with engine.database.transaction() as session:
        return [
            (row.id, row.channel, row.provider, row.provider_ref)
            for row in await session.execute(asked)
        ]
