import re

import pytest
from sqlalchemy import select

from core.models import Role, User
from core.passwords import hash_password
from tests.visitors import Site, Visitor

PASSWORD = "a long enough password"
NEW = "another password, as long"


@pytest.fixture(scope="module")
async def password_hash() -> str:
    return await hash_password(PASSWORD)


async def administrator(site: Site) -> Visitor:
    return await site.signed_in("ada", Role.ADMINISTRATOR)


async def account(site: Site, username: str) -> User:
    async with site.database.reading() as session:
        found = await session.scalar(select(User).where(User.username == username))
    assert found is not None, username
    return found


async def test_an_administrator_adds_an_account_that_can_sign_in(site: Site) -> None:
    ada = await administrator(site)
    response = await ada.post(
        "/users", username="Åke.B", name="Åke  Berg", password=PASSWORD, roles=[Role.DUTY_OFFICER]
    )
    assert response.status_code == 303
    await ada.sees("/users", "Åke Berg", "åke.b", "Tjänsteman i beredskap")
    visitor = site.visitor()
    assert (await visitor.sign_in("ÅKE.B", PASSWORD)).status_code == 303
    assert (await account(site, "åke.b")).roles == {Role.DUTY_OFFICER, Role.READER}


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("username", "", "Fyll i det här fältet."),
        ("username", "två ord", "Använd bara bokstäver"),
        ("username", "ada", "Användarnamnet är upptaget."),
        ("username", "x" * 61, "Högst 60 tecken."),
        ("name", " \t ", "Fyll i det här fältet."),
        ("password", "short", "minst 12 tecken"),
        ("password", "x" * 201, "högst 200 tecken"),
        ("password", "aaaaaaaaaaaaaa", "för lätt att gissa"),
        ("password", "my name is birk", "för lätt att gissa"),
        ("roles", "owner", "Rollen finns inte."),
    ],
)
async def test_what_is_wrong_in_the_form_is_said_at_its_field_and_nothing_is_kept(
    site: Site, field: str, value: str, sentence: str
) -> None:
    ada = await administrator(site)
    good = {"username": "birk", "name": "Birk", "password": PASSWORD, "roles": "planner"}
    response = await ada.post("/users", **good | {field: value})
    assert response.status_code == 422
    assert sentence in response.text
    assert f'id="e-{field}"' in response.text or field == "roles"
    assert "birk" not in (await ada.get("/users")).text.lower()


async def test_the_password_is_never_sent_back_in_the_form(site: Site) -> None:
    ada = await administrator(site)
    response = await ada.post("/users", username="", name="Birk", password=PASSWORD)
    assert PASSWORD not in response.text
    assert 'value="Birk"' in response.text


async def test_changed_roles_count_at_once(site: Site) -> None:
    ada = await administrator(site)
    birk = await site.user("birk")
    await ada.post(f"/users/{birk.id}/roles", roles=[Role.PLANNER, Role.ADMINISTRATOR])
    assert (await account(site, "birk")).roles == {"planner", "administrator", "reader"}
    own = await account(site, "ada")
    assert (await ada.post(f"/users/{own.id}/roles", roles="planner")).status_code == 303
    assert (await ada.get("/users")).status_code == 403


async def test_the_last_administrator_can_neither_step_down_nor_be_closed(site: Site) -> None:
    ada = await administrator(site)
    own = await account(site, "ada")
    for act in ("roles", "close"):
        response = await ada.post(f"/users/{own.id}/{act}")
        assert response.status_code == 422
        assert "Minst ett konto behöver vara administratör." in response.text
    assert Role.ADMINISTRATOR in (await account(site, "ada")).roles


async def test_a_closed_account_is_signed_out_at_once(site: Site) -> None:
    ada, birk = await administrator(site), await site.signed_in("birk")
    user = await account(site, "birk")
    assert (await ada.post(f"/users/{user.id}/close")).status_code == 303
    assert (await birk.get("/account")).status_code == 303
    assert (await ada.get(f"/users/{user.id}")).status_code == 404
    await ada.sees("/users", "stängt")


async def test_one_changes_ones_own_password_and_signs_in_anew(
    site: Site, password_hash: str
) -> None:
    await site.user("alva", password_hash=password_hash)
    alva = site.visitor()
    await alva.sign_in("alva", PASSWORD)
    response = await alva.post("/account/password", present=PASSWORD, password=NEW, again=NEW)
    assert response.headers["location"] == "/sign-in"
    assert (await alva.get("/account")).status_code == 303
    assert (await alva.sign_in("alva", NEW)).status_code == 303


@pytest.mark.parametrize(
    ("present", "new", "again", "sentence"),
    [
        ("wrong", NEW, NEW, "Det nuvarande lösenordet stämmer inte."),
        (PASSWORD, NEW, NEW + "x", "De två nya lösenorden är inte lika."),
        (PASSWORD, "short", "short", "minst 12 tecken"),
    ],
)
async def test_a_refused_password_change_leaves_the_old_one(
    site: Site, password_hash: str, present: str, new: str, again: str, sentence: str
) -> None:
    await site.user("alva", password_hash=password_hash)
    alva = site.visitor()
    await alva.sign_in("alva", PASSWORD)
    response = await alva.post("/account/password", present=present, password=new, again=again)
    assert response.status_code == 422
    assert sentence in response.text
    await alva.sees("/account", "Alva")


async def test_a_token_is_shown_once_works_and_is_taken_back(site: Site) -> None:
    ada = await administrator(site)
    response = await ada.post("/tokens", name="Larmcentral", scopes="duty:read")
    secret = re.search(r"krl_[\w-]{43}", response.text)
    assert secret is not None
    assert secret[0] not in await ada.sees("/tokens", "Larmcentral", "duty:read")
    program = site.visitor(authorization=f"Bearer {secret[0]}")
    assert (await program.get("/api/v1/duty?role=X")).status_code == 404  # let in; no such duty
    page = await ada.sees("/tokens")
    revoke = re.search(r"/tokens/[0-9a-f-]{36}/revoke", page)
    assert revoke is not None
    assert (await ada.post(revoke[0])).status_code == 303
    assert (await program.get("/api/v1/duty?role=X")).status_code == 401
    assert (await ada.post(revoke[0])).status_code == 404


async def test_a_token_needs_a_name_and_scopes_that_exist(site: Site) -> None:
    ada = await administrator(site)
    for fields, sentence in (
        ({"name": "X"}, "Välj minst en rättighet."),
        ({"name": "", "scopes": "duty:read"}, "Fyll i det här fältet."),
        ({"name": "X", "scopes": "everything"}, "Rättigheten finns inte."),
    ):
        response = await ada.post("/tokens", **fields)
        assert response.status_code == 422
        assert sentence in response.text
    await ada.sees("/tokens", "Inga API-nycklar")


@pytest.mark.parametrize(
    "authorization", ["Bearer", "Bearer ", "Basic abc", "krl_x", "Bearer krl_x"]
)
async def test_half_a_token_is_no_token(site: Site, authorization: str) -> None:
    response = await site.visitor(authorization=authorization).get("/api/v1/duty?role=TIB")
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
