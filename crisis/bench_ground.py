"""What the benchmark stands on: a new embedded database with people, and the engine running on it."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from alerting.channels.base import Outgoing, Report
from alerting.channels.twilio_http import TwilioAccount
from alerting.channels.twilio_sms import TwilioSms
from alerting.engine import Engine
from alerting.gateway import Gateway
from alerting.means import Means
from alerting.models import Alarm
from alerting.plan import (
    Ask,
    ChannelKind,
    Mode,
    Need,
    Order,
    Otherwise,
    Plan,
    Start,
    StartKind,
    StepPlan,
    Target,
    TargetKind,
    Texts,
    Wave,
)
from alerting.running import running
from alerting.service import Trigger, raise_alarm
from alerting.wording import Wording
from core.clock import SystemClock
from core.database import Database
from crisis.migrating import migrate
from rosters.models import CallList, CallListEntry, CallListKind, ContactKind, ContactPoint, Person

AT_ONCE = 200  # requests in flight, for us and for the bare client
ACCOUNT, SENDER = "AC" + "0" * 32, "+46701740699"
TEXT = "Gasläcka i Dalby. Samling Kristallen, ingång A."
_ZONE = ZoneInfo("Europe/Stockholm")


@dataclass(slots=True, eq=False)
class Counting:
    """The real channel, and a way to wait until it has sent so many."""

    channel: TwilioSms
    name: str = "twilio"
    kinds: frozenset[ChannelKind] = frozenset({ChannelKind.SMS})
    sent: int = 0
    more: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: Outgoing) -> str:
        ref = await self.channel.send(message)
        self.sent += 1
        self.more.set()
        return ref

    async def ask(self, ref: str) -> Report:
        return await self.channel.ask(ref)

    async def close(self) -> None:
        await self.channel.close()

    async def until(self, count: int) -> None:
        while self.sent < count:
            self.more.clear()
            await self.more.wait()


@dataclass(frozen=True, slots=True)
class Bench:
    database: Database
    means: Means
    channel: Counting

    async def raise_alarm(self, people: str, *, wait: timedelta = timedelta(0)) -> Alarm:
        """An alarm to one person, or to "all"; nothing leaves before `wait` has passed."""
        trigger = Trigger(mode=Mode.LIVE, by="bench", undo=wait)
        now = SystemClock().now()
        async with self.database.transaction() as session:
            return await raise_alarm(session, _plan(people), trigger, now=now, means=self.means)


@asynccontextmanager
async def bench_on(url: str, people: int) -> AsyncIterator[Bench]:
    """A new embedded database with so many people, and the engine running on it."""
    with tempfile.TemporaryDirectory(prefix="krislarm-bench-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
        await migrate(database)
        async with database.transaction() as session:
            session.add_all(_people(people))
        account = TwilioAccount(ACCOUNT, "token", api_url=url, connections=AT_ONCE)
        channel = Counting(TwilioSms(account, sender=SENDER, base_url="http://127.0.0.1"))
        wording = Wording(sender_name="Krislarm", base_url="http://127.0.0.1", zone=_ZONE)
        means = Means(
            wording=wording,
            zone=_ZONE,
            base_url="http://127.0.0.1",
            secret=uuid4().hex,
            undo=timedelta(0),
        )
        gateway = Gateway({ChannelKind.SMS: channel}, live=True)
        engine = Engine(database, gateway, means, SystemClock(), sends_at_once=AT_ONCE)
        async with running(engine):
            yield Bench(database, means, channel)
        await database.close()


def _people(count: int) -> Iterator[Person | ContactPoint | CallList | CallListEntry]:
    everybody = CallList(code="all", name="All", kind=CallListKind.GROUP)
    yield everybody
    for number in range(count):
        person = Person(ref=f"only-{number}", name=f"Person {number}")
        yield person
        yield ContactPoint(person_id=person.id, kind=ContactKind.MOBILE, address=number_of(number))
        yield CallListEntry(call_list_id=everybody.id, person_id=person.id, position=number)


def number_of(number: int) -> str:
    return f"+999{number:09d}"  # a country that does not exist


def _plan(people: str) -> Plan:
    target = Target(kind=TargetKind.PERSON, code=people)
    if people == "all":
        target = Target(kind=TargetKind.GROUP, code="all")
    step = StepPlan(
        name="all",
        title="All",
        targets=(target,),
        order=Order.ALL_AT_ONCE,
        waves=(Wave(channels=(ChannelKind.SMS,), wait=timedelta(minutes=10)),),
        need=Need(percent=100),
        within=None,
        start=Start(kind=StartKind.AT_ONCE),
        otherwise=Otherwise(),
        ask=Ask.COMING,
        texts="main",
    )
    words = Texts(sms=TEXT, voice=TEXT, subject=TEXT, mail=TEXT)
    return Plan(
        code="BENCH",
        title="Benchmark",
        version=1,
        version_id=UUID(int=1),
        goal="",
        assembly="",
        steps=(step,),
        texts={"main": {"sv": words}},
    )
