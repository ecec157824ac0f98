"""Pages: somebody leaves; what that leaves behind is shown before it is done."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from core.permissions import Acting, Planner
from core.settings import Settings
from core.web import Config, Now, Session, attempt, go, page
from rosters import service
from rosters.fields import day
from rosters.models import Person
from rosters.notices.service import Teller
from rosters.readiness.leaving import leave, losses

router = APIRouter(prefix="/people/{person_id}/end")


@router.get("")
async def before(
    request: Request,
    person_id: UUID,
    session: Session,
    _: Planner,
    config: Config,
    now: Now,
    last_day: str = "",
) -> Response:
    person = await service.person_of(session, person_id)
    chosen = person.active_to or now.astimezone(config.zone).date()
    async with attempt(session) as errors:
        chosen = day(last_day, field="last_day") or chosen
        service.refuse_last_day(person, chosen)
    return await _page(request, session, person, config, chosen, errors)


@router.post("")
async def end(
    request: Request,
    person_id: UUID,
    session: Session,
    _: Planner,
    by: Acting,
    config: Config,
    now: Now,
    last_day: Annotated[str, Form()] = "",
) -> Response:
    person = await service.person_of(session, person_id)
    chosen = now.astimezone(config.zone).date()
    async with attempt(session) as errors:
        chosen = day(last_day, field="last_day") or chosen
        await leave(Teller(session, now, config.zone), person, chosen, by=by)
        return go(f"/people/{person_id}")
    await session.refresh(person)  # what was refused has been undone
    return await _page(request, session, person, config, chosen, errors)


async def _page(
    request: Request,
    session: Session,
    person: Person,
    config: Settings,
    last_day: date,
    errors: dict[str, str],
) -> Response:
    return page(
        request,
        "rosters/leaving.html",
        status=422 if errors else 200,
        person=person,
        last_day=last_day,
        losses=await losses(session, person, after=last_day, zone=config.zone),
        errors=errors,
    )
