"""The wake-up bus: who sleeps on a topic is woken after the commit that touched it."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import asyncpg
import structlog
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncSession

TOPICS = "krislarm.topics"
_PG_CHANNEL = "krislarm"
log = structlog.get_logger()


def wake(session: AsyncSession, topic: str) -> None:
    """Wake all who listen to `topic`, on every node, once this transaction is committed."""
    session.info.setdefault(TOPICS, set()).add(topic)


class WakeUps:
    """Listeners in this process; `relay()` joins it with the other nodes of a PostgreSQL."""

    def __init__(self) -> None:
        self._listeners: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    @contextmanager
    def listening(self, topic: str) -> Iterator[asyncio.Event]:
        """An event that is set each time the topic is woken; the listener clears it."""
        event = asyncio.Event()
        self._listeners[topic].add(event)
        try:
            yield event
        finally:
            self._listeners[topic].discard(event)
            if not self._listeners[topic]:
                del self._listeners[topic]

    def wake(self, topics: Iterable[str]) -> None:
        for topic in topics:
            for event in self._listeners.get(topic, ()):
                event.set()

    def wake_all(self) -> None:
        """After a gap in which news may have been missed."""
        self.wake(tuple(self._listeners))

    async def announce(
        self, session: AsyncSession, topics: Iterable[str], *, embedded: bool
    ) -> None:
        """Tell the other nodes; PostgreSQL delivers it when, and only if, the commit happens."""
        if embedded:
            return
        for topic in topics:
            await session.execute(text("SELECT pg_notify(:c, :t)"), {"c": _PG_CHANNEL, "t": topic})

    async def relay(self, url: URL, *, stopping: asyncio.Event) -> None:
        """Pass on what other nodes announce, until told to stop; reconnects by itself."""
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        while not stopping.is_set():
            try:
                await self._relay_once(plain, stopping)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("wake_ups_lost", error=type(error).__name__)
                await _sleep_unless(stopping, seconds=1)
            self.wake_all()

    async def _relay_once(self, url: str, stopping: asyncio.Event) -> None:
        connection = await asyncpg.connect(url)
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        try:
            await connection.add_listener(_PG_CHANNEL, self._passing_on())
            self.wake_all()
            await _first_of(stopping, lost)
        finally:
            await connection.close(timeout=2)

    def _passing_on(self) -> Callable[[object, int, str, object], None]:
        def pass_on(_connection: object, _pid: int, _channel: str, topic: object) -> None:
            self.wake([str(topic)])

        return pass_on


async def _sleep_unless(event: asyncio.Event, *, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return


async def _first_of(*events: asyncio.Event) -> None:
    tasks = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
