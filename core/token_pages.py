"""Pages: API tokens - give one out, shown once, and take it back."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import service
from core.errors import Refused
from core.language import gettext as _
from core.models import ApiToken
from core.permissions import Acting, Administrator
from core.web import Now, Session, attempt, go, page

router = APIRouter()


@router.get("/tokens")
async def tokens(request: Request, _: Administrator, session: Session) -> Response:
    return await _page(request, session)


@router.post("/tokens")
async def add_token(
    request: Request,
    _admin: Administrator,
    session: Session,
    by: Acting,
    now: Now,
    name: Annotated[str, Form()] = "",
    scopes: Annotated[list[str], Form()] = [],  # noqa: B006  # FastAPI copies it
) -> Response:
    """Answers with the page itself, and no redirect: the secret is read here or never."""
    async with attempt(session) as errors:
        if not set(scopes) <= request.app.state.scopes.keys():
            raise Refused(_("Rättigheten finns inte."), field="scopes")
        secret = await service.add_token(session, name=name, scopes=scopes, by=by, now=now)
        return await _page(request, session, secret=secret)
    return await _page(request, session, errors=errors, name=name, chosen=scopes)


@router.post("/tokens/{token_id}/revoke")
async def revoke(
    token_id: UUID, _: Administrator, session: Session, by: Acting, now: Now
) -> Response:
    await service.revoke_token(session, token_id, by=by, now=now)
    return go("/tokens")


async def _page(
    request: Request,
    session: AsyncSession,
    *,
    secret: str = "",
    errors: Mapping[str, str] | None = None,
    name: str = "",
    chosen: list[str] | None = None,
) -> Response:
    order = (ApiToken.revoked_at.is_not(None), ApiToken.created_at.desc())
    labels = request.app.state.scopes.items()
    return page(
        request,
        "core/tokens.html",
        status=422 if errors else 200,
        tokens=(await session.scalars(select(ApiToken).order_by(*order))).all(),
        scopes=[(scope, f"{scope}: {_(label)}") for scope, label in labels],
        secret=secret,
        errors=errors or {},
        name=name,
        chosen=chosen or [],
    )
