"""Chores: what several of them, or somebody beside them, do at the same moment."""

import asyncio

from rosters.chores import carry_out, chores_in
from tests.rosters.duty.town import Town


async def test_chores_that_begin_in_the_same_second_are_all_done(town: Town) -> None:
    """Every minute some do, and every ten minutes almost all: none may always be the last."""
    await town.has_role(always_staffed=False)
    chores = chores_in(town.means.zone)
    for _ in range(3):
        done = await asyncio.gather(
            *(carry_out(town.database, each, now=town.now) for each in chores)
        )
        assert all(done)
