"""What a path is checked against: which codes exist, and who stands in which list."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.plan import Target, TargetKind
from rosters.duty.models import DutyRole
from rosters.models import CallList, CallListEntry, CallListKind, Person, Unit, UnitKind


@dataclass(frozen=True, slots=True)
class Organisation:
    """A snapshot; members are the refs of people who are active, in calling order."""

    people: frozenset[str] = frozenset()
    duties: frozenset[str] = frozenset()
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    units: Mapping[str, UnitKind] = field(default_factory=dict)
    longest_site: str = "Demoskolan i Södra Sandby"  # what {place} may become

    def knows(self, target: Target) -> bool:
        known: Mapping[TargetKind, Iterable[str]] = {
            TargetKind.DUTY: self.duties,
            TargetKind.ROLE: self.roles,
            TargetKind.GROUP: self.groups,
            TargetKind.PERSON: self.people,
            TargetKind.EXTERNAL: self.people,
            TargetKind.MANUAL: (target.code,),
        }
        return target.code in known[target.kind]

    def members(self, target: Target) -> frozenset[str]:
        """Who is meant; for a duty role one person unknown beforehand, for a task the task."""
        if target.kind is TargetKind.ROLE:
            return frozenset(self.roles.get(target.code, ()))
        if target.kind is TargetKind.GROUP:
            return frozenset(self.groups.get(target.code, ()))
        if target.kind in {TargetKind.PERSON, TargetKind.EXTERNAL}:
            return frozenset({target.code})
        return frozenset({f"{target.kind}:{target.code}"})


async def organisation_of(session: AsyncSession, *, today: date) -> Organisation:
    """The organisation as it stands today."""
    active = (
        or_(Person.active_from.is_(None), Person.active_from <= today),
        or_(Person.active_to.is_(None), Person.active_to >= today),
    )
    lists: dict[CallListKind, dict[str, tuple[str, ...]]] = {kind: {} for kind in CallListKind}
    for call_list in await session.scalars(select(CallList)):
        lists[call_list.kind][call_list.code] = ()
    entries = await session.execute(
        select(CallList.kind, CallList.code, Person.ref)
        .join(CallListEntry, CallListEntry.call_list_id == CallList.id)
        .join(Person, Person.id == CallListEntry.person_id)
        .where(*active)
        .order_by(CallListEntry.position)
    )
    for kind, code, ref in entries:
        lists[kind][code] += (ref,)
    units = (await session.scalars(select(Unit))).all()
    sites = [unit.name for unit in units if unit.kind is UnitKind.SITE]
    return Organisation(
        people=frozenset(await session.scalars(select(Person.ref).where(*active))),
        duties=frozenset(await session.scalars(select(DutyRole.code))),
        roles=lists[CallListKind.ROLE],
        groups=lists[CallListKind.GROUP],
        units={unit.code: unit.kind for unit in units},
        longest_site=max(sites, key=len, default=""),
    )
