"""Tests that begin by themselves: on time, once, never beside a live alarm, and in turn."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta

import pytest

from alerting.plan import Mode
from core.errors import Refused
from playbooks.communication_tests import schedules
from playbooks.communication_tests.models import CommunicationState, Hours
from tests.kinds import BOTH
from tests.plans import plan, step
from tests.playbooks.communication_tests.conftest import Trials
from tests.world import ZONE

WEDNESDAY = date(2026, 11, 25)  # the day after tonight
AT_TEN = datetime(2026, 11, 25, 9, tzinfo=UTC)
AT_THREE = datetime(2026, 11, 25, 2, tzinfo=UTC)
EVERYBODY = ("alva", "birk", "cleo", "dag")


@BOTH
async def test_a_test_begins_by_itself_and_the_next_is_at_night(trials: Trials) -> None:
    await trials.schedule(Hours.OFFICE, WEDNESDAY)
    await trials.until(AT_TEN - timedelta(minutes=1))
    assert await trials.tests() == []
    await trials.until(AT_TEN)
    await trials.is_asked(*EVERYBODY)
    test = await trials.last()
    assert (test.planned_at, test.hours, test.started_by) == (AT_TEN, Hours.OFFICE, "")
    schedule = await trials.scheduled()
    assert schedule.next_hours is Hours.NIGHT
    assert schedule.next_at == datetime(2027, 2, 25, 2, tzinfo=UTC)
    await trials.answers(*EVERYBODY)
    await trials.chores()
    [run] = await trials.runs()
    assert run.office_hours


@BOTH
async def test_two_nodes_begin_one_test(trials: Trials) -> None:
    await trials.schedule(Hours.NIGHT, WEDNESDAY)
    await trials.world.advance(minutes=(AT_THREE - trials.world.now).total_seconds() / 60)

    async def node() -> None:
        async with trials.world.database.transaction() as session:
            await schedules.begin_due(session, now=trials.world.now, means=trials.world.means)

    await asyncio.gather(node(), node())
    await trials.world.engine.until_idle()
    await trials.is_asked(*EVERYBODY)
    assert len(await trials.tests()) == 1


async def test_after_a_short_stop_it_begins_late_and_after_a_long_one_on_another_day(
    trials: Trials,
) -> None:
    await trials.schedule(Hours.NIGHT, WEDNESDAY)
    await trials.until(AT_THREE + timedelta(hours=3))
    assert await trials.tests() == []
    schedule = await trials.scheduled()
    assert (schedule.next_at, schedule.remark) == (AT_THREE + timedelta(days=1), schedules.MISSED)
    await trials.until(AT_THREE + timedelta(days=1, hours=2))
    await trials.is_asked(*EVERYBODY)
    assert (await trials.scheduled()).remark == ""


async def test_it_waits_beside_a_live_alarm_and_is_moved_when_that_goes_on(trials: Trials) -> None:
    await trials.schedule(Hours.OFFICE, WEDNESDAY)
    await trials.world.on_duty("TIB", "frej")
    await trials.world.raises(plan(step("tib", "duty:TIB")), mode=Mode.LIVE)
    await trials.world.phone("frej").texts("JA")
    trials.world.ignore_messages()
    await trials.until(AT_TEN + timedelta(hours=1))
    assert (await trials.scheduled()).next_at == AT_TEN
    await trials.until(AT_TEN + timedelta(hours=2, seconds=1))
    schedule = await trials.scheduled()
    assert (schedule.next_at, schedule.remark) == (AT_TEN + timedelta(days=1), schedules.WAITED)
    await trials.world.closes()
    await trials.until(AT_TEN + timedelta(days=1))
    await trials.is_asked(*EVERYBODY)


async def test_a_test_that_a_live_alarm_ends_comes_again_when_all_have_rested(
    trials: Trials,
) -> None:
    await trials.schedule(Hours.NIGHT, WEDNESDAY)
    await trials.until(AT_THREE)
    await trials.is_asked(*EVERYBODY)
    await trials.world.on_duty("TIB", "frej")
    await trials.world.raises(plan(step("tib", "duty:TIB")), mode=Mode.LIVE)
    await trials.world.phone("frej").texts("JA")
    await trials.chores()
    trials.world.ignore_messages()
    assert (await trials.last()).state is CommunicationState.CALLED_OFF
    await trials.world.closes()
    assert (await trials.scheduled()).next_at == AT_THREE + timedelta(days=1)
    await trials.until(AT_THREE + timedelta(days=1))
    assert "48 timmar" in (await trials.scheduled()).remark
    await trials.until(AT_THREE + timedelta(days=2))
    await trials.is_asked(*EVERYBODY)


async def test_a_paused_schedule_begins_nothing(trials: Trials) -> None:
    await trials.schedule(Hours.NIGHT, WEDNESDAY, paused=True)
    await trials.until(AT_THREE + timedelta(days=3))
    assert await trials.tests() == []


@pytest.mark.parametrize(
    ("differing", "sentence"),
    [
        ({"office_at": time(19)}, "Kontorstid"),
        ({"night_at": time(12)}, "Natt"),
    ],
)
async def test_hours_that_are_not_what_they_say_are_refused(
    trials: Trials, differing: dict[str, time], sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        await trials.schedule(Hours.NIGHT, WEDNESDAY, **differing)


async def test_the_first_day_must_be_ahead_and_a_free_one_is_proposed(trials: Trials) -> None:
    with pytest.raises(Refused, match="redan varit"):
        await trials.schedule(Hours.NIGHT, date(2026, 11, 24))
    await trials.schedule(Hours.NIGHT, date(2026, 12, 2))
    async with trials.world.database.reading() as session:
        free = await schedules.free_day(session, now=trials.world.now, zone=ZONE)
    assert free == date(2026, 12, 5)  # a week from now, and not within two days of the other
