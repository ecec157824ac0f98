from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from core.database import Database
from rosters.duty.models import DutyRole
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
from rosters.readiness.service import Ways, readiness, ways_to
from tests.clocks import NIGHT

ZONE = ZoneInfo("Europe/Stockholm")
MOBILE, LANDLINE, MAIL = ContactKind.MOBILE, ContactKind.LANDLINE, ContactKind.MAIL


def points(*kinds: ContactKind, stopped: bool = False) -> list[ContactPoint]:
    return [
        ContactPoint(
            person_id=uuid4(),
            kind=kind,
            address=str(number),
            opted_out_at=NIGHT if stopped and kind is MOBILE else None,
        )
        for number, kind in enumerate(kinds)
    ]


@pytest.mark.parametrize(
    ("found", "ways", "status"),
    [
        ([], Ways.NONE, "bad"),
        ([MAIL], Ways.MAIL_ONLY, "warn"),
        ([MOBILE], Ways.ONE, "warn"),
        ([MOBILE, MAIL], Ways.GOOD, "ok"),
        ([LANDLINE, MOBILE], Ways.GOOD, "ok"),
    ],
)
def test_how_well_a_person_is_reached(found: list[ContactKind], ways: Ways, status: str) -> None:
    assert ways_to(points(*found)) is ways
    assert ways.status == status
    assert ways.label


def test_a_stopped_mobile_and_a_protected_person_are_ways_of_their_own() -> None:
    assert ways_to(points(MOBILE, MAIL, stopped=True)) is Ways.NO_SMS
    assert ways_to([], protected=True, switchboard="+46406280400") is Ways.SWITCHBOARD
    assert ways_to([], protected=True) is Ways.NONE


async def test_only_those_who_are_called_count_and_gaps_are_told(database: Database) -> None:
    unit = Unit(
        code="KK", name="Kommunkontoret", kind=UnitKind.DEPARTMENT, switchboard="+46406280400"
    )
    names = ("silent", "single", "protected", "gone", "uncalled")
    people = {name: Person(ref=name, name=name, unit_id=unit.id) for name in names}
    people["protected"].protected = True
    people["gone"].active_to = (NIGHT - timedelta(days=1)).date()
    group = CallList(code="stab", name="Stab", kind=CallListKind.GROUP)
    async with database.transaction() as session:
        session.add_all([unit, group, DutyRole(code="TIB", name="TIB"), *people.values()])
        session.add_all(
            CallListEntry(call_list_id=group.id, person_id=people[name].id, position=place)
            for place, name in enumerate(names[:4])
        )
        one = ContactPoint(person_id=people["single"].id, kind=MOBILE, address="+46701740605")
        session.add(one)
    async with database.reading() as session:
        found = await readiness(session, now=NIGHT, zone=ZONE)
    assert [person.ref for person in found.unreachable] == ["silent"]
    assert [(person.ref, ways) for person, ways in found.weak] == [("single", Ways.ONE)]
    assert [gap.role.code for gap in found.gaps] == ["TIB"]
    assert not found.well
