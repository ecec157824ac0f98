"""Who may use a route: each route names one of these, and a test walks them all."""

from collections.abc import Callable, Coroutine
from datetime import timedelta
from hashlib import sha256
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from sqlalchemy import select

from core.audit import By
from core.errors import Refused
from core.language import gettext as _
from core.language import set_language
from core.models import ApiToken, Role, SignIn, User
from core.settings import Settings
from core.web import Now, Peer, Session

PERMISSION = "permission"  # the attribute by which a test finds these dependencies


# Only for the API's own description; tokens are looked up below, where 401 gets its sentence.
_BEARER = HTTPBearer(auto_error=False, description="A token from `krislarm token add`.")


class SignInNeeded(Exception):
    """Nobody is signed in: pages send the browser to the sign-in form, and back."""


def cookie_name(settings: Settings) -> str:
    """Over https the browser itself then holds the cookie to this host, secure and path /."""
    return "__Host-krislarm" if settings.https else "krislarm"


def hashed(secret: str) -> str:
    """How a secret of full entropy (a session or API token) is kept in the database."""
    return sha256(secret.encode()).hexdigest()


async def find_user(request: Request, session: Session, now: Now) -> User | None:
    """The signed-in user of this request, if the cookie holds and the account is open."""
    settings: Settings = request.app.state.settings
    cookie = request.cookies.get(cookie_name(settings))
    if not cookie:
        return None
    idle = timedelta(hours=settings.session_idle_hours)
    row = (
        await session.execute(
            select(User, SignIn)
            .join(SignIn, SignIn.user_id == User.id)
            .where(
                SignIn.token_hash == hashed(cookie),
                SignIn.ended_at.is_(None),
                SignIn.expires_at > now,
                User.closed_at.is_(None),
            )
        )
    ).first()
    if row is None or now - row.SignIn.seen_at > idle:
        return None
    user: User = row.User
    for each in (user, row.SignIn):  # a refusal rolls back, and its page still shows who it is
        session.expunge(each)
    request.state.user, request.state.sign_in = user, row.SignIn
    set_language(user.language)
    return user


def _requires(*roles: Role) -> Callable[..., Coroutine[Any, Any, User]]:
    """Any one of these roles is enough."""

    async def check(user: Annotated[User | None, Depends(find_user, scope="function")]) -> User:
        if user is None:
            raise SignInNeeded
        if not any(user.may(role) for role in roles):
            raise Refused(_("Ditt konto har inte behörighet till detta."), status=403)
        return user

    setattr(check, PERMISSION, " or ".join(role.value for role in roles))
    return check


def requires_scope(scope: str) -> Callable[..., Coroutine[Any, Any, ApiToken]]:
    """A dependency that wants a bearer token with that scope."""

    async def check(
        request: Request, session: Session, _described: Annotated[object, Depends(_BEARER)]
    ) -> ApiToken:
        kind, _sep, secret = request.headers.get("authorization", "").partition(" ")
        digest = hashed(secret.strip()) if kind.lower() == "bearer" else ""
        token = await session.scalar(select(ApiToken).where(ApiToken.token_hash == digest))
        if token is None or token.revoked_at:
            raise Refused(_("En giltig API-nyckel behövs."), status=401)
        if scope not in token.scopes:
            raise Refused(
                _("API-nyckeln saknar rättigheten {scope}.").format(scope=scope), status=403
            )
        session.expunge(token)
        request.state.token = token
        return token

    setattr(check, PERMISSION, scope)
    return check


async def anyone() -> None:
    """An open route: it either shows nothing secret or checks a secret of its own."""


setattr(anyone, PERMISSION, "anyone")

reader = _requires(Role.READER)
duty_officer = _requires(Role.DUTY_OFFICER)
planner = _requires(Role.PLANNER)
duty_officer_or_planner = _requires(Role.DUTY_OFFICER, Role.PLANNER)
administrator = _requires(Role.ADMINISTRATOR)

Reader = Annotated[User, Depends(reader, scope="function")]
DutyOfficer = Annotated[User, Depends(duty_officer, scope="function")]
Planner = Annotated[User, Depends(planner, scope="function")]
Administrator = Annotated[User, Depends(administrator, scope="function")]
DutyOfficerOrPlanner = Annotated[User, Depends(duty_officer_or_planner, scope="function")]


def _acting(user: Reader, peer: Peer) -> By:
    return By(user.username, peer)


Acting = Annotated[By, Depends(_acting, scope="function")]  # for the audit trail
