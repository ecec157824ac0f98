"""What happened in a drill, minute by minute: the alarm's log, and whom each wave rang and wrote to."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.board_words import channel_word
from alerting.log_lines import log_lines
from alerting.models import AlarmEvent, CallIn, Message, Purpose, Step
from alerting.plan import ChannelKind
from core.language import gettext as _
from core.language import ngettext

NAMED = 3  # more people than that are counted


async def timeline(session: AsyncSession) -> list[tuple[datetime, str]]:
    """Instants and sentences of the only alarm there is, in order."""
    events = await session.scalars(select(AlarmEvent).order_by(AlarmEvent.at, AlarmEvent.place))
    lines = [(line.at, line.text) for line in log_lines(events)]
    return sorted(lines + await _waves(session), key=lambda line: line[0])


async def _waves(session: AsyncSession) -> list[tuple[datetime, str]]:
    rows = await session.execute(
        select(Message.sent_at, Step.title, Message.wave, Message.channel, CallIn.name)
        .join(CallIn, CallIn.id == Message.call_in_id)
        .join(Step, Step.id == CallIn.step_id)
        .where(Message.purpose == Purpose.QUESTION, Message.sent_at.is_not(None))
        .order_by(Message.sent_at, Step.position, Message.wave, CallIn.position, CallIn.name)
    )
    waves: dict[tuple[datetime, str, int], dict[ChannelKind, list[str]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for at, step, wave, channel, name in rows:
        if at is not None:
            waves[at, step, wave][channel].append(name)
    return [(key[0], _sentence(key[1], reached)) for key, reached in waves.items()]


def _sentence(step: str, reached: dict[ChannelKind, list[str]]) -> str:
    """Whom a wave rings and writes to: "Stabens kärna: samtal och sms till 7 personer"."""
    parts: dict[str, list[str]] = defaultdict(list)
    for kind in ChannelKind:
        if kind in reached:
            parts[_who(reached[kind])].append(channel_word(kind))
    said = [
        _("{channels} till {who}").format(channels=_(" och ").join(kinds), who=who)
        for who, kinds in parts.items()
    ]
    return f"{step}: {', '.join(said)}"


def _who(names: list[str]) -> str:
    if len(names) <= NAMED:
        return ", ".join(names)
    return ngettext("{count} person", "{count} personer", len(names)).format(count=len(names))
