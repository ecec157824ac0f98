"""The schema of the tests: made from the models; test_migrations holds the migrations to it."""

import alerting.models
import core.models
import playbooks.models
import rosters.models
from core.database import Database, Row

MODELS = (core.models, rosters.models, alerting.models, playbooks.models)


async def make_schema(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(Row.metadata.create_all)
