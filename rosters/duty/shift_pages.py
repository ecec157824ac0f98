"""Pages: one shift, and giving it or a part of it to somebody else."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound
from core.language import gettext as _
from core.models import Role, User
from core.permissions import Acting, Planner, Reader
from core.web import Config, Now, Session, attempt, go, page
from rosters.duty.models import DutyRole, Shift, ShiftState
from rosters.duty.overrides import take_over
from rosters.fields import moment
from rosters.list_pages import choosable
from rosters.lists import person_named
from rosters.models import Person, Unit
from rosters.seen import seen

router = APIRouter(prefix="/duty/shifts/{shift_id}")


class OverrideForm(BaseModel):
    """Who has it from when to when; an empty time is that of the shift."""

    person: str = ""
    starts_at: str = ""
    ends_at: str = ""


@router.get("")
async def one_shift(
    request: Request, shift_id: UUID, session: Session, _user: Reader, now: Now
) -> Response:
    return await _page(request, session, shift_id, now, OverrideForm(), {})


@router.post("/take-over")
async def override(
    request: Request,
    shift_id: UUID,
    form: Annotated[OverrideForm, Form()],
    session: Session,
    _user: Planner,
    by: Acting,
    config: Config,
    now: Now,
) -> Response:
    async with attempt(session) as errors:
        shift = await _shift(session, shift_id)
        start = moment(form.starts_at, config.zone, field="starts_at") if form.starts_at else None
        end = moment(form.ends_at, config.zone, field="ends_at") if form.ends_at else None
        taken = await take_over(
            session,
            shift_id,
            await person_named(session, form.person),
            start=start or max(now, shift.starts_at),
            end=end,
            even_unqualified=True,
            by=by,
            now=now,
        )
        return go(f"/duty/shifts/{taken.id}")
    return await _page(request, session, shift_id, now, form, errors)


async def _shift(session: AsyncSession, shift_id: UUID) -> Shift:
    shift = await session.get(Shift, shift_id)
    if shift is None:
        raise NotFound(_("Passet finns inte längre."))
    return shift


async def _page(
    request: Request,
    session: AsyncSession,
    shift_id: UUID,
    now: datetime,
    form: OverrideForm,
    errors: Mapping[str, str],
) -> Response:
    user: User = request.state.user
    shift = await _shift(session, shift_id)
    pieces = await session.execute(
        select(Shift, Person)
        .join(Person, Person.id == Shift.person_id)
        .where(Shift.covers_id == shift.id)
        .order_by(Shift.starts_at)
    )
    units = {unit.id: unit for unit in await session.scalars(select(Unit))}
    planner = user.may(Role.PLANNER)
    return page(
        request,
        "rosters/duty/shift.html",
        status=422 if errors else 200,
        shift=shift,
        role=await session.get_one(DutyRole, shift.duty_role_id),
        person=await session.get_one(Person, shift.person_id),
        pieces=pieces.all(),
        planner=planner and shift.state is not ShiftState.COVERED and shift.ends_at > now,
        people=await choosable(session) if planner else [],
        seen=lambda person: seen(person, user, units),
        form=form,
        errors=errors,
    )
