"""Worlds: an alarm becomes a run of its path, once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from alerting.models import AlarmState
from alerting.plan import Mode
from core.database import Database
from playbooks import library
from playbooks.lights.alarms import record_alarms
from playbooks.lights.models import Light, LightKind, PathRun, RunKind
from playbooks.marks import steps_mark
from playbooks.models import Playbook
from tests.plans import plan, step
from tests.playbooks.lights.conftest import Lights
from tests.world import ZONE, World

PLAN = plan(step("stab", "group:stab"))


@pytest.fixture
async def town(world: World) -> World:
    await world.group("stab", "alva")
    async with world.database.transaction() as session:
        session.add(Playbook(code="LV-99"))
    return world


async def record(world: World) -> int:
    async with world.database.transaction() as session:
        return await record_alarms(session, now=world.now, zone=ZONE)


async def runs(database: Database) -> list[PathRun]:
    async with database.reading() as session:
        return list(await session.scalars(select(PathRun)))


async def test_an_alarm_whose_need_is_met_is_a_run_of_the_version_it_froze(town: World) -> None:
    await town.raises(PLAN, mode=Mode.EXERCISE)
    assert await record(town) == 0
    await town.advance(minutes=4)
    await town.phone("alva").texts("1")
    await town.advance(seconds=1)
    assert await record(town) == 1
    assert await record(town) == 0
    (run,) = await runs(town.database)
    assert (run.kind, run.version_number, run.steps_mark) == (
        RunKind.EXERCISE,
        1,
        steps_mark(PLAN),
    )
    assert (run.met, run.office_hours) == (True, False)
    assert run.took is not None
    assert timedelta(minutes=4) <= run.took < timedelta(minutes=5)
    town.ignore_messages()


async def test_a_late_yes_says_when_the_need_of_a_failed_run_was_met(town: World) -> None:
    await town.raises(PLAN, mode=Mode.LIVE)
    await town.advance(minutes=15)
    assert await record(town) == 1
    (run,) = await runs(town.database)
    assert (run.kind, run.met, run.took) == (RunKind.ALARM, False, None)
    await town.phone("alva").texts("1")
    await town.advance(minutes=1)
    await record(town)
    (run,) = await runs(town.database)
    assert run.met  # this path's goal has no time
    town.ignore_messages()


async def test_an_alarm_that_was_called_off_is_no_run(town: World) -> None:
    await town.raises(PLAN)
    await town.calls_off()
    assert await record(town) == 0
    assert await runs(town.database) == []
    town.ignore_messages()


async def test_a_run_of_steps_of_their_own_in_a_path_s_name_does_not_count_for_it(
    lights: Lights,
) -> None:
    async with World.on(lights.database) as world:
        await world.group("stab", "alva")
        async with world.database.reading() as session:
            version = (await library.paths(session, at=world.now))["LV-03"].version
        other = PLAN.model_copy(update={"code": "LV-03", "version_id": version.id})
        await world.raises(other, mode=Mode.TEST)
        await world.phone("alva").texts("1")
        await world.advance(seconds=1)
        assert await world.state() is AlarmState.MET
        assert await record(world) == 1
        exercised = (await lights.at(world.now, now=world.now))["LV-03"].of(LightKind.EXERCISED)
        assert (exercised.light, exercised.figure) == (Light.RED, "0 körningar")
        world.ignore_messages()
