"""When a chain has ended and somebody is missing: whom to phone by hand."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.chain import Chain
from alerting.job import plan_of
from alerting.models import FAILED_STEP, Alarm, CallIn, CallInState
from alerting.plan import TargetKind
from alerting.targets import resolve
from rosters.models import ContactKind, ContactPoint, Person, Unit

MOST = 40
_ANSWERED = (CallInState.ACCEPTED, CallInState.DECLINED, CallInState.RELEASED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    name: str
    title: str
    numbers: tuple[str, ...]  # E.164, best first; none for what is only a sentence
    tried: bool  # has been asked in this alarm without an answer


async def last_resort(
    session: AsyncSession, alarm: Alarm, chain: Chain, *, now: datetime, zone: ZoneInfo
) -> tuple[Contact, ...]:
    """The path's own last resort first, then those of the failed steps who have not answered."""
    targets = plan_of(alarm.plan).last_resort
    manual = [target.code for target in targets if target.kind is TargetKind.MANUAL]
    own = await resolve(session, targets, at=now, zone=zone, away_from=alarm.site)
    silent = await _silent(
        session, [each.row.id for each in chain.values() if each.state in FAILED_STEP]
    )
    tried = {person.id for person in silent}
    people = list({person.id: person for person in (*own, *silent)}.values())[:MOST]
    numbers = await _numbers(session, people)
    said = [Contact(name=code, title="", numbers=(), tried=False) for code in manual]
    return (
        *said,
        *(
            Contact(
                name=(person.title or person.ref) if person.protected else person.name,
                title="" if person.protected else person.title,
                numbers=numbers[person.id],
                tried=person.id in tried,
            )
            for person in people
        ),
    )


async def _silent(session: AsyncSession, steps: list[UUID]) -> list[Person]:
    if not steps:
        return []
    query = (
        select(Person)
        .join(CallIn, CallIn.person_id == Person.id)
        .where(CallIn.step_id.in_(steps), CallIn.state.not_in(_ANSWERED))
        .order_by(CallIn.position)
        .limit(MOST)
    )
    return list((await session.scalars(query)).unique())


async def _numbers(session: AsyncSession, people: list[Person]) -> dict[UUID, tuple[str, ...]]:
    """The numbers of each; of the protected only their unit's switchboard."""
    open_to_view = [person.id for person in people if not person.protected]
    numbers: dict[UUID, tuple[str, ...]] = defaultdict(tuple)
    points = await session.scalars(
        select(ContactPoint)
        .where(ContactPoint.person_id.in_(open_to_view), ContactPoint.kind != ContactKind.MAIL)
        .order_by(ContactPoint.position)
    )
    for point in points:
        numbers[point.person_id] += (point.address,)
    protected = {person.unit_id: person.id for person in people if person.protected}
    units = await session.scalars(select(Unit).where(Unit.id.in_(protected)))
    for unit in units:
        if unit.switchboard:
            numbers[protected[unit.id]] = (unit.switchboard,)
    return numbers
