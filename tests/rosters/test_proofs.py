"""Proof that numbers work: what gives it, how long it holds, and who lacks it."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, select

from alerting.models import Message
from alerting.phones import press
from alerting.plan import ChannelKind
from core.database import Database
from core.models import Role
from crisis.readiness import would_get_through
from rosters.duty.models import Absence
from rosters.models import (
    CallList,
    CallListEntry,
    CallListKind,
    ContactKind,
    ContactPoint,
    Person,
    Proof,
)
from rosters.readiness.proofs import STALE_AFTER, fresh
from rosters.readiness.service import Missing, reaches
from tests.clocks import NIGHT
from tests.plans import plan, step, wave
from tests.rosters.office import of
from tests.visitors import Site, Visitor
from tests.world import ZONE, World


async def proofs(
    world: World, name: str
) -> dict[ContactKind, tuple[Proof | None, datetime | None]]:
    async with world.database.reading() as session:
        query = select(ContactPoint).where(ContactPoint.person_id == world.people[name])
        return {
            each.kind: (each.proved_by, each.proved_at) for each in await session.scalars(query)
        }


async def missing(world: World) -> dict[str, tuple[Missing, ...]]:
    async with world.database.reading() as session:
        found = await reaches(session, now=world.now, zone=ZONE)
    return {each.person.ref: each.missing for each in found}


async def test_a_text_proves_the_number_it_came_from_and_no_other(world: World) -> None:
    await world.person("alva", mail=True)
    await world.person("birk")
    await world.phone("alva").texts("JA")
    assert await proofs(world, "alva") == {
        ContactKind.MOBILE: (Proof.ANSWERED, world.now),
        ContactKind.MAIL: (None, None),
    }
    assert await proofs(world, "birk") == {ContactKind.MOBILE: (None, None)}


async def test_a_pressed_key_proves_the_number_that_rang(world: World) -> None:
    world.carrier.name = "simulated"
    await world.person("alva", landline=True)
    await world.group("stab", "alva")
    await world.raises(plan(step("stab", "group:stab", waves=(wave(ChannelKind.VOICE),))))
    world.ignore_messages()
    async with world.database.transaction() as session:
        message = (await session.scalars(select(Message.id))).one()
        await press(session, message, "9", now=world.now, means=world.means)
    assert (await proofs(world, "alva"))[ContactKind.MOBILE] == (None, None)
    async with world.database.transaction() as session:
        await press(session, message, "1", now=world.now, means=world.means)
    await world.engine.until_idle()
    assert (await proofs(world, "alva"))[ContactKind.MOBILE] == (Proof.ANSWERED, world.now)
    assert (await proofs(world, "alva"))[ContactKind.LANDLINE] == (None, None)


@pytest.mark.parametrize("second", [False, True])
async def test_a_mail_link_proves_the_address_unless_it_went_to_two(
    world: World, town: Site, second: bool
) -> None:
    alva = await world.person("alva", mail=True)
    await world.group("stab", "alva")
    waves = (wave(ChannelKind.MAIL), wave(ChannelKind.MAIL))
    if second:
        await give(world, alva, "other@demo.lund.example")
    await world.raises(plan(step("stab", "group:stab", waves=waves)))
    await world.advance(minutes=4)
    world.ignore_messages()
    link = f"/a/{world.means.answer_token((await world.call_in('alva')).id)}"
    await town.visitor().post(link, said="coming")
    await world.engine.until_idle()
    proved = (await proofs(world, "alva"))[ContactKind.MAIL][0]
    assert proved is (None if second else Proof.ANSWERED)


async def give(world: World, person: UUID, address: str) -> None:
    async with world.database.transaction() as session:
        session.add(
            ContactPoint(person_id=person, kind=ContactKind.MAIL, address=address, position=1)
        )


async def test_a_planners_check_is_a_proof_for_half_a_year(site: Site, planner: Visitor) -> None:
    alva = await of(planner, "Alva")
    page = await planner.sees(alva)
    point = page.split(f"{alva}/contacts/")[1][:36]
    await planner.post(f"{alva}/contacts/{point}/verify")
    await planner.sees(alva, "Kontrollerat av planerare", "tis 24 nov. 2026")
    async with site.database.reading() as session:
        row = await session.get_one(ContactPoint, UUID(point))
    assert (row.proved_by, row.proved_at, row.verified_at) == (Proof.CHECKED, NIGHT, NIGHT)
    assert fresh(row, NIGHT + STALE_AFTER - timedelta(seconds=1))
    assert not fresh(row, NIGHT + STALE_AFTER)


async def test_who_has_no_fresh_proof_is_missing_one(world: World) -> None:
    await world.person("alva", landline=True)
    await world.person("birk")
    await world.person("cleo", mobile=False)
    await world.person("dante")  # called for nothing
    await world.group("stab", "alva", "birk", "cleo")
    assert await missing(world) == {
        "alva": (Missing.PROOF,),
        "birk": (Missing.SECOND_WAY, Missing.PROOF),
        "cleo": (Missing.WAY,),
    }
    await world.phone("alva").texts("hej")
    assert (await missing(world))["alva"] == ()
    world.clock.move(STALE_AFTER)
    assert (await missing(world))["alva"] == (Missing.PROOF,)


async def test_the_start_page_says_who_is_unproved_and_who_is_away(
    world: World, town: Site
) -> None:
    alva = await world.person("alva", landline=True)
    await world.on_duty("TIB", "alva")
    reader = await town.signed_in("lisa")
    await reader.sees("/", "1 person har inget nummer som visat sig fungera på länge.")
    await world.phone("alva").texts("hej")
    start = world.now + timedelta(days=2)
    async with world.database.transaction() as session:
        session.add(Absence(person_id=alva, starts_at=start, ends_at=start + timedelta(days=1)))
    said = await reader.sees("/", "Den som har TIB", "är frånvarande då.")
    assert "visat sig fungera" not in said
    async with world.database.reading() as session:
        answer = await would_get_through(session, probes=[], now=world.now, zone=ZONE)
    assert [each.status for each in answer.checks if "frånvarande" in each.sentence] == ["warn"]


async def test_the_page_is_filtered_and_shows_numbers_to_those_who_call(
    site: Site, planner: Visitor
) -> None:
    empty = await site.signed_in("rut")
    await empty.sees("/readiness", "Ingen larmas ännu")
    for code, refs in (("stab", ("P01", "P43")), ("rest", ("P02", "P03"))):
        added = await planner.post("/lists", kind="group", name=code.title(), code=code)
        url = added.headers["location"]
        for ref in refs:
            await planner.post(f"{url}/members", person=ref)
    tib = await site.signed_in("tib", Role.DUTY_OFFICER)
    await tib.sees("/readiness", "070-174 06 05", "Skyddad person", "Kan inte nås", "inget bevis")
    seen = await empty.sees("/readiness", "Alva Ek", "Skyddad person")
    assert "070-174" not in seen
    assert "Ri Sten" not in seen
    await planner.sees("/readiness", "Ri Sten", "Fråga om uppgifter")
    page = await planner.sees("/readiness")
    stab = next(part[:36] for part in page.split('<option value="') if "Stab<" in part[:60])
    assert "Birk" not in await empty.sees(f"/readiness?group={stab}", "Alva Ek")
    assert "Alva" not in await empty.sees("/readiness?role=TIB", "Ingen passar urvalet")
    assert (await empty.get("/readiness?group=x")).status_code == 422
    assert (await empty.get("/readiness/export.csv")).status_code == 403
    file = (await planner.get(f"/readiness/export.csv?group={stab}")).content.decode("utf-8-sig")
    assert "P01;Alva Ek" in file
    assert "Ri Sten" not in file
    assert (await planner.get("/readiness/export.xlsx")).content[:2] == b"PK"


async def test_a_thousand_people_are_asked_about_as_often_as_one(sqlite_database: Database) -> None:
    database = sqlite_database
    async with database.transaction() as session:
        group = CallList(code="all", name="Alla", kind=CallListKind.GROUP)
        session.add(group)
        people = [Person(ref=f"P{n}", name=f"Namn {n}") for n in range(1000)]
        session.add_all(people)
        session.add_all(
            CallListEntry(call_list_id=group.id, person_id=each.id, position=place)
            for place, each in enumerate(people)
        )
    asked: list[str] = []
    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(str(given[2])))
    async with database.reading() as session:
        found = await reaches(session, now=NIGHT, zone=ZONE)
    assert len(found) == 1000
    assert len([each for each in asked if each.startswith("SELECT")]) == 6
