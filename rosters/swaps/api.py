"""JSON: swaps, asked and settled by a program on somebody's behalf."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field
from sqlalchemy import select

from core.models import ApiToken
from core.permissions import requires_scope
from core.problems import problems
from core.web import Now, Session
from rosters.duty.api import MAY_READ, signed
from rosters.duty.changing import shift_of
from rosters.duty.models import OPEN_SWAP, Swap, SwapState
from rosters.lists import person_named
from rosters.models import Person
from rosters.swaps import service as swaps
from rosters.swaps.parts import Parts, parts_of

MAY_WRITE = requires_scope("duty:write")
MOST = 200
router = APIRouter(prefix="/api/v1/swaps", tags=["duty"], responses=problems(401, 403, 422))


class SwapOut(BaseModel):
    id: UUID
    role: str
    state: SwapState
    shift: UUID
    asked_by: str
    asked_of: str | None  # null: an offer to all
    return_shift: UUID | None
    asked_at: datetime


class Swaps(BaseModel):
    swaps: list[SwapOut]


class SwapIn(BaseModel):
    """`asked_of`: the organisation's own number of the other, or null for an offer to all."""

    shift: UUID
    asked_of: str | None = Field(default=None, min_length=1)
    return_shift: UUID | None = None
    message: str = ""


class SwapAnswer(BaseModel):
    person: str  # who says yes or no; the organisation's own number


@router.get("", dependencies=[Depends(MAY_READ)])
async def listed(
    session: Session, state: Annotated[Literal["open", "all"], Query()] = "open"
) -> Swaps:
    """The latest 200 first."""
    wanted = select(Swap.id).order_by(Swap.asked_at.desc()).limit(MOST)
    if state == "open":
        wanted = wanted.where(Swap.state.in_(OPEN_SWAP))
    ids = (await session.scalars(wanted)).all()
    return Swaps(swaps=[_out(await parts_of(session, each)) for each in ids])


@router.post("", status_code=201, responses=problems(400, 404, 409, 415))
async def ask(
    given: SwapIn, session: Session, now: Now, token: Annotated[ApiToken, Depends(MAY_WRITE)]
) -> SwapOut:
    """The one who has the shift asks to be rid of it."""
    shift = await shift_of(session, given.shift)
    swap = await swaps.ask_swap(
        session,
        shift.id,
        await session.get_one(Person, shift.person_id),
        other=await person_named(session, given.asked_of) if given.asked_of else None,
        return_shift_id=given.return_shift,
        message=given.message,
        by=signed(token),
        now=now,
    )
    await session.flush()  # what is described is read from the database
    return _out(await parts_of(session, swap.id))


@router.post("/{swap_id}/{what}", responses=problems(400, 404, 409, 415))
async def answer(
    swap_id: UUID,
    what: Literal["accept", "decline", "withdraw"],
    given: SwapAnswer,
    session: Session,
    now: Now,
    token: Annotated[ApiToken, Depends(MAY_WRITE)],
) -> SwapOut:
    """What one of the two says of it."""
    verbs = {"accept": swaps.accept, "decline": swaps.decline, "withdraw": swaps.withdraw}
    person = await person_named(session, given.person)
    await verbs[what](session, swap_id, person, by=signed(token), now=now)
    return _out(await parts_of(session, swap_id))


@router.post("/{swap_id}/settle/{what}", responses=problems(404, 409))
async def settle(
    swap_id: UUID,
    what: Literal["approve", "refuse"],
    session: Session,
    now: Now,
    token: Annotated[ApiToken, Depends(MAY_WRITE)],
) -> SwapOut:
    """A planner's last word, where the role wants it."""
    verb = swaps.approve if what == "approve" else swaps.refuse
    await verb(session, swap_id, by=signed(token), now=now)
    return _out(await parts_of(session, swap_id))


def _out(parts: Parts) -> SwapOut:
    return SwapOut(
        id=parts.swap.id,
        role=parts.role.code,
        state=parts.swap.state,
        shift=parts.shift.id,
        asked_by=parts.asker.ref,
        asked_of=parts.other.ref if parts.other else None,
        return_shift=parts.swap.return_shift_id,
        asked_at=parts.swap.asked_at,
    )
