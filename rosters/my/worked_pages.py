"""One's own page: the forms for work done during stand-by."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from core.web import Config, Now, Session, attempt, go
from rosters.my.access import Me
from rosters.my.web import own_page
from rosters.worktime import service
from rosters.worktime.person_pages import WorkedForm

router = APIRouter(prefix="/my/{token}/worked")


@router.post("")
async def note_worked(
    request: Request,
    form: Annotated[WorkedForm, Form()],
    me: Me,
    session: Session,
    config: Config,
    now: Now,
) -> Response:
    async with attempt(session) as errors:
        await service.note_worked_time(
            session, me.person, form.noted(config), by=me.by, now=now, zone=config.zone
        )
        return go(f"{me.url}#worked")
    return await own_page(
        request, session, me, config, now, errors=errors, worked_typed=form.model_dump()
    )


@router.post("/{worked_id}/remove")
async def remove_worked(worked_id: UUID, me: Me, session: Session, now: Now) -> Response:
    await service.remove_worked_time(session, me.person, worked_id, by=me.by, now=now)
    return go(f"{me.url}#worked")
