"""What the benchmark measures, each run in a fresh process: raise, carry out, and the bare limit."""

import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import aiohttp

from alerting.channels.base import Outgoing, Report
from alerting.channels.twilio_http import TwilioAccount
from alerting.channels.twilio_sms import TwilioSms
from alerting.engine import Engine
from alerting.gateway import Gateway
from alerting.means import Means
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
from rosters.models import (
    CallList,
    CallListEntry,
    CallListKind,
    ContactKind,
    ContactPoint,
    Person,
)

AT_ONCE = 200  # requests in flight, for us and for the bare client
ACCOUNT, SENDER = "AC" + "0" * 32, "+46701740699"
_ZONE = ZoneInfo("Europe/Stockholm")
_LIMIT = timedelta(seconds=60)
_TEXT = "Gasläcka i Dalby. Samling Kristallen, ingång A."


@dataclass(frozen=True, slots=True)
class Cost:
    """When the first request may have left, and what the run took."""

    began: tuple[float, ...]  # by time.monotonic, one for each alarm
    cpu_s: float
    peak_mb: float


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

    async def raise_alarm(self, people: str) -> None:
        trigger = Trigger(mode=Mode.LIVE, by="bench")
        async with self.database.transaction() as session:
            await raise_alarm(
                session, _plan(people), trigger, now=SystemClock().now(), means=self.means
            )


def fan_out(url: str, people: int) -> Cost:
    """One alarm to so many people: one text to each."""
    return asyncio.run(_fan_out(url, people))


async def _fan_out(url: str, people: int) -> Cost:
    async with _bench(url, people) as bench:
        cpu, began = time.process_time(), time.monotonic()
        await bench.raise_alarm("all")
        await bench.channel.until(people)
    return Cost((began,), time.process_time() - cpu, _peak_mb())


def one_by_one(url: str, alarms: int) -> Cost:
    """So many alarms, one after the other, of one person each."""
    return asyncio.run(_one_by_one(url, alarms))


async def _one_by_one(url: str, alarms: int) -> Cost:
    began = []
    cpu = time.process_time()
    async with _bench(url, people=10) as bench:
        for number in range(alarms):
            began.append(time.monotonic())
            await bench.raise_alarm(f"only-{number % 10}")
            await bench.channel.until(number + 1)
    return Cost(tuple(began), time.process_time() - cpu, _peak_mb())


def idle(url: str, seconds: int) -> Cost:
    """The engine with nothing to do."""
    return asyncio.run(_idle(url, seconds))


async def _idle(url: str, seconds: int) -> Cost:
    async with _bench(url, people=10):
        cpu, began = time.process_time(), time.monotonic()
        await asyncio.sleep(seconds)
        return Cost((began,), time.process_time() - cpu, _peak_mb())


def bare(url: str, requests: int) -> Cost:
    """The limit: the same requests with the same number in flight, and nothing else."""
    return asyncio.run(_bare(url, requests))


async def _bare(url: str, requests: int) -> Cost:
    numbers = iter(range(requests))
    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    auth = aiohttp.BasicAuth(ACCOUNT, "token")
    headers = {"content-type": "application/x-www-form-urlencoded"}
    cpu, began = time.process_time(), time.monotonic()
    async with aiohttp.ClientSession(connector=connector, auth=auth, headers=headers) as session:

        async def push() -> None:
            for number in numbers:
                body = urlencode(_form(number)).encode()
                path = f"{url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
                async with session.post(path, data=body) as response:
                    await response.json()

        await asyncio.gather(*(push() for _ in range(AT_ONCE)))
    return Cost((began,), time.process_time() - cpu, _peak_mb())


def _form(number: int) -> dict[str, str]:
    return {
        "To": _number(number),
        "From": SENDER,
        "Body": f"SKARPT: {_TEXT} Svara JA, NEJ eller minuter. SKARPT",
        "StatusCallback": f"http://127.0.0.1/twilio/status/{UUID(int=number)}",
        "ValidityPeriod": "1800",
    }


@asynccontextmanager
async def _bench(url: str, people: int) -> AsyncIterator[Bench]:
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
        yield ContactPoint(person_id=person.id, kind=ContactKind.MOBILE, address=_number(number))
        yield CallListEntry(call_list_id=everybody.id, person_id=person.id, position=number)


def _number(number: int) -> str:
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
    words = Texts(sms=_TEXT, voice=_TEXT, subject=_TEXT, mail=_TEXT)
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


def _peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
