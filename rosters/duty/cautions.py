"""What a planner should know before a plan of shifts is carried out; none of it forbids it."""

from collections import defaultdict
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.language import gettext as _
from core.language import ngettext
from rosters.duty.models import DutyRole, Shift, ShiftState
from rosters.duty.planning import Kind, Plan, Slot
from rosters.models import Person


async def cautions(
    session: AsyncSession, role: DutyRole, plan: Plan, *, now: datetime
) -> list[str]:
    slots = [change.slot for change in plan.changes if change.slot and change.kind != Kind.KEPT]
    if not slots:
        return []
    return [
        *await _beside_others(session, role, slots, now),
        *await _with_themselves(session, slots),
    ]


async def _beside_others(
    session: AsyncSession, role: DutyRole, slots: list[Slot], now: datetime
) -> list[str]:
    """Shifts that belong to no rotation stay: two are then on duty at once."""
    loose = await session.scalars(
        select(Shift).where(
            Shift.duty_role_id == role.id,
            Shift.rotation_id.is_(None),
            Shift.ends_at > now,
            Shift.state != ShiftState.COVERED,
        )
    )
    count = sum(
        any(shift.starts_at < slot.end and shift.ends_at > slot.start for slot in slots)
        for shift in loose
    )
    if not count:
        return []
    sentence = ngettext(
        "{count} pass som inte hör till någon rotation ligger kvar samtidigt. Ta bort det om bara en ska ha jour.",
        "{count} pass som inte hör till någon rotation ligger kvar samtidigt. Ta bort dem om bara en ska ha jour.",
        count,
    )
    return [sentence.format(count=count)]


async def _with_themselves(session: AsyncSession, slots: list[Slot]) -> list[str]:
    """One person in two layers at the same time is one person, not two."""
    by_person: defaultdict[UUID, list[Slot]] = defaultdict(list)
    for slot in sorted(slots, key=lambda each: each.start):
        by_person[slot.person_id].append(slot)
    twice = {
        person
        for person, theirs in by_person.items()
        if any(one.end > other.start for one, other in pairwise(theirs))
    }
    people = await session.scalars(select(Person).where(Person.id.in_(twice)).order_by(Person.name))
    return [_("{name} får två pass samtidigt.").format(name=each.name) for each in people]
