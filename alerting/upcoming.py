"""What happens next in a running alarm, and when: "Kl 03:18 rings Birk"."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.chain import Link
from alerting.means import Means
from alerting.models import OPEN_ALARM, Alarm, CallIn, CallInState, StepState
from alerting.plan import ChannelKind, Order, StartKind
from core.language import gettext as _
from core.language import ngettext

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Next:
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Due:
    """Some call-ins of a step whose wait ends at the same instant."""

    link: Link
    at: datetime
    waves_sent: int
    count: int
    name: str  # of the only one, or of any

    @property
    def who(self) -> str:
        if self.count == 1:
            return self.name
        return ngettext("{count} person", "{count} personer", self.count).format(count=self.count)


async def upcoming(
    session: AsyncSession,
    alarm: Alarm,
    links: Mapping[UUID, Link],
    *,
    now: datetime,
    means: Means,
) -> tuple[Next, ...]:
    """The next few things that the engine will do by itself, the first first."""
    if alarm.state not in OPEN_ALARM:
        return ()
    waves = await _due_waves(session, alarm.id, links)
    queue = await _first_in_queue(session, alarm.id)
    moments = [(each.at, _wave_sentence(each, queue)) for each in waves]
    for link in links.values():
        moments += _step_moments(alarm, link)
    if now < alarm.sends_from:
        moments.append((alarm.sends_from, _("Kl {time} går larmet ut")))
    moments.sort(key=lambda moment: moment[0])
    return tuple(
        Next(at, text.format(time=at.astimezone(means.zone).strftime("%H:%M")))
        for at, text in moments[:SHOWN]
        if at > now
    )


async def _due_waves(
    session: AsyncSession, alarm_id: UUID, links: Mapping[UUID, Link]
) -> list[Due]:
    rows = await session.execute(
        select(CallIn.step_id, CallIn.wave, CallIn.due_at, func.count(), func.min(CallIn.name))
        .where(
            CallIn.alarm_id == alarm_id,
            CallIn.state == CallInState.ASKED,
            CallIn.due_at.is_not(None),
        )
        .group_by(CallIn.step_id, CallIn.wave, CallIn.due_at)
        .order_by(CallIn.due_at)
        .limit(SHOWN)
    )
    return [Due(links[step], at, wave, count, name) for step, wave, at, count, name in rows if at]


async def _first_in_queue(session: AsyncSession, alarm_id: UUID) -> dict[UUID, str]:
    queued = (
        CallIn.alarm_id == alarm_id,
        CallIn.state == CallInState.QUEUED,
    )
    first = (
        select(CallIn.step_id, func.min(CallIn.position).label("position"))
        .where(*queued)
        .group_by(CallIn.step_id)
        .subquery()
    )
    rows = await session.execute(
        select(CallIn.step_id, CallIn.name)
        .join(
            first,
            (first.c.step_id == CallIn.step_id) & (first.c.position == CallIn.position),
        )
        .where(*queued)
    )
    return {row.step_id: row.name for row in rows}


def _wave_sentence(due: Due, queue: Mapping[UUID, str]) -> str:
    """A sentence with {time} still to be filled in."""
    plan = due.link.plan
    following = queue.get(due.link.row.id)
    if due.waves_sent < len(plan.waves):
        return _with_who(_channel_sentence(plan.waves[due.waves_sent].channels), due.who)
    if plan.order is Order.ONE_BY_ONE and following:
        return _with_who(_("Kl {time} går frågan vidare till {who}"), following)
    return _with_who(_("Kl {time} slutar väntan på {who}"), due.who)


def _channel_sentence(channels: tuple[ChannelKind, ...]) -> str:
    if ChannelKind.VOICE in channels:
        return _("Kl {time} rings {who}")
    if ChannelKind.SMS in channels:
        return _("Kl {time} får {who} sms igen")
    return _("Kl {time} får {who} mejl")


def _with_who(sentence: str, who: str) -> str:
    return sentence.replace("{who}", who.replace("{", "(").replace("}", ")"))


def _step_moments(alarm: Alarm, link: Link) -> list[tuple[datetime, str]]:
    start = link.plan.start
    if link.state is StepState.ASKING and link.row.deadline_at:
        sentence = _("Kl {time} är tiden ute för {who}")
        return [(link.row.deadline_at, _with_who(sentence, link.row.title))]
    if link.state is StepState.WAITING and start.kind is StartKind.AFTER_TIME and start.delay:
        sentence = _("Kl {time} börjar {who}")
        return [(alarm.raised_at + start.delay, _with_who(sentence, link.row.title))]
    return []
