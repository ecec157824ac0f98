"""Who may raise an alarm by text and phone, from which numbers, and who is told of guessing."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.language import gettext as _
from core.models import Role, User
from core.moments import filters
from playbooks.ways_in.models import RaisePin
from rosters.duty.resolver import in_service, on_duty
from rosters.duty.telling import shown_name
from rosters.models import ContactKind, ContactPoint, Person
from rosters.notices.service import Teller

DUTY = "TIB"


async def may_raise(session: AsyncSession, person: Person, *, at: datetime, zone: ZoneInfo) -> bool:
    """In service, and with an account that may, or named by a planner."""
    if not in_service(person, at=at, zone=zone):
        return False
    user = await session.get(User, person.user_id) if person.user_id else None
    if user is not None and user.closed_at is None and user.may(Role.DUTY_OFFICER):
        return True
    named = select(RaisePin.id).where(
        RaisePin.person_id == person.id, RaisePin.named_at.is_not(None)
    )
    return await session.scalar(named) is not None


async def own_mobiles(session: AsyncSession, person: Person) -> Sequence[str]:
    """The person's verified mobile numbers, the first one first."""
    found = await session.scalars(
        select(ContactPoint.address)
        .where(
            ContactPoint.person_id == person.id,
            ContactPoint.kind == ContactKind.MOBILE,
            ContactPoint.verified_at.is_not(None),
        )
        .order_by(ContactPoint.position)
    )
    return found.all()


async def owner_of(
    session: AsyncSession, address: str, *, at: datetime, zone: ZoneInfo
) -> Person | None:
    """Whose verified mobile number it is, if they may raise an alarm and share it with nobody who may."""
    people = await session.scalars(
        select(Person)
        .join(ContactPoint, ContactPoint.person_id == Person.id)
        .where(
            ContactPoint.address == address,
            ContactPoint.kind == ContactKind.MOBILE,
            ContactPoint.verified_at.is_not(None),
        )
    )
    able = [each for each in people.all() if await may_raise(session, each, at=at, zone=zone)]
    return able[0] if len(able) == 1 else None


async def tell_of_guessing(
    session: AsyncSession,
    person: Person | None,
    *,
    until: datetime,
    now: datetime,
    zone: ZoneInfo,
) -> None:
    """The one whose PIN was guessed at, those on duty and the administrators, at once."""
    administrators = await session.execute(
        select(Person, User).join(User, User.id == Person.user_id).where(User.closed_at.is_(None))
    )
    people = [
        *((person,) if person else ()),
        *(each.person for each in await on_duty(session, DUTY, at=now)),
        *(each for each, user in administrators if user.may(Role.ADMINISTRATOR)),
    ]
    teller, told = Teller(session, now, zone), set()

    def words() -> tuple[str, str]:
        clock = filters(zone.key)["clock"](until)
        who = shown_name(person) if person else _("okända nummer")
        said = _(
            "För många fel PIN-koder: {who}. Larm med sms och telefon är spärrat till {clock}. "
            "Någon kan försöka gissa."
        )
        return _("Fel PIN-koder för larm"), said.format(who=who, clock=clock)

    for each in people:
        if each.id not in told:
            told.add(each.id)
            key = f"pin-locked:{now.isoformat()}:{each.ref}"
            await teller.tell(each, words, key=key, urgent=True)
