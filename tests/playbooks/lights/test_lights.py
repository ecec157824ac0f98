"""Worlds: the lights of all paths as the clock moves, and the record of them."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, func, select, text, update

from core.audit import By
from core.database import Database
from playbooks import service
from playbooks.lights.models import Light, LightKind, LightRecord
from playbooks.lights.runs import Ran, note_run
from playbooks.lights.service import PathLights, keep_records
from playbooks.models import PlaybookVersion, VersionState
from playbooks.receipts.models import Acquaintance, Receipt, ReceiptVia
from playbooks.receipts.scene import look
from playbooks.versions.service import draft, save
from rosters.models import CallList, CallListEntry, Person
from tests.clocks import NIGHT
from tests.kinds import BOTH, one_kind  # noqa: F401  # a fixture
from tests.playbooks.conftest import ZONE
from tests.playbooks.lights.conftest import BY, Lights

DAY = timedelta(days=1)
OFFICE = NIGHT + timedelta(hours=8)  # a Tuesday at 11
YEAR = 365 * DAY


async def read_by_all(database: Database, now: datetime = NIGHT) -> None:
    """Everybody has read their part of everything, saved the number and been introduced."""
    async with database.transaction() as session:
        scene = await look(session, at=now, zone=ZONE)
        for called in scene.paths.values():
            for person, part in called.parts.items():
                session.add(
                    Receipt(
                        playbook_id=called.loaded.version.playbook_id,
                        person_id=person,
                        mark=part.mark,
                        pieces=part.pieces,
                        version_number=called.loaded.version.number,
                        asked_at=now,
                        confirmed_at=now,
                        via=ReceiptVia.PAGE,
                    )
                )
        session.add_all(
            Acquaintance(person_id=person, saved_at=now, introduced_at=now)
            for person in scene.people
        )


async def five_join_the_core(lights: Lights, at: datetime) -> None:
    async with lights.database.transaction() as session:
        core = (await session.scalars(select(CallList).where(CallList.code == "stab_karna"))).one()
        for number in range(5):
            person = Person(ref=f"N{number}", name="Ny", active_from=at.date())
            session.add(person)
            session.add(CallListEntry(call_list_id=core.id, person_id=person.id, position=90))


def of(found: dict[str, PathLights], code: str) -> list[Light | None]:
    return [each.light for each in found[code].standings]


async def test_a_year_makes_each_light_decay_as_its_rule_says(lights: Lights) -> None:
    await read_by_all(lights.database)
    await lights.ran("LV-03", OFFICE)
    await lights.ran("LV-03", OFFICE + timedelta(hours=10))
    await five_join_the_core(lights, NIGHT + 100 * DAY)
    green, amber, red = Light.GREEN, Light.AMBER, Light.RED
    today = OFFICE + timedelta(hours=11)
    for days, stand in (
        (0, [green, green, green]),
        (110, [green, amber, green]),  # five of the core have not read their part
        (155, [green, amber, amber]),  # it is exercised every six months
        (200, [green, amber, red]),
        (340, [amber, amber, red]),  # and reviewed every twelve
        (366, [red, amber, red]),
    ):
        assert of(await lights.at(today + days * DAY, now=today), "LV-03") == stand, days


async def test_whoever_comes_new_into_a_list_makes_a_path_less_known(lights: Lights) -> None:
    await read_by_all(lights.database)
    before = await lights.at(NIGHT)
    assert before["LV-02"].of(LightKind.KNOWN).light is Light.GREEN
    async with lights.database.transaction() as session:
        await session.execute(
            delete(Receipt).where(
                Receipt.person_id.in_(select(Person.id).where(Person.ref.in_(["P08", "P09"])))
            )
        )
    after = await lights.at(NIGHT)
    assert after["LV-02"].of(LightKind.KNOWN).light is Light.AMBER
    assert after["LV-03"].of(LightKind.KNOWN).light is Light.GREEN


async def test_a_version_with_other_steps_has_to_be_exercised_anew(lights: Lights) -> None:
    await lights.ran("LV-05", OFFICE)
    assert of(await lights.at(OFFICE, now=OFFICE), "LV-05")[2] is Light.AMBER
    async with lights.database.transaction() as session:
        version = await draft(session, "LV-05", by=By("nils"), now=OFFICE)
        changed = version.source.replace("need: 8", "need: 9").encode()
        await save(session, version, changed, seen=version.checksum, by=By("nils"), now=OFFICE)
        await session.execute(
            update(PlaybookVersion)
            .where(PlaybookVersion.id == version.id)
            .values(state=VersionState.APPROVED, approved_at=OFFICE, in_force_from=OFFICE)
        )
    standing = (await lights.at(OFFICE + DAY, now=OFFICE + DAY))["LV-05"].of(LightKind.EXERCISED)
    assert standing.light is Light.RED
    assert "var av version 1" in standing.why


@BOTH
async def test_what_the_light_was_is_read_from_the_record(lights: Lights) -> None:
    hour = timedelta(hours=1)
    assert await lights.kept(NIGHT) == 27
    assert await lights.kept(NIGHT + hour) == 0  # nothing has changed
    await lights.ran("LV-09", OFFICE)
    assert await lights.kept(OFFICE + hour) == 1
    later = NIGHT + 30 * DAY
    assert of(await lights.at(OFFICE, now=later), "LV-09")[2] is Light.RED
    assert of(await lights.at(OFFICE + 2 * hour, now=later), "LV-09")[2] is Light.AMBER
    assert await lights.at(NIGHT - DAY, now=later) == {}  # nothing was in force


async def test_before_the_first_record_a_light_is_unknown(lights: Lights) -> None:
    (path, *_others) = (await lights.at(NIGHT + DAY, now=NIGHT + 2 * DAY)).values()
    assert {each.light for each in path.standings} == {None}
    assert path.standings[0].why == "Lamporna har inte förts än."


@BOTH
async def test_two_that_keep_records_at_once_write_each_light_once(lights: Lights) -> None:
    await asyncio.gather(*(lights.kept(NIGHT) for _one in range(3)))
    async with lights.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(LightRecord)) == 27


@BOTH
async def test_a_path_that_calls_nobody_is_known_by_whoever_holds_its_post(lights: Lights) -> None:
    standing = (await lights.at(NIGHT))["LV-09"].of(LightKind.KNOWN)
    assert (standing.light, standing.figure) == (Light.GREEN, "1 av 2")
    async with lights.database.transaction() as session:
        left = (NIGHT + DAY).date()
        await session.execute(update(Person).where(Person.ref == "P13").values(active_to=left))
    later = (await lights.at(NIGHT + 3 * DAY, now=NIGHT + 3 * DAY))["LV-09"]
    assert later.of(LightKind.KNOWN).light is Light.RED


async def test_a_run_counts_against_the_goal_as_it_stands_now(lights: Lights) -> None:
    async with lights.database.transaction() as session:
        ran = Ran(began_at=OFFICE, met=True, took=timedelta(minutes=40))
        await note_run(session, "LV-03", ran, by=BY, now=OFFICE, zone=ZONE)
    assert of(await lights.at(OFFICE, now=OFFICE), "LV-03")[2] is Light.AMBER  # not yet at night
    async with lights.database.transaction() as session:
        files = (await service.export(session, now=OFFICE))["lv-03.yaml"]
        file = b"".join(
            b"goal_within: 30m\n" if line.startswith(b"goal_within") else line
            for line in files.splitlines(keepends=True)
        )
        await service.load(session, {"lv-03.yaml": file}, by=BY, now=OFFICE, zone=ZONE)
    standing = (await lights.at(OFFICE, now=OFFICE))["LV-03"].of(LightKind.EXERCISED)
    assert (standing.light, standing.figure) == (Light.RED, "40 min")


async def test_an_alarm_does_not_wait_while_lights_are_written_down(lights: Lights) -> None:
    if lights.database.embedded:
        pytest.skip("one writer at a time")
    async with lights.database.transaction() as keeping:
        await keep_records(keeping, now=NIGHT, zone=ZONE)
        async with lights.database.transaction() as session:
            await session.execute(text("SET LOCAL lock_timeout = '2s'"))
            ran = Ran(began_at=NIGHT, met=True)
            await note_run(session, "LV-03", ran, by=BY, now=NIGHT, zone=ZONE)
