"""Pages: call lists, the people in them and their order."""

from collections.abc import Mapping
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.models import Role, User
from core.permissions import Acting, Planner, Reader
from core.web import Config, Now, Session, attempt, go, page
from rosters import lists
from rosters.comparing import contact_points
from rosters.duty.resolver import in_service
from rosters.models import CallList, Person, Unit
from rosters.readiness.service import ways_to
from rosters.seen import seen, sees_numbers

router = APIRouter()
Text = Annotated[str, Form()]


@router.get("/lists")
async def all_lists(request: Request, _: Reader, session: Session) -> Response:
    return await _overview(request, session)


@router.post("/lists")
async def add_list(
    request: Request,
    session: Session,
    _: Planner,
    by: Acting,
    now: Now,
    code: Text = "",
    name: Text = "",
    kind: Text = "",
) -> Response:
    async with attempt(session) as errors:
        added = await lists.add_list(session, code=code, name=name, kind=kind, by=by, now=now)
        return go(f"/lists/{added.id}")
    typed = {"code": code, "name": name, "kind": kind}
    return await _overview(request, session, errors, typed)


@router.get("/lists/{list_id}")
async def one_list(
    request: Request, list_id: UUID, _: Reader, session: Session, config: Config, now: Now
) -> Response:
    row = await lists.list_of(session, list_id)
    return await _one(request, session, row, config, now)


@router.post("/lists/{list_id}/members")
async def add_member(
    request: Request,
    list_id: UUID,
    session: Session,
    _: Planner,
    by: Acting,
    config: Config,
    now: Now,
    person: Text = "",
) -> Response:
    row = await lists.list_of(session, list_id)
    async with attempt(session) as errors:
        await lists.add_member(session, row, person, by=by, now=now)
        return go(f"/lists/{list_id}")
    return await _one(request, session, row, config, now, errors, person)


@router.post("/lists/{list_id}/members/{entry_id}/{what}")
async def change_member(
    list_id: UUID,
    entry_id: UUID,
    what: Literal["up", "down", "remove"],
    session: Session,
    _: Planner,
    by: Acting,
    now: Now,
) -> Response:
    row = await lists.list_of(session, list_id)
    if what == "remove":
        await lists.remove_member(session, row, entry_id, by=by, now=now)
    else:
        await lists.move_member(session, row, entry_id, up=what == "up", by=by, now=now)
    return go(f"/lists/{list_id}")


@router.post("/lists/{list_id}/name")
async def rename(
    list_id: UUID, session: Session, _: Planner, by: Acting, now: Now, name: Text = ""
) -> Response:
    await lists.rename_list(session, await lists.list_of(session, list_id), name, by=by, now=now)
    return go(f"/lists/{list_id}")


@router.post("/lists/{list_id}/remove")
async def remove(list_id: UUID, session: Session, _: Planner, by: Acting, now: Now) -> Response:
    await lists.remove_list(session, await lists.list_of(session, list_id), by=by, now=now)
    return go("/lists")


async def _overview(
    request: Request,
    session: AsyncSession,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    user: User = request.state.user
    return page(
        request,
        "rosters/lists.html",
        status=422 if errors else 200,
        lists=await lists.all_lists(session),
        planner=user.may(Role.PLANNER),
        errors=errors or {},
        typed=typed or {},
    )


async def _one(
    request: Request,
    session: AsyncSession,
    row: CallList,
    config: Config,
    now: Now,
    errors: Mapping[str, str] | None = None,
    typed: str = "",
) -> Response:
    user: User = request.state.user
    units = {unit.id: unit for unit in await session.scalars(select(Unit))}
    points = await contact_points(session)
    rows = [
        {
            "entry": member.entry,
            "seen": seen(member.person, user, units),
            "ways": ways_to(
                points.get(member.person.id, ()),
                protected=member.person.protected,
                switchboard=_switchboard(member.person, units),
            ),
            "in_service": in_service(member.person, at=now, zone=config.zone),
        }
        for member in await lists.members(session, row.id)
    ]
    planner = user.may(Role.PLANNER)
    return page(
        request,
        "rosters/list.html",
        status=422 if errors else 200,
        list=row,
        rows=rows,
        planner=planner,
        sees_ways=sees_numbers(user),
        people=await choosable(session) if planner else [],
        errors=errors or {},
        typed=typed,
    )


def _switchboard(person: Person, units: Mapping[UUID, Unit]) -> str | None:
    unit = units.get(person.unit_id) if person.unit_id else None
    return unit.switchboard if unit else None


async def choosable(session: AsyncSession) -> list[str]:
    """Lines for a field with suggestions; the first word is what counts: "P01 Alva Exempelsson"."""
    rows = await session.execute(select(Person.ref, Person.name).order_by(Person.name))
    return [f"{row.ref} {row.name}" for row in rows]
