"""Page: who is away, which shifts that touches, and the calendars that absence is read from."""

from asyncio import to_thread
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Refused
from core.language import gettext as _
from core.permissions import Acting, Planner
from core.web import Config, Now, Session, attempt, go, page, settings_of
from rosters.absence import feeds as absence_feeds
from rosters.absence import service as absences
from rosters.absence.reading import LARGEST
from rosters.list_pages import choosable
from rosters.models import Person

router = APIRouter()
MOST = 200


class AbsenceForm(BaseModel):
    person: str = ""
    first_day: str = ""
    last_day: str = ""
    from_clock: str = ""
    to_clock: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the page's forms hold, and what was wrong with it."""

    form: AbsenceForm = field(default_factory=AbsenceForm)
    errors: Mapping[str, str] = field(default_factory=dict)
    owner: str = ""  # of a calendar
    url: str = ""
    source_errors: Mapping[str, str] = field(default_factory=dict)


@router.get("/duty/absence")
async def absence(request: Request, _: Planner, session: Session, now: Now) -> Response:
    return await _page(request, session, now, Shown())


@router.post("/duty/absence")
async def add(
    request: Request,
    form: Annotated[AbsenceForm, Form()],
    session: Session,
    _: Planner,
    by: Acting,
    config: Config,
    now: Now,
) -> Response:
    async with attempt(session) as errors:
        person = await absences.person_of(session, form.person)
        typed = absences.Typed(**form.model_dump(exclude={"person"}))
        added = await absences.add_absence(session, person, typed, config.zone, by=by, now=now)
        return go(f"/duty/absence#absence-{added.id}")
    return await _page(request, session, now, Shown(form=form, errors=errors))


@router.post("/duty/absence/{absence_id}/remove")
async def remove(absence_id: UUID, session: Session, _: Planner, by: Acting, now: Now) -> Response:
    await absences.remove_absence(session, absence_id, by=by, now=now)
    return go("/duty/absence")


@router.post("/duty/absence/calendars")
async def add_calendar(
    request: Request,
    session: Session,
    _: Planner,
    by: Acting,
    now: Now,
    owner: Annotated[str, Form()] = "",
    url: Annotated[str, Form()] = "",
) -> Response:
    async with attempt(session) as errors:
        person = await _owner(session, owner)
        await absence_feeds.add_source(session, person, url, by=by, now=now)
        return go("/duty/absence#calendars")
    return await _page(request, session, now, Shown(owner=owner, url=url, source_errors=errors))


@router.post("/duty/absence/files", form_limits={"max_part_size": LARGEST})
async def take_file(
    request: Request,
    session: Session,
    _: Planner,
    by: Acting,
    config: Config,
    now: Now,
    owner: Annotated[str, Form()] = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    content = await file.read(LARGEST + 1) if file else b""
    async with attempt(session) as errors:
        person = await _owner(session, owner)
        found = await to_thread(absence_feeds.read_in_window, content, config.zone, now)
        await absence_feeds.take_file(session, person, found, by=by, now=now)
        return go("/duty/absence#calendars")
    return await _page(request, session, now, Shown(owner=owner, source_errors=errors))


@router.post("/duty/absence/calendars/{feed_id}/remove")
async def remove_calendar(
    feed_id: UUID, session: Session, _: Planner, by: Acting, now: Now
) -> Response:
    await absence_feeds.remove_source(session, feed_id, by=by, now=now)
    return go("/duty/absence#calendars")


async def _owner(session: AsyncSession, typed: str) -> Person:
    try:
        return await absences.person_of(session, typed)
    except Refused as refusal:
        raise Refused(refusal.sentence, field="owner") from refusal


async def _page(request: Request, session: AsyncSession, now: datetime, shown: Shown) -> Response:
    away = await absences.coming(session, now=now, most=MOST + 1)
    return page(
        request,
        "rosters/duty/absence.html",
        status=422 if shown.errors or shown.source_errors else 200,
        absences=away[:MOST],
        more=_("Bara de 200 närmaste visas.") if len(away) > MOST else "",
        sources=await absence_feeds.sources(session),
        people=await choosable(session),
        live=settings_of(request).live,
        shown=shown,
    )
