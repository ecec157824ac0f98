"""Calendars on the internet: from a server on loopback, which only tests may reach."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from uuid import UUID

import pytest
from aiohttp import web
from sqlalchemy import select

from core.audit import By
from core.database import Database
from core.errors import Refused
from core.models import AuditEntry
from rosters.absence.feeds import add_source, refresh_absences
from rosters.absence.fetching import (
    PUBLIC,
    Reach,
    _Judging,
    checked_url,
    fetch,
    guarded_client,
    is_public,
)
from rosters.duty.models import Absence, AbsenceFeed
from rosters.models import Person
from tests.clocks import NIGHT
from tests.rosters.roster import ZONE
from tests.rosters.test_absence_import import ONCE, calendar, event

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def served(answer: Answer) -> AsyncIterator[tuple[str, Reach]]:
    """A server, and the leave to reach it."""
    app = web.Application()
    app.router.add_get("/{name:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield f"http://127.0.0.1:{port}", Reach(lambda ip: ip == "127.0.0.1", frozenset({port, 80}))
    finally:
        await runner.cleanup()


def says(*parts: str) -> Answer:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=calendar(*parts), content_type="text/calendar")

    return answer


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.9.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "64:ff9b::808:808", "64:ff9b:1::1", "2002:a00:1::1",
        "2001:0:a00:1::1", "2001:db8::1", "fd00:ec2::254", "localhost", "",
    ],
)  # fmt: skip
def test_an_address_that_is_not_on_the_internet_is_never_reached(address: str) -> None:
    assert not is_public(address)


def test_addresses_on_the_internet_are() -> None:
    assert all(is_public(each) for each in ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"))


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("ftp://kalender.example/a.ics", "https://"),
        ("file:///etc/passwd", "https://"),
        ("gopher://kalender.example", "https://"),
        ("kalender.example/a.ics", "https://"),
        ("", "Fyll i"),
        ("https://", "https://"),
        ("https://alva:hemligt@kalender.example/a.ics", "användarnamn"),
        ("https://kalender.example@127.0.0.1/", "användarnamn"),
        ("https://kalender.example:22/a.ics", "port"),
        ("https://kalender.example:99999/a.ics", "webbadress"),
        ("http://127.0.0.1/a.ics", "internt nät"),
        ("http://169.254.169.254/latest/meta-data", "internt nät"),
        ("http://[::1]/a.ics", "internt nät"),
        ("http://[::ffff:10.0.0.1]/a.ics", "internt nät"),
        ("http://[64:ff9b::a00:1]/a.ics", "internt nät"),
        ("http://localhost/a.ics", "internt nät"),
        ("http://localhost./a.ics", "internt nät"),
        ("http://skrivare.local/a.ics", "internt nät"),
        ("http://metadata.google.internal/", "internt nät"),
        ("http://0.0.0.0/a.ics", "internt nät"),
        ("http://①②⑦.⓪.⓪.①/a.ics", "internt nät"),
        ("http://１２７.0.0.1/a.ics", "internt nät"),
        ("http://127。0。0。1/a.ics", "internt nät"),
        ("http://ⓛocalhost/a.ics", "internt nät"),
    ],
)
def test_such_an_address_is_refused_before_anything_is_fetched(url: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        checked_url(url)


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "017700000001"])
async def test_other_ways_to_write_a_number_lead_no_further(host: str) -> None:
    with pytest.raises(Refused, match=r"internt nät|gick inte att nå"):
        await fetch(f"http://{host}/a.ics", PUBLIC)


async def test_every_address_of_a_name_must_be_allowed_when_it_is_connected_to() -> None:
    asked: list[str] = []

    def none(address: str) -> bool:
        asked.append(address)
        return False

    with pytest.raises(Refused, match="internt nät"):
        await _Judging(Reach(none)).resolve("localhost", 80)
    assert set(asked) <= {"127.0.0.1", "::1"}
    found = await _Judging(Reach(lambda _ip: True)).resolve("localhost", 80)
    assert {each["host"] for each in found} <= {"127.0.0.1", "::1"}, "connected to as judged"


async def test_what_is_connected_to_is_judged_also_when_no_name_was_looked_up() -> None:
    async with (
        served(says()) as (url, reach),
        guarded_client(Reach(is_public, reach.ports)) as client,
    ):
        with pytest.raises(Refused, match="internt nät"):
            await client.get(url)


async def test_a_redirect_is_judged_like_the_first_address_and_followed_three_times() -> None:
    async def answer(request: web.Request) -> web.Response:
        targets = {"in": "http://10.0.0.1/", "file": "file:///etc/passwd", "round": "/round"}
        name = request.match_info["name"]
        if name in targets:
            raise web.HTTPFound(targets[name])
        left = int(name)
        if left:
            raise web.HTTPFound(f"/{left - 1}")
        assert not request.headers.get("cookie")
        return web.Response(body=b"here")

    async with served(answer) as (url, reach):
        assert await fetch(f"{url}/3", reach) == b"here"
        for name, sentence in (
            ("4", "för många"),
            ("round", "för många"),
            ("in", "internt nät"),
            ("file", "https://"),
        ):
            with pytest.raises(Refused, match=sentence):
                await fetch(f"{url}/{name}", reach)


async def test_reading_stops_at_one_megabyte_and_a_packed_answer_is_not_unpacked() -> None:
    sent = 0

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        if request.match_info["name"] == "packed":
            return web.Response(body=b"x", headers={"content-encoding": "gzip"})
        response = web.StreamResponse()
        await response.prepare(request)
        with suppress(ConnectionError):  # the reader has hung up
            for _ in range(800):
                await response.write(b"x" * 65_536)
                sent += 65_536
        return response

    async with served(answer) as (url, reach):
        with pytest.raises(Refused, match="större än 1 MB"):
            await fetch(f"{url}/large", reach)
        with pytest.raises(Refused, match="packat"):
            await fetch(f"{url}/packed", reach)
    assert sent < 50_000_000


async def test_a_server_that_is_gone_or_says_no_gives_a_sentence() -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=403)

    async with served(answer) as (url, reach):
        with pytest.raises(Refused, match="felet 403"):
            await fetch(url, reach)
    with pytest.raises(Refused, match="gick inte att nå"):
        await fetch(url, reach)


async def added(database: Database, url: str) -> UUID:
    async with database.transaction() as session:
        alva = Person(ref="P01", name="Alva")
        session.add(alva)
        feed = AbsenceFeed(person_id=alva.id, url=url, added_at=NIGHT, next_at=NIGHT)
        session.add(feed)
    return feed.id


async def feed_now(database: Database, feed: UUID) -> AbsenceFeed:
    async with database.reading() as session:
        return await session.get_one(AbsenceFeed, feed)


async def stored(database: Database) -> list[Absence]:
    async with database.reading() as session:
        return list(await session.scalars(select(Absence).order_by(Absence.starts_at)))


async def test_a_calendar_that_is_read_again_moves_adds_and_removes_and_doubles_nothing(
    database: Database,
) -> None:
    parts = [event("a", *ONCE), event("b", *ONCE)]

    async def answer(request: web.Request) -> web.StreamResponse:
        return await says(*parts)(request)

    async with served(answer) as (url, reach):
        feed = await added(database, url)
        assert await refresh_absences(database, NIGHT, live=True, zone=ZONE, reach=reach) == 1
        before = {each.source_uid: each.id for each in await stored(database)}
        assert len(before) == 2
        assert await refresh_absences(database, NIGHT, live=True, zone=ZONE, reach=reach) == 0
        parts[:] = [
            event("a", *(line.replace("1201T", "1208T") for line in ONCE)),
            event("c", *ONCE),
        ]
        later = NIGHT + timedelta(hours=6)
        assert await refresh_absences(database, later, live=True, zone=ZONE, reach=reach) == 1
    after = {each.source_uid: each.id for each in await stored(database)}
    assert len(after) == 2
    assert len(before.items() & after.items()) == 1, "moved in place"
    async with database.reading() as session:
        row = await session.get_one(AbsenceFeed, feed)
    assert (row.read_at, row.fault) == (later, "")


async def test_a_fault_is_kept_with_the_absences_and_tried_later_and_later(
    database: Database,
) -> None:
    broken = False

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"<html>") if broken else await says(event("a", *ONCE))(request)

    async with served(answer) as (url, reach):
        feed = await added(database, url)
        await refresh_absences(database, NIGHT, live=True, zone=ZONE, reach=reach)
        broken, waits = True, []
        for hours in (6, 12, 24):
            at = NIGHT + timedelta(hours=hours)
            assert await refresh_absences(database, at, live=True, zone=ZONE, reach=reach) == 0
            row = await feed_now(database, feed)
            assert row.next_at is not None
            assert "ingen kalender" in row.fault
            waits.append(row.next_at - at)
    assert waits == [timedelta(hours=6), timedelta(hours=12), timedelta(hours=24)]
    assert len(await stored(database)) == 1


async def test_two_nodes_fetch_a_calendar_once_and_training_never(database: Database) -> None:
    asked = 0

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal asked
        asked += 1
        return await says(event("a", *ONCE))(request)

    async with served(answer) as (url, reach):
        await added(database, url)
        assert await refresh_absences(database, NIGHT, live=False, zone=ZONE, reach=reach) == 0
        assert asked == 0
        node = [refresh_absences(database, NIGHT, live=True, zone=ZONE, reach=reach) for _ in "ab"]
        assert sum(await asyncio.gather(*node)) == 1
    assert asked == 1


async def test_the_address_of_a_calendar_is_in_no_audit_entry(database: Database) -> None:
    async with database.transaction() as session:
        alva = Person(ref="P01", name="Alva")
        session.add(alva)
        url = "https://kalender.example/hemligt/abc.ics"
        await add_source(session, alva, url, by=By("test"), now=NIGHT)
        with pytest.raises(Refused, match="finns redan"):
            await add_source(session, alva, url, by=By("test"), now=NIGHT)
    async with database.reading() as session:
        (entry,) = (await session.scalars(select(AuditEntry))).all()
    assert entry.detail == "kalender.example/…"
