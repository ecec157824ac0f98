from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.models import Role
from rosters.duty.gaps import GapKind, find_gaps
from rosters.duty.models import Absence, AbsenceFeed
from rosters.models import Person
from rosters.my.links import personal_token
from tests.clocks import NIGHT
from tests.rosters.roster import local, person_id, role, shift
from tests.rosters.test_absence_import import ONCE, calendar, event
from tests.visitors import Site, Visitor


async def stored(site: Site) -> list[Absence]:
    async with site.database.reading() as session:
        return list(await session.scalars(select(Absence).order_by(Absence.starts_at)))


async def own_page(site: Site, ref: str) -> str:
    who = await person_id(site.database, ref)
    secret = site.app.state.settings.secret_key.get_secret_value()
    return f"/my/{personal_token(secret, who, now=NIGHT)}"


async def test_an_absence_of_whole_days_shows_the_shift_it_touches_and_makes_a_gap(
    site: Site, planner: Visitor
) -> None:
    tib = await role(site.database)
    await shift(site.database, tib, "P01", "2026-11-30T12:00", "2026-12-07T12:00")
    answer = await planner.post(
        "/duty/absence", person="P01 Alva Ek", first_day="2026-12-01", last_day="2026-12-02"
    )
    assert answer.status_code == 303
    text = await planner.sees("/duty/absence", "Alva Ek", "1 pass behöver någon annan")
    assert 'href="/duty/shifts/' in text
    start, end = local("2026-12-01T00:00"), local("2026-12-03T00:00")
    async with site.database.reading() as session:
        gaps = await find_gaps(session, start=start - timedelta(hours=1), end=end)
    assert [(gap.kind, gap.start, gap.end) for gap in gaps] == [(GapKind.ABSENT, start, end)]
    calendar_page = await planner.sees("/duty/calendar?view=list&from=2026-12-01")
    assert calendar_page.count("Frånvarande") == 2


async def test_an_absence_can_be_from_clock_to_clock(site: Site, planner: Visitor) -> None:
    await planner.post(
        "/duty/absence",
        person="P01",
        first_day="2026-12-01",
        from_clock="13:00",
        to_clock="16:30",
        note="Kort",
    )
    (row,) = await stored(site)
    assert (row.starts_at, row.ends_at) == (local("2026-12-01T13:00"), local("2026-12-01T16:30"))
    answer = await planner.post(f"/duty/absence/{row.id}/remove")
    assert answer.status_code == 303
    assert not await stored(site)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Ange första dagen"),
        ({"first_day": "i dag"}, "Skriv datumet"),
        ({"first_day": "2026-12-02", "last_day": "2026-12-01"}, "slutar innan den börjar"),
        ({"first_day": "2026-11-01"}, "har redan varit"),
        ({"first_day": "2026-12-01", "last_day": "2030-12-01"}, "högst två år"),
        ({"first_day": "2026-12-01", "to_clock": "sent"}, "Skriv klockslaget"),
        ({"first_day": "2027-03-28", "from_clock": "02:30"}, "ställs klockan fram"),
        ({"first_day": "2026-12-01", "person": "P99"}, "Personen finns inte"),
        ({"first_day": "2026-12-01", "note": "x" * 121}, "Högst 120"),
    ],
)
async def test_what_is_wrong_with_an_absence_is_said_at_its_field(
    site: Site, planner: Visitor, fields: dict[str, str], sentence: str
) -> None:
    answer = await planner.post("/duty/absence", **{"person": "P01", **fields})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not await stored(site)


async def test_everybody_says_themselves_when_they_are_away(site: Site, planner: Visitor) -> None:
    me, page = site.visitor(), await own_page(site, "P01")
    assert (await me.post(f"{page}/absence", first_day="2026-12-01")).status_code == 303
    refused = await me.post(f"{page}/absence", first_day="2026-12-09", last_day="2026-12-08")
    assert refused.status_code == 422
    assert "2026-12-09" in refused.text
    (row,) = await stored(site)
    await me.sees(page, "Min frånvaro", "Inga pass berörs")
    other = await own_page(site, "P02")
    assert (await me.post(f"{other}/absence/{row.id}/remove")).status_code == 404
    assert len(await stored(site)) == 1
    assert (await me.post(f"{page}/absence/{row.id}/remove")).status_code == 303
    assert not await stored(site)


async def upload(planner: Visitor, content: bytes, owner: str = "P01") -> tuple[int, str]:
    files = {"file": ("a.ics", content, "text/calendar")}
    answer = await planner.client.post("/duty/absence/files", data={"owner": owner}, files=files)
    return answer.status_code, answer.text


async def test_a_file_is_read_and_the_next_one_takes_its_place(
    site: Site, planner: Visitor
) -> None:
    assert (await upload(planner, calendar(event("a", *ONCE), event("b", *ONCE))))[0] == 303
    before = {row.id for row in await stored(site)}
    later = [line.replace("1201T", "1208T") for line in ONCE]
    for _again in "12":
        assert (await upload(planner, calendar(event("a", *later))))[0] == 303
    (row,) = await stored(site)
    assert row.id in before
    text = await planner.sees("/duty/absence", "ur kalender", "fil")
    assert "Läkare" not in text
    assert "kommer från en kalender" in (await planner.post(f"/duty/absence/{row.id}/remove")).text
    async with site.database.reading() as session:
        (feed,) = (await session.scalars(select(AbsenceFeed.id))).all()
    await planner.post(f"/duty/absence/calendars/{feed}/remove")
    assert not await stored(site)


async def test_a_bad_or_huge_file_changes_nothing(site: Site, planner: Visitor) -> None:
    assert (await upload(planner, calendar(event("a", *ONCE))))[0] == 303
    for content, status, sentence in (
        (b"", 422, "ingen kalender"),
        (calendar(event("a", *ONCE), event("b", *ONCE, "RRULE:FREQ=HOURLY")), 422, "tätast"),
        (b"BEGIN:VCALENDAR" + b"x" * 1_000_001, 422, "1 MB"),
        (b"x" * 50_000_000, 413, "större än vad som tas emot"),
    ):
        got = await upload(planner, content)
        assert got[0] == status
        assert sentence in got[1]
    assert len(await stored(site)) == 1
    assert "Personen finns inte" in (await upload(planner, b"", "P99"))[1]


async def test_an_address_is_kept_secret_and_training_fetches_nothing(
    site: Site, planner: Visitor
) -> None:
    url = "https://kalender.example/hemligt/abc.ics"
    assert (await planner.post("/duty/absence/calendars", owner="P01", url_=url)).status_code == 303
    text = await planner.sees("/duty/absence", "kalender.example/…", "hämtar inga kalendrar")
    assert "hemligt" not in text
    near = await planner.post("/duty/absence/calendars", owner="P01", url_="http://10.0.0.1/a.ics")
    assert near.status_code == 422
    assert "internt nät" in near.text


async def test_absences_are_for_planners(site: Site, planner: Visitor) -> None:
    officer = await site.signed_in("olle", Role.DUTY_OFFICER)
    assert (await officer.get("/duty/absence")).status_code == 403
    assert (await officer.get("/duty/links")).status_code == 403
    assert (await officer.get("/duty/calendar")).status_code == 200


async def test_who_has_left_is_still_shown_with_an_absence(site: Site, planner: Visitor) -> None:
    await planner.post("/duty/absence", person="P01", first_day="2026-12-01")
    async with site.database.transaction() as session:
        who = await session.get_one(Person, await person_id(site.database, "P01"))
        who.active_to = date(2026, 11, 25)
    await planner.sees("/duty/absence", "Alva Ek")
