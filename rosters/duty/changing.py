"""Rules for every change of a shift: it must still be there, be to come, and fit its new person."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound, Refused
from core.language import gettext as _
from rosters.duty.models import DutyRole, Shift, ShiftState
from rosters.duty.resolver import in_service
from rosters.models import Person


async def shift_of(session: AsyncSession, shift_id: UUID) -> Shift:
    """The shift; NotFound when it is gone, or when somebody else has taken it over."""
    shift = await session.get(Shift, shift_id)
    if shift is None or shift.state is ShiftState.COVERED:
        raise NotFound(_("Passet finns inte längre."))
    return shift


def refuse_begun(shift: Shift, now: datetime) -> None:
    if shift.starts_at <= now:
        raise Refused(_("Passet har redan börjat."), status=409)


async def refuse_unfit(
    session: AsyncSession,
    role: DutyRole,
    person: Person,
    start: datetime,
    end: datetime,
    *,
    besides: Collection[UUID] = (),
) -> None:
    """The person must be in service all the time, and have no other shift of the role in it.

    `besides` are shifts that the person is about to give away.
    """
    zone, name = ZoneInfo(role.time_zone), person.ref if person.protected else person.name
    last = max(start, end.replace(microsecond=0) - (end - start) / 1000)
    if not (in_service(person, at=start, zone=zone) and in_service(person, at=last, zone=zone)):
        raise Refused(_("{name} är inte i tjänst då.").format(name=name), field="person")
    clash = await session.scalar(
        select(Shift.id)
        .where(
            Shift.duty_role_id == role.id,
            Shift.person_id == person.id,
            Shift.state != ShiftState.COVERED,
            Shift.starts_at < end,
            Shift.ends_at > start,
            Shift.id.not_in(besides),
        )
        .limit(1)
    )
    if clash is not None:
        sentence = _("{name} har redan ett pass som överlappar.").format(name=name)
        raise Refused(sentence, field="person")


async def give(
    session: AsyncSession, shift: Shift, taker: UUID, *, event: UUID | None = None, now: datetime
) -> None:
    """The shift has another person, who has said yes to it; in calendars it is `event` from now on.

    Refused when somebody has changed the shift in between.
    """
    expected = shift.person_id
    changed = await session.scalars(
        update(Shift)
        .where(
            Shift.id == shift.id,
            Shift.person_id == expected,
            Shift.state != ShiftState.COVERED,
            Shift.starts_at == shift.starts_at,
            Shift.ends_at == shift.ends_at,
        )
        .values(
            person_id=taker,
            uid=event or shift.event,
            state=ShiftState.CONFIRMED,
            by_hand=True,
            sequence=Shift.sequence + 1,
            changed_at=now,
        )
        .returning(Shift.id)
    )
    if changed.first() is None:
        raise Refused(_("Passet har ändrats av någon annan. Ladda om sidan."), status=409)
    await session.refresh(shift)


async def cut_out(
    session: AsyncSession,
    shift: Shift,
    taker: Person,
    start: datetime,
    end: datetime,
    *,
    now: datetime,
) -> Shift:
    """Somebody else has the shift from `start` to `end`; what is left before and after stays.

    Refused when somebody has changed the shift in between.
    """
    values: dict[str, object] = {
        "by_hand": True,
        "sequence": Shift.sequence + 1,
        "changed_at": now,
    }
    values |= {"ends_at": start} if start > shift.starts_at else {"state": ShiftState.COVERED}
    changed = await session.scalars(
        update(Shift)
        .where(
            Shift.id == shift.id,
            Shift.person_id == shift.person_id,
            Shift.state != ShiftState.COVERED,
            Shift.starts_at == shift.starts_at,
            Shift.ends_at == shift.ends_at,
        )
        .values(values)
        .returning(Shift.id)
        .execution_options(synchronize_session=False)
    )
    if changed.first() is None:
        raise Refused(_("Passet har ändrats av någon annan. Ladda om sidan."), status=409)
    taken = _piece(shift, taker.id, start, end, now)
    session.add(taken)
    if end < shift.ends_at:
        session.add(_piece(shift, shift.person_id, end, shift.ends_at, now))
    return taken


def _piece(shift: Shift, person: UUID, start: datetime, end: datetime, now: datetime) -> Shift:
    return Shift(
        duty_role_id=shift.duty_role_id,
        person_id=person,
        starts_at=start,
        ends_at=end,
        state=ShiftState.CONFIRMED,
        by_hand=True,
        covers_id=shift.id,
        uid=uuid4(),
        changed_at=now,
    )
