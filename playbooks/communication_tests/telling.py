"""Wrong numbers become tasks: told to the person by another way, else to whoever plans them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import note
from core.language import gettext as _
from playbooks.communication_tests.models import (
    CommunicationTest,
    CommunicationTestChannel,
    CommunicationTestPerson,
    Told,
)
from playbooks.communication_tests.service import SYSTEM
from rosters.duty.models import DutyRole
from rosters.duty.resolver import in_service
from rosters.models import ContactKind, ContactPoint, Person
from rosters.notices.service import LINK, Teller
from rosters.numbers import masked
from rosters.readiness.service import duties

BY = (ContactKind.MOBILE, ContactKind.MAIL)  # a link can be sent to these


async def tell_of_faults(teller: Teller, test: CommunicationTest) -> int:
    """Tell of every wrong number of a test, each once; how many there are."""
    rows = await teller.session.execute(
        select(CommunicationTestChannel, ContactPoint, Person)
        .join(
            CommunicationTestPerson,
            CommunicationTestPerson.id == CommunicationTestChannel.test_person_id,
        )
        .join(ContactPoint, ContactPoint.id == CommunicationTestChannel.point_id)
        .join(Person, Person.id == CommunicationTestPerson.person_id)
        .where(
            CommunicationTestPerson.test_id == test.id,
            CommunicationTestChannel.fault.is_not(None),
            CommunicationTestChannel.told.is_(None),
        )
    )
    found = rows.all()
    for row, point, person in found:
        row.told = await _tell(teller, test, point, person)
        detail = f"{point.kind.value}: {row.fault}"
        await note(
            teller.session, SYSTEM, "Fann fel nummer", person.ref, now=teller.now, detail=detail
        )
    return len(found)


async def _tell(
    teller: Teller, test: CommunicationTest, point: ContactPoint, person: Person
) -> Told:
    key = f"wrong-number:{test.id}:{point.id}"  # twice wrong, as a call and as a text, is one task
    other = await _other_way(teller.session, person)
    said = masked(point.address).replace("•", "*")
    if other is not None:

        def own() -> tuple[str, str]:
            body = _("{number} fungerade inte när larmvägen provades. Rätta dina uppgifter här: {link}").format(number=said, link=LINK)  # fmt: skip
            return _("Rätta ditt nummer i Krislarm"), body

        await teller.tell(person, own, key=key, address=other.address)
        return Told.PERSON
    managers = await _managers(teller, person)
    for manager in managers:

        def theirs() -> tuple[str, str]:
            body = _("{name} nås inte: {number} fungerade inte när larmvägen provades. Be om rätt nummer.").format(name=person.name, number=said)  # fmt: skip
            return _("{name} har fel nummer i Krislarm").format(name=person.name), body

        await teller.tell(manager, theirs, key=f"{key}:{manager.id}")
    return Told.MANAGER if managers else Told.NOBODY


async def _other_way(session: AsyncSession, person: Person) -> ContactPoint | None:
    """The first of the person's other numbers and addresses that a link can be sent to."""
    points = await session.scalars(
        select(ContactPoint)
        .where(
            ContactPoint.person_id == person.id,
            ContactPoint.kind.in_(BY),
            ContactPoint.wrong_at.is_(None),
            ContactPoint.opted_out_at.is_(None),
        )
        .order_by(ContactPoint.kind != ContactKind.MOBILE, ContactPoint.position)
        .limit(1)
    )
    return points.first()


async def _managers(teller: Teller, person: Person) -> Sequence[Person]:
    """Of the duty roles that the person has: they plan them, and know them."""
    codes = (await duties(teller.session, now=teller.now, zone=teller.zone)).get(person.id, ())
    found = await teller.session.scalars(
        select(Person)
        .join(DutyRole, DutyRole.manager_id == Person.id)
        .where(DutyRole.code.in_(codes), Person.id != person.id)
        .distinct()
    )
    return [each for each in found if in_service(each, at=teller.now, zone=teller.zone)]
