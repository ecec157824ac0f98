"""Shifts of duty roles: add and remove."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By, note
from core.errors import NotFound, Refused
from core.language import gettext as _
from rosters.duty.models import DutyRole, Shift
from rosters.duty.resolver import OnDuty
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
) -> list[Planned]:
    """The shifts that touch a time, in order of their start."""
    statement = (
        select(DutyRole, Shift, Person)
        .join(Shift, Shift.duty_role_id == DutyRole.id)
        .join(Person, Person.id == Shift.person_id)
        .where(Shift.ends_at > start, Shift.starts_at < end)
        .order_by(Shift.starts_at, DutyRole.code, Person.ref)
    )
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
    person = await session.scalar(select(Person).where(Person.ref == ref.strip().split(" ")[0]))
    if person is None:
        raise Refused(_("Personen finns inte. Välj ur listan."), field="person")
    if ends_at <= starts_at:
        raise Refused(_("Passet slutar innan det börjar."), field="ends_at")
    clash = await session.scalar(
        select(Shift.id)
        .where(
            Shift.duty_role_id == duty.id,
            Shift.person_id == person.id,
            Shift.starts_at < ends_at,
            Shift.ends_at > starts_at,
        )
        .limit(1)
    )
    if clash is not None:
        sentence = _("{name} har redan ett pass som överlappar.").format(name=person.name)
        raise Refused(sentence, field="starts_at")
    shift = Shift(duty_role_id=duty.id, person_id=person.id, starts_at=starts_at, ends_at=ends_at)
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


def by_role(found: Sequence[Planned], role: DutyRole, at: datetime) -> tuple[OnDuty, ...]:
    """Those of the planned who are on duty at an instant."""
    return tuple(
        OnDuty(each.person, each.shift)
        for each in found
        if each.role.id == role.id and each.shift.starts_at <= at < each.shift.ends_at
    )
