"""The roof: every router, the menu and the life of the service, put together in one place."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from importlib import import_module
from importlib.util import find_spec

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from core import error_pages, health, shell
from core.clock import Clock
from core.database import Database
from core.settings import Settings
from core.web import STATIC, Place

# Every module with a `router`; api modules stand in the OpenAPI description, pages do not.
ROUTERS = (
    "core.health",
    "core.sign_in_pages",
    "core.account_pages",
    "core.user_pages",
    "core.token_pages",
    "core.audit_pages",
    "core.api",
    "rosters.import_pages",  # before people: /people/import is nobody's id
    "rosters.people_pages",
    "rosters.contact_pages",
    "rosters.unit_pages",
    "rosters.list_pages",
    "rosters.duty_pages",
    "rosters.api",
    "alerting.web",
    "alerting.alarm_pages",
    "alerting.step_pages",
    "alerting.call_in_pages",
    "alerting.answer_pages",
    "alerting.phone_pages",
    "alerting.webhooks",
    "alerting.api",
    "playbooks.web",
    "playbooks.api",
    "crisis.web",
)
MENU = (
    Place("/", "Start", "house"),
    Place("/alarms", "Larm", "siren"),
    Place("/duty", "Jour", "calendar-clock"),
    Place("/paths", "Larmvägar", "route"),
    Place("/people", "Personer", "users"),
    Place("/lists", "Larmlistor", "list-ordered"),
    Place("/units", "Organisation", "network"),
    Place("/users", "Konton", "key-round", "administrator"),
    Place("/tokens", "API-nycklar", "plug", "administrator"),
    Place("/audit", "Granskningslogg", "scroll-text", "administrator"),
)
PHONES = Place("/phones", "Telefoner", "smartphone")  # simulated ones: in training only
# What an API token can be given the right to.
SCOPES = {
    "duty:read": "Läsa vem som har jour",
    "alarms:read": "Läsa larm",
    "alarms:raise": "Larma, svara och avsluta",
    "numbers:read": "Se nummer och adresser",
}
LARGER = {"/people/import": 15_000_000, "/people/import/confirm": 15_000_000}  # bytes


def create_app(
    settings: Settings,
    *,
    clock: Clock,
    database: Database | None = None,
    engine: AbstractAsyncContextManager[object] | None = None,
) -> FastAPI:
    """The whole service; with `engine`, alarms are carried out in this process too."""
    database = database or Database(settings.database_url)
    app = FastAPI(
        title="Krislarm",
        openapi_url=None,  # served by core.api with a permission of its own
        docs_url=None,
        redoc_url=None,
        middleware=shell.middleware(settings, larger=LARGER),
        lifespan=_life(database, engine),
    )
    app.state.settings, app.state.clock, app.state.database = settings, clock, database
    app.state.navigation = MENU if settings.live else (*MENU[:2], PHONES, *MENU[2:])
    app.state.scopes, app.state.demo_accounts = SCOPES, ()
    app.state.people, app.state.stopping = None, asyncio.Event()
    app.state.probes = [health.database_probe(database)]
    app.state.security_headers = shell.security_headers(settings)
    error_pages.install(app)
    for name in ROUTERS:
        if find_spec(name):
            app.include_router(import_module(name).router, include_in_schema=name.endswith(".api"))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


def _life(
    database: Database, engine: AbstractAsyncContextManager[object] | None
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(database.close)
            if not database.embedded:
                await stack.enter_async_context(_relay(database))
            if engine is not None:
                await stack.enter_async_context(engine)
            yield

    return life


@asynccontextmanager
async def _relay(database: Database) -> AsyncIterator[None]:
    """Hear what other nodes commit, for as long as this one lives."""
    stopping = asyncio.Event()
    relay = asyncio.create_task(database.wakeups.relay(database.url, stopping=stopping))
    try:
        yield
    finally:
        stopping.set()
        await relay
