"""Pages of tests: who may see and do what, forms, the report, the own page, and readiness."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select, update

from alerting.desk import Desk
from alerting.models import Step
from alerting.operating import add_person
from alerting.plan import ChannelKind
from core.models import Role
from rosters.models import ContactPoint, Person
from rosters.my.links import personal_token
from rosters.readiness.service import Missing, reaches
from tests.kinds import BOTH
from tests.phones import broken
from tests.playbooks.communication_tests.conftest import Trials
from tests.visitors import Site, Visitor
from tests.world import SECRET, ZONE

EVERYBODY = ("alva", "birk", "cleo", "dag")
TERMS = {
    "months": "3",
    "office_at": "10:00",
    "night_at": "03:00",
    "lasts": "60",
    "late": "120",
    "first_day": "2026-12-01",
    "first_hours": "night",
}


@pytest.fixture
async def site(trials: Trials) -> AsyncIterator[Site]:
    async with Site.on(trials.world.database, trials.world.clock, secret_key=SECRET) as site:
        yield site


@pytest.fixture
async def planner(site: Site) -> Visitor:
    return await site.signed_in("nils", Role.PLANNER)


@pytest.fixture
async def reader(site: Site) -> Visitor:
    return await site.signed_in("vera")


@BOTH
async def test_a_planner_sees_who_is_asked_starts_it_and_follows_it(
    trials: Trials, planner: Visitor
) -> None:
    text = await planner.sees("/paths/PROV-01/tests/new", "4 personer", "Birk", "Reserv", "aldrig")
    once = text.split('name="once" value="')[1].split('"')[0]
    answer = await planner.post("/paths/PROV-01/tests", once=once)
    again = await planner.post("/paths/PROV-01/tests", once=once)
    address = answer.headers["location"]
    assert again.headers["location"] == address
    await trials.world.engine.until_idle()
    await trials.is_asked(*EVERYBODY)
    await trials.answers("birk")
    await trials.passes(1)
    await planner.sees(
        address,
        "Pågår",
        "1 av 4 har svarat",
        "Birk",
        "Inte än",
        "Inget svar än",
        '<svg class="response-svg"',
    )
    await planner.sees(f"{address}/part", "1 av 4 har svarat")
    await planner.sees("/tests", "PROV-01 provas nu")
    refused = await planner.post("/paths/PROV-01/tests", once="another")
    assert refused.status_code == 422
    assert "provas redan" in refused.text
    assert (await planner.post(f"{address}/call-off")).status_code == 303
    await trials.world.engine.until_idle()
    for name in EVERYBODY:
        trials.world.phone(name).expect_sms("TEST", "avbrutet")
    await planner.sees(address, "Avbrutet", "Avslutat av nils")
    assert (await planner.post(f"{address}/call-off")).status_code == 409
    await planner.sees("/paths/PROV-01/tests/new", "provades senast", "Ingen är kvar att prova")


async def test_readers_see_figures_and_no_names(
    trials: Trials, reader: Visitor, planner: Visitor
) -> None:
    test = await trials.start()
    trials.world.ignore_messages()
    await trials.answers_quietly(*EVERYBODY)
    await trials.chores()
    text = await reader.sees(f"/tests/{test.id}", "4 av 4", "Samtal", "Nåddes")
    assert "Birk" not in text
    for url in (f"/tests/{test.id}/export.csv", "/paths/PROV-01/tests/new"):
        assert (await reader.get(url)).status_code == 403
    for url in (
        f"/tests/{test.id}/call-off",
        "/paths/PROV-01/tests",
        "/paths/PROV-01/tests/schedule",
    ):
        assert (await reader.post(url)).status_code == 403
    assert "Spara tiderna" not in await reader.sees("/paths/PROV-01/tests", "4 av 4")
    file = (await planner.get(f"/tests/{test.id}/export.csv")).text
    assert "Birk" in file
    assert "+46" not in file


async def test_the_protected_stand_with_their_title_even_for_planners(
    trials: Trials, planner: Visitor
) -> None:
    await trials.world.person("yrsa", protected=True)
    await trials.also("yrsa")
    async with trials.world.database.transaction() as session:
        await session.execute(
            update(Person).where(Person.ref == "yrsa").values(title="Sekreterare")
        )
    test = await trials.start()
    trials.world.ignore_messages()
    text = await planner.sees(f"/tests/{test.id}", "Sekreterare", "växeln")
    assert "Yrsa" not in text
    assert "Yrsa" not in (await planner.get(f"/tests/{test.id}/export.csv")).text
    assert "Yrsa" not in await planner.sees("/paths/PROV-01/tests/new", "Sekreterare")


async def test_a_schedule_is_set_shown_and_refused_with_a_sentence(planner: Visitor) -> None:
    await planner.sees("/tests", "Inget prov är planerat", "Inget prov har gjorts än")
    await planner.sees("/paths/PROV-01/tests", "Larmvägen har inte provats")
    done = await planner.post("/paths/PROV-01/tests/schedule", **TERMS)
    assert done.status_code == 303
    await planner.sees("/tests", "PROV-01", "1 dec. 03:00", "natt och helg", "var 3:e månad")
    again = await planner.post("/paths/PROV-01/tests/schedule", **TERMS | {"paused": "yes"})
    assert again.status_code == 303
    await planner.sees("/paths/PROV-01/tests", "Pausat")
    for wrong, sentence in (
        ({"months": "0"}, "heltal från 1 till 24"),
        ({"first_day": ""}, "Ange en dag"),
        ({"first_day": "2020-01-01"}, "redan varit"),
        ({"office_at": "23:00"}, "Kontorstid är"),
        ({"night_at": ""}, "Skriv klockslaget"),
    ):
        refused = await planner.post("/paths/PROV-01/tests/schedule", **TERMS | wrong)
        assert refused.status_code == 422
        assert sentence in refused.text


async def test_what_is_not_there_is_said(planner: Visitor) -> None:
    nowhere = "/tests/00000000-0000-0000-0000-000000000000"
    for url in (nowhere, f"{nowhere}/events", "/paths/LV-99/tests", "/paths/LV-99/tests/new"):
        assert (await planner.get(url)).status_code == 404


@BOTH
async def test_people_see_on_their_own_page_how_soon_they_answer(
    trials: Trials, site: Site
) -> None:
    await trials.start()
    trials.world.ignore_messages()
    await trials.passes(2)
    await trials.answers_quietly("birk")
    await trials.passes(10)
    await trials.answers_quietly("alva", "dag")
    await trials.passes(50)
    trials.world.ignore_messages()
    visitor = site.visitor()
    own = f"/my/{personal_token(SECRET, trials.world.people['birk'], now=trials.world.now)}"
    await visitor.sees(
        own, "Så snabbt svarar du", "efter 2 min", "Alla som provats: 12 min", "1 av 1"
    )
    other = f"/my/{personal_token(SECRET, trials.world.people['cleo'], now=trials.world.now)}"
    await visitor.sees(other, "inte svarat på något prov", "0 av 1")


async def test_a_wrong_number_stands_on_the_readiness_page_until_it_is_proved(
    trials: Trials, planner: Visitor
) -> None:
    for kind in (ChannelKind.SMS, ChannelKind.VOICE):
        trials.world.carrier.fail(trials.world.address("cleo"), kind, broken(code="21211"))
    test = await trials.start()
    trials.world.ignore_messages()
    await trials.answers_quietly("alva", "birk", "dag")
    await trials.passes(60)
    async with trials.world.database.reading() as session:
        found = await reaches(session, now=trials.world.now, zone=ZONE)
        [cleo] = [each for each in found if each.person.ref == "cleo"]
        assert Missing.WAY in cleo.missing
    await planner.sees("/readiness", "visade ett prov")
    await planner.sees(
        f"/tests/{test.id}", "Numret finns inte", "Planeraren behöver fråga", "Att rätta"
    )
    await planner.sees("/", "1 nummer är fel, visade prov")
    point = await trials.point("cleo")
    await planner.post(f"/people/{trials.world.people['cleo']}/contacts/{point.id}/verify")
    async with trials.world.database.reading() as session:
        assert (await session.scalars(select(ContactPoint.wrong_at))).all() == [None] * 4
    await planner.sees(f"/tests/{test.id}", "Rättat")


async def test_numbers_that_a_test_may_not_reach_are_said_beforehand(
    trials: Trials, planner: Visitor
) -> None:
    assert "ALLOWED_RECIPIENTS" not in await planner.sees("/paths/PROV-01/tests/new")
    async with trials.world.database.transaction() as session:
        await session.execute(
            update(ContactPoint)
            .where(ContactPoint.person_id == trials.world.people["birk"])
            .values(address="+46708123456")
        )
    await planner.sees(
        "/paths/PROV-01/tests/new", "1 person har nummer", "ALLOWED_RECIPIENTS: Birk"
    )


async def test_somebody_added_on_the_board_is_not_counted(trials: Trials) -> None:
    test = await trials.start()
    trials.world.ignore_messages()
    await trials.world.person("frej")
    assert test.alarm_id
    async with trials.world.database.transaction() as session:
        step = await session.scalar(select(Step).where(Step.alarm_id == test.alarm_id))
        assert step
        person = trials.world.people["frej"]
        desk = Desk(session=session, means=trials.world.means, now=trials.world.now, by="Alva")
        await add_person(desk, step.id, person)
    await trials.world.engine.until_idle()
    trials.world.ignore_messages()
    await trials.passes(1)
    assert (await trials.last()).asked == 4
