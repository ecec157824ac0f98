"""The engine as a service: woken by commits and by a metronome, alone on an embedded database."""

import asyncio
import fcntl
import gc
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from alerting.engine import Engine
from alerting.models import OPEN_ALARM, Alarm, EngineBeat, Message, MessageState
from alerting.polling import ASK_EVERY, ask_of_silent
from core.clock import Clock
from core.database import Database, embedded_file
from core.errors import Refused
from core.health import Probe, Probing
from core.language import gettext as _
from rosters.absence.feeds import refresh_absences
from rosters.chores import Chore, carry_out, chores_in

log = structlog.get_logger()
BEAT_EVERY = timedelta(seconds=5)
FRESH = timedelta(seconds=30)  # an engine not heard of for longer counts as dead
FETCH_EVERY = 60  # seconds between looks for calendars that are due
LATE = timedelta(seconds=15)  # something due for longer counts as late


@asynccontextmanager
async def running(engine: Engine, more: Sequence[Chore] = ()) -> AsyncIterator[Engine]:
    """Run the engine in this process until the end of the block; what is being sent is finished.

    `more` are the chores of the packages above.
    """
    async with AsyncExitStack() as stack:
        if engine.database.embedded:
            stack.enter_context(only_one(embedded_file(engine.database.url)))
            await engine.take_over()
        woken = stack.enter_context(engine.database.wakeups.listening("engine"))
        stopping = asyncio.Event()
        chores: set[asyncio.Task[object]] = set()
        metronome = _metronome(engine, woken, chores, (*chores_in(engine.means.zone), *more))
        # What is loaded by now stays: searching it for garbage again and again took a fifth of the time.
        gc.freeze()
        loop = asyncio.create_task(engine.run(stopping, woken=woken))
        try:
            yield engine
        finally:
            metronome.pause()
            stopping.set()
            woken.set()
            await loop
            if chores:
                await asyncio.wait(chores, timeout=BEAT_EVERY.total_seconds())
            metronome.shutdown(wait=False)  # cancels what still runs
            await engine.gateway.close()


def _metronome(
    engine: Engine,
    woken: asyncio.Event,
    chores: set[asyncio.Task[object]],
    every: Sequence[Chore],
) -> AsyncIOScheduler:
    """Sets the pace and stores nothing: what is due stands in the database."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    rules = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    scheduler.add_job(_set, "interval", args=[woken], seconds=1, **rules)
    seconds = BEAT_EVERY.total_seconds()
    now = engine.clock.now()

    async def do(chore: Callable[[Engine], Awaitable[object]]) -> None:
        if task := asyncio.current_task():
            chores.add(task)
            task.add_done_callback(chores.discard)
        await chore(engine)

    scheduler.add_job(do, "interval", args=[ask_of_silent], seconds=ASK_EVERY, **rules)
    for chore in every:
        work = partial(do_chore, chore)
        scheduler.add_job(
            do, "interval", args=[work], seconds=chore.every, next_run_time=now, **rules
        )
    scheduler.add_job(do, "interval", args=[fetch_absences], seconds=FETCH_EVERY, **rules)
    scheduler.add_job(do, "interval", args=[beat], seconds=seconds, next_run_time=now, **rules)
    scheduler.start()
    return scheduler


async def _set(woken: asyncio.Event) -> None:
    woken.set()


async def beat(engine: Engine) -> None:
    """Write down that this engine is alive."""
    node, now = f"{socket.gethostname()}:{os.getpid()}", engine.clock.now()
    try:
        async with engine.database.transaction() as session:
            known = await session.scalar(
                update(EngineBeat)
                .where(EngineBeat.node == node)
                .values(beat_at=now)
                .returning(EngineBeat.id)
            )
            if known is None:
                session.add(EngineBeat(node=node, beat_at=now))
    except (SQLAlchemyError, OSError) as error:
        log.warning("beat_missed", why=type(error).__name__)


async def do_chore(chore: Chore, engine: Engine) -> None:
    """What is done by itself: reminders, handovers, gaps. One that fails stops no other."""
    now = engine.clock.now()
    await engine.alone(chore.name, carry_out(engine.database, chore, now=now))


async def fetch_absences(engine: Engine) -> None:
    """Read people's own calendars where they are due; in training nothing leaves the computer."""
    now, live, zone = engine.clock.now(), engine.gateway.live, engine.means.zone
    await engine.alone(
        "absences_read", refresh_absences(engine.database, now, live=live, zone=zone)
    )


@contextmanager
def only_one(database: Path | None) -> Iterator[None]:
    """Hold the one place for an engine beside an embedded database; Refused when it is taken."""
    if database is None:
        yield
        return
    with database.with_suffix(".engine").open("w") as place:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused(
                _("En larmmotor kör redan mot {file}. Två kräver PostgreSQL.").format(file=database)
            ) from error
        yield


def engine_probe(database: Database, clock: Clock) -> Probing:
    """Has an engine been heard of lately, and is nothing due late: the probe that says so."""

    async def probe() -> Probe:
        now = clock.now()
        try:
            async with database.reading() as session:
                last = await session.scalar(select(func.max(EngineBeat.beat_at)))
                late = bool(await session.scalar(select(_late(now))))
        except (SQLAlchemyError, OSError) as error:
            return Probe("engine", ok=False, detail=type(error).__name__)
        if last is None or now - last > FRESH:
            return Probe("engine", ok=False, detail=_("Ingen larmmotor är igång."))
        if late:
            return Probe("engine", ok=False, detail=_("Larmmotorn är sen."))
        return Probe("engine", ok=True)

    return probe


def _late(now: datetime) -> ColumnElement[bool]:
    return or_(
        exists().where(Alarm.due_at < now - LATE, Alarm.state.in_(OPEN_ALARM)),
        exists().where(
            Message.state == MessageState.WAITING,
            Message.due_at < now - LATE,
            Message.alarm_id.is_(None)
            | Message.alarm_id.in_(select(Alarm.id).where(Alarm.state.in_(OPEN_ALARM))),
        ),
    )
