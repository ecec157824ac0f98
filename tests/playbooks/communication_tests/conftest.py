"""A small path and the people it calls, in a world with phones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from core.audit import By
from playbooks import service as playbooks
from playbooks.chores import playbook_chores
from playbooks.communication_tests import schedules, service
from playbooks.communication_tests.models import (
    CommunicationSchedule,
    CommunicationTest,
    CommunicationTestChannel,
    CommunicationTestPerson,
    Hours,
)
from playbooks.communication_tests.schedules import Terms
from playbooks.communication_tests.service import Wanted
from playbooks.lights.models import PathRun
from playbooks.models import Playbook
from rosters.chores import carry_out
from rosters.models import CallList, CallListEntry, ContactPoint, Person
from tests.kinds import one_kind  # noqa: F401  # a fixture
from tests.world import ZONE, World

PATH = b"""
code: PROV-01
title: Stab till Demohuset
entry: Beslut av TIB
owner: group:stab
goal: Staben verksam inom 60 minuter
texts:
  sv:
    sms: "{code} Staben kallas in."
    voice: Staben kallas in.
steps:
  - name: ledning
    title: Ledning
    target: group:ledning
    channels: [voice + sms 60s]
    within: 5m
    start: at once
  - name: stab
    title: Stab
    target: group:stab
    channels: [voice + sms 3m, voice 3m]
    need: 2
    within: 15m
    start: at once
  - name: reserv
    title: Reserv
    target: group:reserv
    channels: [voice + sms 3m]
    need: 2 in total with stab
    start: if stab fails
  - name: rakel
    title: Rakel
    target: {manual: Anropa talgruppen}
    start: at once
    ask: received
"""
PLANNER = By("pia")


@dataclass(slots=True)
class Trials:
    """Verbs of the stories; the chores run as in the service, a few seconds apart."""

    world: World

    async def start(self, *, once: str = "", by: By = PLANNER) -> CommunicationTest:
        wanted = Wanted(by=by, once=once)
        async with self.world.database.transaction() as session:
            test = await service.start(
                session, "PROV-01", wanted, now=self.world.now, means=self.world.means
            )
        await self.world.engine.until_idle()
        return test

    async def chores(self) -> None:
        for chore in playbook_chores(self.world.means):
            await carry_out(self.world.database, chore, now=self.world.now)
        await self.world.engine.until_idle()

    async def passes(self, minutes: float) -> None:
        """Time goes by, with a look of the chores at its end."""
        await self.world.advance(minutes=minutes)
        await self.chores()

    async def until(self, at: datetime) -> None:
        await self.passes((at - self.world.now).total_seconds() / 60)

    async def schedule(self, hours: Hours, day: date, **differing: object) -> None:
        terms = {
            "months": 3,
            "office_at": time(10),
            "night_at": time(3),
            "lasts": timedelta(hours=1),
            "late": timedelta(hours=2),
        }
        async with self.world.database.transaction() as session:
            playbook = (await session.scalars(select(Playbook))).one()
            await schedules.set_terms(
                session,
                playbook,
                Terms(first_day=day, first_hours=hours, **{**terms, **differing}),  # type: ignore[arg-type]
                by=PLANNER,
                now=self.world.now,
                zone=ZONE,
            )

    async def scheduled(self) -> CommunicationSchedule:
        async with self.world.database.reading() as session:
            return (await session.scalars(select(CommunicationSchedule))).one()

    async def tests(self) -> Sequence[CommunicationTest]:
        async with self.world.database.reading() as session:
            query = select(CommunicationTest).order_by(CommunicationTest.started_at)
            return (await session.scalars(query)).all()

    async def last(self) -> CommunicationTest:
        return (await self.tests())[-1]

    async def person(self, name: str) -> CommunicationTestPerson:
        async with self.world.database.reading() as session:
            query = (
                select(CommunicationTestPerson)
                .join(CommunicationTest, CommunicationTest.id == CommunicationTestPerson.test_id)
                .where(CommunicationTestPerson.person_id == self.world.people[name])
                .order_by(CommunicationTest.started_at.desc())
            )
            return (await session.scalars(query)).first() or _nobody()

    async def ways(self, name: str) -> dict[str, CommunicationTestChannel]:
        row = await self.person(name)
        async with self.world.database.reading() as session:
            found = await session.scalars(
                select(CommunicationTestChannel).where(
                    CommunicationTestChannel.test_person_id == row.id
                )
            )
            return {each.channel.value: each for each in found}

    async def point(self, name: str) -> ContactPoint:
        async with self.world.database.reading() as session:
            query = select(ContactPoint).where(ContactPoint.person_id == self.world.people[name])
            return (await session.scalars(query.order_by(ContactPoint.position))).first() or _none()

    async def runs(self) -> Sequence[PathRun]:
        async with self.world.database.reading() as session:
            return (await session.scalars(select(PathRun))).all()

    async def ref(self, name: str) -> str:
        async with self.world.database.reading() as session:
            return (await session.get_one(Person, self.world.people[name])).ref

    async def is_asked(self, *names: str) -> None:
        """Each is called and gets a text, at the same time."""
        for name in names:
            self.world.phone(name).expect_call()
            self.world.phone(name).expect_sms("TEST", "PROV-01", "Svara MOTTAGET")

    async def answers(self, *names: str) -> None:
        for name in names:
            await self.world.phone(name).texts("MOTTAGET")
            self.world.phone(name).expect_sms("Noterat")

    async def answers_quietly(self, *names: str) -> None:
        for name in names:
            await self.world.phone(name).texts("MOTTAGET")
        self.world.ignore_messages()

    async def also(self, name: str) -> str:
        """One more in the staff; the number."""
        async with self.world.database.transaction() as session:
            stab = (await session.scalars(select(CallList).where(CallList.code == "stab"))).one()
            session.add(
                CallListEntry(call_list_id=stab.id, person_id=self.world.people[name], position=10)
            )
        return self.world.address(name)


def _nobody() -> CommunicationTestPerson:
    raise AssertionError("nobody of that name was to be tested")


def _none() -> ContactPoint:
    raise AssertionError("no number")


@pytest.fixture
async def trials(world: World) -> Trials:
    """Alva leads; Birk and Cleo are the staff, Dag their reserve."""
    await world.group("ledning", "alva")
    await world.group("stab", "birk", "cleo")
    await world.group("reserv", "dag")
    async with world.database.transaction() as session:
        files = {"prov-01.yaml": PATH}
        await playbooks.load(session, files, by=PLANNER, now=world.now, zone=ZONE)
    return Trials(world)
