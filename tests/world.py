"""A small municipality for tests: people with phones, a movable clock and the real engine."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.channels.twilio_words import read_call_status
from alerting.delivery import report
from alerting.engine import SENDING, Engine
from alerting.gateway import Gateway
from alerting.incoming import take_sms
from alerting.means import Means
from alerting.models import (
    OPEN_ALARM,
    Alarm,
    AlarmEvent,
    AlarmState,
    CallIn,
    EventKind,
    Message,
    MessageState,
    Step,
    Via,
)
from alerting.plan import ChannelKind, Mode, Plan
from alerting.replies import understand_key
from alerting.service import Trigger, answer, call_off, close, raise_alarm
from alerting.wording import Wording
from core.database import Database
from rosters.duty.models import DutyRole, Shift
from rosters.models import (
    CallList,
    CallListEntry,
    CallListKind,
    ContactKind,
    ContactPoint,
    Person,
    Unit,
    UnitKind,
)
from rosters.notices.models import Notice, NoticeState
from tests.clocks import MovableClock
from tests.phones import Carrier, Phone

ZONE = ZoneInfo("Europe/Stockholm")
SECRET = "a secret of the tests only"


class World:
    """Verbs of a story. Names are people's first names; they get a phone when first mentioned."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = MovableClock()
        self.carrier = Carrier()
        self.gateway = Gateway(dict.fromkeys(ChannelKind, self.carrier), live=False)
        wording = Wording(sender_name="Lund", base_url="http://test", zone=ZONE)
        self.means = Means(
            wording=wording, zone=ZONE, base_url="http://test", secret=SECRET, undo=timedelta(0)
        )
        self.engine = self.new_engine()
        self.people: dict[str, UUID] = {}
        self.alarm: UUID | None = None

    @classmethod
    @asynccontextmanager
    async def on(cls, database: Database) -> AsyncIterator["World"]:
        world = cls(database)
        yield world
        await world.engine.drain()

    def new_engine(self) -> Engine:
        """As after a restart: nothing is remembered but what stands in the database."""
        return Engine(self.database, self.gateway, self.means, self.clock)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    # People

    async def person(
        self,
        name: str,
        *,
        mobile: bool = True,
        landline: bool = False,
        mail: bool = False,
        language: str = "sv",
        unit: str | None = None,
        protected: bool = False,
    ) -> UUID:
        """A person with the wanted ways to be reached; the same name again is the same person."""
        if name in self.people:
            return self.people[name]
        async with self.database.transaction() as session:
            row = Person(
                ref=name,
                name=name.capitalize(),
                language=language,
                protected=protected,
                unit_id=await self._unit(session, unit) if unit else None,
            )
            self.people[name] = row.id
            session.add(row)
            for kind, wanted in (
                (ContactKind.MOBILE, mobile),
                (ContactKind.LANDLINE, landline),
                (ContactKind.MAIL, mail),
            ):
                if wanted:
                    address = self.address(name, kind)
                    position = list(ContactKind).index(kind)
                    session.add(
                        ContactPoint(
                            person_id=row.id, kind=kind, address=address, position=position
                        )
                    )
        return row.id

    def address(self, name: str, kind: ContactKind = ContactKind.MOBILE) -> str:
        """Numbers and addresses out of the reserved series, one of each kind per person."""
        place = list(self.people).index(name)
        if kind is ContactKind.MOBILE:
            return f"+467017406{5 + place:02d}"
        return (
            f"+4640628040{place}" if kind is ContactKind.LANDLINE else f"{name}@demo.lund.example"
        )

    async def _unit(self, session: AsyncSession, code: str) -> UUID:
        found = await session.scalar(select(Unit.id).where(Unit.code == code))
        if found is None:
            unit = Unit(code=code, name=code.capitalize(), kind=UnitKind.SITE)
            session.add(unit)
            found = unit.id
        return found

    async def group(self, code: str, *names: str, kind: CallListKind = CallListKind.GROUP) -> None:
        ids = [await self.person(name) for name in names]
        async with self.database.transaction() as session:
            row = CallList(code=code, name=code, kind=kind)
            session.add(row)
            session.add_all(
                CallListEntry(call_list_id=row.id, person_id=person, position=place)
                for place, person in enumerate(ids)
            )

    async def role(self, code: str, *names: str) -> None:
        await self.group(code, *names, kind=CallListKind.ROLE)

    async def on_duty(self, code: str, *names: str) -> None:
        """On shift from an hour ago and for a week; no names make an unstaffed duty role."""
        ids = [await self.person(name) for name in names]
        async with self.database.transaction() as session:
            row = DutyRole(code=code, name=code)
            session.add(row)
            session.add_all(
                Shift(
                    duty_role_id=row.id,
                    person_id=person,
                    starts_at=self.now - timedelta(hours=1),
                    ends_at=self.now + timedelta(days=7),
                )
                for person in ids
            )

    # Alarms

    async def raises(
        self,
        plan: Plan,
        note: str = "",
        *,
        mode: Mode = Mode.EXERCISE,
        site: str | None = None,
        undo: timedelta = timedelta(0),
        once: str | None = None,
    ) -> UUID:
        """Raise an alarm and let the engine do what is due at once."""
        trigger = Trigger(mode=mode, by="Alva", note=note, site=site, undo=undo, once=once)
        async with self.database.transaction() as session:
            alarm = await raise_alarm(session, plan, trigger, now=self.now, means=self.means)
        self.alarm = alarm.id
        await self.engine.until_idle()
        return alarm.id

    async def dies(self, raising: "asyncio.Task[UUID]") -> None:
        """As kill -9: whatever the engine was doing stops here, and nothing of it is recorded."""
        doomed = [raising, *(task for task in asyncio.all_tasks() if task.get_name() == SENDING)]
        for task in doomed:
            task.cancel()
        await asyncio.gather(*doomed, return_exceptions=True)
        self.engine = self.new_engine()

    async def advance(self, *, minutes: float = 0, seconds: float = 0) -> None:
        """Let time pass, stopping wherever something is due."""
        end = self.now + timedelta(minutes=minutes, seconds=seconds)
        while (due := await self.next_due()) is not None and due <= end:
            self.clock.move_to(max(due, self.now))
            await self.engine.until_idle()
        self.clock.move_to(end)
        await self.engine.until_idle()

    async def next_due(self) -> datetime | None:
        async with self.database.reading() as session:
            alarm = await session.scalar(select(func.min(Alarm.due_at)))
            message = await session.scalar(
                select(func.min(Message.due_at))
                .outerjoin(Alarm, Alarm.id == Message.alarm_id)
                .where(
                    Message.state == MessageState.WAITING,
                    or_(Alarm.id.is_(None), Alarm.state.in_(OPEN_ALARM)),
                )
            )
            notice = await session.scalar(
                select(func.min(Notice.due_at)).where(Notice.state == NoticeState.DUE)
            )
        return min((each for each in (alarm, message, notice) if each), default=None)

    async def closes(self) -> None:
        async with self.database.transaction() as session:
            await close(session, self._alarm, by="Alva", now=self.now, means=self.means)
        await self.engine.until_idle()

    async def calls_off(self, text: str = "") -> int:
        async with self.database.transaction() as session:
            told = await call_off(
                session, self._alarm, by="Alva", text=text, now=self.now, means=self.means
            )
        await self.engine.until_idle()
        return told

    @property
    def _alarm(self) -> UUID:
        assert self.alarm, "no alarm has been raised"
        return self.alarm

    # Phones

    def phone(self, name: str) -> Phone:
        mail = self.address(name, ContactKind.MAIL)
        return Phone(
            self.address(name), mail, self.carrier, self.text_in, self.press, self.end_call
        )

    def landline(self, name: str) -> Phone:
        number = self.address(name, ContactKind.LANDLINE)
        return Phone(number, "", self.carrier, self.text_in, self.press, self.end_call)

    async def text_in(self, sender: str, text: str, ref: str = "") -> None:
        async with self.database.transaction() as session:
            await take_sms(
                session,
                sender=sender,
                text=text,
                provider="test",
                ref=ref or str(uuid4()),
                now=self.now,
                means=self.means,
            )
        await self.engine.until_idle()

    async def press(self, message_id: UUID, key: str) -> None:
        async with self.database.transaction() as session:
            message = await session.get_one(Message, message_id)
            assert message.call_in_id
            call_in = await session.get_one(CallIn, message.call_in_id)
            given = understand_key(key, call_in.ask)
            if given:
                message.answered_at = self.now
                await answer(session, call_in.id, given.meaning, via=Via.VOICE, now=self.now)
        await self.engine.until_idle()

    async def end_call(self, message_id: UUID, how: str) -> None:
        field = "AnsweredBy" if how.startswith("machine") else "CallStatus"
        said = read_call_status({field: how})
        assert said
        async with self.database.transaction() as session:
            await report(session, message_id, said, now=self.now, means=self.means)
        await self.engine.until_idle()

    def expect_silence(self) -> None:
        """Nothing came to any phone that no line of the test expected."""
        unexpected = [f"{each.kind} to {each.to}: {each.text}" for each in self.carrier.came]
        assert not unexpected, "unexpected messages:\n" + "\n".join(unexpected)

    def ignore_messages(self) -> int:
        """For tests about something else than what is sent; how many came."""
        count = len(self.carrier.came)
        self.carrier.came.clear()
        return count

    # What can be seen

    async def state(self) -> AlarmState:
        async with self.database.reading() as session:
            return (await session.get_one(Alarm, self._alarm)).state

    async def step(self, name: str) -> Step:
        async with self.database.reading() as session:
            found = select(Step).where(Step.alarm_id == self._alarm, Step.name == name)
            return (await session.scalars(found)).one()

    async def call_in(self, name: str, step: str | None = None) -> CallIn:
        query = select(CallIn).where(
            CallIn.alarm_id == self._alarm, CallIn.person_id == self.people[name]
        )
        if step:
            query = query.join(Step, Step.id == CallIn.step_id).where(Step.name == step)
        async with self.database.reading() as session:
            return (await session.scalars(query.order_by(CallIn.round.desc()))).first() or _nobody()

    async def events(self, kind: EventKind) -> list[str]:
        async with self.database.reading() as session:
            query = select(AlarmEvent.subject).where(
                AlarmEvent.alarm_id == self._alarm, AlarmEvent.kind == kind
            )
            return list(await session.scalars(query))


def _nobody() -> CallIn:
    raise AssertionError("nobody of that name was asked")
