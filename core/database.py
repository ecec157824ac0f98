"""The database: one way to open a transaction, the same on SQLite and PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, dataclass_transform
from uuid import UUID, uuid4

from sqlalchemy import DateTime, Dialect, Enum, ForeignKey, Integer, MetaData, Text, Uuid, event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from core.wakeups import TOPICS, WakeUps


class UtcDateTime(TypeDecorator[datetime]):
    """Aware instants; written as UTC, read as UTC; a naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(UTC)
        # SQLite has no zones: it would keep the wall clock and drop the offset.
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def clean(text: str) -> str:
    """The text less what a database cannot keep: NUL, and halves of surrogate pairs."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "").encode(errors="replace").decode()


class CleanText(TypeDecorator[str]):
    """Text as typed, made clean on its way in."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else clean(value)


class Seconds(TypeDecorator[timedelta]):
    """A duration, kept as whole seconds."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:
        return None if value is None else round(value.total_seconds())

    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:
        return None if value is None else timedelta(seconds=value)


@dataclass_transform(kw_only_default=True, field_specifiers=(mapped_column,))
class Row(MappedAsDataclass, DeclarativeBase, kw_only=True, repr=False):
    """Base of every table: keyword-only, typed constructor; a UUID made in Python as its key."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        timedelta: Seconds,
        str: CleanText,
        UUID: Uuid,
        StrEnum: Enum(
            StrEnum,
            native_enum=False,
            create_constraint=True,
            values_callable=lambda kind: [member.value for member in kind],
            length=40,
        ),
    }

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid4)


def references(column: str, *, ondelete: str | None = None) -> ForeignKey:
    """A foreign key that is checked at commit, so rows may be added in any order."""
    return ForeignKey(column, ondelete=ondelete, deferrable=True, initially="DEFERRED")


class Database:
    """Opens transactions. One per process; `wakeups` is told what each commit changed."""

    def __init__(self, url: str, wakeups: WakeUps | None = None, *, durable: bool = True) -> None:
        """`durable=False` lets a throw-away SQLite file skip the wait for the disk."""
        self.url = with_async_driver(url)
        self.wakeups = wakeups or WakeUps()
        self.embedded = self.url.get_backend_name() == "sqlite"
        self._one_writer = asyncio.Lock()
        if self.embedded:
            self._engine = create_async_engine(self.url, pool_size=8, max_overflow=0)
            _prepare_sqlite(self._engine, durable=durable)
        else:
            self._engine = create_async_engine(
                self.url, pool_size=10, max_overflow=10, pool_pre_ping=True
            )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A transaction that may write; committed at the end, rolled back on any error."""
        # SQLite has one writer: a fair queue in the process beats its busy time-out.
        turn: AbstractAsyncContextManager[Any] = (
            self._one_writer if self.embedded else nullcontext()
        )
        async with turn, self._session(writes=True) as session:
            async with session.begin():
                yield session
                topics: set[str] = session.info.get(TOPICS, set())
                await self.wakeups.announce(session, topics, embedded=self.embedded)
            self.wakeups.wake(topics)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A consistent view that never waits for a writer; anything written in it is lost."""
        async with self._session(writes=False) as session:
            yield session

    async def close(self) -> None:
        await self._engine.dispose()

    @property
    def file(self) -> Path | None:
        """The file of an embedded database; None for PostgreSQL."""
        return embedded_file(self.url)

    @property
    def engine(self) -> AsyncEngine:
        return self._engine

    @asynccontextmanager
    async def _session(self, *, writes: bool) -> AsyncIterator[AsyncSession]:
        async with self._engine.connect() as plain:
            connection = await plain.execution_options(krislarm_writes=writes)
            async with AsyncSession(connection, expire_on_commit=False) as session:
                yield session


async def let_go(session: AsyncSession) -> None:
    """Give its connection back before a long wait, for there are few; it can do nothing more."""
    await session.close()
    if isinstance(session.bind, AsyncConnection):
        await session.bind.close()


def with_async_driver(url: str) -> URL:
    """The URL with the driver this project uses; ValueError names what is not supported."""
    parsed = make_url(url)
    drivers = {
        "sqlite": "sqlite+aiosqlite",
        "postgresql": "postgresql+asyncpg",
        "postgres": "postgresql+asyncpg",
    }
    backend = parsed.drivername.split("+")[0]
    if backend not in drivers:
        raise ValueError(f"unsupported database {backend!r}: use sqlite or postgresql")
    return parsed.set(drivername=drivers[backend])


def embedded_file(url: URL) -> Path | None:
    """The file of an embedded database; None for PostgreSQL."""
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    return Path(url.database)


def _prepare_sqlite(engine: AsyncEngine, *, durable: bool) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def set_pragmas(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        # SQLite's own lower() knows a-z only: "Åke" would not be found by "åke".
        connection.create_function("lower", 1, _lower)
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "busy_timeout=5000",
            "foreign_keys=ON",
            f"synchronous={'FULL' if durable else 'OFF'}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        # With plain BEGIN a reader that turns writer fails at once with "database is locked".
        writes = connection.get_execution_options().get("krislarm_writes", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value
