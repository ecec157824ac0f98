"""Which number to call: that of whoever is on duty, or else those that the duty role names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.language import gettext as _
from rosters.duty.models import DutyRole
from rosters.duty.resolver import on_duty
from rosters.models import ContactKind, ContactPoint, Person, Unit


@dataclass(frozen=True, slots=True)
class Instead:
    """Whom to call when nobody is on duty."""

    label: str
    number: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the page about a duty role says: never a name."""

    role: DutyRole
    since: datetime | None  # None: nobody is on duty
    numbers: Sequence[str]  # of those on duty, in order, E.164
    instead: Sequence[Instead]

    @property
    def to_call(self) -> list[str]:
        return [*self.numbers] or [each.number for each in self.instead]


async def numbers_now(session: AsyncSession, role: DutyRole, *, at: datetime) -> Numbers:
    since, numbers = await _on_duty(session, role, at)
    instead = [] if numbers else await _instead(session, role, at)
    return Numbers(role, since, numbers, instead)


async def _on_duty(
    session: AsyncSession, role: DutyRole, at: datetime
) -> tuple[datetime | None, list[str]]:
    """Since when somebody is on duty, and the numbers; the role's own goes before the people's."""
    present = await on_duty(session, role.code, at=at)
    since = max((each.shift.starts_at for each in present), default=None)
    if since and role.phone:
        return since, [role.phone]
    zone = ZoneInfo(role.time_zone)
    found = [await _number_of(session, each.person, at.astimezone(zone).time()) for each in present]
    return since, list(dict.fromkeys(number for number in found if number))


async def _instead(session: AsyncSession, role: DutyRole, at: datetime) -> list[Instead]:
    """The duty role that stands behind this one, and then its manager."""
    backups = await session.scalars(
        select(DutyRole).where(DutyRole.backs_up_id == role.id).order_by(DutyRole.code)
    )
    found = []
    for backup in backups.all():
        _since, numbers = await _on_duty(session, backup, at)
        found += [Instead(backup.name, number) for number in numbers]
    manager = await session.get(Person, role.manager_id) if role.manager_id else None
    if manager:
        clock = at.astimezone(ZoneInfo(role.time_zone)).time()
        if number := await _number_of(session, manager, clock):
            found.append(Instead(_("Den som ansvarar för jouren"), number))
    return found


async def _number_of(session: AsyncSession, person: Person, clock: time) -> str | None:
    """The first phone that may be used at this local clock, or else the switchboard of the unit."""
    points = await session.scalars(
        select(ContactPoint)
        .where(ContactPoint.person_id == person.id)
        .order_by(ContactPoint.position, ContactPoint.address)
    )
    own = None if person.protected else first_phone(points.all(), clock)
    if own:
        return own
    unit = await session.get(Unit, person.unit_id) if person.unit_id else None
    return unit.switchboard if unit else None


def first_phone(points: Iterable[ContactPoint], clock: time) -> str | None:
    """A mobile before a landline, each in the order of its position and only within its hours."""
    open_now = [each for each in points if _open(each, clock)]
    for kind in (ContactKind.MOBILE, ContactKind.LANDLINE):
        for each in open_now:
            if each.kind is kind:
                return each.address
    return None


def _open(point: ContactPoint, clock: time) -> bool:
    start, end = point.usable_from, point.usable_to
    if start is None or end is None or start == end:
        return True
    return start <= clock < end if start < end else clock >= start or clock < end  # over midnight
