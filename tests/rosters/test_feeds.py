"""Feeds are read with vobject, which did not write them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import vobject
from sqlalchemy import select

from core.database import Database
from core.models import AuditEntry
from rosters.calendars.models import RosterLink
from rosters.calendars.zones import described
from rosters.duty.models import Shift, ShiftState
from rosters.models import Person
from rosters.my.links import personal_token
from tests.clocks import NIGHT
from tests.rosters.roster import ZONE, link, person_id, role, shift
from tests.visitors import Site, Visitor

FIRST, SECOND, THIRD = "2026-11-30T12:00", "2026-12-07T12:00", "2026-12-14T12:00"


async def fetched(site: Site, secret: str) -> str:
    response = await site.visitor().get(f"/calendar/{secret}.ics")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/calendar; charset=utf-8"
    assert all(len(line.encode()) <= 75 for line in response.text.split("\r\n"))
    return response.text


def events(text: str) -> list[Any]:
    read = vobject.readOne(text)
    return list(read.contents.get("vevent", []))


def said(found: list[Any]) -> dict[str, tuple[str, datetime]]:
    """Summary and start by UID."""
    assert len({each.uid.value for each in found}) == len(found), "the same event twice"
    return {
        each.uid.value: (each.summary.value, each.dtstart.value.astimezone(UTC)) for each in found
    }


async def swap(database: Database, one: UUID, other: UUID) -> None:
    """As a swap does it: the events follow their people."""
    async with database.transaction() as session:
        a, b = await session.get_one(Shift, one), await session.get_one(Shift, other)
        a.person_id, b.person_id, a.uid, b.uid = b.person_id, a.person_id, b.uid, a.uid
        for each in (a, b):
            each.sequence, each.changed_at = each.sequence + 1, NIGHT


async def test_a_swap_moves_each_persons_event_in_place(site: Site, planner: Visitor) -> None:
    tib = await role(site.database)
    one = await shift(site.database, tib, "P01", FIRST, SECOND)
    other = await shift(site.database, tib, "P02", SECOND, THIRD)
    feeds = {
        "role": await link(site, "role", role="TIB"),
        "alva": await link(site, "person", ref="P01"),
        "birk": await link(site, "person", ref="P02"),
    }
    before = {name: said(events(await fetched(site, secret))) for name, secret in feeds.items()}
    await swap(site.database, one.id, other.id)
    after = {name: said(events(await fetched(site, secret))) for name, secret in feeds.items()}
    assert [each.keys() for each in before.values()] == [each.keys() for each in after.values()]
    (alva,), (birk,) = after["alva"].values(), after["birk"].values()
    assert alva[1] == other.starts_at
    assert birk[1] == one.starts_at
    assert sorted(after["role"].values()) == [
        ("TIB: Alva Ek", other.starts_at),
        ("TIB: Birk Ås", one.starts_at),
    ]
    assert {uid: name for uid, (name, _at) in before["role"].items()} == {
        uid: name for uid, (name, _at) in after["role"].items()
    }


async def test_an_event_says_what_a_calendar_program_needs(site: Site, planner: Visitor) -> None:
    tib = await role(site.database)
    row = await shift(site.database, tib, "P01", FIRST, SECOND)
    async with site.database.transaction() as session:
        kept = await session.get_one(Shift, row.id)
        kept.state, kept.sequence = ShiftState.CONFIRMED, 3
    text = await fetched(site, await link(site, "person", ref="P01"))
    (event,) = events(text)
    assert event.summary.value == "TIB – Jouren TIB"
    assert event.uid.value == f"{row.event}@127.0.0.1"
    assert (event.sequence.value, event.status.value, event.transp.value) == (
        "3",
        "CONFIRMED",
        "OPAQUE",
    )
    assert "DTSTART;TZID=Europe/Stockholm:20261130T120000" in text
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in text
    assert "X-WR-CALNAME:Jour: Alva Ek" in text
    assert "+467" not in text
    assert "0701740605" not in text
    (event,) = events(await fetched(site, await link(site, "everything")))
    assert event.transp.value == "TRANSPARENT"


async def test_the_same_roster_gives_the_same_bytes_and_304(site: Site, planner: Visitor) -> None:
    await shift(site.database, await role(site.database), "P01", FIRST, SECOND)
    url = f"/calendar/{await link(site, 'role', role='TIB')}.ics"
    first = await site.visitor().get(url)
    site.clock.move(timedelta(minutes=61))
    again = await site.visitor().get(url, **{"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await site.visitor().get(url)).content == first.content
    await shift(site.database, await role(site.database, "KIB"), "P02", FIRST, SECOND)
    assert (await site.visitor().get(url)).content == first.content


async def test_covered_shifts_and_the_names_of_the_protected_are_left_out(
    site: Site, planner: Visitor
) -> None:
    tib = await role(site.database)
    await shift(site.database, tib, "P43", FIRST, SECOND)
    covered = await shift(site.database, tib, "P01", SECOND, THIRD)
    async with site.database.transaction() as session:
        (await session.get_one(Shift, covered.id)).state = ShiftState.COVERED
    for kind, about in (("role", {"role": "TIB"}), ("everything", {})):
        text = await fetched(site, await link(site, kind, **about))
        assert [each.summary.value for each in events(text)] == ["TIB: Skyddad person"]
        assert "Ri" not in text.replace("RRULE", "")
    own = await fetched(site, await link(site, "person", ref="P43"))
    assert "Ri Sten" not in own
    assert len(events(own)) == 1


async def test_who_has_left_has_an_empty_calendar_that_can_be_read(
    site: Site, planner: Visitor
) -> None:
    await shift(site.database, await role(site.database), "P01", FIRST, SECOND)
    async with site.database.transaction() as session:
        alva = await session.get_one(Person, await person_id(site.database, "P01"))
        alva.active_to = date(2026, 11, 1)
    assert not events(await fetched(site, await link(site, "person", ref="P01")))
    assert not events(await fetched(site, await link(site, "role", role="TIB")))


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2027-03-28T01:30", "2027-03-28T03:30"),
        ("2027-03-22T12:00", "2027-03-29T12:00"),
        ("2027-10-31T02:30", "2027-10-31T03:30"),
        ("2027-10-25T12:00", "2027-11-01T12:00"),
    ],
)
async def test_the_described_zone_gives_the_right_instants_when_the_clocks_change(
    site: Site, planner: Visitor, start: str, end: str
) -> None:
    row = await shift(site.database, await role(site.database), "P01", start, end)
    text = await fetched(site, await link(site, "role", role="TIB"))
    vobject.icalendar.registerTzid("Europe/Stockholm", None)
    (event,) = events(text)
    assert event.dtstart.value.astimezone(UTC) == row.starts_at
    assert event.dtend.value.astimezone(UTC) == row.ends_at


async def test_the_second_of_two_equal_clocks_is_said_in_utc(site: Site, planner: Visitor) -> None:
    tib, who = await role(site.database), await person_id(site.database, "P01")
    start = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)  # 02:30, for the second time
    async with site.database.transaction() as session:
        end = start + timedelta(hours=1)
        session.add(Shift(duty_role_id=tib, person_id=who, starts_at=start, ends_at=end))
    (event,) = events(await fetched(site, await link(site, "role", role="TIB")))
    assert event.dtstart.value.astimezone(UTC) == start


def test_summer_begins_by_the_clock_before_the_change() -> None:
    text = described(ZONE, NIGHT, NIGHT + timedelta(days=400)).to_ical().decode()
    assert "BEGIN:DAYLIGHT\r\nDTSTART:20260329T020000\r\n" in text
    assert "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3" in text


async def test_a_revoked_or_unknown_link_is_not_found_and_leads_to_no_sign_in(
    site: Site, planner: Visitor
) -> None:
    await role(site.database)
    number, calendar = await link(site, "number", role="TIB"), await link(site, "everything")
    visitor = site.visitor()
    assert (await visitor.get(f"/calendar/{number}.ics")).status_code == 404, "another kind of link"
    assert (await visitor.get(f"/now/{calendar}")).status_code == 404
    async with site.database.reading() as session:
        ids = (await session.scalars(select(RosterLink.id))).all()
    for each in ids:
        assert (await planner.post(f"/duty/links/{each}/revoke")).status_code == 303
    for url in (f"/calendar/{calendar}.ics", f"/now/{number}", f"/now/{number}.txt"):
        assert (await visitor.get(url)).status_code == 404
    assert (await visitor.get("/calendar/nothing.ics")).status_code == 404


async def test_the_address_of_a_link_is_shown_once_and_kept_nowhere(
    site: Site, planner: Visitor
) -> None:
    await role(site.database)
    answer = await planner.post("/duty/links", kind="role", role="TIB", name="Stabens skärm")
    secret = answer.text.split("/calendar/")[1].split(".ics")[0]
    assert "webcal://" in answer.text
    assert events(await fetched(site, secret)) == []
    assert secret not in await planner.sees("/duty/links", "Stabens skärm", "pia")
    async with site.database.reading() as session:
        links = (await session.scalars(select(RosterLink))).all()
        noted = (await session.scalars(select(AuditEntry))).all()
    assert all(secret not in f"{vars(each)}" for each in (*links, *noted))
    assert any(each.what == "Skapade länk" for each in noted)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"kind": "role", "name": "x"}, "Jouren finns inte"),
        ({"kind": "person", "name": "x", "person": "P99"}, "Personen finns inte"),
        ({"kind": "everything"}, "Fyll i det här fältet"),
        ({"kind": "moon", "name": "x"}, "Välj vad länken ska visa"),
    ],
)
async def test_a_link_to_nothing_is_refused(
    planner: Visitor, fields: dict[str, str], sentence: str
) -> None:
    answer = await planner.post("/duty/links", **fields)
    assert answer.status_code == 422
    assert sentence in answer.text


async def test_a_new_calendar_of_ones_own_revokes_the_one_before(
    site: Site, planner: Visitor
) -> None:
    who = await person_id(site.database, "P01")
    secret = site.app.state.settings.secret_key.get_secret_value()
    me, page = site.visitor(), f"/my/{personal_token(secret, who, now=NIGHT)}"
    first = (await me.post(f"{page}/calendar")).text.split("/calendar/")[1].split(".ics")[0]
    assert first not in await me.sees(page, "Mina pass i min kalender")
    second = (await me.post(f"{page}/calendar")).text.split("/calendar/")[1].split(".ics")[0]
    assert (await me.get(f"/calendar/{first}.ics")).status_code == 404
    await fetched(site, second)
    assert (await me.post(f"{page}/calendar/revoke")).status_code == 303
    assert (await me.get(f"/calendar/{second}.ics")).status_code == 404
