"""Lund's lists as rows, with a phone for each person."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from rosters.duty.models import DutyRole, Shift
from rosters.models import (
    CallList,
    CallListEntry,
    CallListKind,
    ContactKind,
    ContactPoint,
    Person,
    Unit,
    UnitKind,
)
from tests.playbooks.lund import LUND

ON_DUTY = {"TIB": "P01", "TIB_bakjour": "P02", "KIB": "P07", "POSOM": "P42", "IT": "P44"}
SITES = {"P47": "Demoskolan", "P68": "Provskolan"}


async def seed(session: AsyncSession, *, now: datetime) -> None:
    """Everybody has a mobile; P43 is protected, P20 has nothing, P21 only a landline."""
    people = {ref: _person(ref) for ref in sorted(LUND.people)}
    for ref, name in SITES.items():
        site = Unit(code=name.lower(), name=name, kind=UnitKind.SITE)
        session.add(site)
        people[ref].unit_id = site.id
    people["P43"].protected = True
    session.add_all(people.values())
    for number, (ref, person) in enumerate(people.items()):
        if ref != "P20":
            session.add(_phone(person, number, landline=ref == "P21" or ref.startswith("X")))
    for kind, lists in ((CallListKind.ROLE, LUND.roles), (CallListKind.GROUP, LUND.groups)):
        for code, refs in lists.items():
            _list(session, kind, code, [people[ref].id for ref in refs])
    for code, ref in ON_DUTY.items():
        duty = DutyRole(code=code, name=f"Jour {code}")
        day = timedelta(days=1)
        shift = Shift(
            duty_role_id=duty.id, person_id=people[ref].id, starts_at=now - day, ends_at=now + day
        )
        session.add_all((duty, shift))


def _person(ref: str) -> Person:
    return Person(ref=ref, name=f"Namn {ref}", title=f"Titel {ref}")


def _phone(person: Person, number: int, *, landline: bool) -> ContactPoint:
    kind = ContactKind.LANDLINE if landline else ContactKind.MOBILE
    address = f"+46406280{400 + number}" if landline else f"+46701740{605 + number}"
    return ContactPoint(person_id=person.id, kind=kind, address=address)


def _list(session: AsyncSession, kind: CallListKind, code: str, people: Iterable[UUID]) -> None:
    call_list = CallList(code=code, name=code.replace("_", " ").capitalize(), kind=kind)
    session.add(call_list)
    session.add_all(
        CallListEntry(call_list_id=call_list.id, person_id=person, position=position)
        for position, person in enumerate(people)
    )
