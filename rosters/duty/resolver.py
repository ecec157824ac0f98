"""Who is on duty: the one resolver that every page, path, calendar and program asks."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from rosters.duty.models import DutyRole, Handover, HandoverState, Shift, ShiftState
from rosters.models import Person


@dataclass(frozen=True, slots=True)
class OnDuty:
    person: Person
    shift: Shift
    until_accepted: bool = False  # the shift is over, but the next one has not accepted it


async def on_duty(session: AsyncSession, role: str, *, at: datetime) -> tuple[OnDuty, ...]:
    """Those who have the duty role with this code at an instant, longest on duty first.

    Where handovers are accepted, the outgoing stays responsible beside the incoming until then.
    Who has left the service is on duty no longer; who is absent still is, for a call that nobody
    takes costs less than a call that is never made.
    """
    rows = (
        await session.execute(
            select(Person, Shift, DutyRole)
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
    ).all()
    found = [OnDuty(person, shift) for person, shift, _role in rows]
    if rows and rows[0].DutyRole.hands_over:
        found = [*await _not_yet_relieved(session, found, at=at), *found]
    zone = ZoneInfo(rows[0].DutyRole.time_zone) if rows else None
    return tuple(each for each in found if zone and in_service(each.person, at=at, zone=zone))


async def _not_yet_relieved(
    session: AsyncSession, present: Iterable[OnDuty], *, at: datetime
) -> list[OnDuty]:
    """The outgoing of those whose handover was due by then and not accepted.

    Who takes over from somebody that never accepted relieves nobody until they have accepted: the
    one before is responsible still.
    """
    on_shift = {each.person.id for each in present}
    found: dict[UUID, OnDuty] = {}
    shifts, seen = {each.shift.id for each in present}, set[UUID]()
    while shifts:
        seen |= shifts
        rows = await _unaccepted(session, shifts, at)
        for person, shift, _taken in rows:
            if person.id not in on_shift:
                found.setdefault(person.id, OnDuty(person, shift, until_accepted=True))
        shifts = {shift.id for _person, shift, taken in rows if taken} - seen
    return sorted(found.values(), key=lambda each: (each.shift.starts_at, each.person.ref))


async def _unaccepted(
    session: AsyncSession, incoming_shifts: Collection[UUID], at: datetime
) -> Sequence[Row[Person, Shift, bool]]:
    """The outgoing, their shifts, and whether the incoming's was taken over from theirs."""
    outgoing, incoming = aliased(Shift), aliased(Shift)
    rows = await session.execute(
        select(Person, outgoing, func.coalesce(incoming.covers_id == outgoing.id, false()))
        .join(outgoing, outgoing.person_id == Person.id)
        .join(Handover, Handover.outgoing_shift_id == outgoing.id)
        .join(incoming, incoming.id == Handover.incoming_shift_id)
        .where(
            Handover.incoming_shift_id.in_(incoming_shifts),
            Handover.due_at <= at,
            or_(
                Handover.state.in_((HandoverState.WAITING, HandoverState.REFUSED)),
                (Handover.state == HandoverState.ACCEPTED) & (Handover.accepted_at > at),
            ),
        )
    )
    return rows.all()


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


def in_service(person: Person, *, at: datetime, zone: ZoneInfo) -> bool:
    today = at.astimezone(zone).date()
    started = person.active_from is None or person.active_from <= today
    return started and (person.active_to is None or today <= person.active_to)
