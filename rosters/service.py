"""Verbs: add, edit and end people, and their contact points."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, time
from typing import TypeVar
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By, note
from core.errors import NotFound, Refused
from core.forms import line
from core.language import gettext as _
from core.models import User
from rosters.comparing import differences
from rosters.fields import PersonFields, checked_person
from rosters.models import ContactKind, ContactPoint, Person, Proof, Unit
from rosters.numbers import contact_address

T = TypeVar("T")
MOST_POINTS = 10


async def person_of(session: AsyncSession, person_id: UUID) -> Person:
    person = await session.get(Person, person_id)
    if person is None:
        raise NotFound(_("Personen finns inte."))
    return person


async def points_of(session: AsyncSession, person_id: UUID) -> Sequence[ContactPoint]:
    """A person's numbers and addresses, first to be used first."""
    found = await session.scalars(
        select(ContactPoint)
        .where(ContactPoint.person_id == person_id)
        .order_by(ContactPoint.position, ContactPoint.address)
    )
    return found.all()


async def add_person(
    session: AsyncSession, fields: PersonFields, *, by: By, now: datetime
) -> Person:
    fields = await _checked(session, fields, own=None)
    person = Person(**asdict(fields))
    session.add(person)
    await note(session, by, "Lade till person", fields.ref, now=now)
    return person


async def edit_person(
    session: AsyncSession, person: Person, fields: PersonFields, *, by: By, now: datetime
) -> None:
    """The audit trail says which fields changed, not what stood in them."""
    fields = await _checked(session, fields, own=person.id)
    before = {name: str(getattr(person, name)) for name in asdict(fields)}
    after = {name: str(value) for name, value in asdict(fields).items()}
    changed = ", ".join(name for name, _was, _is in differences(before, after))
    if not changed:
        return
    for name, value in asdict(fields).items():
        setattr(person, name, value)
    if person.protected:
        await session.execute(delete(ContactPoint).where(ContactPoint.person_id == person.id))
    await note(session, by, "Ändrade person", person.ref, now=now, detail=changed)


async def deactivate(
    session: AsyncSession, person: Person, last_day: date, *, by: By, now: datetime
) -> None:
    """Nobody is deleted: after the last day the person is not called, and shifts become gaps."""
    refuse_last_day(person, last_day)
    person.active_to = last_day
    await note(session, by, "Avslutade person", person.ref, now=now, detail=str(last_day))


def refuse_last_day(person: Person, last_day: date) -> None:
    if person.active_from and last_day < person.active_from:
        raise Refused(_("Sista dagen kommer före den första."), field="last_day")


async def account_name(session: AsyncSession, person: Person) -> str:
    """The name of the account that the person signs in with; "" for none."""
    if person.user_id is None:
        return ""
    return await session.scalar(select(User.username).where(User.id == person.user_id)) or ""


async def link_account(
    session: AsyncSession, person: Person, username: str, *, by: By, now: datetime
) -> None:
    """The person signs in with this account; none when nothing is typed."""
    name = line(username, field="account", longest=120).lower()
    user = await session.scalar(select(User).where(User.username == name)) if name else None
    if name and (user is None or user.closed_at):
        raise Refused(_("Kontot finns inte."), field="account")
    if user is not None:
        taken = await session.scalar(select(Person.id).where(Person.user_id == user.id))
        if taken is not None and taken != person.id:
            raise Refused(_("Kontot hör redan till en annan person."), field="account")
    user_id = user.id if user else None
    if user_id != person.user_id:
        person.user_id = user_id
        detail = name or "inget"
        await note(session, by, "Kopplade konto", person.ref, now=now, detail=detail)


async def add_point(
    session: AsyncSession, person: Person, kind: str, typed: str, *, by: By, now: datetime
) -> ContactPoint:
    if person.protected:
        sentence = _("Den som har skyddade uppgifter nås via växeln: inga egna nummer.")
        raise Refused(sentence, field="address")
    if kind not in set(ContactKind):
        raise Refused(_("Välj vad för slags nummer eller adress det är."), field="kind")
    address = contact_address(ContactKind(kind), typed)
    present = await points_of(session, person.id)
    if any(point.address == address for point in present):
        raise Refused(_("Numret eller adressen finns redan på personen."), field="address")
    if len(present) >= MOST_POINTS:
        sentence = _("Högst {count} nummer och adresser per person.").format(count=MOST_POINTS)
        raise Refused(sentence, field="address")
    position = max((point.position for point in present), default=-1) + 1
    point = ContactPoint(
        person_id=person.id, kind=ContactKind(kind), address=address, position=position
    )
    session.add(point)
    await note(session, by, "Lade till nummer", person.ref, now=now, detail=kind)
    return point


async def remove_point(
    session: AsyncSession, person: Person, point_id: UUID, *, by: By, now: datetime
) -> None:
    point = await _point(session, person, point_id)
    await session.delete(point)
    await note(session, by, "Tog bort nummer", person.ref, now=now, detail=point.kind.value)


async def move_point(
    session: AsyncSession, person: Person, point_id: UUID, *, up: bool, by: By, now: datetime
) -> None:
    await _point(session, person, point_id)
    points = list(await points_of(session, person.id))
    place = next(number for number, each in enumerate(points) if each.id == point_id)
    for position, each in enumerate(moved(points, place, up=up)):
        each.position = position
    await note(session, by, "Ändrade ordning på nummer", person.ref, now=now)


async def verify_point(
    session: AsyncSession, person: Person, point_id: UUID, *, by: By, now: datetime
) -> None:
    """Somebody has checked that it reaches the person; an SMS stop is lifted with it."""
    point = await _point(session, person, point_id)
    point.verified_at, point.opted_out_at = now, None
    point.proved_at, point.proved_by, point.wrong_at = now, Proof.CHECKED, None
    await note(session, by, "Kontrollerade nummer", person.ref, now=now, detail=point.kind.value)


async def set_hours(
    session: AsyncSession,
    person: Person,
    point_id: UUID,
    hours: tuple[time | None, time | None],
    *,
    by: By,
    now: datetime,
) -> None:
    if (hours[0] is None) != (hours[1] is None):
        raise Refused(_("Ange både från och till, eller inget av dem."), field="usable_from")
    point = await _point(session, person, point_id)
    point.usable_from, point.usable_to = hours
    await note(session, by, "Ändrade tider för nummer", person.ref, now=now)


def moved(items: Sequence[T], place: int, *, up: bool) -> list[T]:
    """The items with one of them a step up or down; at the end of the list nothing moves."""
    other = place - 1 if up else place + 1
    result = list(items)
    if 0 <= other < len(result):
        result[place], result[other] = result[other], result[place]
    return result


async def _point(session: AsyncSession, person: Person, point_id: UUID) -> ContactPoint:
    point = await session.get(ContactPoint, point_id)
    if point is None or point.person_id != person.id:
        raise NotFound(_("Numret eller adressen finns inte längre."))
    return point


async def _checked(
    session: AsyncSession, fields: PersonFields, *, own: UUID | None
) -> PersonFields:
    fields = checked_person(fields)
    taken = await session.scalar(select(Person.id).where(Person.ref == fields.ref))
    if taken is not None and taken != own:
        raise Refused(_("Numret används redan av en annan person."), field="ref")
    if fields.unit_id is not None and await session.get(Unit, fields.unit_id) is None:
        raise Refused(_("Enheten finns inte längre."), field="unit_id")
    return fields
