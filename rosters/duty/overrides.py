"""Verbs: take over a shift or a part of it, and confirm one's own."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By, note
from core.errors import NotFound, Refused
from core.language import gettext as _
from rosters.duty.changing import cut_out, refuse_unfit, shift_of
from rosters.duty.models import Shift, ShiftState
from rosters.duty.telling import role_of, tell_of_change, teller_for
from rosters.models import Person
from rosters.qualifications.service import refuse_unqualified


async def take_over(
    session: AsyncSession,
    shift_id: UUID,
    taker: Person,
    *,
    start: datetime,
    end: datetime | None = None,
    even_unqualified: bool = False,
    by: By,
    now: datetime,
) -> Shift:
    """The taker has the duty from `start` until `end`, or until the shift is over.

    `even_unqualified`: a planner may know better, at three in the morning.
    """
    shift = await shift_of(session, shift_id)
    role = await role_of(session, shift)
    start = max(start, shift.starts_at, now)
    end = min(end or shift.ends_at, shift.ends_at)
    if shift.ends_at <= now:
        raise Refused(_("Passet är slut."), status=409)
    if shift.person_id == taker.id:
        raise Refused(_("Passet är redan ditt."), field="person")
    if end <= start:
        raise Refused(_("Tiden ska sluta efter att den börjar, och efter nu."), field="ends_at")
    await refuse_unfit(session, role, taker, start, end)
    if not even_unqualified:
        await refuse_unqualified(session, role, taker, start)
    giver = await session.get_one(Person, shift.person_id)
    taken = await cut_out(session, shift, taker, start, end, now=now)
    await tell_of_change(teller_for(session, role, now), role, taken, giver, taker)
    detail = f"{giver.ref} → {taker.ref} {start.isoformat()} – {end.isoformat()}"
    await note(session, by, "Tog över pass", role.code, now=now, detail=detail)
    return taken


async def confirm(
    session: AsyncSession, shift_id: UUID, person: Person, *, by: By, now: datetime
) -> None:
    """The person has seen the shift and says yes to it."""
    shift = await shift_of(session, shift_id)
    if shift.person_id != person.id:
        raise NotFound(_("Passet finns inte längre."))
    confirmed = await session.scalars(
        update(Shift)
        .where(Shift.id == shift.id, Shift.state == ShiftState.PLANNED)
        .values(state=ShiftState.CONFIRMED, changed_at=now)
        .returning(Shift.id)
    )
    if confirmed.first() is not None:
        role = await role_of(session, shift)
        await note(
            session, by, "Bekräftade pass", role.code, now=now, detail=shift.starts_at.isoformat()
        )
