"""Pages: sign in, sign out, choose language."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from core import service
from core.audit import record
from core.errors import Refused
from core.language import LANGUAGES
from core.models import User
from core.permissions import anyone, cookie_name, find_user
from core.settings import Settings
from core.sign_in import Attempt, sign_in
from core.web import Config, Now, Peer, Session, database_of, go, inside, page, signed_out

router = APIRouter(dependencies=[Depends(anyone)])
Visitor = Annotated[User | None, Depends(find_user, scope="function")]
Text = Annotated[str, Form()]


@router.get("/sign-in")
async def sign_in_form(request: Request, visitor: Visitor, next: str = "/") -> Response:  # noqa: A002
    if visitor:
        return go(inside(next))
    return _form(request, next)


@router.post("/sign-in")
async def begin(
    request: Request,
    settings: Config,
    now: Now,
    peer: Peer,
    username: Text = "",
    password: Text = "",
    next: Text = "/",  # noqa: A002  # the promised name of the field
) -> Response:
    browser = request.headers.get("user-agent", "")
    attempt = Attempt(username=username, password=password, address=peer, browser=browser)
    try:
        secret = await sign_in(database_of(request), attempt, settings=settings, now=now)
    except Refused as refusal:
        errors = {refusal.field: refusal.sentence}
        return _form(request, next, username=username, errors=errors, status=refusal.status)
    response = go(inside(next))
    _set(response, cookie_name(settings), secret, settings, days=settings.session_days)
    return response


@router.post("/sign-out")
async def sign_out(
    visitor: Visitor, request: Request, session: Session, settings: Config, now: Now, peer: Peer
) -> Response:
    if visitor:
        only = request.state.sign_in.id
        await service.end_sign_ins(session, visitor.id, only=only, now=now)
        name = visitor.username
        await record(session, who=name, what="Loggade ut", subject=name, now=now, address=peer)
    response = signed_out()
    response.delete_cookie(
        cookie_name(settings), secure=settings.https, httponly=True, samesite="lax"
    )
    return response


@router.post("/language")
async def choose_language(
    visitor: Visitor, session: Session, settings: Config, to: Text = "", back: Text = "/"
) -> Response:
    response = go(inside(back))
    if to in LANGUAGES:
        _set(response, "language", to, settings, days=365)
        if visitor:
            await service.choose_language(session, visitor.id, to)
    return response


def _form(
    request: Request,
    next_place: str,
    *,
    username: str = "",
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    return page(
        request,
        "core/sign_in.html",
        status=status,
        next=inside(next_place),
        username=username,
        errors=errors or {},
        demo_accounts=request.app.state.demo_accounts,
    )


def _set(response: Response, name: str, value: str, settings: Settings, *, days: int) -> None:
    response.set_cookie(
        name, value, max_age=days * 86400, secure=settings.https, httponly=True, samesite="lax"
    )
