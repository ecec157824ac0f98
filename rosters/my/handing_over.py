"""One's own pages: a handover, signed by the one who leaves and accepted by the one who comes."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound
from core.language import gettext as _
from core.web import Now, Session, attempt, go, page
from rosters.duty.telling import shown_name
from rosters.handovers import service as handovers
from rosters.handovers.flow import UNSETTLED, parts_of
from rosters.handovers.service import Leaving
from rosters.handovers.web import look
from rosters.models import Person
from rosters.my.access import Me, Myself
from rosters.seen import Seen

router = APIRouter(prefix="/my/{token}/handovers/{handover_id}")


class LeavingForm(BaseModel):
    matters: str = ""
    links: str = ""
    equipment: list[str] = []
    test_call: str = ""


@router.get("")
async def handover(request: Request, handover_id: UUID, me: Me, session: Session) -> Response:
    return await _page(request, session, me, handover_id)


@router.post("/sign")
async def sign(
    request: Request,
    handover_id: UUID,
    form: Annotated[LeavingForm, Form()],
    me: Me,
    session: Session,
    now: Now,
) -> Response:
    left = Leaving(
        matters=form.matters,
        links=form.links,
        equipment=form.equipment,
        test_call=bool(form.test_call),
    )
    async with attempt(session) as errors:
        await handovers.sign(session, handover_id, me.person, left, by=me.by, now=now)
        return go(f"{me.url}/handovers/{handover_id}")
    return await _page(request, session, me, handover_id, form, errors)


@router.post("/accept")
async def accept(handover_id: UUID, me: Me, session: Session, now: Now) -> Response:
    await handovers.accept(session, handover_id, me.person, via="page", by=me.by, now=now)
    return go(f"{me.url}/handovers/{handover_id}")


@router.post("/refuse")
async def refuse(
    handover_id: UUID, me: Me, session: Session, now: Now, why: Annotated[str, Form()] = ""
) -> Response:
    await handovers.refuse(session, handover_id, me.person, why, by=me.by, now=now)
    return go(f"{me.url}/handovers/{handover_id}")


async def _page(
    request: Request,
    session: AsyncSession,
    me: Myself,
    handover_id: UUID,
    form: LeavingForm | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response:
    parts = await parts_of(session, handover_id)
    if me.person.id not in {parts.incoming.id, parts.outgoing.id}:
        raise NotFound(_("Överlämningen är inte din."))
    row = parts.handover
    present = LeavingForm(
        matters=row.matters,
        links=row.links or await open_matters(request, session),
        equipment=row.equipment.splitlines(),
        test_call="yes" if row.test_call_at else "",
    )
    return page(
        request,
        "rosters/my/handover.html",
        status=422 if errors else 200,
        me=me,
        parts=parts,
        form=form or present,
        errors=errors or {},
        items=handovers.checklist(parts.role),
        leaves=me.person.id == parts.outgoing.id,
        unsettled=UNSETTLED,
        look=look,
        seen=_by_name,
    )


def _by_name(person: Person) -> Seen:
    return Seen(shown_name(person), "" if person.protected else person.title, "")


async def open_matters(request: Request, session: AsyncSession) -> str:
    """Lines of open alarms and incidents, "address title": what the packages above say is open."""
    found: list[str] = []
    for say in request.app.state.open_matters:
        found += [f"{url} {title}" for url, title in await say(session)]
    return "\n".join(found)
