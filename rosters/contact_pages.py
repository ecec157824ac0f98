"""Forms on a person's page: numbers and addresses, their order, hours and checks."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from core.permissions import Acting, Planner
from core.web import Config, Now, Session, attempt, go
from rosters import service
from rosters.fields import hour
from rosters.people_pages import person_page

router = APIRouter()


@router.post("/people/{person_id}/contacts")
async def add(
    request: Request,
    person_id: UUID,
    session: Session,
    _: Planner,
    by: Acting,
    config: Config,
    now: Now,
    kind: Annotated[str, Form()] = "",
    address: Annotated[str, Form()] = "",
) -> Response:
    person = await service.person_of(session, person_id)
    async with attempt(session) as errors:
        await service.add_point(session, person, kind, address, by=by, now=now)
        return go(f"/people/{person_id}#contacts")
    typed = {"kind": kind, "address": address}
    return await person_page(request, session, person, config, now, errors, typed)


@router.post("/people/{person_id}/contacts/{point_id}/hours")
async def set_hours(
    person_id: UUID,
    point_id: UUID,
    session: Session,
    _: Planner,
    by: Acting,
    now: Now,
    usable_from: Annotated[str, Form()] = "",
    usable_to: Annotated[str, Form()] = "",
) -> Response:
    person = await service.person_of(session, person_id)
    hours = hour(usable_from, field="usable_from"), hour(usable_to, field="usable_to")
    await service.set_hours(session, person, point_id, hours, by=by, now=now)
    return go(f"/people/{person_id}#contacts")


@router.post("/people/{person_id}/contacts/{point_id}/{what}")
async def change(
    person_id: UUID,
    point_id: UUID,
    what: Literal["up", "down", "verify", "remove"],
    session: Session,
    _: Planner,
    by: Acting,
    now: Now,
) -> Response:
    person = await service.person_of(session, person_id)
    if what == "verify":
        await service.verify_point(session, person, point_id, by=by, now=now)
    elif what == "remove":
        await service.remove_point(session, person, point_id, by=by, now=now)
    else:
        await service.move_point(session, person, point_id, up=what == "up", by=by, now=now)
    return go(f"/people/{person_id}#contacts")
