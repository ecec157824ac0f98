"""Bringing the database to this version; safe to call from several nodes at once."""

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from core.database import Database

logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells what it is about to do
HERE = Path(__file__).parent / "migrations"
_LOCK = 0x4B52_4D49  # one migrating node at a time on PostgreSQL


async def migrate(database: Database, revision: str = "head") -> None:
    """Upgrade to the newest revision, or to the one named."""
    async with database.engine.begin() as connection:
        await connection.run_sync(_upgrade, revision)


async def downgrade(database: Database, revision: str) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(lambda plain: command.downgrade(_config(plain), revision))


async def is_current(database: Database) -> bool:
    """True when the database has exactly the schema of this version."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(_is_current)


def _upgrade(connection: Connection, revision: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    command.upgrade(_config(connection), revision)


def _is_current(connection: Connection) -> bool:
    present = MigrationContext.configure(connection).get_current_revision()
    return present == ScriptDirectory(str(HERE)).get_current_head()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    return config
