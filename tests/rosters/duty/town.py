"""A town with a duty roster: shifts by weeks, chores that run as time passes, and phones."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from core.audit import By
from rosters.chores import carry_out, chores_in
from rosters.duty.models import DutyRole, Handover, Shift, Swap
from rosters.duty.overrides import take_over
from rosters.duty.resolver import on_duty
from rosters.handovers import service as handovers
from rosters.models import Person
from rosters.swaps import service as swaps
from tests.world import ZONE, World

BY = By("test")
STEP = timedelta(minutes=5)


class Town(World):
    """Verbs of a roster's story. Names are people's first names, which are their refs too."""

    async def has_role(self, code: str = "TIB", **fields: object) -> None:
        manager = fields.pop("manager", None)
        if isinstance(manager, str):
            fields["manager_id"] = await self.person(manager, mail=True)
        async with self.database.transaction() as session:
            session.add(DutyRole(code=code, name=code, **fields))  # type: ignore[arg-type]

    async def plan(
        self,
        *names: str,
        code: str = "TIB",
        first: timedelta = timedelta(0),
        length: timedelta = timedelta(days=1),
    ) -> list[UUID]:
        """Shifts one after the other, the first beginning so long from now."""
        people = [await self.person(name, mail=True) for name in names]
        async with self.database.transaction() as session:
            role = (await session.scalars(select(DutyRole).where(DutyRole.code == code))).one()
            shifts = [
                Shift(
                    duty_role_id=role.id,
                    person_id=person,
                    starts_at=self.now + first + length * place,
                    ends_at=self.now + first + length * (place + 1),
                )
                for place, person in enumerate(people)
            ]
            session.add_all(shifts)
        return [each.id for each in shifts]

    async def does_chores(self) -> None:
        for chore in chores_in(ZONE):
            await carry_out(self.database, chore, now=self.now)
        await self.engine.until_idle()

    async def passes(self, *, hours: float = 0, minutes: float = 0) -> None:
        """Let time pass, with the chores done every five minutes, or every hour of a long time."""
        length = timedelta(hours=hours, minutes=minutes)
        end, step = self.now + length, STEP if length <= timedelta(hours=2) else 12 * STEP
        await self.does_chores()
        while self.now < end:
            await self.advance(seconds=min(step, end - self.now).total_seconds())
            await self.does_chores()

    async def serving(self, code: str = "TIB", at: datetime | None = None) -> list[str]:
        async with self.database.reading() as session:
            return [each.person.ref for each in await on_duty(session, code, at=at or self.now)]

    async def the(self, name: str) -> Person:
        async with self.database.reading() as session:
            return await session.get_one(Person, await self.person(name))

    async def asks(
        self, name: str, shift: UUID, of: str | None = None, returned: UUID | None = None
    ) -> UUID:
        asker, other = await self.the(name), await self.the(of) if of else None
        async with self.database.transaction() as session:
            swap = await swaps.ask_swap(
                session, shift, asker, other=other, return_shift_id=returned, by=BY, now=self.now
            )
        await self.engine.until_idle()
        return swap.id

    async def accepts(self, name: str, swap: UUID) -> None:
        async with self.database.transaction() as session:
            await swaps.accept(session, swap, await self.the(name), by=BY, now=self.now)
        await self.engine.until_idle()

    async def approves(self, swap: UUID) -> None:
        async with self.database.transaction() as session:
            await swaps.approve(session, swap, by=BY, now=self.now)
        await self.engine.until_idle()

    async def takes_over(
        self, name: str, shift: UUID, start: datetime | None = None, end: datetime | None = None
    ) -> UUID:
        taker = await self.the(name)
        async with self.database.transaction() as session:
            taken = await take_over(
                session, shift, taker, start=start or self.now, end=end, by=BY, now=self.now
            )
        await self.engine.until_idle()
        return taken.id

    async def handover(self) -> Handover:
        """The one that was prepared last."""
        async with self.database.reading() as session:
            found = await session.scalars(select(Handover).order_by(Handover.due_at.desc()))
            row = found.first()
        assert row, "no handover is prepared"
        return row

    async def accepts_handover(self, name: str) -> None:
        found, person = await self.handover(), await self.the(name)
        async with self.database.transaction() as session:
            await handovers.accept(session, found.id, person, via="page", by=BY, now=self.now)
        await self.engine.until_idle()

    async def shift(self, shift: UUID) -> Shift:
        async with self.database.reading() as session:
            return await session.get_one(Shift, shift)

    async def shifts_of(self, name: str) -> list[Shift]:
        person = await self.person(name)
        async with self.database.reading() as session:
            return list(await session.scalars(select(Shift).where(Shift.person_id == person)))

    async def swap(self, swap: UUID) -> Swap:
        async with self.database.reading() as session:
            return await session.get_one(Swap, swap)
