"""Would an alarm right now get through? Each thing that must hold, and the exact repair if not."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit
from uuid import uuid4

import aiohttp
from twilio.request_validator import RequestValidator

from alerting.running import engine_probe
from core.clock import Clock
from core.database import Database
from core.health import Probe, database_probe
from core.language import gettext as _
from core.settings import Settings
from crisis.migrating import is_current
from crisis.readiness import would_get_through

SOON = aiohttp.ClientTimeout(total=10)


async def check(settings: Settings, database: Database, clock: Clock) -> AsyncIterator[Probe]:
    """One probe after the other, those that need the network last."""
    for probe in configuration(settings):
        yield probe
    alive = await database_probe(database)()
    yield alive
    if not alive.ok:
        return
    current = await is_current(database)
    yield Probe("schema", current, "" if current else _("Kör: krislarm migrate"))
    yield await engine_probe(database, clock)()
    async with database.reading() as session:
        answer = await would_get_through(session, probes=[], now=clock.now(), zone=settings.zone)
    for check in answer.checks:
        yield Probe("readiness", ok=check.status != "bad", detail=check.sentence)
    if settings.live and settings.twilio_account_sid:
        yield await _round_trip(settings)


def configuration(settings: Settings) -> list[Probe]:
    """What can be seen wrong in the settings alone; in training nothing has to be set."""
    if not settings.live:
        return [Probe("configuration", ok=True)]
    wrong = [sentence for found, sentence in _demands(settings) if not found]
    return [Probe("configuration", ok=False, detail=each) for each in wrong] or [
        Probe("configuration", ok=True)
    ]


def _demands(settings: Settings) -> list[tuple[bool, str]]:
    base = urlsplit(settings.base_url)
    here = base.hostname in {"127.0.0.1", "localhost", "::1"}
    return [
        (
            settings.https or here,
            _("KRISLARM_BASE_URL är {url}. Sätt den till den publika adressen, https://...").format(
                url=settings.base_url
            ),
        ),
        (bool(settings.twilio_account_sid), _("KRISLARM_TWILIO_ACCOUNT_SID saknas.")),
        (
            bool(settings.twilio_auth_token.get_secret_value()),
            _("KRISLARM_TWILIO_AUTH_TOKEN saknas."),
        ),
        (
            settings.twilio_from.startswith("+"),
            _("KRISLARM_TWILIO_FROM ska vara ett nummer, +46..., för att kunna ringa och få svar."),
        ),
    ]


async def _round_trip(settings: Settings) -> Probe:
    """Call ourselves through the public address, signed as Twilio signs: 404 is the right answer."""
    url = f"{settings.base_url}/twilio/status/{uuid4()}"
    token = settings.twilio_auth_token.get_secret_value()
    form = {"MessageStatus": "delivered"}
    headers = {"X-Twilio-Signature": RequestValidator(token).compute_signature(url, form)}
    try:
        async with (
            aiohttp.ClientSession(timeout=SOON) as client,
            client.post(url, data=form, headers=headers) as answer,
        ):
            status = answer.status
    except (aiohttp.ClientError, TimeoutError) as error:
        told = _("{url} svarar inte ({why}). Rätta KRISLARM_BASE_URL eller brandväggen.")
        return Probe("callbacks", ok=False, detail=told.format(url=url, why=type(error).__name__))
    if status == 403:
        told = _(
            "Signaturen höll inte på vägen. Rätta KRISLARM_BASE_URL till den adress Twilio ropar på."
        )
        return Probe("callbacks", ok=False, detail=told)
    return Probe("callbacks", status == 404, "" if status == 404 else f"{url}: HTTP {status}")
