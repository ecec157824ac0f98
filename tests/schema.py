"""The schema of the tests: made from the models; test_migrations holds the migrations to it."""

import rosters.models  # noqa: F401
from core.database import Database, Row


async def make_schema(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(Row.metadata.create_all)
