"""Call lists: roles with ordered holders, and groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By, note
from core.errors import NotFound, Refused
from core.forms import line
from core.language import gettext as _
from rosters.fields import code as clean_code
from rosters.models import CallList, CallListEntry, CallListKind, Person
from rosters.service import moved


@dataclass(frozen=True, slots=True)
class Member:
    entry: CallListEntry
    person: Person


async def all_lists(session: AsyncSession) -> list[tuple[CallList, int]]:
    """Every list with the number of people in it, roles first."""
    rows = await session.execute(
        select(CallList, func.count(CallListEntry.id))
        .outerjoin(CallListEntry, CallListEntry.call_list_id == CallList.id)
        .group_by(CallList.id)
        .order_by(CallList.kind.desc(), CallList.name)
    )
    return [(row[0], row[1]) for row in rows]


async def list_of(session: AsyncSession, list_id: UUID) -> CallList:
    found = await session.get(CallList, list_id)
    if found is None:
        raise NotFound(_("Listan finns inte."))
    return found


async def members(session: AsyncSession, list_id: UUID) -> Sequence[Member]:
    """In calling order, the no longer active among them."""
    rows = await session.execute(
        select(CallListEntry, Person)
        .join(Person, Person.id == CallListEntry.person_id)
        .where(CallListEntry.call_list_id == list_id)
        .order_by(CallListEntry.position)
    )
    return [Member(entry, person) for entry, person in rows]


async def lists_with(session: AsyncSession, person_id: UUID) -> Sequence[CallList]:
    found = await session.scalars(
        select(CallList)
        .join(CallListEntry, CallListEntry.call_list_id == CallList.id)
        .where(CallListEntry.person_id == person_id)
        .order_by(CallList.kind.desc(), CallList.name)
    )
    return found.all()


async def add_list(
    session: AsyncSession, *, code: str, name: str, kind: str, by: By, now: datetime
) -> CallList:
    if kind not in set(CallListKind):
        raise Refused(_("Välj roll eller grupp."), field="kind")
    code = clean_code(code, field="code")
    name = line(name, field="name", longest=120, required=True)
    taken = select(CallList.id).where(CallList.kind == CallListKind(kind), CallList.code == code)
    if await session.scalar(taken):
        raise Refused(_("Koden används redan av en annan lista."), field="code")
    added = CallList(code=code, name=name, kind=CallListKind(kind))
    session.add(added)
    await note(session, by, "Lade till larmlista", code, now=now, detail=kind)
    return added


async def rename_list(
    session: AsyncSession, row: CallList, name: str, *, by: By, now: datetime
) -> None:
    """The code stays: alarm paths name it."""
    row.name = line(name, field="name", longest=120, required=True)
    await note(session, by, "Bytte namn på larmlista", row.code, now=now, detail=row.name)


async def remove_list(session: AsyncSession, row: CallList, *, by: By, now: datetime) -> None:
    await session.delete(row)
    await note(session, by, "Tog bort larmlista", row.code, now=now)


async def add_member(
    session: AsyncSession, row: CallList, ref: str, *, by: By, now: datetime
) -> None:
    """By the organisation's own number for the person, as the form's list of choices gives it."""
    person = await person_named(session, ref)
    present = await members(session, row.id)
    if any(member.person.id == person.id for member in present):
        raise Refused(_("Personen står redan i listan."), field="person")
    position = max((member.entry.position for member in present), default=-1) + 1
    session.add(CallListEntry(call_list_id=row.id, person_id=person.id, position=position))
    await note(session, by, "Lade till i larmlista", row.code, now=now, detail=person.ref)


async def person_named(session: AsyncSession, typed: str) -> Person:
    """Whom a field with suggestions means: its first word is the organisation's own number."""
    ref = typed.strip().split(" ")[0]
    person = await session.scalar(select(Person).where(Person.ref == ref))
    if person is None:
        raise Refused(_("Personen finns inte. Välj ur listan."), field="person")
    return person


async def remove_member(
    session: AsyncSession, row: CallList, entry_id: UUID, *, by: By, now: datetime
) -> None:
    present = await members(session, row.id)
    member = present[_place(present, entry_id)]
    await session.delete(member.entry)
    await note(session, by, "Tog bort ur larmlista", row.code, now=now, detail=member.person.ref)


async def move_member(
    session: AsyncSession, row: CallList, entry_id: UUID, *, up: bool, by: By, now: datetime
) -> None:
    present = await members(session, row.id)
    place = _place(present, entry_id)
    for position, member in enumerate(moved(present, place, up=up)):
        member.entry.position = position
    ref = present[place].person.ref
    await note(session, by, "Ändrade ordning i larmlista", row.code, now=now, detail=ref)


def _place(present: Sequence[Member], entry_id: UUID) -> int:
    for place, member in enumerate(present):
        if member.entry.id == entry_id:
            return place
    raise NotFound(_("Personen står inte längre i listan."))
