"""Pages: who is on duty now and next, the coming shifts, and the gaps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.models import Role, User
from core.permissions import Acting, Planner, Reader
from core.web import Config, Now, Session, attempt, go, page
from rosters.duty import roles, shifts
from rosters.duty.gaps import find_gaps
from rosters.duty.resolver import OnDuty, next_on_duty, on_duty
from rosters.fields import moment
from rosters.list_pages import choosable
from rosters.matters import waiting
from rosters.models import Unit
from rosters.readiness.service import HORIZON
from rosters.seen import seen

router = APIRouter()
SHOWN = timedelta(weeks=12)


class ShiftForm(BaseModel):
    role: str = ""
    person: str = ""
    starts_at: str = ""
    ends_at: str = ""


class DutyRoleForm(BaseModel):
    code: str = ""
    name: str = ""
    always_staffed: str = ""  # an empty box is not sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What the page's forms hold, and what was wrong with it."""

    show: str = ""
    shift: ShiftForm = field(default_factory=ShiftForm)
    errors: Mapping[str, str] = field(default_factory=dict)
    role: DutyRoleForm = field(default_factory=lambda: DutyRoleForm(always_staffed="yes"))
    role_errors: Mapping[str, str] = field(default_factory=dict)


@router.get("/duty")
async def duty(request: Request, _: Reader, session: Session, now: Now, show: str = "") -> Response:
    typed = Typed(show=show, shift=ShiftForm(role=show))
    return await _page(request, session, now, typed)


@router.post("/duty/shifts")
async def add_shift(
    request: Request,
    form: Annotated[ShiftForm, Form()],
    session: Session,
    _: Planner,
    by: Acting,
    config: Config,
    now: Now,
) -> Response:
    async with attempt(session) as errors:
        starts_at = moment(form.starts_at, config.zone, field="starts_at")
        ends_at = moment(form.ends_at, config.zone, field="ends_at")
        await shifts.add_shift(
            session,
            role=form.role,
            ref=form.person,
            starts_at=starts_at,
            ends_at=ends_at,
            by=by,
            now=now,
        )
        return go("/duty#shifts")
    return await _page(request, session, now, Typed(shift=form, errors=errors))


@router.post("/duty/shifts/{shift_id}/remove")
async def remove_shift(
    shift_id: UUID, session: Session, _: Planner, by: Acting, now: Now
) -> Response:
    await shifts.remove_shift(session, shift_id, by=by, now=now)
    return go("/duty#shifts")


@router.post("/duty/roles")
async def add_role(
    request: Request,
    form: Annotated[DutyRoleForm, Form()],
    session: Session,
    _: Planner,
    by: Acting,
    now: Now,
) -> Response:
    async with attempt(session) as errors:
        await roles.add_duty_role(
            session,
            code=form.code,
            name=form.name,
            always_staffed=bool(form.always_staffed),
            by=by,
            now=now,
        )
        return go("/duty")
    return await _page(request, session, now, Typed(role=form, role_errors=errors))


async def _page(request: Request, session: AsyncSession, now: datetime, typed: Typed) -> Response:
    user: User = request.state.user
    planner = user.may(Role.PLANNER)
    units = {unit.id: unit for unit in await session.scalars(select(Unit))}
    found = await roles.duty_roles(session)
    now_and_next: list[tuple[object, tuple[OnDuty, ...], OnDuty | None]] = [
        (
            each,
            await on_duty(session, each.code, at=now),
            await next_on_duty(session, each.code, at=now),
        )
        for each in found
    ]
    return page(
        request,
        "rosters/duty/now.html",
        status=422 if typed.errors or typed.role_errors else 200,
        roles=found,
        now_and_next=now_and_next,
        shifts=await shifts.planned(session, start=now, end=now + SHOWN, role=typed.show),
        matters=await waiting(session),
        gaps=await find_gaps(session, start=now, end=now + HORIZON),
        seen=lambda person: seen(person, user, units),
        typed=typed,
        role_choices=[(each.code, each.name) for each in found],
        planner=planner,
        people=await choosable(session) if planner else [],
    )
