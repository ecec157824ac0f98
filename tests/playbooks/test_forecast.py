"""The forecast page, and what one's own people have answered."""

import asyncio
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.pool import QueuePool

from alerting.habits import HORIZON
from alerting.plan import ChannelKind
from alerting.rehearsal.cast import cast_of
from core.database import Database
from core.errors import NotFound, Refused
from playbooks import service
from playbooks.forecast.answers import own_answers
from playbooks.forecast.asking import Asked, ask
from playbooks.forecast.assumptions import Kind, Tried
from playbooks.forecast.computing import Forecasts
from playbooks.forecast.reckoning import Forecast
from playbooks.forecast.web import instant, tonight
from tests.clocks import NIGHT
from tests.plans import plan, step, wave
from tests.visitors import Site, Visitor
from tests.world import World

ZONE = ZoneInfo("Europe/Stockholm")


@pytest.fixture
async def reader(site: Site) -> Visitor:
    site.app.state.forecasts = Forecasts(ThreadPoolExecutor(1))  # a process would start for each
    return await site.signed_in("vera")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # reckoning has no database
async def test_the_page_says_how_likely_and_never_that_it_is_certain(reader: Visitor) -> None:
    text = await reader.sees(
        "/paths/LV-03/forecast",
        "Det här är en prognos, inte ett löfte",
        "Stabens kärna",
        "av 10",
        "Här brister det oftast",
        "räcker",
        "inga egna svar än, bara publicerade värden",
        "<svg",
        "Antagandena drogs om 15 gånger",
    )
    assert "Prognos" in text
    for certain in (" 100 av 100", " 0 av 100", "10 av 10 ", ">100 %", "alltid"):
        assert certain not in text


@pytest.mark.parametrize(
    ("url", "status", "words"),
    [
        ("/paths/LV-77/forecast", 404, "finns inte"),
        ("/paths/LV-03/forecast?at=snart", 422, "Skriv tiden som"),
        ("/paths/LV-03/forecast?at=0001-01-01T00:00", 422, "Skriv tiden som"),
        ("/paths/LV-03/forecast?at=2019-01-01T03:00", 422, "inom ett år"),
        ("/paths/LV-03/forecast?at=2031-01-01T03:00", 422, "inom ett år"),
    ],
)
async def test_bad_input_is_one_sentence(
    reader: Visitor, url: str, status: int, words: str
) -> None:
    response = await reader.get(url)
    assert response.status_code == status
    assert words in response.text


async def test_whoever_waits_for_a_forecast_holds_no_connection(
    site: Site, reader: Visitor
) -> None:
    """The embedded database has eight of them: an alarm could not be raised for 25 seconds."""
    held: list[int] = []

    class Slow(Forecasts):
        async def of(self, asked: Asked, stopping: asyncio.Event) -> Forecast:
            pool = site.database.engine.pool
            assert isinstance(pool, QueuePool)
            held.append(pool.checkedout())
            raise Refused("Den räknas än.", status=503)

    site.app.state.forecasts = Slow()
    response = await reader.get("/paths/LV-09/forecast")
    assert (response.status_code, held) == (503, [0])
    assert "Den räknas än." in response.text


async def test_who_is_not_signed_in_sees_no_forecast(site: Site) -> None:
    response = await site.visitor().get("/paths/LV-03/forecast")
    assert response.status_code in {302, 303, 401}


async def test_a_forecast_is_reckoned_once(paths: Database) -> None:
    forecasts, never = Forecasts(ThreadPoolExecutor(1)), asyncio.Event()
    async with paths.reading() as session:
        asked = await ask(session, "LV-09", at=NIGHT, now=NIGHT, zone=ZONE, runs=30)
        again = await ask(session, "LV-09", at=NIGHT, now=NIGHT, zone=ZONE, runs=30)
    assert asked.key == again.key
    assert await forecasts.of(asked, never) is await forecasts.of(again, never)
    forecasts.close()


async def test_a_service_that_is_to_stop_waits_for_no_forecast(paths: Database) -> None:
    gate, executor, stopping = threading.Event(), ThreadPoolExecutor(1), asyncio.Event()
    executor.submit(gate.wait)
    async with paths.reading() as session:
        asked = await ask(session, "LV-09", at=NIGHT, now=NIGHT, zone=ZONE, runs=30)
    stopping.set()
    with pytest.raises(Refused, match="räknas fortfarande"):
        await Forecasts(executor).of(asked, stopping)
    gate.set()
    executor.shutdown()


async def test_no_such_path_and_nobody_to_call_are_refused(world: World) -> None:
    async with world.database.reading() as session:
        with pytest.raises(NotFound):
            await ask(session, "LV-77", at=NIGHT, now=NIGHT, zone=ZONE)


async def test_a_time_beyond_every_roster_is_refused(paths: Database) -> None:
    async with paths.reading() as session:
        late = NIGHT + timedelta(days=500)
        with pytest.raises(Refused):
            await ask(session, "LV-01", at=late, now=NIGHT, zone=ZONE)


async def test_duty_is_looked_up_anew_when_the_shift_changes(world: World) -> None:
    await world.on_duty("TIB", "alva")
    async with world.database.reading() as session:
        cast = await cast_of(
            session, plan(step("tib", "duty:TIB")), at=world.now, lasts=HORIZON, zone=ZONE
        )
    assert [each.ref for each in cast.of("tib", at=world.now)] == ["alva"]
    assert not cast.of("nobody", at=world.now)


async def test_what_people_answered_is_counted(world: World) -> None:
    """One takes the call, one writes, one lets it ring: as many as in the alarm, no more."""
    await world.group("karna", "alva", "birk", "cleo")
    waves = (wave(ChannelKind.VOICE, ChannelKind.SMS),)
    await world.raises(plan(step("karna", "group:karna", need=3, waves=waves)))
    await world.phone("alva").expect_call().press("1")
    await world.phone("birk").expect_call().rings_out()
    await world.phone("birk").texts("JA")
    await world.phone("cleo").expect_call().rings_out()
    await world.advance(minutes=60)
    world.ignore_messages()
    async with world.database.reading() as session:
        own = await own_answers(session, now=world.now, zone=ZONE)
    night = own[Kind.NIGHT]
    assert (night.asked, night.answered, night.comes) == (3, 2, 2)
    assert Counter(night.tried)[Tried(answered_call=True)] == 1


def test_tonight_is_the_next_three_o_clock() -> None:
    before = datetime(2026, 11, 24, 2, 30, tzinfo=ZONE)
    assert tonight(before, ZONE).date() == before.date()
    assert tonight(NIGHT, ZONE) == datetime(2026, 11, 25, 3, tzinfo=ZONE)
    assert instant("", now=NIGHT, zone=ZONE) == NIGHT.replace(second=0)
    assert instant("2026-12-25T03:00", now=NIGHT, zone=ZONE).hour == 2


async def test_the_plan_is_the_one_in_force(paths: Database) -> None:
    async with paths.reading() as session:
        asked = await ask(session, "LV-03", at=NIGHT, now=NIGHT, zone=ZONE)
        assert asked.plan == await service.plan_of(session, "LV-03", at=NIGHT)
