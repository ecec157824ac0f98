from datetime import timedelta

import pytest
from sqlalchemy import select

from core.models import AuditEntry, Role, SignIn
from core.passwords import hash_password
from core.sign_in import wait_left
from tests.clocks import NIGHT
from tests.visitors import Site

PASSWORD = "a long enough password"
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
async def password_hash() -> str:
    return await hash_password(PASSWORD)


async def test_the_right_password_opens_the_page_that_was_asked_for(
    site: Site, password_hash: str
) -> None:
    await site.user("alva", password_hash=password_hash)
    visitor = site.visitor()
    asked = await visitor.get("/people?q=birk")
    assert asked.headers["location"] == "/sign-in?next=/people%3Fq%3Dbirk"
    response = await visitor.sign_in("Alva ", PASSWORD, next="/people?q=birk")
    assert (response.status_code, response.headers["location"]) == (303, "/people?q=birk")
    await visitor.sees("/people?q=birk", "Personer", "Alva")


@pytest.mark.parametrize(
    "place", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/\tx", "\\/e"]
)
async def test_signing_in_never_leads_to_another_site(
    site: Site, password_hash: str, place: str
) -> None:
    await site.user("alva", password_hash=password_hash)
    response = await site.visitor().sign_in("alva", PASSWORD, next=place)
    assert response.headers["location"] == "/"


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    site: Site, password_hash: str
) -> None:
    await site.user("alva", password_hash=password_hash)
    response = await site.visitor().sign_in("alva", PASSWORD)
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("krislarm=")
    assert all(word in cookie for word in ("HttpOnly", "SameSite=lax", "Path=/"))
    assert "Secure" not in cookie


async def test_over_https_the_cookie_is_secure_and_bound_to_the_host(
    site: Site, password_hash: str
) -> None:
    await site.user("alva", password_hash=password_hash)
    async with Site.on(site.database, base_url="https://krislarm.example") as secure:
        visitor = secure.visitor()
        response = await visitor.sign_in("alva", PASSWORD)
        assert response.headers["set-cookie"].startswith("__Host-krislarm=")
        assert "Secure" in response.headers["set-cookie"]
        assert "max-age=31536000" in response.headers["strict-transport-security"]
        await visitor.sees("/account", "Alva")


@pytest.mark.parametrize("username", ["alva", "nobody", "", "' OR 1=1 --", "alva\0"])
async def test_a_wrong_password_and_an_unknown_name_are_answered_alike(
    site: Site, password_hash: str, username: str
) -> None:
    await site.user("alva", password_hash=password_hash)
    response = await site.visitor().sign_in(username, "wrong")
    assert response.status_code == 422
    assert "Användarnamnet eller lösenordet stämmer inte." in response.text
    assert "set-cookie" not in response.headers


async def test_a_closed_account_is_as_good_as_none(site: Site, password_hash: str) -> None:
    user = await site.user("alva", password_hash=password_hash)
    async with site.database.transaction() as session:
        (await session.get_one(type(user), user.id)).closed_at = site.clock.now()
    assert (await site.visitor().sign_in("alva", PASSWORD)).status_code == 422


async def test_after_ten_wrong_passwords_the_account_waits_and_says_how_long(
    site: Site, password_hash: str
) -> None:
    await site.user("alva", password_hash=password_hash)
    for number in range(10):
        guesser = site.visitor(address=f"10.0.0.{number}")
        assert (await guesser.sign_in("alva", f"guess {number}")).status_code == 422
        site.clock.move(MINUTE)
    response = await site.visitor().sign_in("alva", PASSWORD)
    assert response.status_code == 429
    assert "Vänta 5 min och försök igen." in response.text
    site.clock.move(timedelta(minutes=5))
    assert (await site.visitor().sign_in("alva", PASSWORD)).status_code == 303


async def test_guesses_from_elsewhere_do_not_lock_the_owner_out_at_home(
    site: Site, password_hash: str
) -> None:
    await site.user("alva", password_hash=password_hash)
    assert (await site.visitor().sign_in("alva", PASSWORD)).status_code == 303
    guesses = [await site.visitor(address="10.6.6.6").sign_in("alva", "guess") for _ in range(11)]
    assert guesses[-1].status_code == 429
    assert (await site.visitor().sign_in("alva", PASSWORD)).status_code == 303


async def test_one_address_may_not_try_many_names(site: Site) -> None:
    guesser = site.visitor()
    for number in range(30):
        assert (await guesser.sign_in(f"name{number}", "guess")).status_code == 422
    assert (await guesser.sign_in("another", "guess")).status_code == 429


def test_the_wait_is_counted_from_the_oldest_of_the_tries_that_fill_the_window() -> None:
    window = timedelta(minutes=15)
    failures = [NIGHT - MINUTE * number for number in (1, 2, 9)]  # newest first
    assert wait_left(failures, tries=3, window=window, now=NIGHT) == timedelta(minutes=6)
    assert wait_left(failures, tries=2, window=window, now=NIGHT) == timedelta(minutes=13)
    assert wait_left(failures, tries=4, window=window, now=NIGHT) == timedelta()


async def test_signing_out_ends_this_browser_and_no_other(site: Site, password_hash: str) -> None:
    await site.user("alva", password_hash=password_hash)
    phone, desk = site.visitor(), site.visitor()
    for visitor in (phone, desk):
        await visitor.sign_in("alva", PASSWORD)
    stolen = phone.client.cookies["krislarm"]
    assert (await phone.post("/sign-out")).headers["location"] == "/sign-in"
    phone.client.cookies.set("krislarm", stolen)
    assert (await phone.get("/account")).status_code == 303
    await desk.sees("/account", "Inloggad i")


async def test_signing_out_everywhere_ends_all_browsers(site: Site, password_hash: str) -> None:
    await site.user("alva", password_hash=password_hash)
    phone, desk = site.visitor(), site.visitor()
    for visitor in (phone, desk):
        await visitor.sign_in("alva", PASSWORD)
    await phone.post("/account/sign-out-everywhere")
    assert (await desk.get("/account")).status_code == 303


async def test_a_sign_in_ends_when_it_is_idle_for_too_long_and_in_any_case_after_two_weeks(
    site: Site, password_hash: str
) -> None:
    await site.user("alva", password_hash=password_hash)
    idle, busy = site.visitor(), site.visitor()
    for visitor in (idle, busy):
        await visitor.sign_in("alva", PASSWORD)
    for _ in range(28):
        site.clock.move(timedelta(hours=11, minutes=59))
        await busy.sees("/account", "Alva")
    assert (await idle.get("/account")).status_code == 303
    site.clock.move(timedelta(hours=1))
    assert (await busy.get("/account")).status_code == 303


async def test_last_use_is_written_at_most_once_a_minute(site: Site) -> None:
    visitor = await site.signed_in("alva")
    started = site.clock.now()

    async def seen() -> timedelta:
        async with site.database.reading() as session:
            return (await session.scalars(select(SignIn.seen_at))).one() - started

    site.clock.move(timedelta(seconds=59))
    await visitor.get("/account")
    assert await seen() == timedelta()
    site.clock.move(timedelta(seconds=1))
    await visitor.get("/account")
    assert await seen() == MINUTE


async def test_sign_ins_stand_in_the_audit_trail_but_never_what_was_typed(
    site: Site, password_hash: str
) -> None:
    await site.user("alva", password_hash=password_hash)
    visitor = site.visitor()
    await visitor.sign_in("hunter2-in-the-wrong-field", "x")
    await visitor.sign_in("alva", "wrong")
    await visitor.sign_in("alva", PASSWORD)
    async with site.database.reading() as session:
        entries = (await session.scalars(select(AuditEntry).order_by(AuditEntry.number))).all()
    assert [(entry.who, entry.what) for entry in entries] == [
        ("okänd", "Inloggning nekades"),
        ("alva", "Inloggning nekades"),
        ("alva", "Loggade in"),
    ]
    assert {entry.address for entry in entries} == {"10.1.2.3"}


async def test_a_part_of_a_page_asked_for_after_the_sign_in_ended_sends_the_whole_page_on(
    site: Site,
) -> None:
    response = await site.visitor().get("/duty", **{"hx-request": "true"})
    assert (response.status_code, response.headers["hx-redirect"]) == (401, "/sign-in")


async def test_roles_add_up(site: Site) -> None:
    administrator = await site.user("ada", Role.ADMINISTRATOR)
    reader = await site.user("rut")
    assert administrator.may(Role.PLANNER)
    assert not administrator.may(Role.DUTY_OFFICER)
    assert reader.may(Role.READER)
    assert not reader.may(Role.PLANNER)
