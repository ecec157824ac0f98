"""A swap with everything it is about, and who could be asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound
from core.language import gettext as _
from rosters.duty.models import DutyRole, Shift, Swap
from rosters.duty.telling import role_of
from rosters.models import Person


@dataclass(frozen=True, slots=True)
class Parts:
    """A swap with everything it is about."""

    swap: Swap
    role: DutyRole
    shift: Shift
    asker: Person
    other: Person | None
    returned: Shift | None


async def parts_of(session: AsyncSession, swap_id: UUID) -> Parts:
    swap = await session.get(Swap, swap_id)
    if swap is None:
        raise NotFound(_("Frågan om byte finns inte längre."))
    shift = await session.get_one(Shift, swap.shift_id)
    return Parts(
        swap,
        await role_of(session, shift),
        shift,
        await session.get_one(Person, swap.asked_by_id),
        await session.get(Person, swap.asked_of_id) if swap.asked_of_id else None,
        await session.get(Shift, swap.return_shift_id) if swap.return_shift_id else None,
    )


async def colleagues(
    session: AsyncSession, role: DutyRole, person: Person, *, now: datetime
) -> Sequence[Person]:
    """The others who have shifts of the role to come, by name."""
    found = await session.scalars(
        select(Person)
        .where(
            Person.id.in_(
                select(Shift.person_id).where(Shift.duty_role_id == role.id, Shift.ends_at > now)
            ),
            Person.id != person.id,
        )
        .order_by(Person.name)
    )
    return found.all()
