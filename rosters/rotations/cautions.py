"""What a planner should know before a plan of shifts is carried out; none of it forbids it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.language import gettext as _
from core.language import ngettext
from rosters.duty.models import DutyRole, Shift, ShiftState
from rosters.models import Person
from rosters.rotations.planning import Kind, Plan, Slot


async def cautions(
    session: AsyncSession, role: DutyRole, plan: Plan, *, now: datetime
) -> list[str]:
    slots = [change.slot for change in plan.changes if change.slot and change.kind != Kind.KEPT]
    changed = {
        change.shift.id for change in plan.changes if change.shift and change.kind != Kind.KEPT
    }
    rows = await session.scalars(
        select(Shift).where(
            Shift.duty_role_id == role.id,
            Shift.ends_at > now,
            Shift.state != ShiftState.COVERED,
        )
    )
    staying = [shift for shift in rows if shift.id not in changed]
    return [*_beside_others(staying, slots), *await _with_themselves(session, staying, slots)]


def _beside_others(staying: Sequence[Shift], slots: Sequence[Slot]) -> Iterator[str]:
    """Shifts that belong to no rotation stay: two are then on duty at once."""
    count = sum(
        any(shift.starts_at < slot.end and shift.ends_at > slot.start for slot in slots)
        for shift in staying
        if shift.rotation_id is None
    )
    if count:
        yield ngettext(
            "{count} pass som inte hör till någon rotation ligger kvar samtidigt. Ta bort det om bara en ska ha jour.",
            "{count} pass som inte hör till någon rotation ligger kvar samtidigt. Ta bort dem om bara en ska ha jour.",
            count,
        ).format(count=count)


async def _with_themselves(
    session: AsyncSession, staying: Sequence[Shift], slots: Sequence[Slot]
) -> list[str]:
    """One person in two layers at the same time is one person, not two."""
    times: defaultdict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    for slot in slots:
        times[slot.person_id].append((slot.start, slot.end))
    for shift in staying:
        if shift.person_id in times:
            times[shift.person_id].append((shift.starts_at, shift.ends_at))
    twice = {
        person
        for person, theirs in times.items()
        if any(one[1] > other[0] for one, other in pairwise(sorted(theirs)))
    }
    people = await session.scalars(select(Person).where(Person.id.in_(twice)).order_by(Person.name))
    return [_("{name} får två pass samtidigt.").format(name=each.name) for each in people]
