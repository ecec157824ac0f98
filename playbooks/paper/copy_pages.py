"""Pages: one copy of the envelope - put out, exchanged, described, taken away."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Refused
from core.language import gettext as _
from core.models import Role, User
from core.permissions import Acting, DutyOfficerOrPlanner, Planner
from core.web import Config, Now, Session, attempt, go, page
from playbooks.paper import copies, editions
from playbooks.paper.copies import Described, Handed
from playbooks.paper.models import MONTHS, Copy
from playbooks.paper.reminding import truth_of
from rosters.fields import day as read_day
from rosters.list_pages import choosable
from rosters.models import Person, Unit
from rosters.seen import seen

router = APIRouter(prefix="/copies")
NOON = time(12)


class DescribedForm(BaseModel):
    place: str = ""
    keeper: str = ""
    months: str = str(MONTHS)
    note: str = ""

    @property
    def described(self) -> Described:
        return Described(place=self.place, keeper=self.keeper, months=self.months, note=self.note)


class HandedForm(BaseModel):
    edition: str = ""
    handed_by: str = ""
    received_by: str = ""
    day: str = ""
    seen: str = ""  # when the copy was last exchanged, to whoever fills in the form

    def handed(self, now: datetime, zone: ZoneInfo) -> Handed:
        """Today is now, and another day is noon."""
        today = now.astimezone(zone).date()
        day = read_day(self.day, field="day") or today
        return Handed(
            edition=int(self.edition[:9]) if self.edition.isdecimal() else 0,
            handed_by=self.handed_by,
            received_by=self.received_by,
            at=now if day == today else datetime.combine(day, NOON, zone),
        )


class PutForm(DescribedForm, HandedForm):
    """Both at once, for a new place."""


@router.get("/new")
async def new_copy(
    request: Request, session: Session, user: Planner, config: Config, now: Now
) -> Response:
    form = PutForm(handed_by=user.name, day=now.astimezone(config.zone).date().isoformat())
    return await _new_page(request, session, form)


@router.post("")
async def put(
    request: Request,
    form: Annotated[PutForm, Form()],
    session: Session,
    _user: Planner,
    by: Acting,
    config: Config,
    now: Now,
) -> Response:
    async with attempt(session) as errors:
        handed = form.handed(now, config.zone)
        await copies.put(session, form.described, handed, by=by, now=now)
        return go("/envelope#copies")
    return await _new_page(request, session, form, errors)


async def _new_page(
    request: Request, session: AsyncSession, form: PutForm, errors: Mapping[str, str] | None = None
) -> Response:
    return page(
        request,
        "playbooks/paper/new_copy.html",
        status=422 if errors else 200,
        form=form,
        errors=errors or {},
        numbers=[(each.number, each.number) for each in await editions.editions(session)],
        people=await choosable(session),
    )


@router.get("/{copy_id}")
async def show(
    request: Request,
    copy_id: UUID,
    session: Session,
    user: DutyOfficerOrPlanner,
    config: Config,
    now: Now,
) -> Response:
    return await _copy_page(request, session, copy_id, user, (now, config.zone))


@router.post("/{copy_id}/exchange")
async def exchange(
    request: Request,
    copy_id: UUID,
    form: Annotated[HandedForm, Form()],
    session: Session,
    user: DutyOfficerOrPlanner,
    by: Acting,
    config: Config,
    now: Now,
) -> Response:
    copy = await copies.find_copy(session, copy_id)
    async with attempt(session) as errors:
        handed = form.handed(now, config.zone)
        await copies.exchange(session, copy, handed, seen=_instant(form.seen), by=by, now=now)
        return go("/envelope#copies")
    return await _copy_page(request, session, copy_id, user, (now, config.zone), form, errors)


@router.post("/{copy_id}")
async def change(
    request: Request,
    copy_id: UUID,
    form: Annotated[DescribedForm, Form()],
    session: Session,
    user: Planner,
    by: Acting,
    config: Config,
    now: Now,
) -> Response:
    copy = await copies.find_copy(session, copy_id)
    async with attempt(session) as errors:
        await copies.change(session, copy, form.described, by=by, now=now)
        return go(f"/envelope/copies/{copy_id}")
    return await _copy_page(request, session, copy_id, user, (now, config.zone), form, errors)


@router.post("/{copy_id}/take-away")
async def take_away(
    copy_id: UUID, session: Session, _user: Planner, by: Acting, now: Now
) -> Response:
    await copies.take_away(session, await copies.find_copy(session, copy_id), by=by, now=now)
    return go("/envelope#copies")


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused(_("Läs in sidan igen.")) from error


async def _copy_page(
    request: Request,
    session: AsyncSession,
    copy_id: UUID,
    user: User,
    when: tuple[datetime, ZoneInfo],
    form: HandedForm | DescribedForm | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response:
    now, zone = when
    copy = await copies.find_copy(session, copy_id)  # anew: a refusal has undone what was read
    truth = await truth_of(session, at=now, zone=zone)
    keeper = await session.get(Person, copy.keeper_id) if copy.keeper_id else None
    units = {unit.id: unit for unit in await session.scalars(select(Unit))}
    made = await editions.editions(session)
    today = now.astimezone(zone).date().isoformat()
    fresh = HandedForm(handed_by=user.name, day=today, edition=str(made[0].number))
    lying = await copies.lying(session, truth, now=now, zone=zone)
    return page(
        request,
        "playbooks/paper/copy.html",
        status=422 if errors else 200,
        copy=copy,
        keeper=seen(keeper, user, units) if keeper else None,
        lying=next((each for each in lying if each.copy.id == copy.id), None),
        history=await copies.history(session, copy),
        handed=form if isinstance(form, HandedForm) else fresh,
        described=form if isinstance(form, DescribedForm) else _as_known(copy, keeper),
        numbers=[(each.number, each.number) for each in made],
        people=await choosable(session) if user.may(Role.PLANNER) else [],
        planner=user.may(Role.PLANNER),
        errors=errors or {},
    )


def _as_known(copy: Copy, keeper: Person | None) -> DescribedForm:
    return DescribedForm(
        place=copy.place,
        keeper=f"{keeper.ref} {keeper.name}" if keeper else "",
        months=str(copy.months),
        note=copy.note,
    )
