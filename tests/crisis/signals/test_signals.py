"""Signals: kept once, grouped, told of without a flood, and settled by a duty officer."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web
from sqlalchemy import func, select

from alerting.models import Alarm
from core.audit import By
from core.database import Database
from core.errors import Refused
from core.models import AuditEntry, Role
from core.settings import Settings
from crisis.signals import service, sr
from crisis.signals.chores import signal_chores
from crisis.signals.feeds import Source, healths, refresh, sources
from crisis.signals.fetching import LARGEST, ask
from crisis.signals.models import Signal, SignalFeed, SignalSource, SignalState
from crisis.signals.views import Event, event_page
from rosters.chores import carry_out
from rosters.notices.models import Notice
from tests.clocks import NIGHT
from tests.crisis.signals.recorded import (
    CANCELLATION,
    EXERCISE,
    FIRE,
    GAS,
    SIX,
    alert,
    feed,
    info,
    reference,
)
from tests.kinds import BOTH, one_kind  # noqa: F401  # a fixture
from tests.playbooks.conftest import lund, paths, rows_of_lund  # noqa: F401  # fixtures
from tests.rosters.test_absence_feeds import served
from tests.stories.forms import forms
from tests.visitors import Site, Visitor
from tests.world import World

OURS = ("1281", "12", "00")
SETTINGS = Settings(secret_key="of the tests")  # type: ignore[arg-type]
EVERY = timedelta(minutes=2)


async def hears(database: Database, *alerts: object, later: timedelta = timedelta()) -> int:
    heard = sr.read(feed(*alerts), OURS).heard
    async with database.transaction() as session:
        return await service.take(session, SignalSource.SR, heard, now=NIGHT + later)


async def events(database: Database, *, settled: bool = False) -> list[Event]:
    async with database.reading() as session:
        page = await event_page(session, settled=settled, page=1, now=NIGHT)
        return list(page.events)


@BOTH
async def test_the_same_answer_again_brings_nothing_new(database: Database) -> None:
    assert await hears(database, *SIX) == 6
    assert await hears(database, *SIX) == 0


@BOTH
async def test_a_cancellation_without_words_recalls_what_it_names_in_full(
    database: Database,
) -> None:
    await hears(database, FIRE)
    await hears(database, CANCELLATION)
    [event] = await events(database)
    assert [each.act.value for each in event.messages] == ["cancel", "alert"]
    assert (event.headline, event.recalled, event.unmatched) == (
        "Viktigt meddelande till allmänheten (VMA)", True, False,
    )  # fmt: skip
    assert event.last.area == "Lunds kommun"


async def test_a_cancellation_of_the_same_number_sent_at_another_time_recalls_nothing(
    database: Database,
) -> None:
    other = reference(FIRE | {"sent": "2026-12-02T03:01:00+01:00"})
    await hears(database, FIRE, CANCELLATION | {"references": other})
    [event] = await events(database)
    assert (event.recalled, event.unmatched) == (False, True)


async def test_what_expires_or_disappears_is_not_over(database: Database) -> None:
    await hears(database, alert(1, info=[info(expires="2020-01-01T00:00:00Z")]))
    await hears(database)
    [event] = await events(database)
    assert (event.expired, event.recalled, event.open) == (True, False, True)


async def test_a_cancellation_of_what_never_concerned_us_is_left_out(database: Database) -> None:
    unknown = alert(7, msgType="Cancel", info=None, references=reference(alert(8)))
    assert await hears(database, unknown) == 0


@BOTH
async def test_an_update_of_a_dismissed_event_is_new_again(database: Database) -> None:
    await hears(database, FIRE)
    [event] = await events(database)
    async with database.transaction() as session:
        await service.dismiss(session, event.last.id, "Berör inte oss", by=BY, now=NIGHT)
    assert await events(database) == []
    update = alert(9, msgType="Update", incidents=None, references=reference(FIRE))
    await hears(database, update, later=timedelta(minutes=5))
    [event] = await events(database)
    assert [each.state for each in event.messages] == [SignalState.NEW, SignalState.DISMISSED]


@BOTH
async def test_a_hundred_signals_at_once_are_one_notice_and_pages(world: World) -> None:
    await world.on_duty("TIB", "alva")
    storm = [alert(number, incidents=f"I{number}") for number in range(100)]
    await hears(world.database, *storm, later=world.now - NIGHT)
    await does_chores(world)
    world.phone("alva").expect_sms("100 nya signaler", "och 99 till", "/signals")
    await does_chores(world)
    async with world.database.reading() as session:
        page = await event_page(session, settled=False, page=4, now=world.now)
    assert (page.total, page.pages, len(page.events)) == (100, 4, 25)


@BOTH
async def test_the_next_notice_waits_unless_it_is_worth_waking_somebody_for(world: World) -> None:
    await world.on_duty("TIB", "alva")
    await world.advance(minutes=6 * 60)  # to the morning: the usual can wait for it
    near = alert(1, info=[info("Eslöv", "1285")])
    await hears(world.database, near, later=world.now - NIGHT)
    await does_chores(world)
    world.phone("alva").expect_sms("1 ny signal", "Eslöv", "Sveriges Radio")
    await hears(world.database, alert(20, info=[info("Eslöv", "1285")]), later=world.now - NIGHT)
    await does_chores(world)  # it waits
    await hears(world.database, GAS, later=world.now - NIGHT)
    await does_chores(world)
    world.phone("alva").expect_sms("2 nya signaler", "gasutsläpp")
    await hears(world.database, alert(4, info=[info("Eslöv", "1285")]), later=world.now - NIGHT)
    await does_chores(world, minutes=11)
    world.phone("alva").expect_sms("1 ny signal")


async def test_exercises_and_tests_wake_nobody(world: World) -> None:
    await world.on_duty("TIB", "alva")
    await hears(world.database, EXERCISE, later=world.now - NIGHT)
    await does_chores(world)
    async with world.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Notice)) == 0


async def does_chores(world: World, minutes: float = 0) -> None:
    await world.advance(minutes=minutes)
    for chore in signal_chores(SETTINGS):
        await carry_out(world.database, chore, now=world.now)
    await world.engine.until_idle()


# Fetching


def from_sr(url: str) -> Source:
    return Source(SignalSource.SR, url, OURS, sr.read)


async def test_outside_live_nothing_is_asked() -> None:
    assert sources(SETTINGS) == ()
    live = Settings(mode="live", secret_key="x", signal_smhi_url="")  # type: ignore[arg-type]
    assert [each.source for each in sources(live)] == [SignalSource.SR]
    with pytest.raises(ValueError, match="https"):
        Settings(signal_sr_url="http://vmaapi.sr.se/")


@BOTH
async def test_a_source_is_asked_when_due_and_says_what_has_changed(database: Database) -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.headers.get("if-none-match", ""))
        if asked[-1]:
            return web.Response(status=304)
        return web.Response(body=feed(FIRE, None), headers={"etag": '"one"'})

    async with served(answer) as (url, reach):
        for minutes, new in ((0, 1), (1, 0), (2, 0)):
            now = NIGHT + timedelta(minutes=minutes)
            found = await refresh(database, [from_sr(url)], now, every=EVERY, reach=reach)
            assert found == new
    assert asked == ["", '"one"']
    async with database.reading() as session:
        row = (await session.scalars(select(SignalFeed))).one()
    assert row.answered_at == NIGHT + timedelta(minutes=2)
    assert "1 post" in row.remark


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"status": 503}, "felet 503"), ({"body": b"<html>"}, "webbsida"), ({"body": b"[]"}, "form"),
        ({"status": 302, "headers": {"location": "http://127.0.0.1/"}}, "skickar vidare"),
        ({"body": b" " * (LARGEST + 1)}, "större"), ({"body": b"\xe5"}, "UTF-8"),
    ],
)  # fmt: skip
async def test_a_failing_source_is_shown_and_asked_again(
    database: Database, how: dict[str, Any], words: str
) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(**how)

    async with served(answer) as (url, reach):
        for minutes in (0, 2, 4):
            now = NIGHT + timedelta(minutes=minutes)
            await refresh(database, [from_sr(url)], now, every=EVERY, reach=reach)
    async with database.reading() as session:
        row = (await session.scalars(select(SignalFeed))).one()
    assert row.failures == 3
    assert words in row.fault
    assert row.answered_at is None


async def test_a_computer_near_this_one_is_never_asked() -> None:
    with pytest.raises(Refused):
        await ask("https://127.0.0.1/api", "")
    with pytest.raises(Refused):
        await ask("https://localhost/api", "")


@BOTH
async def test_silence_is_said_loudly(database: Database) -> None:
    live = Settings(mode="live", secret_key="x", signal_smhi_url="")  # type: ignore[arg-type]
    async with database.transaction() as session:
        session.add(SignalFeed(source=SignalSource.SR, next_at=NIGHT, since=NIGHT))
    for minutes, silent in ((10, False), (20, True)):
        async with database.reading() as session:
            [health] = await healths(session, live, now=NIGHT + timedelta(minutes=minutes))
        assert health.silent is silent


# Pages and programs

BY = By("alva")


@pytest.fixture
async def site(paths: Database) -> AsyncIterator[Site]:  # noqa: F811
    async with Site.on(paths, signal_mail_secret="a secret of sixteen") as site:
        yield site


@pytest.fixture
async def tib(site: Site) -> Visitor:
    return await site.signed_in("alva", Role.DUTY_OFFICER)


async def the_signal(site: Site) -> Signal:
    async with site.database.reading() as session:
        return (await session.scalars(select(Signal).order_by(Signal.sent_at))).all()[-1]


@BOTH
async def test_a_signal_is_opened_and_the_alarm_is_linked_to_it(site: Site, tib: Visitor) -> None:
    await hears(site.database, FIRE)
    signal = await the_signal(site)
    await tib.sees("/", "1 ny signal")
    await tib.sees("/signals", "Lunds kommun", "Källa: Sveriges Radio", "Vårt område")
    opened = await tib.post(f"/signals/{signal.id}/open")
    to = opened.headers["location"]
    assert to.startswith("/alarms/new?note=Viktigt")
    await tib.sees(to, "Följer med till larmet", "about=signal")
    review = (await tib.get(to.replace("new?", "new/LV-01?"))).text
    assert str(signal.id) in review
    form = next(each for each in forms(review) if each.action == "/alarms")
    raised = await form.send(tib)
    assert raised.status_code == 303
    signal = await the_signal(site)
    assert signal.state is SignalState.OPENED
    assert f"/alarms/{signal.alarm_id}" == raised.headers["location"]
    async with site.database.reading() as session:
        alarm = await session.get_one(Alarm, signal.alarm_id)
        assert "Lunds kommun" in alarm.note
        acts = (await session.scalars(select(AuditEntry.what))).all()
    assert {"Öppnade signal", "Larmade från signal"} <= set(acts)
    await tib.sees(f"/signals/{signal.id}", "LV-01")


async def test_it_is_attached_to_an_alarm_that_runs_or_dismissed_with_a_reason(
    site: Site, tib: Visitor
) -> None:
    await hears(site.database, FIRE, GAS)
    gas = await the_signal(site)
    refused = await tib.post(f"/signals/{gas.id}/dismiss", reason="  ")
    assert refused.status_code == 422
    assert (await tib.post(f"/signals/{gas.id}/attach", alarm="")).status_code == 422
    assert (await tib.post(f"/signals/{gas.id}/attach", alarm=str(UUID(int=7)))).status_code == 422
    done = await tib.post(f"/signals/{gas.id}/dismiss", reason="Berör inte Lund")
    assert done.status_code == 303
    await tib.sees("/signals?state=settled", "gasutsläpp", "Avfärdad")
    again = await tib.post(f"/signals/{gas.id}/dismiss", reason="En gång till")
    assert again.status_code == 422
    await tib.sees(f"/signals/{gas.id}", "Berör inte Lund")


@BOTH
async def test_many_are_dismissed_at_once_for_one_reason(site: Site, tib: Visitor) -> None:
    await hears(site.database, *[alert(number, incidents=f"I{number}") for number in range(30)])
    await tib.sees("/signals", "Avfärda de valda", "Sida 1 av 2")
    ids = [str(each.last.id) for each in await events(site.database)]
    refused = await tib.post("/signals/dismiss", reason="Oväder långt bort")
    assert (refused.status_code, "Oväder långt bort" in refused.text) == (422, True)
    refused = await tib.post("/signals/dismiss", signal=ids, reason=" ")
    assert (refused.status_code, refused.text.count(" checked>")) == (422, 25)
    done = await tib.post("/signals/dismiss", signal=ids, reason="Oväder långt bort")
    assert done.status_code == 303
    assert len(await events(site.database)) == 5


async def test_a_reader_sees_and_does_not_act(site: Site) -> None:
    await hears(site.database, FIRE)
    signal, reader = await the_signal(site), await site.signed_in("vera")
    page = await reader.sees(f"/signals/{signal.id}", "Jourhavande avgör")
    assert "/dismiss" not in page
    for act in ("open", "attach", "dismiss"):
        assert (await reader.post(f"/signals/{signal.id}/{act}")).status_code == 403
    assert (await reader.get(f"/signals/{UUID(int=1)}")).status_code == 404


@BOTH
async def test_a_program_tells_once_of_one_thing(site: Site) -> None:
    program = await site.program("signals:write")
    told = {"headline": "Hög nivå i Höje å", "level": "severe", "area": "Lund"}
    ids = set()
    for status in (201, 200):
        answer = await program.client.post(
            "/api/v1/signals", json=told, headers={"idempotency-key": "k1"}
        )
        assert answer.status_code == status
        ids.add(answer.json()["id"])
    assert len(ids) == 1
    other = await program.client.post(
        "/api/v1/signals", json=told | {"text": "x"}, headers={"idempotency-key": "k1"}
    )
    assert other.status_code == 409
    odd = await program.client.post("/api/v1/signals", json={"headline": "Gas\0läcka"})
    assert odd.status_code == 201, odd.text
    wrong = await program.client.post("/api/v1/signals", json={"headline": ""})
    assert wrong.status_code == 422
    async with site.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Alarm)) == 0


async def test_a_mail_becomes_a_signal_only_at_the_secret_address(site: Site) -> None:
    gateway = site.visitor()
    mail = {
        "from": "larm@vatten.example",
        "subject": "Tryckfall",
        "text": "Zon 4",
        "Message-Id": "<1>",
    }
    assert (await gateway.client.post("/signals/mail/wrong", data=mail)).status_code == 404
    for _again in range(2):
        answer = await gateway.client.post("/signals/mail/a secret of sixteen", data=mail)
        assert answer.status_code == 204
    raw = b"From: a@b.example\r\nSubject: =?utf-8?q?R=C3=B6k?=\r\nMessage-ID: <2>\r\n\r\nI kiosken\r\n"
    answer = await gateway.client.post(
        "/signals/mail/a secret of sixteen", content=raw, headers={"content-type": "message/rfc822"}
    )
    assert answer.status_code == 204
    found = await events(site.database)
    assert {each.headline for each in found} == {"Tryckfall", "Rök"}
    reader = await site.signed_in("vera")
    await reader.sees("/signals", "Mejl, avsändare inte bevisad: larm@vatten.example")


async def test_without_a_secret_no_mail_is_taken(paths: Database) -> None:  # noqa: F811
    async with Site.on(paths) as site:
        answer = await site.visitor().client.post("/signals/mail/x", data={"subject": "x"})
        assert answer.status_code == 404
