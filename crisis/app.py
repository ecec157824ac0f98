"""The roof: every router, the menu and the life of the service, put together in one place."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from alerting import (
    alarm_pages,
    answer_pages,
    call_in_pages,
    phone_pages,
    step_pages,
    webhooks,
)
from alerting import api as alerting_api
from alerting import web as alarms
from alerting.alarm_list import open_alarms
from core import (
    account_pages,
    audit_pages,
    error_pages,
    health,
    shell,
    sign_in_pages,
    token_pages,
    user_pages,
)
from core import api as core_api
from core.clock import Clock
from core.database import Database
from core.language import N_
from core.settings import Settings
from core.web import STATIC, Place
from crisis import web as start
from crisis.signals import api as signals_api
from crisis.signals import mail as signal_mail
from crisis.signals import service as signals
from crisis.signals import web as signal_pages
from playbooks import api as playbooks_api
from playbooks import web as paths
from playbooks.cards import run_pages
from playbooks.cards import web as card_pages
from playbooks.cards.run_view import board_notes
from playbooks.communication_tests import speed
from playbooks.communication_tests import web as communication_tests
from playbooks.forecast import web as forecast_pages
from playbooks.forecast.computing import Forecasts
from playbooks.lights import api as lights_api
from playbooks.lights import web as light_pages
from playbooks.offline import web as offline
from playbooks.paper import web as paper
from playbooks.plans import web as plan_pages
from playbooks.receipts import my_pages as receipt_cards
from playbooks.receipts import web as receipts
from playbooks.ways_in import pages as ways_in_pages
from playbooks.ways_in import phone as raising_by_phone
from playbooks.ways_in.pins import rules_from
from playbooks.ways_in.way import TextsAndCalls
from rosters import (
    contact_pages,
    import_pages,
    leaving_pages,
    link_pages,
    list_pages,
    people_pages,
    unit_pages,
)
from rosters.absence import web as absence_pages
from rosters.calendars import view_pages as calendar_pages
from rosters.calendars import web as calendars
from rosters.duty import api as rosters_api
from rosters.duty import gap_pages, role_pages, shift_pages
from rosters.duty import import_pages as duty_import_pages
from rosters.duty import web as duty
from rosters.handovers import web as handover_pages
from rosters.my import absence_pages as my_absence_pages
from rosters.my import calendar_pages as my_calendar_pages
from rosters.my import contact_pages as my_contacts
from rosters.my import web as my
from rosters.my import worked_pages as my_worked
from rosters.qualifications import web as qualification_pages
from rosters.readiness import campaign_pages
from rosters.readiness import web as readiness
from rosters.rotations import web as rotation_pages
from rosters.swaps import api as swap_api
from rosters.swaps import web as swap_pages
from rosters.worktime import fairness_pages, profile_pages
from rosters.worktime import person_pages as worktime_people
from rosters.worktime import web as worktime

PAGES = (
    health,
    sign_in_pages,
    account_pages,
    user_pages,
    token_pages,
    audit_pages,
    import_pages,  # before people: /people/import is nobody's id
    people_pages,
    contact_pages,
    link_pages,
    leaving_pages,
    unit_pages,
    list_pages,
    duty,
    shift_pages,
    gap_pages,
    swap_pages,
    handover_pages,
    rotation_pages,
    role_pages,
    duty_import_pages,
    qualification_pages,
    my,
    my_contacts,
    readiness,
    campaign_pages,
    fairness_pages,
    worktime,
    worktime_people,
    profile_pages,
    my,
    my_worked,
    calendar_pages,
    absence_pages,
    calendars,
    my,
    my_calendar_pages,
    my_absence_pages,
    alarms,
    alarm_pages,
    step_pages,
    call_in_pages,
    answer_pages,
    phone_pages,
    webhooks,
    ways_in_pages,
    raising_by_phone,
    communication_tests,
    light_pages,
    forecast_pages,
    run_pages,
    card_pages,
    plan_pages,
    paths,
    receipts,
    receipt_cards,
    signal_pages,
    signal_mail,
    paper,
    offline,
    start,
)
APIS = (
    core_api,
    rosters_api,
    swap_api,
    alerting_api,
    playbooks_api,
    signals_api,
    lights_api,
)  # these stand in the OpenAPI description
MENU = (
    Place("/", N_("Start"), "house"),
    Place("/alarms", N_("Larm"), "siren"),
    Place("/duty", N_("Jour"), "calendar-clock"),
    Place("/signals", N_("Signaler"), "radio"),
    Place("/my/me", N_("Min sida"), "circle-user"),
    Place("/paths", N_("Larmvägar"), "route"),
    Place("/cards", N_("Åtgärdskort"), "list-checks"),
    Place("/plans", N_("Handlingsplaner"), "clipboard-list"),
    Place("/people", N_("Personer"), "users"),
    Place("/lists", N_("Larmlistor"), "list-ordered"),
    Place("/readiness", N_("Nåbarhet"), "radio-tower"),
    Place("/units", N_("Organisation"), "network"),
    Place("/users", N_("Konton"), "key-round", "administrator"),
    Place("/tokens", N_("API-nycklar"), "plug", "administrator"),
    Place("/audit", N_("Granskningslogg"), "scroll-text", "administrator"),
)
PHONES = Place("/phones", N_("Telefoner"), "smartphone")  # simulated ones: in training only
# What an API token can be given the right to.
SCOPES = {
    "duty:read": N_("Läsa vem som har jour"),
    "duty:write": N_("Ändra jouren och byta pass"),
    "alarms:read": N_("Läsa larm"),
    "alarms:raise": N_("Larma, svara och avsluta"),
    "signals:write": N_("Lämna signaler"),
    "paths:read": N_("Läsa larmvägarnas lampor"),
    "numbers:read": N_("Se nummer och adresser"),
}
LARGER = {  # bytes
    **dict.fromkeys(
        ("/people/import", "/people/import/confirm", "/duty/import", "/duty/import/confirm"),
        15_000_000,
    ),
    "/duty/absence/files": 1_100_000,  # a calendar of 1 MB, and the form around it
}


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
    app.state.ways_in = (TextsAndCalls(rules_from(settings)),)  # besides the pages
    app.state.after_raise = (signals.link,)  # told which alarm was raised because of what
    app.state.board_notes = (board_notes,)  # what boards of alarms say of action cards
    app.state.open_matters = (open_alarms,)  # what a handover of duty starts out with
    app.state.own_parts = (receipt_cards.own_part, speed.own_part)  # of one's own page
    app.state.people, app.state.stopping = None, asyncio.Event()
    app.state.forecasts = Forecasts()
    app.state.probes = [health.database_probe(database)]
    app.state.security_headers = shell.security_headers(settings)
    error_pages.install(app)
    for module in (*PAGES, *APIS):
        app.include_router(module.router, include_in_schema=module in APIS)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


def _life(
    database: Database, engine: AbstractAsyncContextManager[object] | None
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(database.close)
            stack.callback(app.state.forecasts.close)
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
