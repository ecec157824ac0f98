"""Pages: one's own account - language, password, and where it is signed in."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from core import service
from core.audit import note
from core.errors import Refused
from core.language import gettext as _
from core.models import User
from core.permissions import Acting, Reader
from core.settings import Settings
from core.web import Config, Now, Session, attempt, page, signed_out

router = APIRouter()


class PasswordForm(BaseModel):
    present: str = ""
    password: str = ""
    again: str = ""


@router.get("/account")
async def account(
    request: Request, user: Reader, session: Session, config: Config, now: Now
) -> Response:
    return await _page(request, session, user, config, now)


@router.post("/account/password")
async def change_password(
    request: Request,
    user: Reader,
    session: Session,
    by: Acting,
    config: Config,
    now: Now,
    form: Annotated[PasswordForm, Form()],
) -> Response:
    async with attempt(session) as errors:
        if form.password != form.again:
            raise Refused(_("De två nya lösenorden är inte lika."), field="again")
        await service.change_own_password(
            session, user, present=form.present, new=form.password, by=by, now=now
        )
        return signed_out()
    return await _page(request, session, user, config, now, errors)


@router.post("/account/sign-out-everywhere")
async def sign_out_everywhere(user: Reader, session: Session, by: Acting, now: Now) -> Response:
    await service.end_sign_ins(session, user.id, now=now)
    await note(session, by, "Loggade ut överallt", user.username, now=now)
    return signed_out()


async def _page(
    request: Request,
    session: AsyncSession,
    user: User,
    config: Settings,
    now: Now,
    errors: Mapping[str, str] | None = None,
) -> Response:
    idle = timedelta(hours=config.session_idle_hours)
    return page(
        request,
        "core/account.html",
        status=422 if errors else 200,
        sign_ins=await service.sign_ins_of(session, user.id, idle=idle, now=now),
        this=request.state.sign_in.id,
        errors=errors or {},
    )
