"""Gathers what goes on paper and into the offline copy, as it is at an instant."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.plan import Plan, Target, TargetKind
from alerting.targets import resolve
from core.language import gettext as _
from playbooks import library, service
from playbooks.paper.contents import CallSheet, Contents, Duty, Reachable, Turn
from playbooks.paper.wording import card_sheet, path_sheet
from playbooks.sayings import Names, called, names_of
from rosters.duty.models import DutyRole, Shift, ShiftState
from rosters.duty.resolver import on_duty
from rosters.models import ContactKind, ContactPoint, Person, Unit, UnitKind
from rosters.numbers import as_read

AHEAD = timedelta(weeks=5)
_LISTS = (TargetKind.ROLE, TargetKind.GROUP)
_ALONE = (TargetKind.PERSON, TargetKind.EXTERNAL)
_ORDER = {"TIB": 0, "TIB_bakjour": 1, "KIB": 2}


async def gather(session: AsyncSession, *, at: datetime, zone: ZoneInfo) -> Contents:
    """Everything, in the language that is in use."""
    found = await library.paths(session, at=at)
    plans = {code: service.compiled(found, code) for code in found}
    names = await names_of(session)
    cards = await library.cards(session, at=at)
    return Contents(
        at=at,
        organisation=await _organisation(session),
        duties=await _duties(session, at),
        sheets=await call_sheets(session, plans, names, at=at, zone=zone),
        paths=tuple(path_sheet(each.document, plans[code], names) for code, each in found.items()),
        cards=tuple(
            card_sheet(each.document, each.version.number, names) for each in cards.values()
        ),
    )


async def _organisation(session: AsyncSession) -> str:
    """Whose envelope it is: the council's name up to the first comma."""
    query = select(Unit.name).where(Unit.kind == UnitKind.COUNCIL).order_by(Unit.code).limit(1)
    return (await session.scalar(query) or "").partition(",")[0]


async def call_sheets(
    session: AsyncSession,
    plans: Mapping[str, Plan],
    names: Names,
    *,
    at: datetime,
    zone: ZoneInfo,
) -> tuple[CallSheet, ...]:
    """A sheet for each list that a path uses, and one for those whom paths name one by one."""
    users: dict[tuple[TargetKind, str], list[str]] = defaultdict(list)
    for code, plan in plans.items():
        for target in dict.fromkeys(_targets(plan)):
            users[target.kind, target.code].append(code)
    listed = sorted(
        (Target(kind=kind, code=code) for kind, code in users if kind in _LISTS),
        key=lambda target: called(target, names),
    )
    alone = [Target(kind=kind, code=code) for kind, code in sorted(users) if kind in _ALONE]
    groups = [await resolve(session, (target,), at=at, zone=zone) for target in listed]
    others = await resolve(session, alone, at=at, zone=zone)
    people = await _reachable(session, [*(each for group in groups for each in group), *others])
    sheets = [
        CallSheet(
            target.code,
            called(target, names),
            tuple(users[target.kind, target.code]),
            tuple(people[each.id] for each in group),
        )
        for target, group in zip(listed, groups, strict=True)
    ]
    if others:
        using = {path for target in alone for path in users[target.kind, target.code]}
        found = tuple(people[each.id] for each in others)
        sheets.append(CallSheet("", _("Andra som larmvägarna nämner"), tuple(sorted(using)), found))
    return tuple(sheets)


def _targets(plan: Plan) -> Iterable[Target]:
    for step in plan.steps:
        yield from step.targets
    yield from plan.last_resort


async def _duties(session: AsyncSession, at: datetime) -> tuple[Duty, ...]:
    roles = await session.scalars(select(DutyRole).order_by(DutyRole.code))
    ranked = sorted(roles, key=lambda role: _ORDER.get(role.code, len(_ORDER)))
    return tuple([await _duty(session, role, at) for role in ranked])


async def _duty(session: AsyncSession, role: DutyRole, at: datetime) -> Duty:
    serving = [each.person for each in await on_duty(session, role.code, at=at)]
    rows = (
        await session.execute(
            select(Person, Shift)
            .join(Shift, Shift.person_id == Person.id)
            .where(
                Shift.duty_role_id == role.id,
                Shift.ends_at > at,
                Shift.starts_at < at + AHEAD,
                Shift.state != ShiftState.COVERED,
            )
            .order_by(Shift.starts_at, Person.ref)
        )
    ).all()
    people = await _reachable(session, [*serving, *(person for person, _shift in rows)])
    return Duty(
        role.code,
        role.name,
        role.phone or "",
        tuple(people[each.id] for each in serving),
        tuple(Turn(people[person.id], shift.starts_at, shift.ends_at) for person, shift in rows),
    )


async def _reachable(session: AsyncSession, people: Collection[Person]) -> Mapping[UUID, Reachable]:
    numbers: dict[UUID, list[str]] = defaultdict(list)
    shown = {person.id for person in people if not person.protected}
    points = await session.scalars(
        select(ContactPoint)
        .where(ContactPoint.person_id.in_(shown), ContactPoint.kind != ContactKind.MAIL)
        .order_by(ContactPoint.position, ContactPoint.address)
    )
    for point in points:
        numbers[point.person_id].append(point.address)
    units = {person.unit_id for person in people if person.protected and person.unit_id}
    boards = {
        unit.id: unit for unit in await session.scalars(select(Unit).where(Unit.id.in_(units)))
    }
    return {
        person.id: _protected(person, boards)
        if person.protected
        else Reachable(person.ref, person.name, person.title, tuple(numbers[person.id]))
        for person in people
    }


def _protected(person: Person, boards: Mapping[UUID, Unit]) -> Reachable:
    unit = boards.get(person.unit_id) if person.unit_id else None
    way = _("Nås via växeln")
    if unit is not None and unit.switchboard:
        way = _("Nås via växeln {number}").format(number=as_read(unit.switchboard))
    return Reachable(person.ref, person.title or _("Skyddad person"), "", (), way)
