import io
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from core.audit import By
from core.database import Database
from core.errors import NotFound, Refused
from core.models import AuditEntry, Role
from rosters.duty.models import DutyRole, Shift, ShiftState
from rosters.models import Person
from rosters.my.links import personal_token
from rosters.worktime.approving import approve, approve_all, digest_of
from rosters.worktime.ground import month_by_person, read_month
from rosters.worktime.models import WorkedTime
from rosters.worktime.profiles.reading import shipped
from rosters.worktime.service import (
    Noted,
    ensure_profiles,
    load_profile,
    note_worked_time,
    profiles_of,
    remove_worked_time,
    set_office_hours,
)
from tests.clocks import MovableClock
from tests.rosters.shiftwork import ZONE, at
from tests.visitors import Site

BY = By("pia")
AFTER = at("2027-01-12T09:00")
DECEMBER, JANUARY = read_month("2026-12"), read_month("2027-01")
PAY = Path(__file__).parent / "pay_v52_v1.csv"
WEEKS = (  # who, duty, Monday, the shift's number in the table
    ("P05", "TIB", "2026-12-21", 52),
    ("P06", "TIB", "2026-12-28", 53),
    ("P01", "TIB", "2027-01-04", 1),
    ("P07", "KIB", "2026-12-21", 62),
)


@pytest.fixture
async def people(database: Database) -> dict[str, Person]:
    """Those of the table, with their weeks and the shipped profile."""
    roles = {code: DutyRole(code=code, name=code) for code in ("TIB", "KIB")}
    found = {ref: Person(ref=ref, name=f"Namn {ref}") for ref, *_week in WEEKS}
    async with database.transaction() as session:
        session.add_all([*roles.values(), *found.values()])
        for ref, code, monday, number in WEEKS:
            start, following = at(f"{monday}T12:00"), datetime.fromisoformat(monday)
            end = at(f"{following + timedelta(days=7):%Y-%m-%d}T12:00")
            session.add(
                Shift(
                    id=shift_id(number),
                    duty_role_id=roles[code].id,
                    person_id=found[ref].id,
                    starts_at=start,
                    ends_at=end,
                )
            )
        await ensure_profiles(session, AFTER)
    return found


@pytest.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    async with Site.on(database, MovableClock(AFTER)) as site:
        yield site


def shift_id(number: int) -> UUID:
    return UUID(f"00000000-0000-4000-8000-0000000000{number:02d}")


async def works(
    database: Database, person: Person, start: str, end: str, *, now: datetime = AFTER, **more: str
) -> WorkedTime:
    noted = Noted(starts_at=at(start), ends_at=at(end), **more)
    async with database.transaction() as session:
        return await note_worked_time(session, person, noted, by=BY, now=now, zone=ZONE)


async def christmas_night(database: Database, people: dict[str, Person]) -> None:
    night = ("2026-12-25T01:10", "2026-12-25T03:40")
    await works(database, people["P05"], *night, incident_ref="H-117")


async def audited(database: Database) -> list[str]:
    async with database.reading() as session:
        return list(await session.scalars(select(AuditEntry.what).order_by(AuditEntry.number)))


async def states(database: Database) -> dict[str, str]:
    async with database.reading() as session:
        found = await month_by_person(session, DECEMBER, zone=ZONE)
    return {
        each.person.ref: "approved" if each.approved else "stale" if each.stale else "open"
        for each in found
    }


async def test_the_export_is_the_table_that_was_worked_out_by_hand(
    site: Site, people: dict[str, Person]
) -> None:
    database = site.database
    await christmas_night(database, people)
    async with database.transaction() as session:
        hours = "mån-tor 07:30-16:30, fre 07:30-15:00"
        since = read_month("2026-01")
        await set_office_hours(session, people["P07"], hours, valid_from=since, by=BY, now=AFTER)
    pia = await site.signed_in("pia", Role.PLANNER)
    shown = re.search(r'name="shown" value="(\w+)"', await pia.sees("/worktime?month=2026-12"))
    assert shown is not None
    assert (await pia.post("/worktime/approve", month="2026-12", shown=shown[1])).status_code == 303
    response = await pia.get("/worktime/export.csv?month=2026-12&to=2027-01")
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert response.content.decode("utf-8-sig").splitlines() == PAY.read_text().splitlines()
    book = load_workbook(
        io.BytesIO((await pia.get("/worktime/export.xlsx?month=2026-12&to=2027-01")).content)
    )
    lines = [[cell or "" for cell in row] for row in book["Arbetstid"].iter_rows(values_only=True)]
    assert [";".join(map(str, line)) for line in lines] == PAY.read_text().splitlines()
    told = {str(key): str(value) for key, value in book["Om"].iter_rows(values_only=True)}
    assert "inga kronor" in told["Innehåll"]
    assert told["Period"] == "2026-12 till 2027-01"
    assert told["Avtalsprofiler"] == "AB 2020-01-01"
    assert told["Personmånader som inte är godkända"] == "2"
    assert told["Personmånader med beredskap som ingen profil räknar"] == "0"
    assert (await audited(database)).count("Hämtade arbetstid") == 2


async def test_a_shift_that_somebody_took_over_does_not_count_and_a_cut_one_does_in_part(
    database: Database, people: dict[str, Person]
) -> None:
    async with database.transaction() as session:
        taken_over = await session.get_one(Shift, shift_id(52))
        taken_over.state = ShiftState.COVERED
        cut = await session.get_one(Shift, shift_id(53))
        cut.ends_at = at("2026-12-29T12:00")
    async with database.reading() as session:
        found = await month_by_person(session, DECEMBER, zone=ZONE)
    sums = {each.person.ref: sum(row.minutes for row in each.rows) for each in found}
    assert "P05" not in sums
    assert sums["P06"] == 450 + 480


async def test_who_has_left_is_paid_to_the_last_day(
    database: Database, people: dict[str, Person]
) -> None:
    async with database.transaction() as session:
        person = await session.get_one(Person, people["P06"].id)
        person.active_to = at("2026-12-29T12:00").date()
    async with database.reading() as session:
        found = await month_by_person(session, DECEMBER, zone=ZONE, person=people["P06"].id)
    assert sum(row.minutes for row in found[0].rows) == 450 + 480 + 450


@pytest.mark.parametrize(
    ("start", "end", "field", "sentence"),
    [
        ("2026-12-25T03:00", "2026-12-25T03:00", "worked_to", "slutar innan det börjar"),
        ("2026-12-25T03:00", "2026-12-25T02:00", "worked_to", "slutar innan det börjar"),
        ("2026-12-21T10:00", "2026-12-21T13:00", "worked_from", "inte inom något pass"),
        ("2026-12-29T10:00", "2026-12-29T13:00", "worked_from", "inte inom något pass"),
        ("2026-12-22T09:00", "2026-12-22T11:00", "worked_from", "ordinarie arbetstid"),
        ("2026-12-25T03:30", "2026-12-25T05:00", "worked_from", "redan är antecknat"),
    ],
)
async def test_work_that_cannot_have_been_is_refused_with_a_sentence(
    database: Database, people: dict[str, Person], start: str, end: str, field: str, sentence: str
) -> None:
    await christmas_night(database, people)
    with pytest.raises(Refused, match=sentence) as refusal:
        await works(database, people["P05"], start, end)
    assert refusal.value.field == field


async def test_work_is_noted_when_it_is_done_for_a_duty_one_has_and_in_a_short_line(
    database: Database, people: dict[str, Person]
) -> None:
    night = ("2026-12-25T01:10", "2026-12-25T03:40")
    with pytest.raises(Refused, match="framtiden"):
        await works(database, people["P05"], *night, now=at("2026-12-25T03:39"))
    with pytest.raises(Refused, match="inte inom något pass"):
        await works(database, people["P05"], *night, role="KIB")
    with pytest.raises(Refused, match="Högst 60"):
        await works(database, people["P05"], *night, incident_ref="x" * 61)
    row = await works(database, people["P05"], *night, role="TIB")
    async with database.transaction() as session:
        with pytest.raises(NotFound):
            await remove_worked_time(session, people["P06"], row.id, by=BY, now=AFTER)
        await remove_worked_time(session, people["P05"], row.id, by=BY, now=AFTER)
    assert (await audited(database))[-2:] == ["Antecknade arbetad tid", "Tog bort arbetad tid"]


async def test_an_approval_is_stale_when_the_month_has_changed_and_can_be_given_again(
    database: Database, people: dict[str, Person]
) -> None:
    async def approves(shown: str = "") -> None:
        async with database.transaction() as session:
            found = await month_by_person(session, DECEMBER, zone=ZONE)
            digest = shown or digest_of(found)
            await approve_all(session, DECEMBER, shown=digest, by=BY, now=AFTER, zone=ZONE)

    await approves()
    assert set((await states(database)).values()) == {"approved"}
    await christmas_night(database, people)
    assert await states(database) == {"P05": "stale", "P06": "approved", "P07": "approved"}
    with pytest.raises(Refused, match="har ändrats sedan sidan visades"):
        await approves("what was shown before")
    await approves()
    assert set((await states(database)).values()) == {"approved"}
    assert (await audited(database)).count("Godkände arbetstid") == 4


async def test_an_approved_month_that_lost_its_only_shift_is_still_shown_as_changed(
    database: Database, people: dict[str, Person]
) -> None:
    async def approves() -> None:
        async with database.transaction() as session:
            found = await month_by_person(session, DECEMBER, zone=ZONE)
            shown = digest_of(found)
            await approve_all(session, DECEMBER, shown=shown, by=BY, now=AFTER, zone=ZONE)

    await approves()
    async with database.transaction() as session:
        (await session.get_one(Shift, shift_id(52))).state = ShiftState.COVERED
    assert (await states(database))["P05"] == "stale"
    await approves()
    assert (await states(database))["P05"] == "approved"


async def test_only_a_month_that_is_over_is_approved(
    database: Database, people: dict[str, Person]
) -> None:
    async with database.transaction() as session:
        found = await month_by_person(session, JANUARY, zone=ZONE, person=people["P01"].id)
        for now in (AFTER, at("2027-01-31T23:59")):
            with pytest.raises(Refused, match="Månaden är inte slut"):
                await approve(
                    session, people["P01"], JANUARY, shown=digest_of(found), by=BY, now=now,
                    zone=ZONE,
                )  # fmt: skip
        await approve(
            session, people["P01"], JANUARY, shown=digest_of(found), by=BY,
            now=at("2027-02-01T00:00"), zone=ZONE,
        )  # fmt: skip
        again = await month_by_person(session, JANUARY, zone=ZONE, person=people["P01"].id)
        assert again[0].approved


async def test_profiles_are_loaded_once_and_never_changed(database: Database) -> None:
    async with database.transaction() as session:
        assert await ensure_profiles(session, AFTER) == 1
        assert await ensure_profiles(session, AFTER) == 0
        (text,) = shipped()
        with pytest.raises(Refused, match="har redan en version"):
            await load_profile(session, text, by=BY, now=AFTER)
        newer = text.replace("2020-01-01", "2027-01-01").replace("hours: 130", "hours: 150")
        await load_profile(session, newer, by=BY, now=AFTER)
        found = [str(row.valid_from) for row in await profiles_of(session)]
        assert found == ["2027-01-01", "2020-01-01"]


async def test_without_a_profile_the_page_says_so_and_one_press_loads_it(
    site: Site, people: dict[str, Person]
) -> None:
    async with site.database.transaction() as session:
        for row in await profiles_of(session):
            await session.delete(row)
    pia = await site.signed_in("pia", Role.PLANNER)
    await pia.sees("/worktime?month=2026-12", "Ingen avtalsprofil är inläst", "Namn P05")
    sheet = load_workbook(
        io.BytesIO((await pia.get("/worktime/export.xlsx?month=2026-12")).content)
    )["Om"]
    told = {str(key): str(value) for key, value in sheet.iter_rows(values_only=True)}
    assert told["Personmånader med beredskap som ingen profil räknar"] == "3"
    await pia.sees("/worktime/profiles", "Läs in grundprofilen")
    assert (await pia.post("/worktime/profiles/basic")).status_code == 303
    text = await pia.sees("/worktime/profiles", "Allmänna bestämmelser")
    address = re.search(r"/worktime/profiles/[0-9a-f-]{36}", text)
    assert address is not None
    await pia.sees(address[0], "130 timmar, alla jourer tillsammans", "threshold_hours: 130")
    bad = await pia.post("/worktime/profiles", rules="code: AB\nhej: 1")
    assert bad.status_code == 422
    assert "Nyckeln finns inte i en profil." in bad.text
    assert "valid_from" in bad.text
    (shipped_text,) = shipped()
    assert (await pia.post("/worktime/profiles", rules=shipped_text)).status_code == 422
    newer = shipped_text.replace("2020-01-01", "2027-01-01")
    assert (await pia.post("/worktime/profiles", rules=newer)).status_code == 303
    gone = "/worktime/profiles/00000000-0000-4000-8000-000000000000"
    assert (await pia.get(gone)).status_code == 404


async def test_the_month_and_the_persons_page_show_what_is_counted_and_warn(
    site: Site, people: dict[str, Person]
) -> None:
    await christmas_night(site.database, people)
    pia = await site.signed_in("pia", Role.PLANNER)
    await pia.sees("/worktime?month=2026-12", "Namn P05", "2 h 30 min", "Inte godkänd", "10 h")
    await pia.sees("/worktime", "Månaden är inte slut")
    await pia.sees("/worktime?month=2031-01", "Ingen beredskap den här månaden")
    mine = f"/worktime/people/{people['P05'].id}"
    await pia.sees(
        f"{mine}?month=2026-12", "över gränsen", "arbetstidslagen 14 §", "arbetstidslagen 13 §",
        "H-117", "Godkänn 2026-12",
    )  # fmt: skip
    for bad in ("x", "2026-13", "0001-01", "2026-12-01"):
        assert (await pia.get(f"/worktime?month={bad}")).status_code == 422
    for period in ("month=2027-01&to=2026-12", "month=2020-01&to=2026-12", "month=x"):
        assert (await pia.get(f"/worktime/export.csv?{period}")).status_code == 422


async def test_a_planner_notes_work_and_hours_and_approves_on_the_persons_page(
    site: Site, people: dict[str, Person]
) -> None:
    pia = await site.signed_in("pia", Role.PLANNER)
    mine = f"/worktime/people/{people['P05'].id}"
    night = {"worked_from": "2026-12-25T01:10", "worked_to": "2026-12-25T03:40"}
    assert (await pia.post(f"{mine}/worked", **night, incident_ref="H-2")).status_code == 303
    twice = await pia.post(f"{mine}/worked?month=2026-12", **night, incident_ref="H-2")
    assert twice.status_code == 422
    assert "redan är antecknat" in twice.text
    assert 'value="2026-12-25T01:10"' in twice.text
    bad = await pia.post(f"{mine}/hours", valid_from="2026-12-01", hours="alltid")
    assert bad.status_code == 422
    assert "går inte att läsa" in bad.text
    saved = await pia.post(f"{mine}/hours", valid_from="2026-12-01", hours="mån-fre 9-17")
    assert saved.status_code == 303
    text = await pia.sees(f"{mine}?month=2026-12", "mån-fre 9-17", "H-2")
    shown = re.search(r'name="shown" value="(\w+)"', text)
    removed = re.search(rf"{mine}/hours/[0-9a-f-]{{36}}/remove\?month=2026-12", text)
    work = re.search(rf"{mine}/worked/[0-9a-f-]{{36}}/remove\?month=2026-12", text)
    assert shown
    assert removed
    assert work
    done = await pia.post(f"{mine}/approve", month="2026-12", shown=shown[1])
    assert done.status_code == 303
    await pia.sees(f"{mine}?month=2026-12", "pia godkände")
    assert (await pia.post(removed[0])).status_code == 303
    await pia.sees(f"{mine}?month=2026-12", "Ändrad efter godkännande")
    assert (await pia.post(work[0])).status_code == 303
    stale = await pia.post(f"{mine}/approve", month="2026-12", shown=shown[1])
    assert stale.status_code == 422
    assert "har ändrats sedan sidan visades" in stale.text


async def test_the_person_notes_work_on_the_personal_page_without_signing_in(
    site: Site, people: dict[str, Person]
) -> None:
    token = personal_token("of the tests", people["P05"].id, now=AFTER)
    other = personal_token("of the tests", people["P06"].id, now=AFTER)
    visitor, mine = site.visitor(), f"/my/{token}"
    await visitor.sees(mine, "Arbetad tid")
    night = {"worked_from": "2026-12-25T01:10", "worked_to": "2026-12-25T03:40"}
    assert (await visitor.post(f"{mine}/worked", **night)).status_code == 303
    text = await visitor.sees(mine, "Ta bort arbetet")
    again = await visitor.post(f"{mine}/worked", **night)
    assert again.status_code == 422
    assert "redan är antecknat" in again.text
    removal = re.search(r"/worked/[0-9a-f-]{36}/remove", text)
    assert removal is not None
    assert (await visitor.post(f"/my/{other}{removal[0]}")).status_code == 404
    assert (await visitor.post(f"{mine}{removal[0]}")).status_code == 303
    assert (await visitor.post("/my/forged/worked", **night)).status_code == 404


async def test_working_time_is_for_planners(site: Site, people: dict[str, Person]) -> None:
    officer = await site.signed_in("ola", Role.DUTY_OFFICER)
    for url in ("/worktime", "/worktime/profiles", "/worktime/export.csv?month=2026-12"):
        assert (await officer.get(url)).status_code == 403
