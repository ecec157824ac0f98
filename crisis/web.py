"""The start page: who is on duty, is something going on, would an alarm right now get through."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.alarm_list import Filter, Which, list_alarms
from core.models import Role
from core.permissions import Reader
from core.web import Config, Now, Session, page
from crisis.readiness import asked, would_get_through
from crisis.signals.web import waiting as signals_waiting
from playbooks.communication_tests import listing as communication_tests
from playbooks.lights.matters import waiting as lights_waiting
from playbooks.paper.reminding import waiting as envelopes_waiting
from playbooks.plans.bodies import waiting as plans_waiting
from playbooks.versions.matters import waiting as versions_waiting
from rosters.duty.models import DutyRole
from rosters.duty.resolver import next_on_duty, on_duty
from rosters.duty.telling import shown_name
from rosters.matters import waiting
from rosters.models import ContactKind, ContactPoint, Person

router = APIRouter()


@dataclass(frozen=True, slots=True)
class DutyLine:
    role: DutyRole
    names: tuple[str, ...]
    until: datetime | None
    next_name: str
    phone: str


@router.get("/")
async def start(
    request: Request, session: Session, now: Now, settings: Config, user: Reader
) -> Response:
    keeps_paper = user.may(Role.DUTY_OFFICER) or user.may(Role.PLANNER)  # who may see envelopes
    probes = await asked(request.app.state.probes)
    return page(
        request,
        "crisis/start.html",
        duty=await _duty_lines(session, now, numbers=user.may(Role.DUTY_OFFICER)),
        alarms=await list_alarms(session, Filter(Which.OPEN), page=1),
        answer=await would_get_through(session, probes=probes, now=now, zone=settings.zone),
        signals=await signals_waiting(session, settings, now=now),
        matters=[
            *await waiting(session),
            *await communication_tests.waiting(session, now=now),
            *await versions_waiting(session),
            *await lights_waiting(session, now=now),
            *await plans_waiting(session, now=now, zone=settings.zone),
            *(await envelopes_waiting(session, now=now, zone=settings.zone) if keeps_paper else ()),
        ],
        may_raise=user.may(Role.DUTY_OFFICER),
    )


async def _duty_lines(session: AsyncSession, now: datetime, *, numbers: bool) -> list[DutyLine]:
    roles = await session.scalars(select(DutyRole).order_by(DutyRole.name))
    order = {"TIB": 0, "KIB": 1}
    return [
        await _duty_line(session, role, now, numbers=numbers)
        for role in sorted(roles, key=lambda role: order.get(role.code, 2))
    ]


async def _duty_line(
    session: AsyncSession, role: DutyRole, now: datetime, *, numbers: bool
) -> DutyLine:
    serving = await on_duty(session, role.code, at=now)
    after = await next_on_duty(session, role.code, at=now)
    return DutyLine(
        role,
        tuple(shown_name(each.person) for each in serving),
        serving[0].shift.ends_at if serving else None,
        shown_name(after.person) if after else "",
        await _phone(session, [each.person for each in serving]) if numbers else "",
    )


async def _phone(session: AsyncSession, people: Sequence[Person]) -> str:
    """The first number of the one on duty; none for a protected person."""
    if not people or people[0].protected:
        return ""
    query = (
        select(ContactPoint.address)
        .where(ContactPoint.person_id == people[0].id, ContactPoint.kind != ContactKind.MAIL)
        .order_by(ContactPoint.position)
        .limit(1)
    )
    return await session.scalar(query) or ""
