"""The web shell: what every page and handler of every package is built from."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, select_autoescape
from sqlalchemy.ext.asyncio import AsyncSession

from core import language, moments
from core.database import Database
from core.errors import Refused
from core.icons import icon
from core.settings import Settings
from core.wakeups import WakeUps

STATIC = Path(__file__).parent / "static"
PACKAGES = ("core", "rosters", "alerting", "playbooks", "crisis")


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the main menu; `role` is who sees it."""

    url: str
    label: str  # a msgid
    icon: str
    role: str = "reader"
    active: bool = False


def database_of(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


async def open_session(request: Request) -> AsyncIterator[AsyncSession]:
    """One transaction a request: reading for GET, writing otherwise, committed before the answer."""
    database = database_of(request)
    reads = request.method in {"GET", "HEAD"}
    async with database.reading() if reads else database.transaction() as session:
        yield session


def settings_of(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def wakeups_of(request: Request) -> WakeUps:
    return database_of(request).wakeups


def read_clock(request: Request) -> datetime:
    """The instant of this request: read once, the same for all that happens in it."""
    if not hasattr(request.state, "now"):
        request.state.now = request.app.state.clock.now()
    now: datetime = request.state.now
    return now


def peer(request: Request) -> str:
    """The address the request came from; proxies are trusted only as uvicorn is told to."""
    return request.client.host if request.client else ""


Session = Annotated[AsyncSession, Depends(open_session, scope="function")]
Config = Annotated[Settings, Depends(settings_of)]
Bus = Annotated[WakeUps, Depends(wakeups_of)]
Now = Annotated[datetime, Depends(read_clock)]
Peer = Annotated[str, Depends(peer)]


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """Render a template; the only caller of Jinja for pages."""
    settings = settings_of(request)
    user = getattr(request.state, "user", None)
    shell = {
        "request": request,
        "user": user,
        "navigation": _menu(request),
        "deployment": settings.mode.value,
        "language": language.current_language(),
        "now": read_clock(request),
        "alarm_mode": None,
        "status": status,
    }
    environment = templates(settings.time_zone)
    body = environment.get_template(template).render(shell | context)
    return HTMLResponse(body, status_code=status)


def go(url: str) -> RedirectResponse:
    """After a POST: look there."""
    return RedirectResponse(url, status_code=303)


def signed_out() -> RedirectResponse:
    """To the sign-in form; what this browser keeps of the service (core/static/sw.js) is cleared."""
    response = go("/sign-in")
    response.headers["clear-site-data"] = '"storage"'
    return response


def inside(url: str) -> str:
    """A place in this service to go on to; anything that could lead elsewhere becomes "/"."""
    leads_out = url[:1] != "/" or url[1:2] in {"/", "\\"} or any(sign < " " for sign in url)
    return "/" if leads_out else url


class attempt:  # noqa: N801  # reads as the statement it makes: async with attempt(session)
    """What is refused inside is undone and stands in the errors, for the form to be shown again."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._errors: dict[str, str] = {}

    async def __aenter__(self) -> dict[str, str]:
        self._savepoint = await self._session.begin_nested()
        return self._errors

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        await self._savepoint.__aexit__(kind, error, traceback)
        if isinstance(error, Refused):
            self._errors[error.field] = error.sentence
        return isinstance(error, Refused)


def _menu(request: Request) -> list[Place]:
    user = getattr(request.state, "user", None)
    if user is None:
        return []
    path = request.url.path
    return [
        Place(
            place.url,
            language.gettext(place.label),
            place.icon,
            place.role,
            path == place.url or (place.url != "/" and path.startswith(place.url)),
        )
        for place in request.app.state.navigation
        if user.may(place.role)
    ]


@cache
def templates(time_zone: str) -> Environment:
    """One Jinja environment; templates of every package stand under the package's own name."""
    environment = Environment(
        loader=ChoiceLoader(
            [PackageLoader(package) for package in PACKAGES if _has_templates(package)]
        ),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        language.gettext, language.ngettext, newstyle=True
    )
    environment.globals |= {"icon": icon, "static": static}
    environment.filters |= moments.filters(time_zone)
    return environment


def _has_templates(package: str) -> bool:
    return (STATIC.parent.parent / package / "templates").is_dir()


@cache
def static(name: str) -> str:
    """The address of a static file, with a mark of its content so that browsers may keep it."""
    path = STATIC / name
    mark = hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.exists() else "0"
    return f"/static/{name}?v={mark}"
