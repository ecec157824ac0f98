"""Pages: handovers to come and lately, one as it is signed, and accepting for somebody who has said so."""

from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy import select

from core.language import gettext as _
from core.models import Role
from core.permissions import Acting, Planner, Reader
from core.web import Now, Session, go, page
from rosters.duty.models import Handover, HandoverState
from rosters.handovers import service as handovers
from rosters.handovers.flow import UNSETTLED, parts_about, parts_of
from rosters.models import Unit
from rosters.seen import Look, seen

router = APIRouter()
SHOWN_FOR = timedelta(days=60)
MOST = 100


def look(state: HandoverState) -> Look:
    return {
        HandoverState.PREPARED: Look("info", _("Kommer")),
        HandoverState.WAITING: Look("warn", _("Väntar på kvittens")),
        HandoverState.REFUSED: Look("bad", _("Nekad")),
        HandoverState.ACCEPTED: Look("ok", _("Kvitterad")),
        HandoverState.VOID: Look("neutral", _("Inställd")),
    }[state]


@router.get("/duty/handovers")
async def handover_list(request: Request, session: Session, user: Reader, now: Now) -> Response:
    rows = await session.scalars(
        select(Handover)
        .where(Handover.due_at > now - SHOWN_FOR, Handover.state != HandoverState.VOID)
        .order_by(Handover.due_at.desc())
        .limit(MOST)
    )
    units = {unit.id: unit for unit in await session.scalars(select(Unit))}
    return page(
        request,
        "rosters/duty/handovers.html",
        found=[await parts_about(session, row) for row in rows.all()],
        look=look,
        planner=user.may(Role.PLANNER),
        unsettled=UNSETTLED,
        seen=lambda person: seen(person, user, units),
    )


@router.get("/duty/handovers/{handover_id}")
async def one_handover(
    request: Request, handover_id: UUID, session: Session, user: Planner
) -> Response:
    """What the outgoing leaves can be about people: it is for the two, and for planners."""
    parts = await parts_of(session, handover_id)
    units = {unit.id: unit for unit in await session.scalars(select(Unit))}
    return page(
        request,
        "rosters/duty/handover.html",
        parts=parts,
        look=look,
        items=handovers.checklist(parts.role),
        seen=lambda person: seen(person, user, units),
        unsettled=UNSETTLED,
    )


@router.post("/duty/handovers/{handover_id}/accept")
async def accept_for(
    handover_id: UUID, session: Session, _user: Planner, by: Acting, now: Now
) -> Response:
    await handovers.accept(session, handover_id, None, via=by.name, by=by, now=now)
    return go(f"/duty/handovers/{handover_id}")
