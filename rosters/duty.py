"""Who is on duty: the one resolver that every other part asks."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from rosters.models import DutyRole, Person, Shift, ShiftState


@dataclass(frozen=True, slots=True)
class OnDuty:
    person: Person
    shift: Shift


async def on_duty(session: AsyncSession, role: str, *, at: datetime) -> tuple[OnDuty, ...]:
    """Those on shift for the duty role with this code at an instant, longest on duty first."""
    rows = await session.execute(
        select(Person, Shift)
        .join(Shift, Shift.person_id == Person.id)
        .join(DutyRole, DutyRole.id == Shift.duty_role_id)
        .where(
            DutyRole.code == role,
            Shift.starts_at <= at,
            Shift.ends_at > at,
            Shift.state != ShiftState.COVERED,
        )
        .order_by(Shift.starts_at, Person.ref)
    )
    return tuple(OnDuty(person, shift) for person, shift in rows)


async def next_on_duty(session: AsyncSession, role: str, *, at: datetime) -> OnDuty | None:
    """The person whose shift for the role starts next after an instant."""
    row = (
        await session.execute(
            select(Person, Shift)
            .join(Shift, Shift.person_id == Person.id)
            .join(DutyRole, DutyRole.id == Shift.duty_role_id)
            .where(DutyRole.code == role, Shift.starts_at > at, Shift.state != ShiftState.COVERED)
            .order_by(Shift.starts_at, Person.ref)
            .limit(1)
        )
    ).first()
    return OnDuty(*row) if row else None
