"""One's own page: one's shifts, handovers and swaps, and taking over right now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Response
from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound, Refused
from core.language import gettext as _
from core.settings import Settings
from core.web import Now, Session, go
from rosters.duty import overrides
from rosters.duty.changing import shift_of
from rosters.duty.models import OPEN_SWAP, DutyRole, Handover, Shift, Swap, SwapState
from rosters.duty.resolver import OnDuty, on_duty
from rosters.duty.shifts import planned
from rosters.duty.telling import shown_name
from rosters.handovers.flow import UNSETTLED, parts_about
from rosters.handovers.flow import Parts as HandoverParts
from rosters.handovers.service import accept_taken
from rosters.models import Person
from rosters.my.access import Me, Myself
from rosters.notices.models import Question, QuestionKind
from rosters.swaps import service as swaps
from rosters.swaps.parts import Parts, parts_of
from rosters.swaps.web import look

router = APIRouter(prefix="/my/{token}")
SHOWN = timedelta(weeks=26)


@dataclass(frozen=True, slots=True)
class Present:
    """A duty that somebody else has at this moment, and this person could take over."""

    role: DutyRole
    present: OnDuty


async def part(
    session: AsyncSession, me: Myself, _config: Settings, now: datetime
) -> Mapping[str, object]:
    """What the page's part about duty shows."""
    return {
        "now": now,
        "shifts": await planned(session, start=now, end=now + SHOWN, person=me.person.id),
        "could_take": await _could_take(session, me, now),
        "handovers": await _handovers(session, me),
        "asked_of_me": await _asked_of(session, me, now),
        "my_swaps": await _asked_by(session, me),
        "look": look,
        "shown_name": shown_name,
    }


async def _could_take(session: AsyncSession, me: Myself, now: datetime) -> list[Present]:
    """Of the duties that the person has shifts of, those somebody else has now.

    Not the backup of a duty that is one's own now: nobody stands behind themselves.
    """
    roles = await session.scalars(
        select(DutyRole).where(DutyRole.id.in_(_duties_of(me.person))).order_by(DutyRole.code)
    )
    found: list[Present] = []
    mine: set[UUID] = set()
    for role in roles.all():
        present = [
            each for each in await on_duty(session, role.code, at=now) if each.shift.ends_at > now
        ]
        if me.person.id in {each.person.id for each in present}:
            mine.add(role.id)
        elif present:
            found.append(Present(role, present[0]))
    return [each for each in found if each.role.backs_up_id not in mine]


def _duties_of(person: Person) -> Select[UUID]:
    return select(Shift.duty_role_id).where(Shift.person_id == person.id)


async def _handovers(session: AsyncSession, me: Myself) -> list[HandoverParts]:
    rows = await session.scalars(
        select(Handover)
        .where(
            or_(Handover.incoming_id == me.person.id, Handover.outgoing_id == me.person.id),
            Handover.state.in_(UNSETTLED),
        )
        .order_by(Handover.due_at)
    )
    return [await parts_about(session, row) for row in rows.all()]


async def _asked_of(session: AsyncSession, me: Myself, now: datetime) -> list[Parts]:
    """Open questions to this person, and offers to all that it was asked about."""
    offered = select(Question.subject_id).where(
        Question.kind == QuestionKind.SWAP,
        Question.person_id == me.person.id,
        Question.closed_at.is_(None),
    )
    rows = await session.scalars(
        select(Swap.id)
        .join(Shift, Shift.id == Swap.shift_id)
        .where(
            Swap.state == SwapState.ASKED,
            Shift.starts_at > now,
            or_(
                Swap.asked_of_id == me.person.id,
                Swap.asked_of_id.is_(None) & Swap.id.in_(offered),
            ),
        )
        .order_by(Swap.asked_at)
    )
    return [await parts_of(session, each) for each in rows.all()]


async def _asked_by(session: AsyncSession, me: Myself) -> list[Parts]:
    rows = await session.scalars(
        select(Swap.id)
        .where(Swap.asked_by_id == me.person.id, Swap.state.in_(OPEN_SWAP))
        .order_by(Swap.asked_at)
    )
    return [await parts_of(session, each) for each in rows.all()]


@router.post("/shifts/{shift_id}/confirm")
async def confirm(shift_id: UUID, me: Me, session: Session, now: Now) -> Response:
    await overrides.confirm(session, shift_id, me.person, by=me.by, now=now)
    return go(f"{me.url}#shifts")


@router.post("/shifts/{shift_id}/take-over")
async def take_over(
    shift_id: UUID,
    me: Me,
    session: Session,
    now: Now,
    hours: Annotated[int, Form(ge=0, le=24 * 14)] = 0,
) -> Response:
    """From this moment, for so many hours; 0 for the rest of the shift.

    Only what has begun, in a duty that the person has a part in: the rest is for both to agree on.
    """
    shift = await shift_of(session, shift_id)
    if shift.duty_role_id not in set(await session.scalars(_duties_of(me.person))):
        raise NotFound(_("Jouren är inte din."))
    if shift.starts_at > now:
        raise Refused(_("Passet har inte börjat. Be om byte i stället."), status=409)
    end = now + timedelta(hours=hours) if hours else None
    taken = await overrides.take_over(
        session, shift_id, me.person, start=now, end=end, by=me.by, now=now
    )
    await accept_taken(session, taken, now=now)
    return go(f"{me.url}#shifts")


@router.post("/swaps/{swap_id}/{what}")
async def answer_swap(
    swap_id: UUID,
    what: Literal["accept", "decline", "withdraw"],
    me: Me,
    session: Session,
    now: Now,
) -> Response:
    verbs = {"accept": swaps.accept, "decline": swaps.decline, "withdraw": swaps.withdraw}
    await verbs[what](session, swap_id, me.person, by=me.by, now=now)
    return go(f"{me.url}#swaps")
