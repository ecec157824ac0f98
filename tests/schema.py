"""The schema of the tests: made from the models; test_migrations holds the migrations to it."""

import alerting.models
import core.models
import crisis.signals.models
import playbooks.cards.models
import playbooks.communication_tests.models
import playbooks.lights.models
import playbooks.models
import playbooks.paper.models
import playbooks.receipts.models
import playbooks.ways_in.models
import rosters.calendars.models
import rosters.duty.models
import rosters.models
import rosters.notices.models
import rosters.readiness.models
import rosters.worktime.models
from core.database import Database, Row

MODELS = (
    core.models,
    rosters.models,
    rosters.duty.models,
    rosters.notices.models,
    rosters.readiness.models,
    rosters.calendars.models,
    rosters.worktime.models,
    alerting.models,
    playbooks.models,
    playbooks.cards.models,
    playbooks.lights.models,
    playbooks.receipts.models,
    playbooks.ways_in.models,
    crisis.signals.models,
    playbooks.communication_tests.models,
    playbooks.paper.models,
)


async def make_schema(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(Row.metadata.create_all)
