"""Drilling a path: the real engine on a simulated clock, with simulated people and operator."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting import operating
from alerting import service as alerting
from alerting.channels.simulated import Simulated
from alerting.desk import Desk
from alerting.engine import Engine
from alerting.gateway import Gateway
from alerting.habits import DECIDES_AFTER, HORIZON, PHONES_AFTER, Crowd
from alerting.means import Means
from alerting.models import (
    OPEN_ALARM,
    Alarm,
    AlarmState,
    CallIn,
    CallInState,
    Message,
    MessageState,
    Purpose,
    Step,
    StepState,
)
from alerting.plan import Ask, ChannelKind, Mode
from alerting.service import Trigger
from alerting.simulation import SimulatedPeople
from core.database import Database, Row
from core.language import gettext as _
from crisis.drill_timeline import timeline
from crisis.migrating import migrate
from playbooks import service
from playbooks.models import Playbook, PlaybookVersion
from rosters.duty.models import DutyRole, Handover, Rotation, Shift
from rosters.models import CallList, CallListEntry, ContactPoint, Person, Unit

OPERATOR = "Övad operatör"
COPIED: tuple[type[Row], ...] = (
    Unit,
    Person,
    ContactPoint,
    CallList,
    CallListEntry,
    DutyRole,
    Rotation,
    Shift,
    Handover,
    Playbook,
    PlaybookVersion,
)


class DrillClock:
    """A clock that jumps to whatever happens next."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def jump(self, at: datetime) -> None:
        self._at = max(at, self._at)


@dataclass(frozen=True, slots=True)
class StepResult:
    name: str
    title: str
    state: StepState
    need: int
    accepted: int
    met: bool
    started_s: int | None
    ended_s: int | None


@dataclass(frozen=True, slots=True)
class DrillResult:
    path: str
    title: str
    mode: Mode
    at: datetime
    seed: int
    met: bool
    steps: tuple[StepResult, ...]
    messages: dict[str, int]
    timeline: tuple[tuple[int, str], ...]


@dataclass(slots=True)
class SimulatedOperator:
    """Records the decision at a gate, phones those outside, and talks with who has picked up."""

    plans: dict[UUID, datetime] = field(default_factory=dict)  # what waits, and when it is done

    async def turn(self, session: AsyncSession, means: Means, now: datetime) -> int:
        """Do what has waited long enough; how many things were done."""
        desk = Desk(session=session, means=means, now=now, by=OPERATOR)
        held, unphoned = await _held(session), await _to_phone(session)
        waits = dict.fromkeys(held, DECIDES_AFTER) | dict.fromkeys(unphoned, PHONES_AFTER)
        self.plans = {each: self.plans.get(each, now + after) for each, after in waits.items()}
        ripe = [each for each, at in self.plans.items() if at <= now]
        for each in ripe:
            del self.plans[each]
            if each in held:
                text = _("Beslut fattat i övningen.")
                await operating.record_decision(desk, each, who=OPERATOR, text=text)
            else:
                await operating.confirm(desk, each, yes=True)
        return len(ripe)

    def next_at(self) -> datetime | None:
        return min(self.plans.values(), default=None)


async def _held(session: AsyncSession) -> list[UUID]:
    held = select(Step.id).where(Step.state == StepState.HELD, Step.opened_at.is_(None))
    return list(await session.scalars(held.order_by(Step.position)))


async def _to_phone(session: AsyncSession) -> list[UUID]:
    """What is done by hand, and people who have picked up and wait to be talked with."""
    waits = CallIn.by_hand | ((CallIn.ask == Ask.SPOKEN) & CallIn.answered_at.is_not(None))
    query = (
        select(CallIn.id)
        .join(Step, Step.id == CallIn.step_id)
        .where(CallIn.state == CallInState.ASKED, waits)
        .order_by(Step.position, CallIn.position)
    )
    return list(await session.scalars(query))


@asynccontextmanager
async def throw_away() -> AsyncIterator[Database]:
    """A database that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="krislarm-drill-"))
    database = Database(f"sqlite:///{folder / 'drill.db'}", durable=False)
    try:
        await migrate(database)
        yield database
    finally:
        await database.close()
        shutil.rmtree(folder)


async def copy_organisation(source: Database, target: Database) -> None:
    """People, lists, duty and paths as they are, into a database of our own."""
    async with source.reading() as there, target.transaction() as here:
        for kind in COPIED:
            table = kind.__table__
            rows = (await there.execute(select(table))).mappings().all()
            if rows:
                left_behind = _left_behind(kind)
                await here.execute(insert(kind), [{**row, **left_behind} for row in rows])


def _left_behind(kind: type[Row]) -> dict[str, None]:
    """What refers to rows that are not copied, such as a person's account, refers to nothing."""
    copied = {each.__table__ for each in COPIED}
    keys = kind.__table__.foreign_keys
    return {key.parent.name: None for key in keys if key.column.table not in copied}


async def drill(
    database: Database,
    path: str,
    *,
    at: datetime,
    crowd: Crowd,
    seed: int,
    means: Means,
    decided: datetime | None = None,
) -> DrillResult:
    """Run the path in a database that holds the organisation and nothing else that is going on.

    The versions are those in force at `decided`, which may be later than the drill's own time.
    NotFound when there is no such path.
    """
    clock, people, operator = DrillClock(at), SimulatedPeople(seed, crowd), SimulatedOperator()
    channel = Simulated(people.heard)
    gateway = Gateway(dict.fromkeys(ChannelKind, channel), live=False, allowed=("*",))
    engine = Engine(database, gateway, means, clock)
    async with database.transaction() as session:
        trigger = Trigger(mode=Mode.EXERCISE, by=OPERATOR, note=_("Övning på simulerad klocka"))
        plan = await service.plan_of(session, path, at=decided or at)
        alarm = await alerting.raise_alarm(session, plan, trigger, now=at, means=means)
    await _until_it_ends(engine, clock, people, operator, ends=at + HORIZON)
    return await _result(database, alarm.id, seed=seed)


async def _until_it_ends(
    engine: Engine,
    clock: DrillClock,
    people: SimulatedPeople,
    operator: SimulatedOperator,
    *,
    ends: datetime,
) -> None:
    while clock.now() <= ends:
        await engine.until_idle()
        done = await people.turn(engine.database, engine.means, clock.now())
        async with engine.database.transaction() as session:
            done += await operator.turn(session, engine.means, clock.now())
        if done:
            continue
        state, due = await _next_due(engine.database)
        later = [each for each in (due, people.next_at(), operator.next_at()) if each]
        if state is not AlarmState.RUNNING or not later:
            return
        clock.jump(min(later))


async def _next_due(database: Database) -> tuple[AlarmState, datetime | None]:
    async with database.reading() as session:
        alarm = (await session.scalars(select(Alarm))).one()
        waiting = select(func.min(Message.due_at)).where(Message.state == MessageState.WAITING)
        message = await session.scalar(waiting) if alarm.state in OPEN_ALARM else None
    return alarm.state, min((each for each in (alarm.due_at, message) if each), default=None)


async def _result(database: Database, alarm_id: UUID, *, seed: int) -> DrillResult:
    async with database.reading() as session:
        alarm = await session.get_one(Alarm, alarm_id)
        steps = await session.scalars(select(Step).order_by(Step.position))
        lines = [(_seconds(alarm, at) or 0, text) for at, text in await timeline(session)]
        return DrillResult(
            path=alarm.path,
            title=alarm.title,
            mode=alarm.mode,
            at=alarm.raised_at,
            seed=seed,
            met=alarm.state is AlarmState.MET,
            steps=tuple([await _step_result(session, alarm, step) for step in steps]),
            messages=await _counts(session),
            timeline=tuple(lines),
        )


async def _step_result(session: AsyncSession, alarm: Alarm, step: Step) -> StepResult:
    accepted = await session.scalar(
        select(func.count(CallIn.id)).where(
            CallIn.step_id == step.id, CallIn.state == CallInState.ACCEPTED
        )
    )
    return StepResult(
        step.name,
        step.title,
        step.state,
        step.need or 0,
        accepted or 0,
        step.state is StepState.MET,
        _seconds(alarm, step.started_at),
        _seconds(alarm, step.ended_at),
    )


async def _counts(session: AsyncSession) -> dict[str, int]:
    rows = await session.execute(
        select(Message.channel, func.count(Message.id))
        .where(Message.purpose == Purpose.QUESTION, Message.sent_at.is_not(None))
        .group_by(Message.channel)
    )
    found = {channel.value: count for channel, count in rows}
    return {
        kind.value: found.get(kind.value, 0)
        for kind in (ChannelKind.SMS, ChannelKind.VOICE, ChannelKind.MAIL)
    }


def _seconds(alarm: Alarm, at: datetime | None) -> int | None:
    return None if at is None else round((at - alarm.raised_at).total_seconds())
