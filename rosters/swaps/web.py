"""Pages: swaps that are open or were settled lately, and a planner's last word."""

from datetime import timedelta
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy import or_, select

from core.language import gettext as _
from core.models import Role
from core.permissions import Acting, Planner, Reader
from core.web import Now, Session, go, page
from rosters.duty.models import OPEN_SWAP, Swap, SwapState
from rosters.models import Unit
from rosters.seen import Look, seen
from rosters.swaps import service as swaps
from rosters.swaps.parts import Parts, parts_of

router = APIRouter()
SHOWN_FOR = timedelta(days=90)
MOST = 100


def look(state: SwapState) -> Look:
    return {
        SwapState.ASKED: Look("info", _("Väntar på svar")),
        SwapState.ACCEPTED: Look("warn", _("Väntar på godkännande")),
        SwapState.DONE: Look("ok", _("Klart")),
        SwapState.DECLINED: Look("neutral", _("Nej från den andra")),
        SwapState.REFUSED: Look("neutral", _("Inte godkänt")),
        SwapState.WITHDRAWN: Look("neutral", _("Taget tillbaka")),
        SwapState.LAPSED: Look("neutral", _("Hann inte bli klart")),
    }[state]


@router.get("/duty/swaps")
async def swap_list(request: Request, session: Session, user: Reader, now: Now) -> Response:
    ids = await session.scalars(
        select(Swap.id)
        .where(or_(Swap.state.in_(OPEN_SWAP), Swap.asked_at > now - SHOWN_FOR))
        .order_by(Swap.asked_at.desc())
        .limit(MOST)
    )
    found: list[Parts] = [await parts_of(session, each) for each in ids.all()]
    units = {unit.id: unit for unit in await session.scalars(select(Unit))}
    return page(
        request,
        "rosters/duty/swaps.html",
        open_ones=[each for each in found if each.swap.state in OPEN_SWAP],
        settled=[each for each in found if each.swap.state not in OPEN_SWAP],
        look=look,
        planner=user.may(Role.PLANNER),
        seen=lambda person: seen(person, user, units),
    )


@router.post("/duty/swaps/{swap_id}/{what}")
async def settle(
    swap_id: UUID,
    what: Literal["approve", "refuse"],
    session: Session,
    _user: Planner,
    by: Acting,
    now: Now,
) -> Response:
    verb = swaps.approve if what == "approve" else swaps.refuse
    await verb(session, swap_id, by=by, now=now)
    return go("/duty/swaps")
