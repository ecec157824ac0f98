"""Would the people on the lists get the message: how each is reached, and when nobody is on duty."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.language import gettext as _
from rosters.comparing import contact_points
from rosters.duty.gaps import Gap, GapKind, find_gaps
from rosters.duty.models import DutyRole, Rotation, RotationMember, Shift, ShiftState
from rosters.duty.resolver import in_service
from rosters.models import CallList, CallListEntry, ContactKind, ContactPoint, Person, Unit
from rosters.readiness.proofs import STALE_AFTER, any_fresh

HORIZON = timedelta(weeks=8)


class Ways(StrEnum):
    GOOD = "good"
    ONE = "one"  # a single number or address: when it fails nothing is left
    MAIL_ONLY = "mail only"  # wakes nobody
    NO_SMS = "no sms"  # has answered STOP
    SWITCHBOARD = "switchboard"  # protected: an operator phones
    NONE = "none"

    @property
    def status(self) -> str:
        """As badges say it: ok, warn or bad."""
        if self is Ways.NONE:
            return "bad"
        return "ok" if self in {Ways.GOOD, Ways.SWITCHBOARD} else "warn"

    @property
    def label(self) -> str:
        return {
            Ways.GOOD: _("Nås på flera sätt"),
            Ways.ONE: _("Nås bara på ett sätt"),
            Ways.MAIL_ONLY: _("Nås bara med e-post"),
            Ways.NO_SMS: _("Har stoppat sms"),
            Ways.SWITCHBOARD: _("Nås via växeln"),
            Ways.NONE: _("Kan inte nås"),
        }[self]


class Missing(StrEnum):
    WAY = "way"  # cannot be reached at all
    SECOND_WAY = "second way"
    WRONG = "wrong"  # a test has shown that a number or address is not theirs
    PROOF = "proof"  # nothing has shown for long that any of it works


@dataclass(frozen=True, slots=True)
class Reach:
    """One person: the ways to them, whether they are proved, and what they are called for."""

    person: Person
    unit: Unit | None
    points: Sequence[ContactPoint]
    ways: Ways
    proved: bool
    roles: Collection[str]  # codes of duty roles
    lists: Collection[CallList]

    @property
    def missing(self) -> tuple[Missing, ...]:
        if self.ways is Ways.NONE:
            return (Missing.WAY,)
        weak = (Missing.SECOND_WAY,) if self.ways.status == "warn" else ()
        if any(point.wrong_at for point in self.points):
            weak = (*weak, Missing.WRONG)
        return weak if self.proved else (*weak, Missing.PROOF)

    @property
    def status(self) -> str:
        """As badges say it: ok, warn or bad."""
        if not self.missing:
            return "ok"
        return "bad" if Missing.WAY in self.missing else "warn"

    @property
    def words(self) -> list[str]:
        """What is missing, one sentence for each thing."""
        silent = _("Inget visar att det har fungerat de senaste {days} dagarna.")
        said = {
            Missing.WAY: _("Inget nummer och ingen adress att nå personen på."),
            Missing.SECOND_WAY: f"{self.ways.label}.",
            Missing.WRONG: _("Ett nummer eller en adress är fel, visade ett prov."),
            Missing.PROOF: silent.format(days=STALE_AFTER.days),
        }
        return [said[each] for each in self.missing]


@dataclass(frozen=True, slots=True)
class Readiness:
    reached: Sequence[Reach]
    gaps: Sequence[Gap]  # nobody is planned
    away: Sequence[Gap]  # somebody is planned who is absent

    @property
    def unreachable(self) -> list[Person]:
        return [each.person for each in self.reached if each.ways is Ways.NONE]

    @property
    def weak(self) -> list[tuple[Person, Ways]]:
        return [(each.person, each.ways) for each in self.reached if each.ways.status == "warn"]

    @property
    def unproved(self) -> list[Person]:
        return [each.person for each in self.reached if Missing.PROOF in each.missing]

    @property
    def well(self) -> bool:
        return not self.unreachable and not self.gaps


def ways_to(
    points: Collection[ContactPoint], *, protected: bool = False, switchboard: str | None = None
) -> Ways:
    """How well a person can be reached."""
    if protected:
        return Ways.SWITCHBOARD if switchboard else Ways.NONE
    phones = [point for point in points if point.kind is not ContactKind.MAIL]
    if not phones:
        return Ways.MAIL_ONLY if points else Ways.NONE
    mobiles = [point for point in phones if point.kind is ContactKind.MOBILE]
    if mobiles and all(point.opted_out_at for point in mobiles):
        return Ways.NO_SMS
    return Ways.GOOD if len(points) > 1 else Ways.ONE


async def readiness(session: AsyncSession, *, now: datetime, zone: ZoneInfo) -> Readiness:
    """About those in service who may be called, and the duty roles of the coming weeks."""
    reached = await reaches(session, now=now, zone=zone)
    gaps = await find_gaps(session, start=now, end=now + HORIZON)
    return Readiness(
        reached,
        [gap for gap in gaps if gap.kind is GapKind.UNSTAFFED],
        [gap for gap in gaps if gap.kind is GapKind.ABSENT],
    )


async def reaches(session: AsyncSession, *, now: datetime, zone: ZoneInfo) -> list[Reach]:
    """Everybody in service with a shift in the coming weeks, or a place in a rotation or call list.

    It asks the database as often for one person as for a thousand.
    """
    roles = await duties(session, now=now, zone=zone)
    lists = await _lists(session)
    units = {unit.id: unit for unit in await session.scalars(select(Unit))}
    points = await contact_points(session)
    people = await session.scalars(select(Person).order_by(Person.name, Person.ref))
    return [
        _reach(
            person,
            units.get(person.unit_id) if person.unit_id else None,
            points.get(person.id, ()),
            (roles.get(person.id, ()), lists.get(person.id, ())),
            now,
        )
        for person in people
        if (person.id in roles or person.id in lists) and in_service(person, at=now, zone=zone)
    ]


def _reach(
    person: Person,
    unit: Unit | None,
    points: Sequence[ContactPoint],
    called_for: tuple[Collection[str], Collection[CallList]],
    now: datetime,
) -> Reach:
    board = unit.switchboard if unit else None
    right = [point for point in points if point.wrong_at is None]
    ways = ways_to(right, protected=person.protected, switchboard=board)
    proved = person.protected or any_fresh(points, now)
    return Reach(person, unit, points, ways, proved, *called_for)


async def duties(
    session: AsyncSession, *, now: datetime, zone: ZoneInfo
) -> Mapping[UUID, Collection[str]]:
    """The codes of the duty roles each person has a coming shift or a place in a rotation for."""
    today = now.astimezone(zone).date()
    shifts = await session.execute(
        select(Shift.person_id, DutyRole.code)
        .join(DutyRole, DutyRole.id == Shift.duty_role_id)
        .where(
            Shift.ends_at > now,
            Shift.starts_at < now + HORIZON,
            Shift.state != ShiftState.COVERED,
        )
        .distinct()
    )
    turns = await session.execute(
        select(RotationMember.person_id, DutyRole.code)
        .join(Rotation, Rotation.id == RotationMember.rotation_id)
        .join(DutyRole, DutyRole.id == Rotation.duty_role_id)
        .where(or_(Rotation.ends_on.is_(None), Rotation.ends_on > today))
        .distinct()
    )
    found: defaultdict[UUID, set[str]] = defaultdict(set)
    pairs: Iterable[tuple[UUID, str]] = ((row[0], row[1]) for row in (*shifts, *turns))
    for person, code in pairs:
        found[person].add(code)
    return {person: sorted(codes) for person, codes in found.items()}


async def _lists(session: AsyncSession) -> Mapping[UUID, Collection[CallList]]:
    rows = await session.execute(
        select(CallListEntry.person_id, CallList)
        .join(CallList, CallList.id == CallListEntry.call_list_id)
        .order_by(CallList.name)
    )
    found: defaultdict[UUID, list[CallList]] = defaultdict(list)
    for person, each in rows:
        found[person].append(each)
    return dict(found)
