"""What a leaver leaves behind: shifts, rotations, duty roles to manage and call lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By
from core.language import gettext as _
from rosters.duty.models import DutyRole, Rotation, RotationMember, Shift, ShiftState
from rosters.duty.resolver import in_service
from rosters.lists import lists_with
from rosters.models import CallList, Person
from rosters.notices.service import Teller
from rosters.service import deactivate


@dataclass(frozen=True, slots=True)
class Losses:
    """What has nobody, or one fewer, after somebody's last day."""

    shifts: Sequence[tuple[DutyRole, Shift]]
    rotations: Sequence[tuple[DutyRole, Rotation]]
    managed: Sequence[DutyRole]
    lists: Sequence[CallList]

    def __bool__(self) -> bool:
        return bool(self.shifts or self.rotations or self.managed or self.lists)

    @property
    def roles(self) -> list[DutyRole]:
        """The duty roles that have to be planned anew, by code."""
        found = {role.id: role for role, _each in (*self.shifts, *self.rotations)}
        found |= {role.id: role for role in self.managed}
        return sorted(found.values(), key=lambda role: role.code)


async def losses(session: AsyncSession, person: Person, *, after: date, zone: ZoneInfo) -> Losses:
    """Of a person whose last day it is."""
    end = datetime.combine(after + timedelta(days=1), time(), zone)
    shifts = await session.execute(
        select(DutyRole, Shift)
        .join(Shift, Shift.duty_role_id == DutyRole.id)
        .where(Shift.person_id == person.id, Shift.ends_at > end, Shift.state != ShiftState.COVERED)
        .order_by(Shift.starts_at, DutyRole.code)
    )
    rotations = await session.execute(
        select(DutyRole, Rotation)
        .join(Rotation, Rotation.duty_role_id == DutyRole.id)
        .where(
            Rotation.id.in_(
                select(RotationMember.rotation_id).where(RotationMember.person_id == person.id)
            ),
            or_(Rotation.ends_on.is_(None), Rotation.ends_on > after),
        )
        .order_by(DutyRole.code, Rotation.name)
    )
    managed = await session.scalars(
        select(DutyRole).where(DutyRole.manager_id == person.id).order_by(DutyRole.code)
    )
    return Losses(
        [(row[0], row[1]) for row in shifts],
        [(row[0], row[1]) for row in rotations],
        managed.all(),
        await lists_with(session, person.id),
    )


async def leave(teller: Teller, person: Person, last_day: date, *, by: By) -> None:
    """The shifts stay and become gaps; whoever plans them is told at once."""
    await deactivate(teller.session, person, last_day, by=by, now=teller.now)
    await tell_managers(teller, person, last_day)


async def tell_managers(teller: Teller, person: Person, last_day: date) -> None:
    """The managers of the duty roles that lose somebody; not the one who leaves."""
    lost = await losses(teller.session, person, after=last_day, zone=teller.zone)
    for role in lost.roles:
        if role.manager_id is None or role.manager_id == person.id:
            continue
        manager = await teller.session.get_one(Person, role.manager_id)
        if not in_service(manager, at=teller.now, zone=teller.zone):
            continue
        count = sum(each.id == role.id for each, _shift in lost.shifts)
        name = person.ref if person.protected else person.name

        def words(role: str = role.code, count: int = count, name: str = name) -> tuple[str, str]:
            body = _("{name} slutar {day} och lämnar {role}. Pass efter det: {count}. De är luckor tills någon annan har dem.")  # fmt: skip
            subject = _("{role}: {name} slutar").format(role=role, name=name)
            return subject, body.format(name=name, day=last_day, role=role, count=count)

        key = f"leaver:{person.id}:{last_day}:{role.id}"
        await teller.tell(manager, words, key=key)
