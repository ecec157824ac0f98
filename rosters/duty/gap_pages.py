"""Pages: the gaps of the coming days, each filled where it stands."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response
from pydantic import AwareDatetime, BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Refused
from core.language import gettext as _
from core.models import Role, User
from core.permissions import Acting, Planner, Reader
from core.web import Now, Session, attempt, go, page
from rosters.duty import shifts
from rosters.duty.gaps import find_gaps
from rosters.duty.overrides import take_over
from rosters.list_pages import choosable
from rosters.lists import person_named
from rosters.models import Unit
from rosters.seen import seen

router = APIRouter()
CHOICES = (7, 30, 90)  # days ahead


class Filling(BaseModel):
    """Who takes a gap; `shift` is set when the planned person is away."""

    role: str = ""
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    shift: UUID | None = None
    person: str = ""
    days: int = 90


@router.get("/duty/gaps")
async def gaps(
    request: Request,
    session: Session,
    _user: Reader,
    now: Now,
    days: Annotated[int, Query()] = 90,
) -> Response:
    return await _page(request, session, now, days)


@router.post("/duty/gaps/fill")
async def fill(
    request: Request,
    form: Annotated[Filling, Form()],
    session: Session,
    _: Planner,
    by: Acting,
    now: Now,
) -> Response:
    async with attempt(session) as errors:
        await _fill(session, form, by, now)
        return go(f"/duty/gaps?days={form.days}")
    return await _page(request, session, now, form.days, form, errors)


async def _fill(session: AsyncSession, form: Filling, by: Acting, now: datetime) -> None:
    person = await person_named(session, form.person)
    if form.ends_at <= now:
        raise Refused(_("Luckan är redan förbi."), status=409)
    if form.shift is not None:
        await take_over(
            session,
            form.shift,
            person,
            start=form.starts_at,
            end=form.ends_at,
            even_unqualified=True,
            by=by,
            now=now,
        )
        return
    await shifts.add_shift(
        session,
        role=form.role,
        ref=person.ref,
        starts_at=max(form.starts_at, now),
        ends_at=form.ends_at,
        by=by,
        now=now,
    )


async def _page(
    request: Request,
    session: AsyncSession,
    now: datetime,
    days: int,
    typed: Filling | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    if days not in CHOICES:
        raise Refused(_("Välj 7, 30 eller 90 dagar."), field="days")
    user: User = request.state.user
    planner = user.may(Role.PLANNER)
    units = {unit.id: unit for unit in await session.scalars(select(Unit))}
    return page(
        request,
        "rosters/duty/gaps.html",
        status=422 if errors else 200,
        gaps=await find_gaps(session, start=now, end=now + timedelta(days=days)),
        days=days,
        choices=CHOICES,
        planner=planner,
        people=await choosable(session) if planner else [],
        seen=lambda person: seen(person, user, units),
        typed=typed,
        errors=errors or {},
    )
