"""One's own pages: asking for a swap of one shift."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound, Refused
from core.language import gettext as _
from core.web import Now, Session, attempt, go, page
from rosters.duty.changing import shift_of
from rosters.duty.shifts import planned
from rosters.duty.telling import role_of, shown_name
from rosters.fields import uuid_or_none
from rosters.models import Person
from rosters.my.access import Me, Myself
from rosters.swaps import service as swaps
from rosters.swaps.parts import colleagues

router = APIRouter(prefix="/my/{token}")
AHEAD = timedelta(weeks=40)
ALL = "all"


class SwapForm(BaseModel):
    """`with_`: a person to give the shift to, a shift of theirs to have instead, or "all"."""

    whom: str = ""
    message: str = ""


@router.get("/shifts/{shift_id}/swap")
async def swap_form(
    request: Request, shift_id: UUID, me: Me, session: Session, now: Now
) -> Response:
    return await _page(request, session, me, shift_id, now, SwapForm(), {})


@router.post("/shifts/{shift_id}/swap")
async def ask(
    request: Request,
    shift_id: UUID,
    form: Annotated[SwapForm, Form()],
    me: Me,
    session: Session,
    now: Now,
) -> Response:
    async with attempt(session) as errors:
        other, returned = await _meant(session, form.whom)
        await swaps.ask_swap(
            session,
            shift_id,
            me.person,
            other=other,
            return_shift_id=returned,
            message=form.message,
            by=me.by,
            now=now,
        )
        return go(f"{me.url}#swaps")
    return await _page(request, session, me, shift_id, now, form, errors)


async def _meant(session: AsyncSession, whom: str) -> tuple[Person | None, UUID | None]:
    """A choice of the form: "all", "person:<id>" or "shift:<id>"."""
    if whom == ALL:
        return None, None
    kind, _sep, typed = whom.partition(":")
    found = uuid_or_none(typed, field="whom")
    if found is None or kind not in {"person", "shift"}:
        raise Refused(_("Välj vem du vill byta med."), field="whom")
    if kind == "shift":
        returned = await shift_of(session, found)
        return await session.get(Person, returned.person_id), returned.id
    return await session.get(Person, found), None


async def _page(
    request: Request,
    session: AsyncSession,
    me: Myself,
    shift_id: UUID,
    now: datetime,
    form: SwapForm,
    errors: Mapping[str, str],
) -> Response:
    shift = await shift_of(session, shift_id)
    if shift.person_id != me.person.id:
        raise NotFound(_("Passet är inte ditt."))
    role = await role_of(session, shift)
    theirs = [
        each
        for each in await planned(session, start=now, end=now + AHEAD, role=role.code)
        if each.person.id != me.person.id and each.shift.starts_at > now
    ]
    return page(
        request,
        "rosters/my/swap.html",
        status=422 if errors else 200,
        me=me,
        role=role,
        shift=shift,
        theirs=theirs,
        colleagues=await colleagues(session, role, me.person, now=now),
        form=form,
        errors=errors,
        shown_name=shown_name,
    )
