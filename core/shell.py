"""What surrounds every request: headers, language, forgery guard, last use."""

from collections.abc import Mapping
from datetime import timedelta

from asgi_cross_origin_protection import CrossOriginProtection
from sqlalchemy import Update, update
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.error_pages import error_page
from core.language import LANGUAGES, use_language
from core.language import gettext as _
from core.models import ApiToken, SignIn
from core.settings import Settings
from core.web import read_clock

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; manifest-src 'self'; worker-src 'self'"
)
TOUCH_EVERY = timedelta(minutes=1)


def middleware(settings: Settings, *, larger: Mapping[str, int]) -> list[Middleware]:
    """Outermost first. `larger` gives the bytes that named paths may receive instead of 1 MB."""
    return [
        Middleware(GZipMiddleware, minimum_size=1000),  # leaves event streams alone
        Middleware(SecurityHeaders, headers=security_headers(settings)),
        Middleware(LanguageChoice, default=settings.language),
        Middleware(BodyLimit, larger=larger),
        Middleware(
            CrossOriginProtection,
            allowed_origins=[settings.base_url] if settings.https else [],
            # Signed callbacks and bearer tokens: no cookie counts there, so none can be abused.
            exempt_paths=["/api", "/twilio", "/elks"],
            deny_app=_refuse_foreign_form,
        ),
        Middleware(UseTouch),
    ]


def security_headers(settings: Settings) -> dict[str, str]:
    headers = {
        "content-security-policy": POLICY,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "cross-origin-opener-policy": "same-origin",
    }
    if settings.https:
        headers["strict-transport-security"] = "max-age=31536000"
    return headers


class SecurityHeaders:
    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self.app = app
        self.headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self.headers)
                headers.setdefault("cache-control", _keep(scope))
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _keep(scope: Scope) -> str:
    """A static file asked for by its content's mark never changes; pages are never kept."""
    if not scope["path"].startswith("/static/"):
        return "no-store"
    return "public, max-age=31536000, immutable" if b"v=" in scope["query_string"] else "no-cache"


class LanguageChoice:
    """The language of this browser; a signed-in user's own choice then takes over."""

    def __init__(self, app: ASGIApp, default: str) -> None:
        self.app = app
        self.default = default

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with use_language(browser_language(HTTPConnection(scope), self.default)):
            await self.app(scope, receive, send)


def browser_language(connection: HTTPConnection, default: str) -> str:
    chosen = connection.cookies.get("language", "")
    if chosen in LANGUAGES:
        return chosen
    wanted = connection.headers.get("accept-language", "")
    ranked = sorted((_rank(part) for part in wanted.split(",")[:20]), reverse=True)
    return next((word for weight, word in ranked if word in LANGUAGES and weight > 0), default)


def _rank(part: str) -> tuple[float, str]:
    """The pair (0.8, "en") for "en-GB;q=0.8"."""
    word, _sep, weight = part.partition(";q=")
    try:
        return float(weight or 1), word.strip()[:2].lower()
    except ValueError:
        return 0, ""


class BodyLimit:
    """Too large a body fails where it is read, so that the answer is a page like any other."""

    def __init__(self, app: ASGIApp, larger: Mapping[str, int], usual: int = 1_000_000) -> None:
        self.app = app
        self.larger = larger
        self.usual = usual

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.larger.get(scope["path"], self.usual)
        announced = Headers(scope=scope).get("content-length", "")
        received = int(announced) if announced.isdecimal() and int(announced) > limit else 0

        async def receive_within_limit() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise HTTPException(413)
            return message

        await self.app(scope, receive_within_limit, send)


class UseTouch:
    """Notes when a sign-in or token was last used: after the answer, in its own transaction."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)
        used: SignIn | None = scope.get("state", {}).get("sign_in")
        token: ApiToken | None = scope.get("state", {}).get("token")
        if used is None and token is None:
            return
        now = read_clock(Request(scope))
        if used and now - used.seen_at >= TOUCH_EVERY:
            await _write(scope, update(SignIn).where(SignIn.id == used.id).values(seen_at=now))
        if token and (token.used_at is None or now - token.used_at >= TOUCH_EVERY):
            await _write(scope, update(ApiToken).where(ApiToken.id == token.id).values(used_at=now))


async def _write(scope: Scope, statement: Update) -> None:
    async with scope["app"].state.database.transaction() as session:
        await session.execute(statement)


async def _refuse_foreign_form(scope: Scope, receive: Receive, send: Send) -> None:
    sentence = _("Formuläret skickades från en annan webbplats och togs inte emot.")
    await error_page(Request(scope), 403, sentence)(scope, receive, send)
