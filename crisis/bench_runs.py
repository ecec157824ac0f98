"""What the benchmark measures, each run in a fresh process: raise, carry out, and the bare limit."""

import asyncio
import resource
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

import aiohttp

from alerting.board import read_board
from alerting.incoming import take_sms
from core.clock import SystemClock
from crisis.bench_ground import ACCOUNT, AT_ONCE, SENDER, TEXT, Bench, bench_on, number_of

BETWEEN = 0.01  # seconds between alarms that fall due
SETTLES = 2  # seconds


@dataclass(frozen=True, slots=True)
class Cost:
    """When each thing began (`time.monotonic`), and what the run took."""

    began: tuple[float, ...]
    cpu_s: float
    peak_mb: float
    ended: tuple[float, ...] = ()  # where the run itself can tell


def fan_out(url: str, people: int) -> Cost:
    """One alarm to so many people: one text to each."""
    return asyncio.run(_fan_out(url, people))


async def _fan_out(url: str, people: int) -> Cost:
    async with bench_on(url, people) as bench:
        cpu, began = time.process_time(), time.monotonic()
        await bench.raise_alarm("all")
        await bench.channel.until(people)
    return Cost((began,), time.process_time() - cpu, peak_mb())


def one_by_one(url: str, alarms: int) -> Cost:
    """So many alarms, one after the other, of one person each."""
    return asyncio.run(_one_by_one(url, alarms))


async def _one_by_one(url: str, alarms: int) -> Cost:
    began = []
    cpu = time.process_time()
    async with bench_on(url, people=10) as bench:
        for number in range(alarms):
            began.append(time.monotonic())
            await bench.raise_alarm(f"only-{number % 10}")
            await bench.channel.until(number + 1)
    return Cost(tuple(began), time.process_time() - cpu, peak_mb())


def fall_due(url: str, alarms: int) -> Cost:
    """So many open alarms, each due at its own instant, one soon after the other."""
    return asyncio.run(_fall_due(url, alarms))


async def _fall_due(url: str, alarms: int) -> Cost:
    due = []
    async with bench_on(url, people=alarms) as bench:
        first = time.monotonic() + 1 + alarms * BETWEEN * 3  # when all have been raised
        for number in range(alarms):
            due.append(first + number * BETWEEN)
            wait = timedelta(seconds=due[-1] - time.monotonic())
            await bench.raise_alarm(f"only-{number}", wait=wait)
        cpu = time.process_time()
        await bench.channel.until(alarms)
    return Cost(tuple(due), time.process_time() - cpu, peak_mb())


def answers(url: str, people: int) -> Cost:
    """Each of so many people answers by text; the board is read again each time it has changed."""
    return asyncio.run(_answers(url, people))


async def _answers(url: str, people: int) -> Cost:
    async with bench_on(url, people) as bench:
        alarm = await bench.raise_alarm("all")
        await bench.channel.until(people)
        await asyncio.sleep(1)  # the last ones are recorded
        cpu = time.process_time()
        times = [await _answer(bench, alarm.id, number) for number in range(people)]
    began, ended = zip(*times, strict=True)
    return Cost(began, time.process_time() - cpu, peak_mb(), ended)


async def _answer(bench: Bench, alarm_id: UUID, number: int) -> tuple[float, float]:
    began, now = time.monotonic(), SystemClock().now()
    with bench.database.wakeups.listening(f"alarm:{alarm_id}") as changed:
        async with bench.database.transaction() as session:
            await take_sms(
                session,
                sender=number_of(number),
                text="JA",
                provider="bench",
                ref=str(number),
                now=now,
                means=bench.means,
            )
        await changed.wait()
    async with bench.database.reading() as session:
        await read_board(session, alarm_id, now=now, means=bench.means)
    return began, time.monotonic()


def idle(url: str, seconds: int) -> Cost:
    """The engine with nothing to do, once it has looked at everything after its start."""
    return asyncio.run(_idle(url, seconds))


async def _idle(url: str, seconds: int) -> Cost:
    async with bench_on(url, people=10):
        await asyncio.sleep(SETTLES)
        cpu, began = time.process_time(), time.monotonic()
        await asyncio.sleep(seconds)
        return Cost((began,), time.process_time() - cpu, peak_mb())


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
    return Cost((began,), time.process_time() - cpu, peak_mb())


def _form(number: int) -> dict[str, str]:
    return {
        "To": number_of(number),
        "From": SENDER,
        "Body": f"SKARPT: {TEXT} Svara JA, NEJ eller minuter. SKARPT",
        "StatusCallback": f"http://127.0.0.1/twilio/status/{UUID(int=number)}",
        "ValidityPeriod": "1800",
    }


def peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
