"""Handovers that go by themselves: prepared ahead, due on time, and told of when nobody accepts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core.audit import By, note
from core.errors import NotFound
from core.language import gettext as _
from rosters.duty.models import (
    ACCEPT_WITHIN,
    DutyRole,
    Handover,
    HandoverState,
    Shift,
    ShiftState,
)
from rosters.duty.telling import (
    ask_to_accept,
    ask_to_prepare,
    manager_of,
    tell_not_accepted,
    teller_for,
)
from rosters.models import Person
from rosters.notices.models import Notice, NoticeState, Question, QuestionKind
from rosters.notices.quiet import before_quiet, hours_of
from rosters.notices.service import Teller

AHEAD = timedelta(hours=48)  # how long before it is due a handover is prepared
WRITE_BEFORE = timedelta(hours=24)
UNSETTLED = (HandoverState.PREPARED, HandoverState.WAITING, HandoverState.REFUSED)


@dataclass(frozen=True, slots=True)
class Parts:
    handover: Handover
    role: DutyRole
    incoming: Person
    outgoing: Person


async def parts_of(session: AsyncSession, handover_id: UUID) -> Parts:
    handover = await session.get(Handover, handover_id)
    if handover is None:
        raise NotFound(_("Överlämningen finns inte längre."))
    return await parts_about(session, handover)


async def parts_about(session: AsyncSession, handover: Handover) -> Parts:
    return Parts(
        handover,
        await session.get_one(DutyRole, handover.duty_role_id),
        await session.get_one(Person, handover.incoming_id),
        await session.get_one(Person, handover.outgoing_id),
    )


async def prepare_coming(session: AsyncSession, *, now: datetime) -> None:
    """A handover for each change of person in the next two days, and for those that began just now."""
    await _void_outdated(session, now)
    await _forget_removed(session, now)
    incoming, outgoing = aliased(Shift), aliased(Shift)
    known = select(Handover.incoming_shift_id).where(Handover.state != HandoverState.VOID)
    rows = await session.execute(
        select(incoming, outgoing)
        .join(DutyRole, DutyRole.id == incoming.duty_role_id)
        .join(
            outgoing,
            (outgoing.duty_role_id == incoming.duty_role_id)
            & (outgoing.ends_at == incoming.starts_at),
        )
        .where(
            DutyRole.hands_over.is_(True),
            incoming.starts_at > now - ACCEPT_WITHIN,
            incoming.starts_at <= now + AHEAD,
            incoming.ends_at > now,
            incoming.state != ShiftState.COVERED,
            outgoing.state != ShiftState.COVERED,
            outgoing.person_id != incoming.person_id,
            incoming.id.not_in(known),
        )
        .order_by(incoming.starts_at, outgoing.rotation_id != incoming.rotation_id)
    )
    busy = select(Handover.outgoing_shift_id).where(
        Handover.state != HandoverState.VOID, Handover.due_at > now - ACCEPT_WITHIN
    )
    seen: set[UUID] = set(await session.scalars(busy))
    for comes, leaves in rows.all():
        if not seen & {comes.id, leaves.id}:  # each shift hands over to one, of several at once
            seen |= {comes.id, leaves.id}
            await _prepare(session, comes, leaves, now)


async def _prepare(session: AsyncSession, comes: Shift, leaves: Shift, now: datetime) -> None:
    handover = await session.scalar(select(Handover).where(Handover.incoming_shift_id == comes.id))
    if handover is None:
        handover = Handover(
            incoming_shift_id=comes.id,
            outgoing_shift_id=leaves.id,
            duty_role_id=comes.duty_role_id,
            incoming_id=comes.person_id,
            outgoing_id=leaves.person_id,
            due_at=comes.starts_at,
        )
        session.add(handover)
    else:
        handover.outgoing_shift_id, handover.outgoing_id = leaves.id, leaves.person_id
        handover.incoming_id, handover.due_at = comes.person_id, comes.starts_at
        handover.state, handover.refusal = HandoverState.PREPARED, ""
        handover.outgoing_told_at = handover.manager_told_at = None
    parts = await parts_about(session, handover)
    teller = teller_for(session, parts.role, now)
    quiet = hours_of(parts.outgoing)
    write_at = before_quiet(handover.due_at - WRITE_BEFORE, quiet, teller.zone)
    await ask_to_prepare(teller, parts.role, handover, parts.outgoing, write_at)
    question = await teller.ask(parts.incoming, QuestionKind.HANDOVER, handover.id)
    people = (parts.incoming, parts.outgoing)
    await ask_to_accept(teller, parts.role, handover, people, question)


async def _void_outdated(session: AsyncSession, now: datetime) -> None:
    """Where a shift has changed since, or is over, there is something else to hand over, or nothing.

    One that was accepted ahead of time was accepted by somebody, from somebody: not by others.
    """
    incoming, outgoing = aliased(Shift), aliased(Shift)
    ahead = (Handover.state == HandoverState.ACCEPTED) & (Handover.due_at > now - ACCEPT_WITHIN)
    rows = await session.execute(
        select(Handover, incoming, outgoing)
        .join(incoming, incoming.id == Handover.incoming_shift_id)
        .join(outgoing, outgoing.id == Handover.outgoing_shift_id)
        .where(or_(Handover.state.in_(UNSETTLED), ahead))
    )
    for handover, comes, leaves in rows.all():
        if _holds(handover, comes, leaves) and (
            handover.state is HandoverState.ACCEPTED or await _lasts(session, comes, now)
        ):
            continue
        handover.state = HandoverState.VOID
        role = await session.get_one(DutyRole, handover.duty_role_id)
        teller = teller_for(session, role, now)
        await teller.close(QuestionKind.HANDOVER, handover.id)
        await teller.withdraw(f"prepare:{handover.id}:")


async def _lasts(session: AsyncSession, comes: Shift, now: datetime) -> bool:
    """The incoming's shift, or one that somebody took over from it, is not over."""
    if comes.ends_at > now:
        return True
    taken = select(Shift.id).where(Shift.covers_id == comes.id, Shift.ends_at > now)
    return await session.scalar(taken.limit(1)) is not None


async def _forget_removed(session: AsyncSession, now: datetime) -> None:
    """With a shift its handover goes; then nobody is asked, and nobody is to prepare."""
    teller = Teller(session, now, ZoneInfo("UTC"))
    there = set(await session.scalars(select(Handover.id).where(Handover.state.in_(UNSETTLED))))
    open_ones = select(Question.subject_id).where(
        Question.kind == QuestionKind.HANDOVER, Question.closed_at.is_(None)
    )
    for handover_id in set(await session.scalars(open_ones)) - there:
        await teller.close(QuestionKind.HANDOVER, handover_id)
    prepare = select(Notice.key).where(
        Notice.state == NoticeState.DUE, Notice.key.startswith("prepare:")
    )
    asked = {UUID(key.split(":")[1]) for key in await session.scalars(prepare)}
    accepted = select(Handover.id).where(Handover.state == HandoverState.ACCEPTED)
    for handover_id in asked - there - set(await session.scalars(accepted)):
        await teller.withdraw(f"prepare:{handover_id}:")


def _holds(handover: Handover, comes: Shift, leaves: Shift) -> bool:
    return (
        comes.person_id == handover.incoming_id
        and leaves.person_id == handover.outgoing_id
        and comes.starts_at == leaves.ends_at == handover.due_at
        and ShiftState.COVERED not in {comes.state, leaves.state}
    )


async def begin_due(session: AsyncSession, *, now: datetime) -> None:
    """The time has come: from now on the outgoing is responsible until the incoming has accepted."""
    await session.execute(
        update(Handover)
        .where(Handover.state == HandoverState.PREPARED, Handover.due_at <= now)
        .values(state=HandoverState.WAITING)
    )


async def escalate(session: AsyncSession, *, now: datetime) -> None:
    """Nobody has accepted in time, or the incoming refused: outgoing and roster manager are told."""
    late = (Handover.state == HandoverState.WAITING) & (Handover.due_at <= now - ACCEPT_WITHIN)
    at_once = Handover.state == HandoverState.REFUSED
    rows = await session.scalars(
        select(Handover)
        .where(
            or_(late, at_once),
            or_(Handover.outgoing_told_at.is_(None), Handover.manager_told_at.is_(None)),
        )
        .with_for_update(skip_locked=True)  # what somebody is settling right now is left to them
    )
    for handover in rows.all():
        parts = await parts_about(session, handover)
        teller = teller_for(session, parts.role, now)
        manager = await manager_of(session, parts.role)
        for to, outgoing in ((parts.outgoing, True), (manager, False)):
            if to is not None:
                await tell_not_accepted(
                    teller, parts.role, handover, parts.incoming, to, outgoing=outgoing
                )
        handover.outgoing_told_at = handover.outgoing_told_at or now
        handover.manager_told_at = now
        who = f"{parts.outgoing.ref}, {manager.ref if manager else '-'}"
        await note(
            session, By("krislarm"), "Sa till om överlämning", parts.role.code, now=now, detail=who
        )
