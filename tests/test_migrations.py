"""Migrations: up, down and up again with data in, and the schema they give is the models' own."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import IntegrityError

from alerting.models import Message, Purpose
from alerting.plan import ChannelKind, Mode
from core.audit import record
from core.database import Database, Row
from core.models import AuditEntry
from crisis.demo.seed import seed
from crisis.migrating import downgrade, is_current, migrate
from rosters.models import Person
from tests import postgres

NOW = datetime(2026, 11, 24, 2, 12, tzinfo=UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def bare(
    request: pytest.FixtureRequest, tmp_path: Path, worker_id: str
) -> AsyncIterator[Database]:
    """A database with nothing in it, not even a schema."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'bare.db'}"
    else:
        server, name = _server(request), f"bare_{worker_id}"
        server.drop(name)
        server.create(name)
        url = server.url(name)
    database = Database(url, durable=False)
    yield database
    await database.close()


def _server(request: pytest.FixtureRequest) -> postgres.Server:
    folder: Path = request.getfixturevalue("postgres_folder")
    return postgres.Server(folder)


async def test_the_migrations_give_the_schema_of_the_models(bare: Database) -> None:
    await migrate(bare)
    async with bare.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
    assert await is_current(bare)


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": False})
    found: list[Any] = list(compare_metadata(context, Row.metadata))
    if connection.dialect.name != "sqlite":
        return found
    # Of a reference that a column was added with, SQLAlchemy reads neither name nor "on delete".
    other = [each for each in found if each[0] not in {"add_fk", "remove_fk"}]
    return [*other, *(_references_of_models() ^ _references_in(connection))]


def _references_of_models() -> set[tuple[str, ...]]:
    return {
        (table.name, key.parent.name, key.column.table.name, key.ondelete or "NO ACTION")
        for table in Row.metadata.tables.values()
        for key in table.foreign_keys
    }


def _references_in(connection: Connection) -> set[tuple[str, ...]]:
    return {
        (table, row["from"], row["table"], row["on_delete"])
        for table in Row.metadata.tables
        for row in connection.execute(text(f"PRAGMA foreign_key_list({table})")).mappings()
    }


async def test_migrating_up_again_changes_nothing(bare: Database) -> None:
    await migrate(bare)
    async with bare.transaction() as session:
        await seed(session, now=NOW)
    await migrate(bare)
    async with bare.reading() as session:
        assert (await session.scalars(select(Person))).first()


async def test_down_to_nothing_and_up_again_with_data_in(bare: Database) -> None:
    await migrate(bare)
    async with bare.transaction() as session:
        await seed(session, now=NOW)
    await downgrade(bare, "base")
    async with bare.engine.connect() as connection:
        tables = await connection.run_sync(lambda plain: inspect(plain).get_table_names())
    assert set(tables) <= {"alembic_version"}
    await migrate(bare)
    assert await is_current(bare)


async def test_a_message_may_be_a_notice_and_nothing_unheard_of(bare: Database) -> None:
    """SQLite makes the table anew when a rule of it changes: the old rule must not stay beside."""
    await migrate(bare)
    async with bare.transaction() as session:
        await seed(session, now=NOW)
        session.add(_message(Purpose.NOTICE))
    with pytest.raises(IntegrityError):
        async with bare.transaction() as session:
            await session.execute(text("UPDATE message SET purpose = 'unheard of'"))
    with pytest.raises(IntegrityError):
        async with bare.transaction() as session:
            await session.execute(text("UPDATE message SET state = 'unheard of'"))
    await downgrade(bare, "20261124_1")
    async with bare.engine.connect() as connection:
        assert not (await connection.execute(text("SELECT id FROM message"))).all()
    await migrate(bare)
    async with bare.reading() as session:
        assert (await session.scalars(select(Person))).first(), "people outlive it"


def _message(purpose: Purpose) -> Message:
    return Message(
        purpose=purpose,
        channel=ChannelKind.SMS,
        address="+46701740605",
        mode=Mode.LIVE,
        language="sv",
        body="Påminnelse",
        due_at=NOW,
        created_at=NOW,
    )


async def test_a_version_of_a_path_is_final_for_the_database_too(bare: Database) -> None:
    await migrate(bare)
    async with bare.transaction() as session:
        await seed(session, now=NOW)
    async with bare.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM alarm_path_version"))
    with pytest.raises(Exception, match="never changed"):
        async with bare.transaction() as session:
            await session.execute(text("UPDATE alarm_path_version SET number = 7"))


async def test_the_audit_trail_survives_a_migration(bare: Database) -> None:
    await migrate(bare)
    async with bare.transaction() as session:
        await record(session, who="Alva", what="prov", subject="x", now=NOW)
    await migrate(bare)
    async with bare.reading() as session:
        assert (await session.scalars(select(AuditEntry))).one().who == "Alva"
