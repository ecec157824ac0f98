"""JSON: who is on duty."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel
from sqlalchemy import select

from core.errors import NotFound
from core.forms import within_reason
from core.language import gettext as _
from core.permissions import requires_scope
from core.problems import problems
from core.web import Now, Session
from rosters.duty.models import DutyRole
from rosters.duty.resolver import OnDuty, next_on_duty, on_duty

router = APIRouter(prefix="/api/v1", tags=["duty"], responses=problems(401, 403, 404, 422))


class DutyPerson(BaseModel):
    ref: str
    name: str | None  # null for a person with protected identity
    starts_at: datetime
    ends_at: datetime


class Duty(BaseModel):
    role: str
    at: datetime
    on_duty: list[DutyPerson]
    next: DutyPerson | None


@router.get("/duty", dependencies=[Depends(requires_scope("duty:read"))])
async def duty(
    session: Session,
    now: Now,
    role: Annotated[str, Query(max_length=40)],
    at: Annotated[AwareDatetime, AfterValidator(within_reason)] | None = None,
) -> Duty:
    """Who has the duty at an instant (now, when none is given), and who has it next."""
    if await session.scalar(select(DutyRole.id).where(DutyRole.code == role)) is None:
        raise NotFound(_("Jouren finns inte."))
    instant = at or now
    following = await next_on_duty(session, role, at=instant)
    return Duty(
        role=role,
        at=instant,
        on_duty=[_said(each) for each in await on_duty(session, role, at=instant)],
        next=_said(following) if following else None,
    )


def _said(each: OnDuty) -> DutyPerson:
    return DutyPerson(
        ref=each.person.ref,
        name=None if each.person.protected else each.person.name,
        starts_at=each.shift.starts_at,
        ends_at=each.shift.ends_at,
    )
