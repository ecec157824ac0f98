"""Pages: rotations, listed and one by one, with what a change moves shown before it is done."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import get_day_names
from fastapi import APIRouter, Form, Request, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By
from core.errors import Refused
from core.language import current_language
from core.language import gettext as _
from core.models import Role
from core.permissions import Acting, Planner, Reader
from core.web import Config, Now, Session, attempt, go, page
from rosters.duty.models import DutyRole, Rotation
from rosters.duty.roles import duty_roles
from rosters.fields import day, uuid_or_none
from rosters.list_pages import choosable
from rosters.models import Person, Unit
from rosters.rotations import service as rotations
from rosters.rotations.cautions import cautions
from rosters.rotations.fields import FARTHEST
from rosters.rotations.form import RotationForm, as_typed, untyped
from rosters.rotations.planning import Kind
from rosters.rotations.service import Proposal, propose
from rosters.rotations.turns import DAYS, Turn, in_words, next_turn, parse
from rosters.seen import seen

router = APIRouter()
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Listed:
    row: Rotation
    words: str
    people: list[Person]
    next: Turn | None  # nobody: it is over
    over: bool


@router.get("/duty/rotations")
async def all_rotations(request: Request, user: Reader, session: Session, now: Now) -> Response:
    roles = await duty_roles(session)
    units = {unit.id: unit for unit in await session.scalars(select(Unit))}
    return page(
        request,
        "rosters/duty/rotations.html",
        roles=roles,
        listed=await _listed(session, now),
        seen=lambda person: seen(person, user, units),
        planner=user.may(Role.PLANNER),
    )


@router.get("/duty/rotations/new")
async def new_form(
    request: Request, session: Session, _: Planner, config: Config, now: Now, role: str = ""
) -> Response:
    today = now.astimezone(config.zone).date()
    return await _form_page(request, session, untyped(role=role, today=today), {})


@router.post("/duty/rotations/new")
async def add(
    request: Request,
    form: Annotated[RotationForm, Form()],
    session: Session,
    _: Planner,
    by: Acting,
    now: Now,
) -> Response:
    """Without the mark of what was shown it is shown; with it, and nothing changed since, done."""
    return await _answer(request, session, form, None, by, now)


@router.get("/duty/rotations/{rotation_id}")
async def edit_form(request: Request, rotation_id: UUID, session: Session, _: Planner) -> Response:
    row = await rotations.rotation_of(session, rotation_id)
    people = await rotations.members_of(session, [row.id])
    return await _form_page(request, session, as_typed(row, people[row.id]), {}, row.id)


@router.post("/duty/rotations/{rotation_id}")
async def edit(
    request: Request,
    rotation_id: UUID,
    form: Annotated[RotationForm, Form()],
    session: Session,
    _: Planner,
    by: Acting,
    now: Now,
) -> Response:
    return await _answer(request, session, form, rotation_id, by, now)


@router.post("/duty/rotations/{rotation_id}/end")
async def end(
    request: Request,
    rotation_id: UUID,
    session: Session,
    _: Planner,
    by: Acting,
    now: Now,
    ends_on: Annotated[str, Form()] = "",
    mark: Annotated[str, Form()] = "",
) -> Response:
    row = await rotations.rotation_of(session, rotation_id)
    async with attempt(session) as errors:
        last = _day(ends_on)
        fields = await rotations.ended(session, row, last)
        role_id = row.duty_role_id
        proposal = await propose(session, role_id, fields, rotation_id=row.id, now=now)
        if mark != proposal.plan.digest:
            hidden, action = [("ends_on", ends_on)], f"/duty/rotations/{row.id}/end"
            return await _preview(request, session, proposal, action, hidden, mark, now)
        await rotations.end_rotation(session, row.id, last, by=by, now=now)
        return go("/duty/rotations")
    row = await rotations.rotation_of(session, rotation_id)
    people = await rotations.members_of(session, [rotation_id])
    return await _form_page(
        request, session, as_typed(row, people[rotation_id]), errors, rotation_id
    )


async def _answer(
    request: Request,
    session: AsyncSession,
    form: RotationForm,
    rotation_id: UUID | None,
    by: By,
    now: datetime,
) -> Response:
    if form.again:
        return await _form_page(request, session, form, {}, rotation_id)
    row = await rotations.rotation_of(session, rotation_id) if rotation_id else None
    async with attempt(session) as errors:
        fields, role_id = form.fields(), row.duty_role_id if row else _role_id(form)
        proposal = await propose(session, role_id, fields, rotation_id=rotation_id, now=now)
        if form.mark != proposal.plan.digest:
            action = f"/duty/rotations/{rotation_id or 'new'}"
            return await _preview(request, session, proposal, action, form.hidden, form.mark, now)
        if rotation_id:
            await rotations.edit_rotation(session, rotation_id, fields, by=by, now=now)
        else:
            await rotations.add_rotation(session, role_id, fields, by=by, now=now)
        return go("/duty/rotations")
    return await _form_page(request, session, form, errors, rotation_id)


async def _preview(
    request: Request,
    session: AsyncSession,
    proposal: Proposal,
    action: str,
    hidden: list[tuple[str, str]],
    mark: str,
    now: datetime,
) -> Response:
    """What would change; once more, with a sentence, when it is no longer what was shown."""
    plan, role = proposal.plan, proposal.role
    people = {person.id: person for person in await session.scalars(select(Person))}
    return page(
        request,
        "rosters/duty/rotation_preview.html",
        status=409 if mark else 200,
        role=role,
        proposal=proposal,
        words=in_words(proposal.layer.pattern.week, proposal.layer.pattern.every_weeks),
        plan=plan,
        counts=[(kind, len(plan.of(kind))) for kind in Kind],
        shown=SHOWN,
        people=people,
        cautions=await cautions(session, role, plan, now=now),
        changed=bool(mark),
        action=action,
        hidden=hidden,
        goes_back=not action.endswith("/end"),
    )


async def _form_page(
    request: Request,
    session: AsyncSession,
    form: RotationForm,
    errors: Mapping[str, str],
    rotation_id: UUID | None = None,
) -> Response:
    row = await rotations.rotation_of(session, rotation_id) if rotation_id else None
    roles = await duty_roles(session)
    names = get_day_names("wide", locale=current_language())
    return page(
        request,
        "rosters/duty/rotation_form.html",
        status=422 if errors else 200,
        row=row,
        role=next((each for each in roles if row and each.id == row.duty_role_id), None),
        role_choices=[(each.id, each.name) for each in roles],
        weekday_choices=[(each, names[number]) for number, each in enumerate(DAYS)],
        form=form,
        errors=errors,
        farthest=FARTHEST,
        people=await choosable(session),
    )


async def _listed(session: AsyncSession, now: datetime) -> dict[UUID, list[Listed]]:
    """By duty role: what lasts first, then what is over."""
    found = await session.execute(
        select(Rotation, DutyRole)
        .join(DutyRole, DutyRole.id == Rotation.duty_role_id)
        .order_by(Rotation.temporary, Rotation.name, Rotation.id)
    )
    rows = found.all()
    people = await rotations.members_of(session, [row.id for row, _role in rows])
    listed: defaultdict[UUID, list[Listed]] = defaultdict(list)
    for row, role in rows:
        zone = ZoneInfo(role.time_zone)
        following = next_turn(rotations.pattern_of(row, zone), now)
        over = row.ends_on is not None and row.ends_on <= now.astimezone(zone).date()
        words = in_words(parse(row.turns, every_weeks=row.every_weeks), row.every_weeks)
        listed[role.id].append(Listed(row, words, people[row.id], following, over))
    return {role: sorted(each, key=lambda one: one.over) for role, each in listed.items()}


def _role_id(form: RotationForm) -> UUID:
    found = uuid_or_none(form.role, field="role")
    if found is None:
        raise Refused(_("Välj en jour."), field="role")
    return found


def _day(typed: str) -> date:
    found = day(typed, field="last_day")
    if found is None:
        raise Refused(_("Ange en dag."), field="last_day")
    return found
