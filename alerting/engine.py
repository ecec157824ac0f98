"""The engine: looks at what is due, sends it side by side, and records how it went."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar
from uuid import UUID

import structlog
from sqlalchemy import func, select, update

from alerting.channels.base import SendError
from alerting.delivery import fail_sending
from alerting.gateway import Gateway, Sent
from alerting.job import Job
from alerting.means import Means
from alerting.models import Alarm, Message, MessageState
from alerting.notifying import due_notices, pass_on
from alerting.outbox import (
    Claimed,
    Outcome,
    cancel_unwanted,
    claim_due,
    free_expired,
    next_try,
    record_sent,
)
from alerting.settling import settle
from core.clock import Clock
from core.database import Database
from rosters.notices.models import Notice, NoticeState

log = structlog.get_logger()
T = TypeVar("T")
SENDING = "krislarm-send"  # the name of the task of one send
AT_A_LOOK = 100  # alarms settled in one turn
REST_OF_A_FAULT = timedelta(seconds=30)


class Due(NamedTuple):
    """When the next of each is due: alarm to settle, message to send, lease to end, notice to tell."""

    alarm: datetime | None
    message: datetime | None
    lease: datetime | None
    notice: datetime | None

    @property
    def first(self) -> datetime | None:
        return min((each for each in self if each), default=None)


class Engine:
    """One per process. `turn()` is one look at what is due; `run()` looks whenever woken."""

    def __init__(
        self,
        database: Database,
        gateway: Gateway,
        means: Means,
        clock: Clock,
        *,
        sends_at_once: int = 200,
        send_timeout: timedelta = timedelta(seconds=10),
    ) -> None:
        self.database = database
        self.gateway = gateway
        self.means = means
        self.clock = clock
        self._sends_at_once = sends_at_once
        self._send_timeout = send_timeout
        self._lease = send_timeout * 2
        self._sending: set[asyncio.Task[None]] = set()
        self._outcomes: list[Outcome] = []
        self._woken = asyncio.Event()
        self._next_at: datetime | None = None  # when more will be due, as of the last turn

    async def turn(self) -> int:
        """Record what came back, settle due alarms, start due sends; how many things it did."""
        now = self.clock.now()
        done = await self._record()
        due = await self._look_ahead()
        # What is due and cannot be done yet waits for the metronome, or for room.
        self._next_at = due.first if due.first and due.first > now else None
        if due.alarm and due.alarm <= now:
            done += await self._settle_due(now)
        if due.notice and due.notice <= now:
            done += await self._tell_due(now)
        if due.first and due.first <= now:
            done += await self._send_due(now, freeing=bool(due.lease and due.lease < now))
        return done

    async def until_idle(self) -> None:
        """Turn until nothing is due at this instant and nothing is on its way."""
        while await self.turn() or self._sending or self._outcomes:
            if self._sending:
                await asyncio.wait(self._sending, return_when=asyncio.FIRST_COMPLETED)

    async def run(self, stopping: asyncio.Event, *, woken: asyncio.Event) -> None:
        """Turn when woken or when something is due, until `stopping`; then finish what is on its way."""
        self._woken = woken
        while not stopping.is_set():
            await self._rest(woken)
            woken.clear()
            await self.alone("engine_turn_failed", self._turn_while_busy())
        await self.drain()

    async def drain(self) -> None:
        """Wait for what is being sent and record it; nothing new is started."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=self._send_timeout.total_seconds())
        await self._record()

    async def take_over(self) -> None:
        """At start, where this is the only engine: what a dead one was sending is due again."""
        async with self.database.transaction() as session:
            await free_expired(session, now=self.clock.now(), all_of_them=True)

    async def _turn_while_busy(self) -> None:
        while await self.turn() and len(self._sending) < self._sends_at_once:
            pass

    async def alone(self, what: str, work: Awaitable[T], **about: str) -> T | None:
        """Let one thing fail without the others: a bug in it is logged, and None is given."""
        try:
            return await work
        except Exception:
            log.exception(what, **about)
            return None

    async def _rest(self, woken: asyncio.Event) -> None:
        """Until woken, or until the instant at which the next thing is due."""
        limit = (self._next_at - self.clock.now()).total_seconds() if self._next_at else None
        with suppress(TimeoutError):
            async with asyncio.timeout(limit):
                await woken.wait()

    async def _look_ahead(self) -> Due:
        waiting = Message.state == MessageState.WAITING
        sending = Message.state == MessageState.SENDING
        earliest = select(
            select(func.min(Alarm.due_at)).scalar_subquery(),
            select(func.min(Message.due_at)).where(waiting).scalar_subquery(),
            select(func.min(Message.lease_until)).where(sending).scalar_subquery(),
            select(func.min(Notice.due_at))
            .where(Notice.state == NoticeState.DUE)
            .scalar_subquery(),
        )
        async with self.database.reading() as session:
            return Due(*(await session.execute(earliest)).one())

    async def _settle_due(self, now: datetime) -> int:
        async with self.database.reading() as session:
            due = await session.scalars(
                select(Alarm.id).where(Alarm.due_at <= now).order_by(Alarm.due_at).limit(AT_A_LOOK)
            )
            alarms = due.all()
        for alarm_id in alarms:
            await self._settle_one(alarm_id, now)
        return len(alarms)

    async def _settle_one(self, alarm_id: UUID, now: datetime) -> None:
        if await self.alone("alarm_not_settled", self._settle(alarm_id, now), alarm=str(alarm_id)):
            return
        async with self.database.transaction() as session:
            await session.execute(
                update(Alarm)
                .where(Alarm.id == alarm_id, Alarm.due_at <= now)
                .values(due_at=now + REST_OF_A_FAULT)
            )

    async def _settle(self, alarm_id: UUID, now: datetime) -> bool:
        async with self.database.transaction() as session:
            alarm = await session.scalar(
                select(Alarm).where(Alarm.id == alarm_id).with_for_update(skip_locked=True)
            )
            if alarm is not None and alarm.due_at is not None and alarm.due_at <= now:
                await settle(Job(session, alarm, self.means, now))
        return True

    async def _tell_due(self, now: datetime) -> int:
        async with self.database.reading() as session:
            due = await due_notices(session, now=now)
        for notice_id in due:
            if await self.alone("notice_not_told", self._tell(notice_id, now), id=str(notice_id)):
                continue
            async with self.database.transaction() as session:
                await session.execute(
                    update(Notice)
                    .where(Notice.id == notice_id, Notice.due_at <= now)
                    .values(due_at=now + REST_OF_A_FAULT)
                )
        return len(due)

    async def _tell(self, notice_id: UUID, now: datetime) -> bool:
        async with self.database.transaction() as session:
            await pass_on(session, notice_id, now=now, means=self.means)
        return True

    async def _send_due(self, now: datetime, *, freeing: bool) -> int:
        # What has come back and is not recorded would be sent again after a crash: it takes room too.
        room = self._sends_at_once - len(self._sending) - len(self._outcomes)
        async with self.database.transaction() as session:
            if freeing:
                await free_expired(session, now=now)
            claimed = await claim_due(session, now=now, lease=self._lease, limit=room)
            if len(claimed) < room:  # all that is wanted is taken
                await cancel_unwanted(session, now=now)
        for each in claimed:
            task = asyncio.create_task(self._send(each), name=SENDING)
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        return len(claimed)

    async def _send(self, claimed: Claimed) -> None:
        result = await self.alone(
            "send_failed", self._try_to_send(claimed), message=str(claimed.outgoing.id)
        )
        result = result or SendError("fault", permanent=False)
        self._outcomes.append(Outcome(claimed, result, self.clock.now()))
        self._woken.set()

    async def _try_to_send(self, claimed: Claimed) -> Sent | SendError:
        try:
            async with asyncio.timeout(self._send_timeout.total_seconds()):
                return await self.gateway.send(claimed.outgoing, claimed.mode)
        except SendError as error:
            return error
        except TimeoutError:
            return SendError("time-out", permanent=False)

    async def _record(self) -> int:
        outcomes = tuple(self._outcomes)
        if not outcomes:
            return 0
        async with self.database.transaction() as session:
            await record_sent(session, outcomes)
        del self._outcomes[: len(outcomes)]
        for outcome in outcomes:
            if isinstance(outcome.result, SendError):
                await self.alone("failure_lost", self._record_failure(outcome, outcome.result))
        return len(outcomes)

    async def _record_failure(self, outcome: Outcome, error: SendError) -> None:
        message, at = outcome.claimed.outgoing.id, outcome.at
        again = None if error.permanent else next_try(outcome.claimed.attempt, at)
        async with self.database.transaction() as session:
            if again is None:
                await fail_sending(session, message, error, now=at, means=self.means)
                return
            await session.execute(
                update(Message)
                .where(Message.id == message, Message.state == MessageState.SENDING)
                .values(
                    state=MessageState.WAITING,
                    due_at=again,
                    lease_until=None,
                    reason=error.reason,
                )
            )
        log.warning("send_again", channel=outcome.claimed.outgoing.kind, why=error.code)
