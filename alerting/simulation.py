"""Simulated people: they hear what the simulated phones are sent, and react after a while."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from uuid import UUID

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.channels.base import Outgoing, Report, ReportState
from alerting.delivery import report
from alerting.habits import MANNERS, Crowd, Habit, Manner, Mood
from alerting.incoming import take_sms
from alerting.means import Means
from alerting.models import CallIn, CallInState, Message, MessageState, Purpose, Via
from alerting.plan import ChannelKind
from alerting.reactions import Act, Heard, Reaction, to_call, to_text
from alerting.replies import understand_key
from alerting.service import answer
from core.clock import Clock
from core.database import Database
from core.language import gettext as _
from rosters.models import Person

log = structlog.get_logger()

HANGS_UP_AFTER = timedelta(minutes=2)  # picked up by a human who presses nothing
FORGOTTEN_AFTER = timedelta(minutes=10)
GLANCE = 1.0  # seconds: a habit may have been changed
_ANSWERED = {CallInState.ACCEPTED, CallInState.DECLINED, CallInState.STOOD_DOWN}


class SimulatedPeople:
    """Give `heard` to the simulated channel, and let `turn` run whenever time has passed.

    `habits` is by number or address, "" for everybody else, and may be changed at any time.
    """

    def __init__(self, seed: int = 0, crowd: Crowd | None = None) -> None:
        self.habits: dict[str, Habit] = {"": Habit.NONE}
        self._seed = seed
        self._crowd = crowd
        self._arrived: list[UUID] = []
        self._reactions: list[Reaction] = []
        self._moods: dict[tuple[UUID, str], Mood] = {}
        self._alarms: list[UUID] = []
        self._left_alone: list[Heard] = []  # a human was to answer, unless the habit changes
        self._news = asyncio.Event()

    def heard(self, outgoing: Outgoing) -> None:
        self._arrived.append(outgoing.id)
        self._news.set()

    def next_at(self) -> datetime | None:
        """When somebody does something next, as far as that is known."""
        return self._reactions[0].at if self._reactions else None

    async def turn(self, database: Database, means: Means, now: datetime) -> int:
        """Take in what has arrived and carry out what is due; how many things were done."""
        await self._take_in(database, now)
        due = self._due(now)
        if due:
            async with database.transaction() as session:
                for reaction in due:
                    await self._carry_out(session, reaction, means, now)
        return len(due)

    async def live(self, database: Database, means: Means, clock: Clock) -> None:
        """React in real time, until cancelled."""
        while True:
            try:
                await self.turn(database, means, clock.now())
            except SQLAlchemyError:
                log.exception("simulated_people_stumbled")
            next_at = self.next_at()
            pause = (next_at - clock.now()).total_seconds() if next_at else GLANCE
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), min(max(pause, 0.01), GLANCE))
            self._news.clear()

    def _due(self, now: datetime) -> list[Reaction]:
        due = []
        while self._reactions and self._reactions[0].at <= now:
            due.append(heappop(self._reactions))
        return due

    # What they make of a message

    async def _take_in(self, database: Database, now: datetime) -> None:
        found = [each for each in self._left_alone if self._manner(each)]
        arrived, self._arrived = self._arrived, []
        if arrived:
            async with database.reading() as session:
                found += await _read(session, arrived)
        for heard in sorted(found, key=lambda each: each.order):
            for reaction in self._reactions_to(heard, now):
                heappush(self._reactions, reaction)
        recent = [*self._left_alone, *found]
        self._left_alone = [
            each
            for each in recent
            if self._manner(each) is None and each.message.created_at > now - FORGOTTEN_AFTER
        ]

    def _reactions_to(self, heard: Heard, now: datetime) -> list[Reaction]:
        message = heard.message
        manner = self._manner(heard)
        mood = self._mood(heard, manner) if manner else None
        first = Reaction(now, heard.ref, Act.GETS, "", message.address, message.id)
        if message.channel is ChannelKind.VOICE:
            return to_call(first, mood, heard)
        if message.channel is ChannelKind.SMS:
            return to_text(first, mood, heard)
        return []  # a mail is read the next day

    def _manner(self, heard: Heard) -> Manner | None:
        if self._crowd:
            return self._crowd.others.get(heard.ref, self._crowd.manner)
        habit = self.habits.get(heard.message.address, self.habits.get("", Habit.NONE))
        return MANNERS.get(habit)

    def _mood(self, heard: Heard, manner: Manner) -> Mood | None:
        alarm = heard.message.alarm_id
        if alarm is None or heard.message.purpose is not Purpose.QUESTION:
            return None
        if alarm not in self._alarms:
            self._alarms.append(alarm)
        if (alarm, heard.ref) not in self._moods:
            # No random id in it: the same drill with the same seed is the same story.
            story = f"{self._seed}/{self._alarms.index(alarm)}/{heard.ref}"
            self._moods[alarm, heard.ref] = Mood(story, manner)
        return self._moods[alarm, heard.ref]

    # What they do

    async def _carry_out(
        self, session: AsyncSession, reaction: Reaction, means: Means, now: datetime
    ) -> None:
        message = await session.get(Message, reaction.message, populate_existing=True)
        if message is None or message.state in {MessageState.FAILED, MessageState.CANCELLED}:
            return
        call_in = None
        if message.call_in_id:
            call_in = await session.get(CallIn, message.call_in_id, populate_existing=True)
        if reaction.act is Act.RINGS_OUT and message.state is MessageState.DELIVERED:
            later = replace(reaction, at=now + HANGS_UP_AFTER, act=Act.HANGS_UP)
            heappush(self._reactions, later)
        elif reaction.act is Act.WRITES:
            if call_in is None or call_in.state not in _ANSWERED:
                await _text_in(session, reaction, means, now)
        elif reaction.act is Act.PRESSES:
            await _press(session, message, call_in, reaction, now)
        elif message.answered_at is None:
            await report(session, message.id, _said(reaction.act), now=now, means=means)


@asynccontextmanager
async def living(
    people: SimulatedPeople, database: Database, means: Means, clock: Clock
) -> AsyncIterator[None]:
    """Simulated people react for as long as the service runs."""
    task = asyncio.create_task(people.live(database, means, clock))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _read(session: AsyncSession, ids: Sequence[UUID]) -> list[Heard]:
    rows = await session.execute(
        select(Message, CallIn, Person.ref)
        .outerjoin(CallIn, CallIn.id == Message.call_in_id)
        .outerjoin(Person, Person.id == Message.person_id)
        .where(Message.id.in_(ids))
    )
    return [Heard(message, call_in, ref or message.address) for message, call_in, ref in rows]


async def _text_in(session: AsyncSession, reaction: Reaction, means: Means, now: datetime) -> None:
    await take_sms(
        session,
        sender=reaction.address,
        text=reaction.text,
        provider="simulated",
        ref=f"{reaction.message} {reaction.text}",
        now=now,
        means=means,
    )


async def _press(
    session: AsyncSession,
    message: Message,
    call_in: CallIn | None,
    reaction: Reaction,
    now: datetime,
) -> None:
    given = understand_key(reaction.text, call_in.ask) if call_in else None
    if call_in is None or given is None or message.answered_at:
        return
    await session.execute(update(Message).where(Message.id == message.id).values(answered_at=now))
    await answer(session, call_in.id, given.meaning, via=Via.VOICE, now=now)


def _said(act: Act) -> Report:
    if act in {Act.GETS, Act.PICKS_UP}:
        return Report(state=ReportState.DELIVERED)
    reasons = {
        Act.VOICEMAIL: _("Telefonsvarare svarade."),
        Act.HANGS_UP: _("Svarade, men tryckte inte på någon knapp."),
    }
    return Report(state=ReportState.FAILED, reason=reasons.get(act, _("Inget svar.")))
