"""The demo's duty roster: a week each, Monday to Monday at 12:00, around any date."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from rosters.duty.models import DutyRole, Shift
from rosters.models import Person

ZONE = ZoneInfo("Europe/Stockholm")
FIRST_WEEK = date(2026, 11, 23)  # week 48: the first of each rota has it
WEEK = timedelta(weeks=1)
BEHIND, AHEAD = 8, 30  # weeks


@dataclass(frozen=True, slots=True)
class Rota:
    code: str
    name: str
    refs: Sequence[str]
    gap: bool = False  # half a week in January that nobody has


ROTAS = (
    Rota("TIB", "Tjänsteman i beredskap", ("P01", "P02", "P03", "P04", "P05", "P06")),
    # Backed up by the one whose own week comes next.
    Rota("TIB_bakjour", "TIB bakjour", ("P02", "P03", "P04", "P05", "P06", "P01")),
    Rota("KIB", "Kommunikatör i beredskap", ("P07", "P08", "P09", "P10"), gap=True),
    Rota("POSOM", "POSOM-jour", ("P42", "P43")),
    Rota("IT", "IT-beredskap", ("P44",)),
)


async def seed_roster(session: AsyncSession, refs: Mapping[str, Person], *, now: datetime) -> None:
    """Add the duty roles and the weeks that are missing around `now`."""
    roles = {role.code: role for role in await session.scalars(select(DutyRole))}
    present = set((await session.execute(select(Shift.duty_role_id, Shift.starts_at))).all())
    for rota in ROTAS:
        role = roles.get(rota.code) or DutyRole(code=rota.code, name=rota.name)
        session.add(role)
        for ref, start, end in weeks_of(rota, around=now.astimezone(ZONE).date()):
            if (role.id, start) not in present:
                shift = Shift(
                    duty_role_id=role.id, person_id=refs[ref].id, starts_at=start, ends_at=end
                )
                session.add(shift)


def weeks_of(rota: Rota, *, around: date) -> Iterator[tuple[str, datetime, datetime]]:
    """Who has which week, with the January gap cut out."""
    this_week = around - timedelta(days=around.weekday())
    for number in range(-BEHIND, AHEAD):
        monday = this_week + number * WEEK
        turn = (monday - FIRST_WEEK) // WEEK % len(rota.refs)
        last = monday + (timedelta(days=3) if rota.gap and _has_gap(monday) else WEEK)
        yield rota.refs[turn], _noon(monday), _noon(last)


def _has_gap(monday: date) -> bool:
    """The second whole week of January."""
    return monday.month == 1 and 8 <= monday.day <= 14


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), ZONE)
