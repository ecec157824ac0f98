"""Page: how likely a path would reach enough people, now, tonight or another time."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import let_go
from core.errors import Refused
from core.language import gettext as _
from core.permissions import reader
from core.web import Config, Now, Session, page
from playbooks import service
from playbooks.forecast.asking import Asked, ask
from playbooks.forecast.computing import Reckoner
from playbooks.forecast.curve import curve
from playbooks.forecast.reckoning import TARGET, Forecast
from playbooks.forecast.saying import basis, kinds, mended

router = APIRouter(prefix="/paths", dependencies=[Depends(reader)])
TONIGHT = time(3)
TYPED = "%Y-%m-%dT%H:%M"


@router.get("/{code}/forecast")
async def forecast(
    request: Request,
    code: str,
    session: Session,
    config: Config,
    now: Now,
    reckoner: Reckoner,
    at: str = "",
) -> Response:
    plan = await service.plan_of(session, code, at=now)
    night = tonight(now, config.zone).strftime(TYPED)
    context: dict[str, Any] = {"plan": plan, "at": at, "tonight": night, "refused": None}
    try:
        asked = await _asked(session, code, at, now=now, zone=config.zone)
        await let_go(session)  # eight who wait here would leave no connection for an alarm
        context |= _shown(asked, await reckoner(asked))
    except Refused as refusal:
        context["refused"] = refusal
    status = context["refused"].status if context["refused"] else 200
    return page(request, "playbooks/forecast/forecast.html", status=status, **context)


def _shown(asked: Asked, found: Forecast) -> dict[str, Any]:
    goal = found.goal_within.total_seconds() / 60 if found.goal_within else None
    return {
        "asked": asked,
        "found": found,
        "curve": curve(found.reached, goal),
        "mended": mended(found.breaking.remedies) if found.breaking else "",
        "basis": basis(asked),
        "kinds": kinds(asked),
        "target": round(TARGET * 100),
    }


async def _asked(
    session: AsyncSession, code: str, said: str, *, now: datetime, zone: ZoneInfo
) -> Asked:
    at = instant(said, now=now, zone=zone)
    return await ask(session, code, at=at, now=now, zone=zone)


def instant(said: str, *, now: datetime, zone: ZoneInfo) -> datetime:
    """The time asked about, in UTC; this minute when none is given."""
    if not said:
        return now.replace(second=0, microsecond=0)
    try:
        at = datetime.fromisoformat(said)
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(now.tzinfo)
    except (ValueError, OverflowError) as error:
        raise Refused(_("Skriv tiden som 2026-12-25T03:00."), field="at") from error


def tonight(now: datetime, zone: ZoneInfo) -> datetime:
    """The next three o'clock at night, local time."""
    local = now.astimezone(zone)
    night = datetime.combine(local.date(), TONIGHT, zone)
    return night if night > local else night + timedelta(days=1)
