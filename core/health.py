"""Is the process alive, can it alarm, and its figures: /healthz, /readyz, /metrics."""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import ip_address

import structlog
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from core.database import Database
from core.errors import Refused
from core.language import gettext as _
from core.permissions import PERMISSION, anyone
from core.web import Config, Peer

log = structlog.get_logger()
router = APIRouter()


@dataclass(frozen=True, slots=True)
class Probe:
    """One answer to "would an alarm get through?"; `detail` is for the log and `krislarm check`."""

    name: str
    ok: bool
    detail: str = ""


Probing = Callable[[], Awaitable[Probe]]


def database_probe(database: Database) -> Probing:
    async def probe() -> Probe:
        try:
            async with database.reading() as session:
                await session.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError) as error:
            return Probe("database", ok=False, detail=type(error).__name__)
        return Probe("database", ok=True)

    return probe


def metrics_reader(request: Request, settings: Config, peer: Peer) -> None:
    """This machine, or whoever has the token when one is set; a forwarded request is not here."""
    token = settings.metrics_token.get_secret_value()
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if hmac.compare_digest(given.encode(), token.encode()) if token else _here(request, peer):
        return
    raise Refused(_("Mätvärdena är inte öppna härifrån."), status=403)


setattr(metrics_reader, PERMISSION, "metrics")


def _here(request: Request, peer: str) -> bool:
    if "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        return False
    try:
        return ip_address(peer).is_loopback
    except ValueError:
        return False


@router.get("/healthz", dependencies=[Depends(anyone)])
async def alive() -> Response:
    return PlainTextResponse("ok\n")


@router.get("/readyz", dependencies=[Depends(anyone)])
async def ready(request: Request) -> Response:
    """Names and verdicts are open to all; what is wrong in detail stands in the log."""
    probes = [await probe() for probe in request.app.state.probes]
    for failed in (probe for probe in probes if not probe.ok):
        log.warning("not_ready", probe=failed.name, detail=failed.detail)
    well = all(probe.ok for probe in probes)
    verdicts = {probe.name: probe.ok for probe in probes}
    return JSONResponse({"ready": well, "probes": verdicts}, 200 if well else 503)


@router.get("/metrics", dependencies=[Depends(metrics_reader)])
async def metrics() -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
