"""Verbs: ask for a swap, answer it, and carry it out; settled once, whoever is first."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By, note
from core.errors import NotFound, Refused
from core.forms import line
from core.language import N_
from core.language import gettext as _
from rosters.duty.changing import give, refuse_begun, refuse_unfit, shift_of
from rosters.duty.models import OPEN_SWAP, DutyRole, Shift, Swap, SwapState
from rosters.duty.telling import (
    role_of,
    tell_of_answer,
    tell_of_change,
    tell_of_exchange,
    tell_of_question,
    teller_for,
)
from rosters.models import Person
from rosters.notices.models import QuestionKind
from rosters.notices.service import Teller
from rosters.qualifications.service import refuse_unqualified
from rosters.swaps.parts import Parts, colleagues, parts_of

DECLINED = N_("Nej till byte av {role} {when}. Passet är fortfarande ditt.")
REFUSED = N_("Bytet av {role} {when} godkändes inte. Passen är som förut.")
WAITS = N_("Ja till byte av {role} {when}. Nu väntar det på godkännande.")
LAPSED = N_("Bytet av {role} {when} hann inte bli klart. Passet är fortfarande ditt.")


async def ask_swap(
    session: AsyncSession,
    shift_id: UUID,
    asker: Person,
    *,
    other: Person | None,
    return_shift_id: UUID | None = None,
    message: str = "",
    by: By,
    now: datetime,
) -> Swap:
    """Ask somebody, or everybody who is fit when `other` is None, to take a shift of one's own."""
    shift = await _own(session, shift_id, asker)
    refuse_begun(shift, now)
    role = await role_of(session, shift)
    if await session.scalar(
        select(Swap.id).where(Swap.shift_id == shift.id, Swap.state.in_(OPEN_SWAP))
    ):
        raise Refused(_("Det finns redan en öppen fråga om det här passet."), field="person")
    returned = await session.get(Shift, return_shift_id) if return_shift_id else None
    if return_shift_id and returned is None:
        raise NotFound(_("Passet finns inte längre."))
    if other is not None:
        await _refuse_impossible(session, role, shift, asker, other, returned, now)
    swap = Swap(
        shift_id=shift.id,
        asked_by_id=asker.id,
        asked_of_id=other.id if other else None,
        return_shift_id=returned.id if returned and other else None,
        message=line(message, field="message", longest=200),
        asked_at=now,
    )
    session.add(swap)
    asked = [other] if other else await colleagues(session, role, asker, now=now)
    await tell_of_question(teller_for(session, role, now), role, swap, asker, asked)
    detail = f"{asker.ref} → {other.ref if other else '?'} {shift.starts_at.isoformat()}"
    await note(session, by, "Bad om byte", role.code, now=now, detail=detail)
    return swap


async def accept(
    session: AsyncSession, swap_id: UUID, person: Person, *, by: By, now: datetime
) -> SwapState:
    """The other says yes: it is done, or waits for a planner where the role wants it."""
    parts = await parts_of(session, swap_id)
    if parts.swap.asked_of_id not in {None, person.id} or person.id == parts.asker.id:
        raise NotFound(_("Frågan är inte till dig."))
    refuse_begun(parts.shift, now)
    _refuse_settled(parts.swap, SwapState.ASKED)
    await _refuse_impossible(
        session, parts.role, parts.shift, parts.asker, person, parts.returned, now
    )
    state = SwapState.ACCEPTED if parts.role.approves_swaps else SwapState.DONE
    await _move(
        session,
        parts.swap,
        (SwapState.ASKED,),
        {"state": state, "asked_of_id": person.id, "answered_at": now},
    )
    teller = teller_for(session, parts.role, now)
    await teller.close(QuestionKind.SWAP, swap_id)
    if state is SwapState.ACCEPTED:
        await tell_of_answer(teller, parts.role, parts.swap, parts.shift, parts.asker, WAITS)
    else:
        await _carry_out(session, parts, person, now=now)
    # Last, as everywhere: who waits for a shift while holding the audit trail waits in a ring.
    await note(session, by, "Sa ja till byte", parts.role.code, now=now, detail=person.ref)
    return state


async def decline(
    session: AsyncSession, swap_id: UUID, person: Person, *, by: By, now: datetime
) -> None:
    """The one who was asked says no. Of an offer to all, one no settles nothing."""
    parts = await parts_of(session, swap_id)
    if parts.swap.asked_of_id is None:
        return
    if parts.swap.asked_of_id != person.id:
        raise NotFound(_("Frågan är inte till dig."))
    await _end(session, parts, SwapState.DECLINED, (SwapState.ASKED,), by=by, now=now)
    await tell_of_answer(
        teller_for(session, parts.role, now),
        parts.role,
        parts.swap,
        parts.shift,
        parts.asker,
        DECLINED,
    )


async def withdraw(
    session: AsyncSession, swap_id: UUID, person: Person, *, by: By, now: datetime
) -> None:
    parts = await parts_of(session, swap_id)
    if parts.asker.id != person.id:
        raise NotFound(_("Frågan är inte din."))
    await _end(session, parts, SwapState.WITHDRAWN, OPEN_SWAP, by=by, now=now)


async def approve(session: AsyncSession, swap_id: UUID, *, by: By, now: datetime) -> None:
    """A planner has the last word, where the role wants it; what has changed in between is refused."""
    parts = await parts_of(session, swap_id)
    refuse_begun(parts.shift, now)
    _refuse_settled(parts.swap, *OPEN_SWAP)
    if parts.other is None:
        raise Refused(_("Ingen har sagt ja till bytet än."), status=409)
    await _refuse_impossible(
        session, parts.role, parts.shift, parts.asker, parts.other, parts.returned, now
    )
    settled = {"state": SwapState.DONE, "settled_at": now, "settled_by": by.name}
    await _move(session, parts.swap, (SwapState.ACCEPTED,), settled)
    await _carry_out(session, parts, parts.other, now=now)
    await note(session, by, "Godkände byte", parts.role.code, now=now, detail=parts.asker.ref)


async def refuse(session: AsyncSession, swap_id: UUID, *, by: By, now: datetime) -> None:
    parts = await parts_of(session, swap_id)
    await _end(session, parts, SwapState.REFUSED, OPEN_SWAP, by=by, now=now)
    teller = teller_for(session, parts.role, now)
    for each in (parts.asker, parts.other):
        if each is not None:
            await tell_of_answer(teller, parts.role, parts.swap, parts.shift, each, REFUSED)


async def take_text(teller: Teller, swap_id: UUID, person: Person, yes: bool) -> str:  # noqa: FBT001  # one of three of a shape
    """A text says yes or no to a swap; the sentence to say back."""
    by = By(f"{person.ref} (sms)")
    if not yes:
        await decline(teller.session, swap_id, person, by=by, now=teller.now)
        return _("Noterat: du tar inte passet.")
    state = await accept(teller.session, swap_id, person, by=by, now=teller.now)
    if state is SwapState.ACCEPTED:
        return _("Noterat: du tar passet om bytet godkänns.")
    return _("Noterat: passet är ditt.")


async def lapse(session: AsyncSession, *, now: datetime) -> None:
    """A swap that was not settled before the shift began, or whose shifts have changed, is off."""
    # What somebody is settling at this moment is left to them.
    rows = await session.scalars(
        select(Swap.id).where(Swap.state.in_(OPEN_SWAP)).with_for_update(skip_locked=True)
    )
    for swap_id in rows.all():
        parts = await parts_of(session, swap_id)
        firsts = [parts.shift.starts_at, *([parts.returned.starts_at] if parts.returned else [])]
        if min(firsts) > now and parts.shift.person_id == parts.asker.id:
            continue
        await _end(session, parts, SwapState.LAPSED, OPEN_SWAP, by=By("krislarm"), now=now)
        teller = teller_for(session, parts.role, now)
        await tell_of_answer(teller, parts.role, parts.swap, parts.shift, parts.asker, LAPSED)


async def _own(session: AsyncSession, shift_id: UUID, person: Person) -> Shift:
    shift = await shift_of(session, shift_id)
    if shift.person_id != person.id:
        raise NotFound(_("Passet är inte ditt."))
    return shift


async def _refuse_impossible(
    session: AsyncSession,
    role: DutyRole,
    shift: Shift,
    asker: Person,
    other: Person,
    returned: Shift | None,
    now: datetime,
) -> None:
    if asker.id == other.id:
        raise Refused(_("Du kan inte byta med dig själv."), field="person")
    if shift.person_id != asker.id:
        raise Refused(_("Passet har ändrats av någon annan. Ladda om sidan."), status=409)
    await refuse_unqualified(session, role, other, shift.starts_at)
    away = [shift.id, *([returned.id] if returned else [])]
    await refuse_unfit(session, role, other, shift.starts_at, shift.ends_at, besides=away)
    if returned is None:
        return
    if returned.person_id != other.id:
        raise Refused(_("Passet i gengäld är inte den andres."), field="return_shift")
    refuse_begun(returned, now)
    back = await role_of(session, returned)
    await refuse_unqualified(session, back, asker, returned.starts_at)
    await refuse_unfit(session, back, asker, returned.starts_at, returned.ends_at, besides=away)


def _refuse_settled(swap: Swap, *open_states: SwapState) -> None:
    if swap.state not in open_states:
        raise Refused(_("Någon annan hann före: bytet är redan avgjort."), status=409)


async def _move(
    session: AsyncSession, swap: Swap, before: Sequence[SwapState], values: dict[str, object]
) -> None:
    moved = await session.scalars(
        update(Swap)
        .where(Swap.id == swap.id, Swap.state.in_(before))
        .values(values)
        .returning(Swap.id)
    )
    if moved.first() is None:
        raise Refused(_("Någon annan hann före: bytet är redan avgjort."), status=409)


async def _end(
    session: AsyncSession,
    parts: Parts,
    state: SwapState,
    before: Sequence[SwapState],
    *,
    by: By,
    now: datetime,
) -> None:
    values = {"state": state, "settled_at": now, "settled_by": by.name}
    await _move(session, parts.swap, before, values)
    await teller_for(session, parts.role, now).close(QuestionKind.SWAP, parts.swap.id)
    await note(session, by, "Avslutade byte", parts.role.code, now=now, detail=state.value)


async def _carry_out(session: AsyncSession, parts: Parts, taker: Person, *, now: datetime) -> None:
    """Both shifts change hands in one go; in calendars each event moves with its person."""
    mine, theirs = parts.shift, parts.returned
    teller = teller_for(session, parts.role, now)
    if theirs is None:
        await give(session, mine, taker.id, now=now)
        await tell_of_change(teller, parts.role, mine, parts.asker, taker)
        return
    gifts = (mine, taker.id, theirs.event), (theirs, parts.asker.id, mine.event)
    for shift, person_id, event in sorted(gifts, key=lambda each: each[0].id):  # one order for all
        await give(session, shift, person_id, event=event, now=now)
    await tell_of_exchange(teller, parts.role, parts.swap, mine, parts.asker, theirs)
    await tell_of_exchange(teller, parts.role, parts.swap, theirs, taker, mine)
