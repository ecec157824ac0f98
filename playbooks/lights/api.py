"""JSON: the three lights of every alarm path, now or at another time."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from core.permissions import requires_scope
from core.problems import problems
from core.web import Config, Now, Session
from playbooks.lights.instants import instant
from playbooks.lights.models import Light, LightKind
from playbooks.lights.service import PathLights, lights_at
from playbooks.lights.standing import Standing

MAY_READ = requires_scope("paths:read")
router = APIRouter(prefix="/api/v1", tags=["paths"], responses=problems(401, 403, 422))


class LightOut(BaseModel):
    light: Light | None  # null: an earlier time, of which nothing is on record
    why: str
    figure: str


class NextOut(BaseModel):
    sentence: str
    url: str


class LightsOut(BaseModel):
    path: str
    title: str
    version: int
    documented: LightOut
    known: LightOut
    exercised: LightOut
    next: NextOut | None


@router.get("/lights", dependencies=[Depends(MAY_READ)])
async def lights(
    session: Session,
    now: Now,
    config: Config,
    at: Annotated[str, Query(description="A day, or an instant; without it, now.")] = "",
) -> list[LightsOut]:
    """By code. What has been is told as it was recorded; what is to come, by the facts of now."""
    when = instant(at, now=now, zone=config.zone)
    today = when.astimezone(config.zone).date()
    found = await lights_at(session, at=when, now=now, zone=config.zone)
    return [told(path, today) for path in found]


def told(path: PathLights, today: date) -> LightsOut:
    """The same words for programs and for the command line."""
    todo = path.next
    return LightsOut(
        path=path.code,
        title=path.loaded.document.title,
        version=path.loaded.version.number,
        documented=_light(path.of(LightKind.DOCUMENTED), today),
        known=_light(path.of(LightKind.KNOWN), today),
        exercised=_light(path.of(LightKind.EXERCISED), today),
        next=NextOut(sentence=todo.sentence, url=todo.url) if todo else None,
    )


def _light(standing: Standing, today: date) -> LightOut:
    return LightOut(light=standing.light, why=standing.why, figure=standing.figure_on(today))
