"""Who a target means right now: duty, role, group or person, made into people."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.plan import Target, TargetKind
from rosters.duty.resolver import on_duty
from rosters.models import CallList, CallListEntry, CallListKind, ContactPoint, Person, Unit

_LISTS = {TargetKind.ROLE: CallListKind.ROLE, TargetKind.GROUP: CallListKind.GROUP}


async def resolve(
    session: AsyncSession,
    targets: Iterable[Target],
    *,
    at: datetime,
    zone: ZoneInfo,
    away_from: str | None = None,
) -> list[Person]:
    """People in calling order, each once; the inactive and those of the site are left out."""
    found: dict[UUID, Person] = {}
    for target in targets:
        for person in await _people(session, target, at=at):
            found.setdefault(person.id, person)
    today = at.astimezone(zone).date()
    site = await units_within(session, away_from) if away_from else set()
    return [
        person
        for person in found.values()
        if person.unit_id not in site
        and (person.active_from is None or person.active_from <= today)
        and (person.active_to is None or person.active_to >= today)
    ]


async def _people(session: AsyncSession, target: Target, *, at: datetime) -> Sequence[Person]:
    if target.kind is TargetKind.DUTY:
        return [each.person for each in await on_duty(session, target.code, at=at)]
    if target.kind in _LISTS:
        query = (
            select(Person)
            .join(CallListEntry, CallListEntry.person_id == Person.id)
            .join(CallList, CallList.id == CallListEntry.call_list_id)
            .where(CallList.kind == _LISTS[target.kind], CallList.code == target.code)
            .order_by(CallListEntry.position)
        )
        return (await session.scalars(query)).all()
    if target.kind in {TargetKind.PERSON, TargetKind.EXTERNAL}:
        return (await session.scalars(select(Person).where(Person.ref == target.code))).all()
    return ()


async def units_within(session: AsyncSession, code: str) -> set[UUID]:
    """The unit with this code and all units below it."""
    top = select(Unit.id).where(Unit.code == code).cte("within", recursive=True)
    below = top.union_all(select(Unit.id).join(top, Unit.parent_id == top.c.id))
    return set((await session.scalars(select(below.c.id))).all())


async def addresses_at(session: AsyncSession, code: str) -> set[str]:
    """Every number and address of a site: phones there must not ring when people hide."""
    units = await units_within(session, code)
    if not units:
        return set()
    people = select(Person.id).where(Person.unit_id.in_(units))
    owned = await session.scalars(
        select(ContactPoint.address).where(ContactPoint.person_id.in_(people))
    )
    boards = await session.scalars(
        select(Unit.switchboard).where(Unit.id.in_(units), Unit.switchboard.is_not(None))
    )
    return {*owned, *(number for number in boards if number)}
