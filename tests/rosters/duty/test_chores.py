"""Chores: what several of them, or somebody beside them, do at the same moment."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from core.errors import Refused
from rosters.chores import carry_out, chores_in
from rosters.duty.models import SwapState
from rosters.notices.models import Question
from tests.rosters.duty.town import Town

SOON = timedelta(days=3)


async def test_chores_that_begin_in_the_same_second_are_all_done(town: Town) -> None:
    """Every minute some do, and every ten minutes almost all: none may always be the last."""
    await town.has_role(always_staffed=False)
    chores = chores_in(town.means.zone)
    for _ in range(3):
        done = await asyncio.gather(
            *(carry_out(town.database, each, now=town.now) for each in chores)
        )
        assert all(done)


@pytest.mark.postgres
async def test_a_yes_and_a_take_over_at_once_end_with_one_owner(town_on_postgres: Town) -> None:
    """On PostgreSQL both want the shift and the audit trail: in one order, or they wait in a ring."""
    town = town_on_postgres
    await town.has_role()
    mine, theirs = await town.plan("alva", "birk", first=SOON)
    await town.person("cleo")
    swap = await town.asks("alva", mine, "birk", theirs)
    async with town.database.transaction() as session:  # the yes waits here, half done
        await session.execute(select(Question).with_for_update())
        yes = asyncio.create_task(town.accepts("birk", swap))
        await _waits(town, 1)
        taking = asyncio.create_task(town.takes_over("cleo", mine))
        await asyncio.wait([taking], timeout=5)
    outcomes = await asyncio.gather(yes, taking, return_exceptions=True)
    assert [type(each) for each in outcomes] == [Refused, type(mine)], outcomes
    assert (await town.swap(swap)).state is SwapState.ASKED
    assert await town.serving(at=town.now + SOON) == ["cleo"]
    await town.advance(minutes=300)
    town.ignore_messages()


async def _waits(town: Town, many: int) -> None:
    """Until so many connections of this database wait for a lock."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    for _ in range(500):
        async with town.database.reading() as session:
            if (await session.scalar(waiting) or 0) >= many:
                return
    raise AssertionError("nobody waits")
