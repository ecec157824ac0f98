"""Pages: people, listed and one by one, with the forms that change them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound
from core.language import gettext as _
from core.models import Role, User
from core.permissions import Acting, Planner, Reader
from core.settings import Settings
from core.web import Config, Now, Session, attempt, go, page
from rosters import service, units
from rosters.comparing import contact_points
from rosters.duty import shifts
from rosters.duty.resolver import in_service
from rosters.fields import PersonFields, day, uuid_or_none
from rosters.importing import EXPORTED, exported
from rosters.lists import lists_with
from rosters.models import Person, Unit
from rosters.notices.service import Teller
from rosters.numbers import as_read
from rosters.readiness.leaving import losses, tell_managers
from rosters.readiness.proofs import fresh, proof_words, proved_at
from rosters.readiness.service import HORIZON, ways_to
from rosters.seen import sees_numbers, sees_protected
from rosters.tables import write_csv, write_xlsx

router = APIRouter()
PER_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class PersonForm(BaseModel):
    """As typed; rules look at it in `fields`."""

    ref: str = ""
    name: str = ""
    title: str = ""
    unit_id: str = ""
    language: str = "sv"
    protected: str = ""
    active_from: str = ""
    active_to: str = ""
    account: str = ""

    def fields(self) -> PersonFields:
        return PersonFields(
            ref=self.ref,
            name=self.name,
            title=self.title,
            unit_id=uuid_or_none(self.unit_id, field="unit_id"),
            language=self.language,
            protected=bool(self.protected),
            active_from=day(self.active_from, field="active_from"),
            active_to=day(self.active_to, field="active_to"),
        )


class Wanted(BaseModel):
    """The filter of the list."""

    q: str = ""
    unit: str = ""
    protected: str = ""
    page: int = Field(default=1, ge=1, le=10_000)

    def people(self, user: User) -> Select[Person]:
        """The protected are never in the list with others, and only planners may ask for them."""
        hidden = bool(self.protected) and sees_protected(user)
        found = select(Person).where(Person.protected.is_(hidden))
        if words := self.q.strip()[:100]:
            fields = (Person.name, Person.title, Person.ref)
            found = found.where(or_(*(each.icontains(words, autoescape=True) for each in fields)))
        if unit_id := uuid_or_none(self.unit, field="unit"):
            found = found.where(Person.unit_id == unit_id)
        return found


@router.get("/people")
async def people(
    request: Request, user: Reader, session: Session, wanted: Annotated[Wanted, Query()]
) -> Response:
    found = wanted.people(user)
    count = await session.scalar(select(func.count()).select_from(found.subquery())) or 0
    first = (wanted.page - 1) * PER_PAGE
    rows = await session.scalars(
        found.order_by(Person.name, Person.ref).offset(first).limit(PER_PAGE)
    )
    branches = await units.tree(session)
    return page(
        request,
        "rosters/people.html",
        people=rows.all(),
        count=count,
        pages=-(-count // PER_PAGE),
        wanted=wanted,
        units={each.unit.id: each.unit for each in branches},
        unit_choices=units.choices(branches),
        points=await contact_points(session) if sees_numbers(user) else None,
        ways_to=ways_to,
    )


@router.get("/people/export.{kind}")
async def export(kind: Literal["csv", "xlsx"], session: Session, _: Planner) -> Response:
    """In the columns that an import takes; the protected are never in it."""
    lines = await exported(session)
    content = (
        write_csv(EXPORTED, lines) if kind == "csv" else write_xlsx("Personer", EXPORTED, lines)
    )
    headers = {"content-disposition": f'attachment; filename="personer.{kind}"'}
    media_type = "text/csv; charset=utf-8" if kind == "csv" else XLSX
    return Response(content, media_type=media_type, headers=headers)


@router.get("/people/new")
async def new_person(request: Request, session: Session, _: Planner) -> Response:
    return await _form(request, session, PersonForm(), {})


@router.post("/people")
async def add_person(
    request: Request,
    form: Annotated[PersonForm, Form()],
    session: Session,
    _: Planner,
    by: Acting,
    now: Now,
) -> Response:
    async with attempt(session) as errors:
        person = await service.add_person(session, form.fields(), by=by, now=now)
        await service.link_account(session, person, form.account, by=by, now=now)
        return go(f"/people/{person.id}")
    return await _form(request, session, form, errors)


@router.get("/people/{person_id}")
async def person(
    request: Request, person_id: UUID, user: Reader, session: Session, config: Config, now: Now
) -> Response:
    return await person_page(
        request, session, await _visible(session, person_id, user), config, now
    )


@router.get("/people/{person_id}/edit")
async def edit_form(request: Request, person_id: UUID, session: Session, _: Planner) -> Response:
    row = await service.person_of(session, person_id)
    values = {name: getattr(row, name, None) for name in PersonForm.model_fields}
    values["account"] = await service.account_name(session, row)
    form = PersonForm.model_validate(
        {
            name: "" if value is None or value is False else str(value)
            for name, value in values.items()
        }
    )
    return await _form(request, session, form, {}, row)


@router.post("/people/{person_id}/edit")
async def edit_person(
    request: Request,
    person_id: UUID,
    form: Annotated[PersonForm, Form()],
    session: Session,
    _: Planner,
    by: Acting,
    config: Config,
    now: Now,
) -> Response:
    row = await service.person_of(session, person_id)
    last_day = row.active_to
    async with attempt(session) as errors:
        await service.edit_person(session, row, form.fields(), by=by, now=now)
        await service.link_account(session, row, form.account, by=by, now=now)
        if row.active_to is not None and row.active_to != last_day:
            await tell_managers(Teller(session, now, config.zone), row, row.active_to)
        return go(f"/people/{person_id}")
    return await _form(request, session, form, errors, row)


async def person_page(
    request: Request,
    session: AsyncSession,
    row: Person,
    config: Settings,
    now: datetime,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """One person, with what the reader may see; again with errors when a number was refused."""
    user: User = request.state.user
    unit = await session.get(Unit, row.unit_id) if row.unit_id else None
    points = await service.points_of(session, row.id)
    board = unit.switchboard if unit else None
    return page(
        request,
        "rosters/person.html",
        status=422 if errors else 200,
        person=row,
        unit=unit,
        points=points if sees_numbers(user) else None,
        ways=ways_to(points, protected=row.protected, switchboard=board),
        in_service=in_service(row, at=now, zone=config.zone),
        lists=await lists_with(session, row.id),
        shifts=await shifts.planned(session, start=now, end=now + HORIZON, person=row.id),
        planner=user.may(Role.PLANNER),
        account=await service.account_name(session, row),
        losses=await losses(session, row, after=row.active_to, zone=config.zone)
        if row.active_to
        else None,
        number=as_read,
        proof=(fresh, proved_at, proof_words),
        sent=request.query_params.get("sent", ""),
        today=now.astimezone(config.zone).date(),
        errors=errors or {},
        typed=typed or {},
    )


async def _visible(session: AsyncSession, person_id: UUID, user: User) -> Person:
    row = await service.person_of(session, person_id)
    if row.protected and not sees_protected(user):
        raise NotFound(_("Personen finns inte."))
    return row


async def _form(
    request: Request,
    session: AsyncSession,
    form: PersonForm,
    errors: Mapping[str, str],
    row: Person | None = None,
) -> Response:
    return page(
        request,
        "rosters/person_form.html",
        status=422 if errors else 200,
        form=form,
        errors=errors,
        person=row,
        unit_choices=units.choices(await units.tree(session)),
    )
