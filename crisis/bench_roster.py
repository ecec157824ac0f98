"""What the benchmark measures of the roster: who is on duty, when there are years of shifts."""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from core.database import Database
from crisis.bench_runs import Cost, peak_mb
from crisis.migrating import migrate
from rosters.duty.models import DutyRole, Shift, ShiftState
from rosters.duty.resolver import on_duty
from rosters.models import Person
from rosters.rotations.turns import DAYS, Pattern, midnight, parse, turns_in

ROLES = 20
PEOPLE = 6  # who take turns
ASKED = 400  # instants, of any role
_ZONE = ZoneInfo("Europe/Stockholm")
_BEGINS = date(2027, 1, 1)
_AT_A_TIME = 5_000


def weekly(_url: str, years: int) -> Cost:
    """So many years of weeks, Monday to Monday, for each duty role."""
    return asyncio.run(_resolve("mon 12:00", years))


def daily(_url: str, years: int) -> Cost:
    """So many years of days for each duty role."""
    return asyncio.run(_resolve(", ".join(f"{day} 08:00" for day in DAYS), years))


async def _resolve(turns: str, years: int) -> Cost:
    start = midnight(_BEGINS, _ZONE)
    end = midnight(_BEGINS.replace(year=_BEGINS.year + years), _ZONE)
    random, began, ended = Random(years), [], []  # noqa: S311  # which instants, no secret
    with tempfile.TemporaryDirectory(prefix="krislarm-bench-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
        await migrate(database)
        await _fill(database, turns, start, end)
        cpu = time.process_time()
        for _ in range(ASKED):
            role = f"R{random.randrange(ROLES)}"
            at = start + timedelta(days=7) + random.random() * (end - start - timedelta(days=14))
            async with database.reading() as session:
                began.append(time.monotonic())
                (_one,) = await on_duty(session, role, at=at)
                ended.append(time.monotonic())
        cpu = time.process_time() - cpu
        await database.close()
    return Cost(tuple(began), cpu, peak_mb(), tuple(ended))


async def _fill(database: Database, turns: str, start: datetime, end: datetime) -> None:
    roles = [DutyRole(code=f"R{number}", name=f"Role {number}") for number in range(ROLES)]
    people = [Person(ref=f"P{number}", name=f"Person {number}") for number in range(PEOPLE)]
    ids = [person.id for person in people]
    async with database.transaction() as session:
        session.add_all([*roles, *people])
        for role in roles:
            rows = list(_shifts(role.id, ids, turns, start, end))
            for first in range(0, len(rows), _AT_A_TIME):
                await session.execute(insert(Shift), rows[first : first + _AT_A_TIME])


def _shifts(
    role: UUID, people: list[UUID], turns: str, start: datetime, end: datetime
) -> Iterator[dict[str, object]]:
    pattern = Pattern(week=parse(turns), starts_on=_BEGINS, zone=_ZONE)
    for turn in turns_in(pattern, start, end):
        yield {
            "id": uuid4(),
            "duty_role_id": role,
            "person_id": people[turn.number % len(people)],
            "starts_at": turn.start,
            "ends_at": turn.end,
            "state": ShiftState.PLANNED,
            "by_hand": False,
            "sequence": 0,
        }
