"""What signals do by themselves: sources are asked, and the duty officer is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial

from alerting.engine import Engine
from core.settings import Settings
from crisis.signals.feeds import refresh, sources
from crisis.signals.telling import tell_of_new
from rosters.chores import Chore

LOOK_EVERY = 10.0  # seconds between looks for a source that is due


def signal_chores(settings: Settings) -> tuple[Chore, ...]:
    telling = partial(
        tell_of_new,
        zone=settings.zone,
        address=settings.base_url,
        rest=timedelta(minutes=settings.signal_notice_minutes),
    )
    return (Chore("signals_told", 15, telling),)


@asynccontextmanager
async def asking(engine: Engine, settings: Settings) -> AsyncIterator[None]:
    """Ask the sources for as long as the block lasts; outside any transaction, and never in training."""
    stopping = asyncio.Event()
    task = asyncio.create_task(_ask(engine, settings, stopping)) if sources(settings) else None
    try:
        yield
    finally:
        stopping.set()
        if task is not None:
            await task


async def _ask(engine: Engine, settings: Settings, stopping: asyncio.Event) -> None:
    wanted, every = sources(settings), timedelta(seconds=settings.signal_seconds)
    while not stopping.is_set():
        now = engine.clock.now()
        await engine.alone("signals_asked_for", refresh(engine.database, wanted, now, every=every))
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), LOOK_EVERY)
