"""Organisation and people from a file into the rows, whole or not at all, and out again."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By, note
from core.errors import Refused
from core.language import gettext as _
from rosters.comparing import Change, Contacts, Proposal, by_kind, contact_points, propose
from rosters.fields import PersonFields
from rosters.models import ContactKind, ContactPoint, Person, Unit
from rosters.numbers import as_read
from rosters.reading import PERSON_COLUMNS, Reading

EXPORTED = tuple(names[0] for names in PERSON_COLUMNS.values())


async def carry_out(session: AsyncSession, reading: Reading, *, by: By, now: datetime) -> Proposal:
    """Do what `propose` shows; Refused, with nothing done, while the file has a mistake."""
    proposal = await propose(session, reading)
    if proposal.mistakes:
        raise Refused(_("Filen har fel som behöver rättas först."), field="file")
    points = await contact_points(session)
    for change in proposal.changes:
        await _write_row(session, change)
        if isinstance(change.fields, PersonFields):
            await _write_contacts(session, change, points.get(change.id, ()))
    if proposal.changes:
        what = "Läste in organisation och personer"
        await note(session, by, what, "fil", now=now, detail=proposal.summary)
    return proposal


async def _write_row(session: AsyncSession, change: Change) -> None:
    fields = asdict(change.fields)
    if change.new:
        session.add(_type(change)(id=change.id, **fields))
        return
    row = await session.get_one(_type(change), change.id)
    for name, value in fields.items():
        setattr(row, name, value)


def _type(change: Change) -> type[Person] | type[Unit]:
    return Person if isinstance(change.fields, PersonFields) else Unit


async def _write_contacts(
    session: AsyncSession, change: Change, present: Sequence[ContactPoint]
) -> None:
    """A number that stays keeps what is known of it: verified, hours, opted out."""
    kept = {(point.kind, point.address): point for point in present}
    had = by_kind(present)
    order = [*had, *(kind for kind in ContactKind if kind not in had)]
    wanted = [
        (kind, each) for kind in order for each in dict.fromkeys(change.contacts.get(kind, ()))
    ]
    for gone in kept.keys() - set(wanted):
        await session.delete(kept[gone])
    for position, (kind, address) in enumerate(wanted):
        if (kind, address) in kept:
            kept[kind, address].position = position
        else:
            session.add(
                ContactPoint(person_id=change.id, kind=kind, address=address, position=position)
            )


async def exported(session: AsyncSession) -> list[tuple[str, ...]]:
    """The lines of an export, in the columns of an import; the protected are never among them."""
    units = {unit.id: unit.code for unit in await session.scalars(select(Unit))}
    points = await contact_points(session)
    people = await session.scalars(
        select(Person).where(Person.protected.is_(False)).order_by(Person.ref)
    )
    return [
        _line(each, units[each.unit_id] if each.unit_id else "", by_kind(points.get(each.id, ())))
        for each in people
    ]


def _line(person: Person, unit: str, contacts: Contacts) -> tuple[str, ...]:
    mobiles = [as_read(each) for each in contacts.get(ContactKind.MOBILE, ())]
    landlines = [as_read(each) for each in contacts.get(ContactKind.LANDLINE, ())]
    values = {
        "ref": person.ref,
        "name": person.name,
        "title": person.title,
        "unit": unit,
        "language": person.language,
        "protected": "",
        "active_from": str(person.active_from or ""),
        "active_to": str(person.active_to or ""),
        "mobile": next(iter(mobiles[:1]), ""),
        "mobile2": next(iter(mobiles[1:2]), ""),
        "landline": next(iter(landlines), ""),
        "mail": next(iter(contacts.get(ContactKind.MAIL, ())), ""),
    }
    return tuple(values[column] for column in PERSON_COLUMNS)
