"""Pages: who is qualified for each duty role, the demands, and what people have done."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.models import Role, User
from core.permissions import Acting, Planner, Reader
from core.web import Config, Now, Session, attempt, go, page
from rosters.duty.models import DutyRole, Qualification, QualificationRule
from rosters.duty.resolver import in_service
from rosters.duty.roles import duty_roles
from rosters.fields import day
from rosters.list_pages import choosable
from rosters.models import Person, Unit
from rosters.qualifications import service as rules
from rosters.qualifications.service import Held
from rosters.readiness.service import HORIZON, duties
from rosters.seen import seen

router = APIRouter(prefix="/duty/qualifications")
LATEST = 50


class RuleForm(BaseModel):
    role: str = ""
    kind: str = "course"
    name: str = ""
    months: str = ""


class RecordForm(BaseModel):
    person: str = ""
    what: str = ""
    done_on: str = ""


@dataclass(frozen=True, slots=True)
class Matrix:
    """One duty role: its demands, and how each who has it stands to them."""

    role: DutyRole
    rules: Sequence[QualificationRule]
    rows: Sequence[tuple[Person, Sequence[Held]]]


@router.get("")
async def overview(
    request: Request, _: Reader, session: Session, config: Config, now: Now
) -> Response:
    return await _page(request, session, config.zone, now)


@router.post("/rules")
async def add_rule(
    request: Request,
    form: Annotated[RuleForm, Form()],
    session: Session,
    _: Planner,
    by: Acting,
    config: Config,
    now: Now,
) -> Response:
    async with attempt(session) as errors:
        await rules.add_rule(session, **form.model_dump(), by=by, now=now)
        return go("/duty/qualifications")
    return await _page(request, session, config.zone, now, rule=form, rule_errors=errors)


@router.post("/rules/{rule_id}/remove")
async def remove_rule(
    rule_id: UUID, session: Session, _: Planner, by: Acting, now: Now
) -> Response:
    await rules.remove_rule(session, rule_id, by=by, now=now)
    return go("/duty/qualifications")


@router.post("/records")
async def add_record(
    request: Request,
    form: Annotated[RecordForm, Form()],
    session: Session,
    _: Planner,
    by: Acting,
    config: Config,
    now: Now,
) -> Response:
    async with attempt(session) as errors:
        done_on = day(form.done_on, field="done_on")
        await rules.add_record(
            session, ref=form.person, what=form.what, done_on=done_on, by=by, now=now
        )
        return go("/duty/qualifications#records")
    return await _page(request, session, config.zone, now, record=form, record_errors=errors)


@router.post("/records/{record_id}/remove")
async def remove_record(
    record_id: UUID, session: Session, _: Planner, by: Acting, now: Now
) -> Response:
    await rules.remove_record(session, record_id, by=by, now=now)
    return go("/duty/qualifications#records")


async def _page(
    request: Request,
    session: AsyncSession,
    zone: ZoneInfo,
    now: datetime,
    *,
    rule: RuleForm | None = None,
    rule_errors: Mapping[str, str] | None = None,
    record: RecordForm | None = None,
    record_errors: Mapping[str, str] | None = None,
) -> Response:
    user: User = request.state.user
    planner = user.may(Role.PLANNER)
    units = {unit.id: unit for unit in await session.scalars(select(Unit))}
    roles = await duty_roles(session)
    matrices = await _matrices(session, roles, zone, now)
    today = now.astimezone(zone).date()
    return page(
        request,
        "rosters/duty/qualifications.html",
        status=422 if rule_errors or record_errors else 200,
        matrices=matrices,
        unqualified=await rules.unqualified(session, start=now, end=now + HORIZON),
        roles=[(each.code, each.name) for each in roles],
        choices=_choices(matrices),
        records=await _latest(session) if planner else [],
        seen=lambda person: seen(person, user, units),
        people=await choosable(session) if planner else [],
        planner=planner,
        rule=rule or RuleForm(),
        rule_errors=rule_errors or {},
        record=record or RecordForm(done_on=today.isoformat()),
        record_errors=record_errors or {},
        today=today,
    )


async def _matrices(
    session: AsyncSession, roles: Sequence[DutyRole], zone: ZoneInfo, now: datetime
) -> list[Matrix]:
    """The duty roles that demand something, with those who have a shift or a place in a rotation."""
    demands = await rules.rules_by_role(session)
    records = await rules.records_by_person(session)
    serving = await duties(session, now=now, zone=zone)
    people = [
        each
        for each in await session.scalars(select(Person).order_by(Person.name, Person.ref))
        if each.id in serving and in_service(each, at=now, zone=zone)
    ]
    of_role: defaultdict[str, list[Person]] = defaultdict(list)
    for each in people:
        for code in serving[each.id]:
            of_role[code].append(each)
    matrices = []
    for role in roles:
        if not (wanted := demands.get(role.id)):
            continue
        on = now.astimezone(ZoneInfo(role.time_zone)).date()
        rows = [
            (each, [rules.held(rule, records.get(each.id, ()), on) for rule in wanted])
            for each in of_role[role.code]
        ]
        matrices.append(Matrix(role, wanted, rows))
    return matrices


def _choices(matrices: Sequence[Matrix]) -> list[tuple[str, str]]:
    """What can be noted: each course and exercise once, whichever duty roles want it."""
    found = {(rule.kind, rule.name): rule for each in matrices for rule in each.rules}
    return [(str(rule.id), rule.name) for _key, rule in sorted(found.items())]


async def _latest(session: AsyncSession) -> Sequence[tuple[Qualification, Person]]:
    rows = await session.execute(
        select(Qualification, Person)
        .join(Person, Person.id == Qualification.person_id)
        .order_by(Qualification.done_on.desc(), Person.name)
        .limit(LATEST)
    )
    return [(row[0], row[1]) for row in rows]
