"""The roster's pages: gaps filled, swaps approved, handovers signed; and one's own page."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import select, update

from core.database import Database
from core.models import Role, User
from rosters.duty.models import DutyRole, Handover, HandoverState, Shift, Swap, SwapState
from rosters.models import Person
from rosters.my.links import personal_token
from tests.rosters.duty.town import Town
from tests.visitors import Site, Visitor

DAY = timedelta(days=1)
SECRET = "of the tests"


@pytest.fixture
async def town(database: Database) -> AsyncIterator[Town]:
    town = Town(database)
    yield town
    await town.engine.drain()


@pytest.fixture
async def site(town: Town) -> AsyncIterator[Site]:
    async with Site.on(town.database, town.clock) as site:
        yield site


@pytest.fixture
async def planner(site: Site) -> Visitor:
    return await site.signed_in("planerare", Role.PLANNER)


async def own_page(town: Town, site: Site, name: str) -> tuple[Visitor, str]:
    """A person's phone on the page that a personal link leads to."""
    token = personal_token(SECRET, await town.person(name), now=town.now)
    return site.visitor(), f"/my/{token}"


async def test_a_gap_is_filled_where_it_stands(town: Town, site: Site, planner: Visitor) -> None:
    await town.has_role()
    await town.plan("alva", first=-DAY, length=3 * DAY)
    await town.person("birk")
    text = await planner.sees(
        "/duty/gaps?days=7", "1 lucka de närmaste 7 dagarna", "Ingen har jour"
    )
    assert "Bemanna luckan" in text
    gap = {
        "role": "TIB",
        "starts_at": (town.now + 2 * DAY).isoformat(),
        "ends_at": (town.now + 7 * DAY).isoformat(),
        "days": "7",
    }
    nobody = await planner.post("/duty/gaps/fill", **gap, person="ingen")
    assert nobody.status_code == 422
    assert "Personen finns inte" in nobody.text
    twice = await planner.post(
        "/duty/gaps/fill", **gap | {"starts_at": town.now.isoformat()}, person="alva"
    )
    assert twice.status_code == 422
    assert "överlappar" in twice.text
    assert (await planner.post("/duty/gaps/fill", **gap, person="birk")).status_code == 303
    await planner.sees("/duty/gaps?days=7", "Inga luckor")
    reader = await site.signed_in("lisa")
    assert "Bemanna" not in (await reader.get("/duty/gaps?days=90")).text
    assert (await reader.get("/duty/gaps?days=8")).status_code == 422


async def test_a_swap_is_asked_answered_and_approved_by_clicks(
    town: Town, site: Site, planner: Visitor
) -> None:
    await town.has_role(approves_swaps=True)
    mine, theirs = await town.plan("alva", "birk", first=3 * DAY)
    alva, hers = await own_page(town, site, "alva")
    birk, his = await own_page(town, site, "birk")
    await alva.sees(hers, "Dina pass", "Be om byte")
    await alva.sees(f"{hers}/shifts/{mine}/swap", "Byt med Birk", "Ge till Birk")
    wrong = await alva.post(f"{hers}/shifts/{mine}/swap", whom="shift:nonsense")
    assert wrong.status_code == 422
    asked = await alva.post(f"{hers}/shifts/{mine}/swap", whom=f"shift:{theirs}", message="Bröllop")
    assert asked.status_code == 303
    async with town.database.reading() as session:
        swap = (await session.scalars(select(Swap))).one()
    await birk.sees(his, "Alva frågar om byte", "Bröllop")
    stranger, elsewhere = await own_page(town, site, "cleo")
    assert (await stranger.post(f"{elsewhere}/swaps/{swap.id}/accept")).status_code == 404
    assert (await birk.post(f"{his}/swaps/{swap.id}/accept")).status_code == 303
    await planner.sees("/duty/swaps", "Väntar på godkännande", "Bröllop")
    assert (await planner.post(f"/duty/swaps/{swap.id}/approve")).status_code == 303
    again = await planner.post(f"/duty/swaps/{swap.id}/approve")
    assert again.status_code == 409
    assert "hann före" in again.text
    assert (await town.swap(swap.id)).state is SwapState.DONE
    await planner.sees("/duty/swaps", "Inga öppna byten", "Klart")
    assert await town.serving(at=town.now + 3 * DAY) == ["birk"]


async def test_a_handover_is_signed_and_accepted_on_a_phone(
    town: Town, site: Site, planner: Visitor
) -> None:
    await town.has_role(hands_over=True, equipment="Rakel\nNycklar")
    await town.plan("alva", "birk", first=-DAY + timedelta(hours=1))
    await town.does_chores()
    async with town.database.reading() as session:
        found = (await session.scalars(select(Handover))).one()
    alva, hers = await own_page(town, site, "alva")
    birk, his = await own_page(town, site, "birk")
    await alva.sees(hers, "Du lämnar TIB", "Skriv överlämningen")
    signed = await alva.post(
        f"{hers}/handovers/{found.id}/sign", matters="Isvarning <b>Dalby</b>", equipment="Rakel"
    )
    assert signed.status_code == 303
    text = await birk.sees(
        f"{his}/handovers/{found.id}", "Isvarning <b>Dalby</b>", "Rakel", "inte avprickat"
    )
    assert "Ja, jag tar över TIB" in text
    assert "&lt;b&gt;" in (await birk.get(f"{his}/handovers/{found.id}")).text
    assert (await alva.post(f"{hers}/handovers/{found.id}/accept")).status_code == 404
    assert (await birk.post(f"{his}/handovers/{found.id}/refuse", why="Sjuk")).status_code == 303
    await planner.sees(f"/duty/handovers/{found.id}", "Sjuk", "Kvittera åt Birk")
    assert (await birk.post(f"{his}/handovers/{found.id}/accept")).status_code == 303
    await planner.sees("/duty/handovers", "Kvitterad", "Har skrivit")
    late = await birk.post(f"{his}/handovers/{found.id}/refuse", why="Ångrar mig")
    assert late.status_code == 409
    async with town.database.reading() as session:
        assert (await session.get_one(Handover, found.id)).state is HandoverState.ACCEPTED


async def test_taking_over_now_is_one_tap_on_ones_own_page(town: Town, site: Site) -> None:
    await town.has_role()
    (now_on, _later) = await town.plan("alva", "birk", first=-timedelta(hours=2))
    birk, his = await own_page(town, site, "birk")
    await birk.sees(his, "Ta över TIB nu", "Alva har TIB till")
    answer = await birk.post(f"{his}/shifts/{now_on}/take-over", hours="4")
    assert answer.status_code == 303
    assert await town.serving() == ["birk"]
    assert await town.serving(at=town.now + timedelta(hours=5)) == ["alva"]


async def test_taking_over_without_asking_is_for_now_and_for_ones_own_duty(
    town: Town, site: Site
) -> None:
    await town.has_role()
    await town.has_role("KIB")
    _now_on, later = await town.plan("alva", "cleo", first=-timedelta(hours=2))
    await town.plan("birk", first=9 * DAY)
    (foreign,) = await town.plan("disa", code="KIB", first=-timedelta(hours=2))
    birk, his = await own_page(town, site, "birk")
    early = await birk.post(f"{his}/shifts/{later}/take-over")
    assert (early.status_code, "Be om byte i stället" in early.text) == (409, True)
    other = await birk.post(f"{his}/shifts/{foreign}/take-over")
    assert (other.status_code, "inte din" in other.text) == (404, True)
    assert await town.serving("KIB") == ["disa"]
    assert await town.serving(at=town.now + DAY) == ["cleo"]


async def test_who_takes_over_by_their_own_hand_has_accepted_with_that(
    town: Town, site: Site
) -> None:
    """Given by a planner, it has to be accepted; until then the one before is responsible."""
    await town.has_role(hands_over=True, always_staffed=False)
    (now_on, _later) = await town.plan("alva", "birk", first=-timedelta(hours=2))
    birk, his = await own_page(town, site, "birk")
    await birk.post(f"{his}/shifts/{now_on}/take-over", hours="4")
    await town.does_chores()
    assert await town.serving() == ["birk"]
    await town.person("cleo")
    (mine,) = [each for each in await town.shifts_of("birk") if each.starts_at == town.now]
    town.clock.move(timedelta(minutes=30))
    await town.takes_over("cleo", mine.id)
    await town.does_chores()
    assert await town.serving() == ["birk", "cleo"]


async def test_one_confirms_only_ones_own_shifts(town: Town, site: Site) -> None:
    await town.has_role()
    mine, theirs = await town.plan("alva", "birk", first=3 * DAY)
    alva, hers = await own_page(town, site, "alva")
    assert (await alva.post(f"{hers}/shifts/{mine}/confirm")).status_code == 303
    assert (await town.shift(mine)).changed_at == town.now, "calendars say when it was confirmed"
    assert (await alva.post(f"{hers}/shifts/{theirs}/confirm")).status_code == 404
    await alva.sees(hers, "Bekräftat")
    assert (await alva.get(f"{hers}/shifts/{theirs}/swap")).status_code == 404


async def test_a_planner_gives_a_part_of_a_shift_to_somebody(
    town: Town, planner: Visitor, site: Site
) -> None:
    await town.has_role()
    (mine,) = await town.plan("alva", first=3 * DAY)
    await town.person("birk")
    await planner.sees(f"/duty/shifts/{mine}", "Ge passet till någon annan")
    wrong = await planner.post(
        f"/duty/shifts/{mine}/take-over", person="birk", starts_at="2027-03-28T02:30"
    )
    assert wrong.status_code == 422
    assert "ställs klockan fram" in wrong.text
    assert (await planner.post(f"/duty/shifts/{mine}/take-over", person="birk")).status_code == 303
    assert await town.serving(at=town.now + 3 * DAY) == ["birk"]
    await planner.sees(f"/duty/shifts/{mine}", "Någon annan har tagit över", "Birk")
    gone = await planner.post(f"/duty/shifts/{mine}/take-over", person="birk")
    assert gone.status_code == 422
    assert "Passet finns inte längre" in gone.text


@pytest.mark.parametrize("token", ["x", "WyJ4Il0.abc", "me"])
async def test_a_link_that_does_not_hold_shows_nothing(town: Town, site: Site, token: str) -> None:
    answer = await site.visitor().get(f"/my/{quote(token)}")
    assert answer.status_code == (303 if token == "me" else 404)


async def test_links_end_after_two_weeks_when_revoked_and_when_the_person_leaves(
    town: Town, site: Site
) -> None:
    visitor, url = await own_page(town, site, "alva")
    assert (await visitor.get(url)).status_code == 200
    async with town.database.transaction() as session:
        revoked = town.now + timedelta(seconds=1)
        await session.execute(update(Person).where(Person.ref == "alva").values(links_from=revoked))
    assert (await visitor.get(url)).status_code == 404
    visitor, url = await own_page(town, site, "birk")
    town.clock.move(timedelta(days=15))
    assert (await visitor.get(url)).status_code == 404
    visitor, url = await own_page(town, site, "cleo")
    async with town.database.transaction() as session:
        gone = town.now.date() - DAY
        await session.execute(update(Person).where(Person.ref == "cleo").values(active_to=gone))
    assert (await visitor.get(url)).status_code == 404


async def test_the_one_who_is_signed_in_sees_their_own_page(town: Town, site: Site) -> None:
    visitor = await site.signed_in("kib")
    assert (await visitor.get("/my/me")).status_code == 404
    alva = await town.person("alva")
    async with town.database.transaction() as session:
        user = (await session.scalars(select(User).where(User.username == "kib"))).one()
        await session.execute(update(Person).where(Person.id == alva).values(user_id=user.id))
    await visitor.sees("/my/me", "Alva", "Inga pass")
    async with town.database.reading() as session:
        assert (await session.scalars(select(Shift))).all() == []


async def test_the_first_page_leads_to_the_others_and_tells_a_gap_from_an_absence(
    town: Town, planner: Visitor
) -> None:
    await town.has_role(always_staffed=True)
    await town.plan("alva", first=-DAY, length=3 * DAY)
    await planner.post(
        "/duty/absence",
        person="alva",
        first_day=str(town.now.date() + DAY),
        last_day=str(town.now.date() + DAY),
    )
    text = await planner.sees("/duty", "TIB</strong>: Alva är frånvarande", 'href="/duty/gaps"')
    for place in ("calendar", "swaps", "handovers", "rotations", "absence", "fairness"):
        assert f'href="/duty/{place}"' in text


async def test_nobody_is_offered_the_backup_of_what_they_have_themselves(
    town: Town, site: Site
) -> None:
    await town.has_role()
    async with town.database.transaction() as session:
        role = (await session.scalars(select(DutyRole))).one()
    await town.has_role("BAK", backs_up_id=role.id)
    await town.plan("alva", "birk", first=-DAY, length=2 * DAY)
    await town.plan("birk", "alva", code="BAK", first=-DAY, length=2 * DAY)
    alva, hers = await own_page(town, site, "alva")
    assert "Ta över BAK nu" not in await alva.sees(hers, "Dina pass")
    birk, his = await own_page(town, site, "birk")
    await birk.sees(his, "Ta över TIB nu")


async def test_a_shift_is_a_tap_away_wherever_it_is_shown(town: Town, planner: Visitor) -> None:
    await town.has_role()
    (shift,) = await town.plan("alva", first=DAY)
    person = await town.person("alva")
    for place in ("/duty", "/duty/calendar", "/duty/calendar?view=list", f"/people/{person}"):
        await planner.sees(place, f'href="/duty/shifts/{shift}"')
    await planner.sees(f"/duty/shifts/{shift}", "Ge passet till någon annan")


async def test_what_is_left_at_a_handover_links_nowhere_else(
    town: Town, site: Site, planner: Visitor
) -> None:
    await town.has_role(hands_over=True, always_staffed=False)
    await town.plan("alva", "birk", first=-timedelta(hours=12))
    await town.does_chores()
    url = f"/duty/handovers/{(await town.handover()).id}"
    alva, hers = await own_page(town, site, "alva")
    lines = [
        "/alarms/1 Brand",
        "//ont.example A",
        "/\\ont.example B",
        "/\t/ont.example C",
        "javascript:x D",
    ]
    await alva.post(f"{hers}{url.removeprefix('/duty')}/sign", links="\n".join(lines))
    text = await planner.sees(url, 'href="/alarms/1"', "ont.example B")
    assert not re.search(r'href="[^"]*(ont\.|javascript)', text)
    town.ignore_messages()
