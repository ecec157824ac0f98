"""People at their desks: drafts of LV-03 are written, proposed, judged and put in force."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By
from core.database import Database
from core.errors import Refused
from core.models import Role, User
from playbooks import library
from playbooks.models import PlaybookKind, PlaybookVersion
from playbooks.versions import acts, service
from playbooks.versions.acts import Scene, Subject
from rosters.models import Person
from rosters.notices.models import Notice, NoticeState
from tests.clocks import NIGHT
from tests.playbooks.conftest import ZONE

Out = TypeVar("Out")
FIVE, FOUR = "need: 5\n", "need: 4\n"


class Desk:
    def __init__(self, database: Database, code: str = "LV-03") -> None:
        self.database = database
        self.code = code
        self.now: datetime = NIGHT
        self.users: dict[str, User] = {}

    async def has(self, username: str, ref: str = "", *roles: Role) -> None:
        """An account, and the person whose it is."""
        user = User(
            username=username,
            name=username.title(),
            password_hash="",
            roles=frozenset({Role.READER, *roles}),
            created_at=self.now,
        )
        async with self.database.transaction() as session:
            session.add(user)
            if ref:
                person = (await session.scalars(select(Person).where(Person.ref == ref))).one()
                person.user_id = user.id
        self.users[username] = user

    async def draft(self, by: str = "nils", old: str = FIVE, new: str = FOUR) -> int:
        """A new draft of what is in force, with one change; its number."""
        async with self.database.transaction() as session:
            made = await service.draft(session, self.code, by=By(by), now=self.now)
        if old != new:
            await self.writes(made.number, by, lambda text: text.replace(old, new))
        return made.number

    async def writes(self, number: int, by: str, change: Callable[[str], str]) -> None:
        async with self.database.transaction() as session:
            version = await service.find(session, self.code, number)
            content = change(version.source).encode()
            seen = version.checksum
            await service.save(session, version, content, seen=seen, by=By(by), now=self.now)

    async def proposes(self, number: int, by: str = "nils", summary: str = "Fyra räcker") -> None:
        await self._act(number, by, lambda scene, it: acts.propose(scene, it, summary))

    async def approves(self, number: int, by: str, day: date | None = None) -> None:
        await self._act(number, by, lambda scene, it: acts.approve(scene, it, day))

    async def sends_back(self, number: int, by: str, why: str = "Fem behövs") -> None:
        await self._act(number, by, lambda scene, it: acts.send_back(scene, it, why))

    async def reviews(self, number: int, by: str) -> None:
        await self._act(number, by, acts.review)

    async def throws_away(self, number: int, by: str = "nils") -> None:
        async with self.database.transaction() as session:
            version = await service.find(session, self.code, number)
            await service.throw_away(session, version, by=By(by), now=self.now)

    async def _act(
        self, number: int, by: str, act: Callable[[Scene, Subject], Awaitable[None]]
    ) -> None:
        async with self.database.transaction() as session:
            version = await service.find(session, self.code, number)
            url = f"https://krislarm.test/paths/{self.code}/versions/{number}"
            scene = Scene(session, self.users[by], By(by), self.now, ZONE, url)
            await act(scene, Subject(self.code, PlaybookKind.PATH, version))

    async def version(self, number: int) -> PlaybookVersion:
        async with self.database.reading() as session:
            return await service.find(session, self.code, number)

    async def in_force(self) -> int:
        async with self.database.reading() as session:
            return (await library.paths(session, at=self.now))[self.code].version.number

    async def told(self, *, waiting: bool = False) -> list[tuple[str, str]]:
        """Who has been told, and what; or only what has yet to be sent."""
        query = select(Person.ref, Notice.body).join(Person, Person.id == Notice.person_id)
        if waiting:
            query = query.where(Notice.state == NoticeState.DUE)
        async with self.database.reading() as session:
            rows = await session.execute(query.order_by(Notice.created_at, Person.ref))
            return [(ref, body) for ref, body in rows]

    async def asks(self, question: Callable[[AsyncSession], Awaitable[Out]]) -> Out:
        async with self.database.reading() as session:
            return await question(session)


async def refusal(act: Awaitable[object]) -> str:
    """The sentence with which an act is refused; it must be."""
    try:
        await act
    except Refused as refused:
        return refused.sentence
    raise AssertionError("it was not refused")
