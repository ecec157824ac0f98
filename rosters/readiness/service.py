"""Would the people on the lists get the message: who cannot be reached, and when nobody is on duty."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.language import gettext as _
from rosters.comparing import contact_points
from rosters.duty.gaps import Gap, find_gaps
from rosters.duty.models import Shift
from rosters.duty.resolver import in_service
from rosters.models import CallListEntry, ContactKind, ContactPoint, Person, Unit

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


@dataclass(frozen=True, slots=True)
class Readiness:
    unreachable: Sequence[Person]
    weak: Sequence[tuple[Person, Ways]]
    gaps: Sequence[Gap]

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
    """About those in service who stand in a call list or have a shift in the coming weeks."""
    called = select(CallListEntry.person_id).union(
        select(Shift.person_id).where(Shift.ends_at > now, Shift.starts_at < now + HORIZON)
    )
    people = await session.scalars(
        select(Person).where(Person.id.in_(called)).order_by(Person.name)
    )
    boards = {unit.id: unit.switchboard for unit in await session.scalars(select(Unit))}
    points = await contact_points(session)
    unreachable, weak = [], []
    for person in people:
        board = boards.get(person.unit_id) if person.unit_id else None
        ways = ways_to(points.get(person.id, ()), protected=person.protected, switchboard=board)
        if not in_service(person, at=now, zone=zone):
            continue
        if ways is Ways.NONE:
            unreachable.append(person)
        elif ways.status == "warn":
            weak.append((person, ways))
    return Readiness(unreachable, weak, await find_gaps(session, start=now, end=now + HORIZON))
