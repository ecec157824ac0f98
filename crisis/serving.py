"""Serving: web and engine in one process, and a stop that open live pages do not hold up."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from types import FrameType

import uvicorn

from alerting.channels.base import Outgoing
from alerting.engine import Engine
from alerting.means import means_from
from alerting.providers import gateway_from
from alerting.running import engine_probe, running
from alerting.simulation import SimulatedPeople, living
from core.clock import Clock, SystemClock
from core.database import Database
from core.settings import Settings
from crisis.app import create_app
from crisis.signals.chores import asking, signal_chores
from playbooks.chores import playbook_chores


class Server(uvicorn.Server):
    """Ends open event streams as soon as a stop is asked for: they would hold it up for ever."""

    def __init__(self, config: uvicorn.Config, stopping: asyncio.Event) -> None:
        super().__init__(config)
        self._stopping = stopping

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._stopping.set()
        super().handle_exit(sig, frame)


def engine_for(
    settings: Settings, database: Database, clock: Clock, people: SimulatedPeople
) -> Engine:
    """The engine as the settings want it; `people` hear what goes to simulated phones."""

    def heard(message: Outgoing) -> None:
        people.heard(message)

    return Engine(
        database,
        gateway_from(settings, heard),
        means_from(settings),
        clock,
        sends_at_once=settings.sends_at_once,
        send_timeout=settings.send_timeout,
    )


@asynccontextmanager
async def _alarms(
    settings: Settings, database: Database, clock: Clock, people: SimulatedPeople
) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        engine = engine_for(settings, database, clock, people)
        chores = (*playbook_chores(engine.means), *signal_chores(settings))
        await stack.enter_async_context(running(engine, chores))
        await stack.enter_async_context(asking(engine, settings))
        if not settings.live:
            await stack.enter_async_context(living(people, database, engine.means, clock))
        yield


async def serve(
    settings: Settings,
    *,
    host: str,
    port: int,
    with_engine: bool = True,
    demo_accounts: tuple[object, ...] = (),
) -> None:
    """Serve until told to stop. What is being sent is finished first."""
    clock, people = SystemClock(), SimulatedPeople()
    database = Database(settings.database_url)
    engine = _alarms(settings, database, clock, people) if with_engine else None
    app = create_app(settings, clock=clock, database=database, engine=engine)
    app.state.people, app.state.stopping = people, asyncio.Event()
    app.state.demo_accounts = demo_accounts
    app.state.probes.append(engine_probe(database, clock))
    config = uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, server_header=False
    )
    await Server(config, app.state.stopping).serve()


async def serve_engine(settings: Settings) -> None:
    """The engine alone, beside web nodes on the same PostgreSQL."""
    clock, people = SystemClock(), SimulatedPeople()
    database, stopping = Database(settings.database_url), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    relay = asyncio.create_task(database.wakeups.relay(database.url, stopping=stopping))
    try:
        async with _alarms(settings, database, clock, people):
            await stopping.wait()
    finally:
        stopping.set()
        await relay
        await database.close()
