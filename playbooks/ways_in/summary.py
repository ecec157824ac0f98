"""What a requested alarm would do, in words, and the site that it must keep away from."""

import re
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.means import Means
from alerting.models import OPEN_ALARM, Alarm
from alerting.plan import Plan
from core.errors import Refused
from core.language import gettext as _
from core.language import ngettext
from playbooks.audience import audience_of
from rosters.models import Unit, UnitKind

NO_SITE = ("nej", "ingen", "none", "no")
_SITE = re.compile(r"\b(?:plats|site)[\s:]+(\S+)", re.IGNORECASE)


async def summary(
    session: AsyncSession, means: Means, plan: Plan, note: str, site: str | None, *, now: datetime
) -> str:
    """As "LV-03 Inkallning av stab. 14 personer larmas genast. Gasläcka i Dalby."."""
    audience = await audience_of(session, plan, at=now, zone=means.zone, site=site)
    count = len(audience.called_now)
    many = ngettext("{count} person larmas genast", "{count} personer larmas genast", count)
    parts = [f"{plan.code} {plan.title}", many.format(count=count)]
    running = select(Alarm.id).where(Alarm.path == plan.code, Alarm.state.in_(OPEN_ALARM))
    if await session.scalar(running.limit(1)):
        parts.append(_("Obs: larmvägen pågår redan"))
    if note:
        parts.append(f"{note[:1].upper()}{note[1:].rstrip('.')}")
    return f"{'. '.join(parts)}."


async def site_in(session: AsyncSession, plan: Plan, note: str) -> str | None:
    """The code of the site whose phones stay silent; Refused when a path needs it and it is not said."""
    if not any(step.exclude for step in plan.steps):
        return None
    named = _SITE.search(note)
    word = named[1].lower().strip(".,") if named else ""
    if word in NO_SITE:
        return None
    code = await session.scalar(
        select(Unit.code).where(Unit.kind == UnitKind.SITE, func.lower(Unit.code) == word)
    )
    if code is None:
        said = _(
            "{path} behöver veta vilken plats som är drabbad. Skriv PLATS och dess kod, eller PLATS NEJ."
        )
        raise Refused(said.format(path=plan.code))
    return code
