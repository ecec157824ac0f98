"""The demo's Lund as a world: its people by number, its nine paths, and an operator at the desk."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Concatenate, ParamSpec, Self, TypeVar
from uuid import UUID

from sqlalchemy import select

from alerting.desk import Desk
from alerting.models import CallIn, CallInState, Step, StepState
from alerting.operating import confirm
from alerting.plan import ChannelKind, Mode
from core.database import Database
from playbooks.service import plan_of
from rosters.models import ContactKind, ContactPoint, Person
from tests.world import World

P = ParamSpec("P")
T = TypeVar("T")
BOTH = {ChannelKind.VOICE, ChannelKind.SMS}
OPERATOR = "Olga Operator"


class Lund(World):
    """A world where everybody of the demo is at home; "P17" is a person, "P17 ... P23" are seven."""

    addresses: dict[tuple[str, ContactKind], str]

    @classmethod
    async def at_home(cls, database: Database) -> Self:
        """In a database that has the demo already."""
        lund = cls(database)
        async with database.reading() as session:
            people = {row.id: row.ref for row in await session.scalars(select(Person))}
            points = await session.scalars(select(ContactPoint))
            lund.addresses = {(people[row.person_id], row.kind): row.address for row in points}
        lund.people = {ref: person for person, ref in people.items()}
        return lund

    def address(self, name: str, kind: ContactKind = ContactKind.MOBILE) -> str:
        return self.addresses.get((name, kind), "")

    async def follows(
        self, code: str, note: str = "", *, mode: Mode = Mode.EXERCISE, site: str | None = None
    ) -> UUID:
        """Raise an alarm along one of the nine paths."""
        async with self.database.reading() as session:
            plan = await plan_of(session, code, at=self.now)
        return await self.raises(plan, note, mode=mode, site=site)

    # What comes to phones

    def reached(self) -> dict[str, set[ChannelKind]]:
        """Who has been called, texted or mailed since the last look."""
        owners = {address: name for (name, _kind), address in self.addresses.items()}
        found: dict[str, set[ChannelKind]] = {}
        for message in self.carrier.came:
            found.setdefault(owners[message.to], set()).add(message.kind)
        self.carrier.came.clear()
        return found

    def expect_both(self, *names: str) -> None:
        """Each of these, and nobody else, has been called and texted since the last look."""
        assert self.reached() == dict.fromkeys(each(names), BOTH)

    async def answers(self, text: str, *names: str) -> None:
        """They write this, and each gets an echo."""
        for name in each(names):
            await self.phone(name).texts(text)
            self.phone(name).expect_sms("Noterat")

    def expect_thanked(self, *names: str, beside: Iterable[str] = ()) -> None:
        """Each of these hears that they are not needed; `beside` are asked something new."""
        for name in each(names):
            self.phone(name).expect_sms("behöver inte")
        assert self.reached() == dict.fromkeys(beside, BOTH)

    async def until(self, step: str, state: StepState) -> dict[str, set[ChannelKind]]:
        """Let time pass until a step is there; who was reached meanwhile."""
        for _ in range(200):
            if (await self.step(step)).state is state:
                return self.reached()
            await self.advance(seconds=30)
        raise AssertionError(f"{step} is not {state} after 100 minutes")

    # What an operator does

    async def operator(
        self,
        verb: Callable[Concatenate[Desk, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        async with self.database.transaction() as session:
            desk = Desk(session=session, means=self.means, now=self.now, by=OPERATOR)
            result = await verb(desk, *args, **kwargs)
        await self.engine.until_idle()
        return result

    async def ticks_off(self, step: str, *, remark: str = "") -> None:
        """Everything that is to be done by hand in a step has been done."""
        for call_in in await self.by_hand(step):
            await self.operator(confirm, call_in.id, yes=True, remark=remark)

    # What can be seen

    async def by_hand(self, step: str) -> list[CallIn]:
        """What an operator is to tick off in a step."""
        async with self.database.reading() as session:
            query = (
                select(CallIn)
                .join(Step, Step.id == CallIn.step_id)
                .where(CallIn.alarm_id == self.alarm, Step.name == step, CallIn.by_hand)
                .order_by(CallIn.position)
            )
            return list(await session.scalars(query))

    async def states(self) -> dict[str, StepState]:
        async with self.database.reading() as session:
            query = select(Step).where(Step.alarm_id == self.alarm).order_by(Step.position)
            return {row.name: row.state for row in await session.scalars(query)}

    async def accepted(self, step: str) -> int:
        async with self.database.reading() as session:
            query = (
                select(CallIn.id)
                .join(Step, Step.id == CallIn.step_id)
                .where(
                    CallIn.alarm_id == self.alarm,
                    Step.name == step,
                    CallIn.state == CallInState.ACCEPTED,
                )
            )
            return len((await session.scalars(query)).all())


def each(names: Iterable[str]) -> list[str]:
    """One name after another: "P17 ... P19" are P17, P18 and P19."""
    found: list[str] = []
    for name in names:
        first, dots, last = name.partition(" ... ")
        numbers = range(int(first[1:]), int(last[1:]) + 1) if dots else ()
        found += [f"{first[0]}{number:02d}" for number in numbers] or [name]
    return found
