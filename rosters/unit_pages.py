"""Pages: the organisation as a tree, and the form of a unit."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from core.permissions import Acting, Planner, Reader
from core.web import Now, Session, attempt, go, page
from rosters import units
from rosters.fields import UnitFields, uuid_or_none
from rosters.models import Unit
from rosters.numbers import as_read

router = APIRouter()


class UnitForm(BaseModel):
    code: str = ""
    name: str = ""
    kind: str = "department"
    parent_id: str = ""
    switchboard: str = ""

    def fields(self) -> UnitFields:
        return UnitFields(
            code=self.code,
            name=self.name,
            kind=self.kind,
            parent_id=uuid_or_none(self.parent_id, field="parent_id"),
            switchboard=self.switchboard.strip() or None,
        )


@router.get("/units")
async def organisation(request: Request, _: Reader, session: Session) -> Response:
    return page(
        request,
        "rosters/units.html",
        branches=await units.tree(session),
        counts=await units.head_counts(session),
        kinds=units.kind_labels(),
        number=as_read,
    )


@router.get("/units/new")
async def new_unit(request: Request, session: Session, _: Planner, under: str = "") -> Response:
    return await _form(request, session, UnitForm(parent_id=under), {})


@router.post("/units")
async def add_unit(
    request: Request,
    form: Annotated[UnitForm, Form()],
    session: Session,
    _: Planner,
    by: Acting,
    now: Now,
) -> Response:
    async with attempt(session) as errors:
        await units.add_unit(session, form.fields(), by=by, now=now)
        return go("/units")
    return await _form(request, session, form, errors)


@router.get("/units/{unit_id}")
async def edit_form(request: Request, unit_id: UUID, session: Session, _: Planner) -> Response:
    row = await units.unit_of(session, unit_id)
    form = UnitForm(
        code=row.code,
        name=row.name,
        kind=row.kind,
        parent_id=str(row.parent_id or ""),
        switchboard=row.switchboard or "",
    )
    return await _form(request, session, form, {}, row)


@router.post("/units/{unit_id}")
async def edit_unit(
    request: Request,
    unit_id: UUID,
    form: Annotated[UnitForm, Form()],
    session: Session,
    _: Planner,
    by: Acting,
    now: Now,
) -> Response:
    row = await units.unit_of(session, unit_id)
    async with attempt(session) as errors:
        await units.edit_unit(session, row, form.fields(), by=by, now=now)
        return go("/units")
    return await _form(request, session, form, errors, row)


@router.post("/units/{unit_id}/remove")
async def remove_unit(
    unit_id: UUID, session: Session, _: Planner, by: Acting, now: Now
) -> Response:
    await units.remove_unit(session, await units.unit_of(session, unit_id), by=by, now=now)
    return go("/units")


async def _form(
    request: Request,
    session: AsyncSession,
    form: UnitForm,
    errors: Mapping[str, str],
    row: Unit | None = None,
) -> Response:
    branches = [each for each in await units.tree(session) if row is None or each.unit.id != row.id]
    return page(
        request,
        "rosters/unit_form.html",
        status=422 if errors else 200,
        form=form,
        errors=errors,
        unit=row,
        kinds=units.kind_labels().items(),
        parents=units.choices(branches),
    )
