"""Locks on PostgreSQL: what planners and chores hold never keeps an alarm from being stored."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.plan import Mode
from alerting.service import Trigger
from core.audit import By
from core.database import Database
from playbooks import service
from playbooks.communication_tests.gathering import gather
from playbooks.lights.service import keep_records
from rosters.chores import Chore, carry_out
from tests.clocks import NIGHT
from tests.playbooks.cards import CARD
from tests.world import ZONE, World

PATH = b"""
code: LV-01
title: Stab
entry: TIB
owner: group:stab
goal: Staben verksam
texts:
  sv: {sms: Staben kallas in., voice: Staben kallas in., subject: Staben, mail: Staben kallas in.}
steps:
  - {name: stab, title: Stab, target: group:stab, channels: [voice + sms 3m], start: at once}
"""


@pytest.fixture
async def town(postgres_database: Database) -> AsyncIterator[World]:
    async with World.on(postgres_database) as world:
        await world.group("stab", "alva", "birk")
        await world.role("sakerhetschef", "alva")
        await world.on_duty("TIB", "alva")
        files = {"lv.yaml": PATH, "ak.yaml": CARD.replace("person:P17", "group:stab").encode()}
        async with postgres_database.transaction() as session:
            await service.load(session, files, by=By("pia"), now=NIGHT, zone=ZONE)
        yield world


async def lights(session: AsyncSession) -> None:
    await keep_records(session, now=NIGHT, zone=ZONE)


async def people_of_a_test(session: AsyncSession) -> None:
    await gather(session, "LV-01", now=NIGHT, zone=ZONE, locking=True)


@pytest.mark.postgres
@pytest.mark.parametrize("hold", [lights, people_of_a_test])
async def test_an_alarm_is_stored_while_others_hold_its_path_and_people(
    town: World, hold: Callable[[AsyncSession], Awaitable[None]]
) -> None:
    async with town.database.transaction() as busy:
        await hold(busy)
        async with asyncio.timeout(10), town.database.transaction() as session:
            trigger = Trigger(mode=Mode.LIVE, by="Alva")
            await service.start(session, "LV-01", trigger, now=NIGHT, means=town.means)


async def test_a_chore_that_only_looks_keeps_no_writer_waiting(sqlite_database: Database) -> None:
    done: list[str] = []

    async def look(_session: AsyncSession, *, now: datetime) -> bool:
        return now > NIGHT

    async def do(_session: AsyncSession, *, now: datetime) -> None:
        done.append(now.isoformat())

    chore = Chore("x", 60, do, look)
    for now in (NIGHT, NIGHT + timedelta(seconds=1)):
        assert await carry_out(sqlite_database, chore, now=now)
    assert len(done) == 1
