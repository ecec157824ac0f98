"""What the roster does by itself, again and again; each chore in a transaction of its own."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import NamedTuple
from zlib import crc32
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import Database
from rosters.duty import watching
from rosters.handovers import flow as handover_flow
from rosters.readiness import campaigns
from rosters.rotations import service as rotations
from rosters.swaps import service as swaps

_LOCK = 0x524F_5354  # "ROST": one node at a time on PostgreSQL


class Chore(NamedTuple):
    name: str
    every: int  # seconds
    do: Callable[..., Awaitable[object]]  # takes a session, and now=
    # The same, asked beforehand where looking takes long: alarms do not wait while one only looks.
    look: Callable[..., Awaitable[object]] | None = None


CHORES = (
    Chore("rotations_extended", 3600, rotations.extend_rotations),
    Chore("handovers_prepared", 60, handover_flow.prepare_coming),
    Chore("handovers_due", 10, handover_flow.begin_due),
    Chore("handovers_escalated", 20, handover_flow.escalate),
    Chore("people_reminded", 300, watching.remind),
    Chore("swaps_lapsed", 60, swaps.lapse),
    Chore("gaps_told", 600, watching.tell_gaps),
)


def chores_in(zone: ZoneInfo) -> tuple[Chore, ...]:
    """All of them, in a municipality whose clocks go by this zone."""
    asking = partial(campaigns.remind_members, zone=zone)
    return (*CHORES, Chore("campaigns_reminded", 300, asking))


async def carry_out(database: Database, chore: Chore, *, now: datetime) -> bool:
    """Do one chore, if a look says that there is any need; False when another node is at it."""
    if chore.look is not None:
        async with database.reading() as session:
            if not await chore.look(session, now=now):
                return True
    async with database.transaction() as session:
        if not await _alone(session, database, chore):
            return False
        await chore.do(session, now=now)
    return True


async def _alone(session: AsyncSession, database: Database, chore: Chore) -> bool:
    """A lock for each: they begin in the same second, and one must not push out the others."""
    if database.embedded:
        return True
    keys = {"key": _LOCK, "chore": crc32(chore.name.encode()) & 0x7FFF_FFFF}
    got = await session.scalar(text("SELECT pg_try_advisory_xact_lock(:key, :chore)"), keys)
    return bool(got)
