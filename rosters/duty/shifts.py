"""Shifts of duty roles: add and remove."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By, note
from core.errors import NotFound, Refused
from core.language import gettext as _
from rosters.duty.changing import refuse_unfit
from rosters.duty.models import DutyRole, Shift, ShiftState
from rosters.lists import person_named
from rosters.models import Person


@dataclass(frozen=True, slots=True)
class Planned:
    role: DutyRole
    shift: Shift
    person: Person


async def planned(
    session: AsyncSession,
    *,
    start: datetime,
    end: datetime,
    role: str = "",
    person: UUID | None = None,
    covered: bool = False,
) -> list[Planned]:
    """The shifts that touch a time, in order of their start; `covered`: what others took over too."""
    statement = (
        select(DutyRole, Shift, Person)
        .join(Shift, Shift.duty_role_id == DutyRole.id)
        .join(Person, Person.id == Shift.person_id)
        .where(Shift.ends_at > start, Shift.starts_at < end)
        .order_by(Shift.starts_at, DutyRole.code, Person.ref)
    )
    if not covered:
        statement = statement.where(Shift.state != ShiftState.COVERED)
    if role:
        statement = statement.where(DutyRole.code == role)
    if person is not None:
        statement = statement.where(Person.id == person)
    return [Planned(*row) for row in await session.execute(statement)]


async def add_shift(
    session: AsyncSession,
    *,
    role: str,
    ref: str,
    starts_at: datetime,
    ends_at: datetime,
    by: By,
    now: datetime,
) -> Shift:
    """A person has the duty for a time; the end is when the next one takes over."""
    duty = await session.scalar(select(DutyRole).where(DutyRole.code == role))
    if duty is None:
        raise Refused(_("Jouren finns inte."), field="role")
    person = await person_named(session, ref)
    if ends_at <= starts_at:
        raise Refused(_("Passet slutar innan det börjar."), field="ends_at")
    await refuse_unfit(session, duty, person, starts_at, ends_at)
    shift = Shift(
        duty_role_id=duty.id,
        person_id=person.id,
        starts_at=starts_at,
        ends_at=ends_at,
        by_hand=True,
        changed_at=now,
    )
    session.add(shift)
    detail = f"{person.ref} {starts_at.isoformat()} – {ends_at.isoformat()}"
    await note(session, by, "Lade till pass", duty.code, now=now, detail=detail)
    return shift


async def remove_shift(session: AsyncSession, shift_id: UUID, *, by: By, now: datetime) -> None:
    row = (
        await session.execute(
            select(Shift, DutyRole, Person)
            .join(DutyRole, DutyRole.id == Shift.duty_role_id)
            .join(Person, Person.id == Shift.person_id)
            .where(Shift.id == shift_id)
        )
    ).first()
    if row is None:
        raise NotFound(_("Passet finns inte längre."))
    await session.delete(row.Shift)
    detail = f"{row.Person.ref} {row.Shift.starts_at.isoformat()}"
    await note(session, by, "Tog bort pass", row.DutyRole.code, now=now, detail=detail)
