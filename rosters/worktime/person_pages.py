"""Pages: one person's month, with the forms for worked time, office hours and approval."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from core.permissions import Acting, Planner
from core.settings import Settings
from core.web import Config, Now, Session, attempt, go, page
from rosters.duty.roles import duty_roles
from rosters.fields import day, moment
from rosters.service import person_of
from rosters.worktime import approving, service
from rosters.worktime.ground import month_by_person, month_of, read_month, time_of
from rosters.worktime.web import about_month, chosen_month

router = APIRouter(prefix="/worktime/people/{person_id}")


class WorkedForm(BaseModel):
    worked_role: str = ""
    worked_from: str = ""
    worked_to: str = ""
    incident_ref: str = ""

    def noted(self, config: Settings) -> service.Noted:
        return service.Noted(
            role=self.worked_role,
            starts_at=moment(self.worked_from, config.zone, field="worked_from"),
            ends_at=moment(self.worked_to, config.zone, field="worked_to"),
            incident_ref=self.incident_ref,
        )


class HoursForm(BaseModel):
    valid_from: str = ""
    hours: str = ""


@router.get("")
async def person_month(
    request: Request,
    person_id: UUID,
    session: Session,
    _: Planner,
    config: Config,
    now: Now,
    month: str = "",
) -> Response:
    chosen = chosen_month(month, config, now)
    return await _person(request, session, config, now, (person_id, chosen))


@router.post("/approve")
async def approve(
    request: Request,
    person_id: UUID,
    session: Session,
    _: Planner,
    by: Acting,
    config: Config,
    now: Now,
    month: Annotated[str, Form()],
    shown: Annotated[str, Form()] = "",
) -> Response:
    chosen, person = read_month(month), await person_of(session, person_id)
    async with attempt(session) as errors:
        await approving.approve(
            session, person, chosen, shown=shown, by=by, now=now, zone=config.zone
        )
        return go(_url(person_id, chosen))
    return await _person(request, session, config, now, (person_id, chosen), errors)


@router.post("/worked")
async def note_worked(
    request: Request,
    person_id: UUID,
    form: Annotated[WorkedForm, Form()],
    session: Session,
    _: Planner,
    by: Acting,
    config: Config,
    now: Now,
    month: str = "",
) -> Response:
    person = await person_of(session, person_id)
    async with attempt(session) as errors:
        row = await service.note_worked_time(
            session, person, form.noted(config), by=by, now=now, zone=config.zone
        )
        return go(_url(person_id, month_of(row.starts_at, config.zone)))
    place = (person_id, chosen_month(month, config, now))
    return await _person(request, session, config, now, place, errors, worked=form)


@router.post("/worked/{worked_id}/remove")
async def remove_worked(
    person_id: UUID,
    worked_id: UUID,
    session: Session,
    _: Planner,
    by: Acting,
    config: Config,
    now: Now,
    month: str = "",
) -> Response:
    person = await person_of(session, person_id)
    await service.remove_worked_time(session, person, worked_id, by=by, now=now)
    return go(_url(person_id, chosen_month(month, config, now)))


@router.post("/hours")
async def set_hours(
    request: Request,
    person_id: UUID,
    form: Annotated[HoursForm, Form()],
    session: Session,
    _: Planner,
    by: Acting,
    config: Config,
    now: Now,
    month: str = "",
) -> Response:
    person, chosen = await person_of(session, person_id), chosen_month(month, config, now)
    async with attempt(session) as errors:
        since = day(form.valid_from, field="valid_from")
        await service.set_office_hours(
            session, person, form.hours, valid_from=since, by=by, now=now
        )
        return go(_url(person_id, chosen))
    return await _person(request, session, config, now, (person_id, chosen), errors, hours=form)


@router.post("/hours/{hours_id}/remove")
async def remove_hours(
    person_id: UUID,
    hours_id: UUID,
    session: Session,
    _: Planner,
    by: Acting,
    config: Config,
    now: Now,
    month: str = "",
) -> Response:
    person = await person_of(session, person_id)
    await service.remove_office_hours(session, person, hours_id, by=by, now=now)
    return go(_url(person_id, chosen_month(month, config, now)))


async def _person(
    request: Request,
    session: AsyncSession,
    config: Settings,
    now: datetime,
    place: tuple[UUID, date],
    errors: Mapping[str, str] | None = None,
    **typed: BaseModel,
) -> Response:
    """A person's month; again with what was typed when one of its forms was refused."""
    person_id, month = place
    person = await person_of(session, person_id)
    (found,) = await month_by_person(session, month, zone=config.zone, person=person_id)
    span = time_of(month, config.zone)
    forms: dict[str, BaseModel] = {"worked": WorkedForm(), "hours": HoursForm()} | typed
    return page(
        request,
        "rosters/worktime/person.html",
        status=422 if errors else 200,
        person=person,
        found=found,
        shown=approving.digest_of([found]),
        worked=await service.worked_by(session, person_id, start=span.start, end=span.end),
        hours=await service.hours_of(session, person_id),
        roles=[(each.code, each.name) for each in await duty_roles(session)],
        typed={name: form.model_dump() for name, form in forms.items()},
        errors=errors or {},
        refused=next(iter(typed), "") if errors else "",
        **about_month(month, config, now),
    )


def _url(person_id: UUID, month: date) -> str:
    return f"/worktime/people/{person_id}?month={month:%Y-%m}"
