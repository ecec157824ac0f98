"""JSON: raise an alarm along a documented path."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header
from pydantic import BaseModel, ConfigDict, Field

from alerting.api import MAY_RAISE, AlarmOut, described, signature
from alerting.means import Provided
from alerting.models import Alarm
from alerting.plan import Mode
from alerting.service import Trigger
from core.errors import Refused
from core.forms import line
from core.language import gettext as _
from core.models import ApiToken
from core.problems import problems
from core.web import Now, Peer, Session
from playbooks import service
from playbooks.raise_pages import LONGEST_NOTE, NO_SITE, find_site

LONGEST_KEY = 200

router = APIRouter(
    prefix="/api/v1", tags=["alarms"], responses=problems(400, 401, 403, 404, 409, 415, 422)
)


class AlarmIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    path: str = Field(max_length=40, examples=["LV-03"])
    mode: Mode
    note: str = Field(default="", description="What and where, one line.", max_length=1000)
    site: str | None = Field(
        default=None,
        description=f'The site whose phones must stay silent, or "{NO_SITE}": for paths that ask.',
    )


@router.post("/alarms", status_code=201)
async def raise_alarm(
    wanted: AlarmIn,
    session: Session,
    now: Now,
    means: Provided,
    peer: Peer,
    token: Annotated[ApiToken, Depends(MAY_RAISE)],
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=LONGEST_KEY)] = None,
) -> AlarmOut:
    """Raise an alarm at once. The same Idempotency-Key again gives the same alarm.

    409 when the key was used for something else; 404 when there is no such path.
    """
    plan = await service.plan_of(session, wanted.path, at=now)
    excludes = any(step.exclude for step in plan.steps)
    if excludes and wanted.site is None:
        raise Refused(
            _("Larmvägen kräver att en plats anges, eller {none}.").format(none=NO_SITE),
            field="site",
        )
    site = await find_site(session, wanted.site) if wanted.site not in {None, NO_SITE} else None
    if wanted.site not in {None, NO_SITE} and site is None:
        raise Refused(_("Platsen finns inte."), field="site")
    trigger = Trigger(
        mode=wanted.mode,
        by=signature(token),
        note=line(wanted.note, field="note", longest=LONGEST_NOTE),
        site=site.code if site else None,
        once=f"{token.id}:{idempotency_key}" if idempotency_key else None,
        address=peer,
    )
    alarm = await service.start(session, wanted.path, trigger, now=now, means=means)
    _refuse_other_use(alarm, wanted, trigger)
    return await described(session, alarm, token)


def _refuse_other_use(alarm: Alarm, wanted: AlarmIn, trigger: Trigger) -> None:
    raised = (alarm.path, alarm.mode, alarm.note, alarm.site)
    if raised != (wanted.path, wanted.mode, trigger.note, trigger.site):
        raise Refused(_("Nyckeln har redan använts för ett annat larm."), status=409)
