"""Pages: accounts - list, add, roles, new password, close."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import service
from core.language import gettext as _
from core.models import Role, SignIn, User
from core.permissions import Acting, Administrator
from core.web import Now, Session, attempt, go, page

router = APIRouter()


class UserForm(BaseModel):
    username: str = ""
    name: str = ""
    roles: list[str] = []
    password: str = ""


def role_labels() -> list[tuple[str, str]]:
    """Reading is not a choice: everyone signed in may."""
    return [
        (Role.DUTY_OFFICER, _("Tjänsteman i beredskap: larmar")),
        (Role.PLANNER, _("Planerare: personer, listor, larmvägar")),
        (Role.ADMINISTRATOR, _("Administratör: konton, nycklar, granskning")),
    ]


@router.get("/users")
async def users(request: Request, _: Administrator, session: Session) -> Response:
    return await _page(request, session)


@router.post("/users")
async def add_user(
    request: Request,
    form: Annotated[UserForm, Form()],
    _: Administrator,
    session: Session,
    by: Acting,
    now: Now,
) -> Response:
    async with attempt(session) as errors:
        await service.add_user(
            session,
            username=form.username,
            name=form.name,
            roles=form.roles,
            password=form.password,
            by=by,
            now=now,
        )
        return go("/users")
    return await _page(request, session, errors, form)


@router.get("/users/{user_id}")
async def user(request: Request, user_id: UUID, _: Administrator, session: Session) -> Response:
    return await _one(request, session, user_id)


@router.post("/users/{user_id}/roles")
async def change_roles(
    request: Request,
    user_id: UUID,
    _: Administrator,
    session: Session,
    by: Acting,
    now: Now,
    roles: Annotated[list[str], Form()] = [],  # noqa: B006  # FastAPI copies it
) -> Response:
    async with attempt(session) as errors:
        await service.change_roles(session, user_id, roles, by=by, now=now)
        return go("/users")
    return await _one(request, session, user_id, errors)


@router.post("/users/{user_id}/password")
async def set_password(
    request: Request,
    user_id: UUID,
    _: Administrator,
    session: Session,
    by: Acting,
    now: Now,
    password: Annotated[str, Form()] = "",
) -> Response:
    async with attempt(session) as errors:
        await service.set_password(session, user_id, password, by=by, now=now)
        return go("/users")
    return await _one(request, session, user_id, errors)


@router.post("/users/{user_id}/close")
async def close(
    request: Request, user_id: UUID, _: Administrator, session: Session, by: Acting, now: Now
) -> Response:
    async with attempt(session) as errors:
        await service.close_account(session, user_id, by=by, now=now)
        return go("/users")
    return await _one(request, session, user_id, errors)


async def _page(
    request: Request,
    session: AsyncSession,
    errors: Mapping[str, str] | None = None,
    form: UserForm | None = None,
) -> Response:
    seen = select(SignIn.user_id, func.max(SignIn.seen_at)).group_by(SignIn.user_id)
    return page(
        request,
        "core/users.html",
        status=422 if errors else 200,
        accounts=(await session.scalars(select(User).order_by(User.closed_at, User.name))).all(),
        last_seen=dict((await session.execute(seen)).all()),
        roles=role_labels(),
        errors=errors or {},
        form=form or UserForm(),
    )


async def _one(
    request: Request, session: AsyncSession, user_id: UUID, errors: Mapping[str, str] | None = None
) -> Response:
    return page(
        request,
        "core/user.html",
        status=422 if errors else 200,
        account=await service.open_account(session, user_id),
        roles=role_labels(),
        errors=errors or {},
    )
