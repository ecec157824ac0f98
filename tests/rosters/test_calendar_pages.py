from datetime import date, time, timedelta

import pytest

from core.models import Role
from rosters.calendars.views import View, period
from rosters.duty.models import DutyRole
from rosters.models import ContactKind, ContactPoint, Person
from rosters.named_days import holiday
from tests.rosters.roster import link, person_id, role, shift
from tests.visitors import Site, Visitor

WEEK = ("2026-11-30T12:00", "2026-12-07T12:00")


@pytest.mark.parametrize("view", ["month", "week", "list"])
async def test_every_view_shows_shifts_gaps_and_named_days_in_place(
    site: Site, planner: Visitor, view: str
) -> None:
    tib = await role(site.database)
    await shift(site.database, tib, "P01", *WEEK)
    text = await planner.sees(f"/duty/calendar?view={view}&from=2026-12-02", "Alva Ek")
    assert "från 12:00" in text
    later = f"/duty/calendar?view={view}&from=2026-12-24"
    await planner.sees(later, "Lucka", "Julafton", "Juldagen")
    planner.client.cookies.set("language", "en")
    assert (await planner.get(later)).status_code == 200


async def test_the_calendar_is_turned_filtered_and_says_which_day_is_today(
    site: Site, planner: Visitor
) -> None:
    for code in ("TIB", "KIB"):
        await shift(site.database, await role(site.database, code), "P01", *WEEK)
    text = await planner.sees("/duty/calendar?role=TIB", "i dag", "November 2026")
    assert "from=2026-10-01&role=TIB" in text
    assert "from=2026-12-01&role=TIB" in text
    assert ">KIB</strong>" not in text
    assert "Vecka 53" in await planner.sees("/duty/calendar?view=week&from=2026-12-31")


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("from=1900-01-01", 200),
        ("from=2199-12-31&view=week", 200),
        ("from=0001-01-01", 422),
        ("from=i+morgon", 422),
        ("view=moon&role=nobody", 200),
    ],
)
async def test_days_out_of_reach_are_met_kindly(
    site: Site, planner: Visitor, asked: str, status: int
) -> None:
    assert (await planner.get(f"/duty/calendar?{asked}")).status_code == status


async def test_the_protected_are_named_to_planners_only(site: Site, planner: Visitor) -> None:
    await shift(site.database, await role(site.database), "P43", *WEEK)
    reader = await site.signed_in("lisa")
    for view in View:
        url = f"/duty/calendar?view={view.value}&from=2026-12-01"
        await planner.sees(url, "Ri Sten")
        assert "Ri Sten" not in await reader.sees(url, "Skyddad person")


def test_periods_begin_on_mondays_and_end_where_the_calendar_does() -> None:
    month = period(View.MONTH, date(2026, 12, 15))
    assert (month.first, month.last) == (date(2026, 11, 30), date(2027, 1, 3))
    assert (month.before, month.after) == (date(2026, 11, 1), date(2027, 1, 1))
    assert period(View.WEEK, date(2026, 12, 31)).first == date(2026, 12, 28)
    assert period(View.LIST, date(1, 1, 1)).before is None
    assert period(View.MONTH, date(9999, 1, 1)).after is None


def test_named_days_have_names_in_both_languages() -> None:
    assert holiday(date(2026, 6, 6), "sv") == "Nationaldagen"
    assert holiday(date(2026, 12, 25), "en") == "Christmas Day"
    assert not holiday(date(2026, 11, 29), "sv"), "a Sunday like others"


async def number(site: Site, secret: str) -> tuple[str, str]:
    visitor = site.visitor()
    text, page = await visitor.get(f"/now/{secret}.txt"), await visitor.get(f"/now/{secret}")
    assert page.status_code == 200
    assert "no-store" in page.headers["cache-control"] == text.headers["cache-control"]
    return text.text, page.text


async def test_the_number_page_says_the_number_and_no_name(site: Site, planner: Visitor) -> None:
    tib = await role(site.database)
    for ref in ("P02", "P01"):
        await shift(site.database, tib, ref, "2026-11-23T12:00", "2026-11-30T12:00")
    text, page = await number(site, await link(site, "number", role="TIB"))
    assert text == "+46701740605\n+46701740606\n"
    assert 'href="tel:+46701740605"' in page
    assert 'hx-trigger="every 60s"' in page
    assert '<noscript><meta http-equiv="refresh" content="60"></noscript>' in page
    assert "Jouren TIB" in page
    assert not [name for name in ("Alva", "Birk", "Ek", "P01") if f"{name}<" in page]
    assert "Alva" not in page


async def test_a_number_that_follows_the_duty_goes_first_and_the_protected_have_a_switchboard(
    site: Site, planner: Visitor
) -> None:
    tib = await role(site.database)
    await shift(site.database, tib, "P43", "2026-11-23T12:00", "2026-11-30T12:00")
    async with site.database.transaction() as session:
        who = await session.get_one(Person, await person_id(site.database, "P43"))
        session.add(ContactPoint(person_id=who.id, kind=ContactKind.MOBILE, address="+46701740699"))
    secret = await link(site, "number", role="TIB")
    text, page = await number(site, secret)
    assert text == "+46406280410\n", "the unit's switchboard"
    assert "+46701740699" not in page
    async with site.database.transaction() as session:
        (await session.get_one(DutyRole, tib)).phone = "+46406280411"
    assert (await number(site, secret))[0] == "+46406280411\n"


async def number_or_none(site: Site, secret: str) -> tuple[str, str]:
    answer = await site.visitor().get(f"/now/{secret}.txt")
    assert answer.status_code == 503
    return answer.text, (await site.visitor().get(f"/now/{secret}")).text


async def test_when_nobody_is_on_duty_it_says_so_and_whom_to_call_instead(
    site: Site, planner: Visitor
) -> None:
    alva, birk = await person_id(site.database, "P01"), await person_id(site.database, "P02")
    tib = await role(site.database, manager_id=birk)
    backup = await role(site.database, "BAK", backs_up_id=tib)
    secret = await link(site, "number", role="TIB")
    await shift(site.database, backup, "P01", "2026-11-23T12:00", "2026-11-30T12:00")
    text, page = await number(site, secret)
    assert "Ingen har jour nu" in page
    assert "Jouren BAK" in page
    assert text == "+46701740605\n+46701740606\n"
    async with site.database.transaction() as session:
        for who in (alva, birk):
            (await session.get_one(Person, who)).protected = True
        (await session.get_one(Person, alva)).unit_id = None
        (await session.get_one(Person, birk)).unit_id = None
    text, page = await number_or_none(site, secret)
    assert "tel:" not in page
    assert text == "Ingen har jour nu.\n"


async def test_a_phone_outside_its_hours_gives_way_to_the_next(
    site: Site, planner: Visitor
) -> None:
    tib = await role(site.database)
    await shift(site.database, tib, "P01", "2026-11-23T12:00", "2026-11-30T12:00")
    who = await person_id(site.database, "P01")
    async with site.database.transaction() as session:
        points = [
            ContactPoint(person_id=who, kind=ContactKind.LANDLINE, address="+46406280400"),
            ContactPoint(
                person_id=who, kind=ContactKind.MOBILE, address="+46701740610", position=5
            ),
        ]
        session.add_all(points)
    secret = await link(site, "number", role="TIB")
    assert (await number(site, secret))[0] == "+46701740605\n"
    async with site.database.transaction() as session:
        point = await session.get_one(ContactPoint, points[1].id)
        point.position, point.usable_from, point.usable_to = -1, time(8), time(17)
    assert (await number(site, secret))[0] == "+46701740605\n"
    site.clock.move(timedelta(hours=8))
    assert (await number(site, secret))[0] == "+46701740610\n"


async def test_calendars_are_for_all_who_are_signed_in(site: Site) -> None:
    reader = await site.signed_in("lisa", Role.READER)
    await reader.sees("/duty/calendar", "Inga jourer ännu")
