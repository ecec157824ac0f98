"""One's own page after saying when one is away, or with what was wrong with that."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel

from core.web import Config, Now, Session, attempt, go
from rosters.absence.service import Typed, add_absence
from rosters.my.access import Me
from rosters.my.web import own_page

router = APIRouter(prefix="/my/{token}")


class OwnAbsence(BaseModel):
    first_day: str = ""
    last_day: str = ""
    from_clock: str = ""
    to_clock: str = ""
    note: str = ""


@router.post("/absence")
async def add(
    request: Request,
    form: Annotated[OwnAbsence, Form()],
    me: Me,
    session: Session,
    config: Config,
    now: Now,
) -> Response:
    typed = Typed(**form.model_dump())
    async with attempt(session) as errors:
        await add_absence(session, me.person, typed, config.zone, by=me.by, now=now)
        return go(f"{me.url}#absence")
    return await own_page(
        request,
        session,
        me,
        config,
        now,
        errors=errors,
        absence_errors=errors,
        absence_typed=typed,
    )
