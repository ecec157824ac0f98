"""Lund's nine paths, approved by an owner who has an account."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlalchemy import select, update

from core.audit import By
from core.database import Database
from core.models import Role, User
from playbooks.lights.runs import Ran, note_run
from playbooks.lights.service import PathLights, keep_records, lights_at
from playbooks.models import PlaybookVersion, VersionState
from rosters.models import Person
from tests.clocks import NIGHT
from tests.playbooks.conftest import ZONE
from tests.visitors import Site

BY = By("planeraren")


class Lights:
    """Verbs of a story about lights."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def approve_all(self, at: datetime = NIGHT) -> None:
        user = User(
            username="p13",
            name="P13",
            password_hash="",
            roles=frozenset({Role.READER}),
            created_at=at,
        )
        async with self.database.transaction() as session:
            session.add(user)
            await session.execute(update(Person).where(Person.ref == "P13").values(user_id=user.id))
            await session.execute(
                update(PlaybookVersion).values(
                    state=VersionState.APPROVED, approved_at=at, approved_by="P13"
                )
            )

    async def at(self, at: datetime, *, now: datetime = NIGHT) -> dict[str, PathLights]:
        async with self.database.reading() as session:
            found = await lights_at(session, at=at, now=now, zone=ZONE)
        return {each.code: each for each in found}

    async def ran(self, code: str, at: datetime, *, met: bool = True) -> None:
        async with self.database.transaction() as session:
            ran = Ran(began_at=at, met=met)
            await note_run(session, code, ran, by=BY, now=at, zone=ZONE)

    async def kept(self, now: datetime) -> int:
        async with self.database.transaction() as session:
            return await keep_records(session, now=now, zone=ZONE)

    async def person(self, ref: str) -> Person:
        async with self.database.reading() as session:
            return (await session.scalars(select(Person).where(Person.ref == ref))).one()


@pytest.fixture
async def lights(paths: Database) -> Lights:
    found = Lights(paths)
    await found.approve_all()
    return found


@pytest.fixture
async def site(lights: Lights) -> AsyncIterator[Site]:
    async with Site.on(lights.database) as site:
        yield site
