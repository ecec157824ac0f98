"""On one's own page: numbers that show to be one's own before they are used, and wishes."""

import asyncio
import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from alerting.plan import ChannelKind
from core.audit import By
from core.models import AuditEntry, Role
from rosters.models import ContactKind, ContactPoint, Person, Proof
from rosters.my.links import personal_token
from rosters.notices.service import Teller
from rosters.readiness.codes import Codes
from rosters.readiness.corrections import Own
from rosters.readiness.models import PendingContact
from tests.rosters.office import ID, find
from tests.visitors import Site, Visitor
from tests.world import SECRET, ZONE, World

NEW, NEW_READ = "+46701740690", "070-174 06 90"


async def link(world: World, name: str) -> str:
    return f"/my/{personal_token(SECRET, await world.person(name), now=world.now)}"


async def code_at(world: World, address: str = NEW) -> str:
    """The code that came to a number."""
    await world.engine.until_idle()
    kind = ChannelKind.MAIL if "@" in address else ChannelKind.SMS
    came = world.carrier.take(address, kind)
    assert came, f"no code came to {address}"
    found = re.search(r"\b\d{6}\b", came.text)
    assert found, came.text
    return found[0]


async def points(world: World, name: str) -> list[ContactPoint]:
    async with world.database.reading() as session:
        query = select(ContactPoint).where(ContactPoint.person_id == world.people[name])
        return list(await session.scalars(query.order_by(ContactPoint.position)))


async def pending_form(visitor: Visitor, url: str) -> str:
    return await find(visitor, url, f"{re.escape(url)}/codes/{ID}")


async def test_a_number_is_changed_with_a_code_and_the_old_one_is_told(
    world: World, town: Site
) -> None:
    url, alva = await link(world, "alva"), town.visitor()
    (old,) = await points(world, "alva")
    await alva.sees(url, "070-174 06 05", "Inte bekräftat")
    await alva.post(f"{url}/contacts", kind="mobile", address="0701740690", replaces=str(old.id))
    code = await code_at(world)
    assert [each.address for each in await points(world, "alva")] == [old.address]
    form = await pending_form(alva, url)
    wrong = await alva.post(form, code="000000" if code != "000000" else "111111")
    assert (wrong.status_code, "Fel kod" in wrong.text) == (422, True)
    assert (await alva.post(form, code=f" {code[:3]} {code[3:]} ")).status_code == 303
    await world.engine.until_idle()
    world.phone("alva").expect_sms("Var det inte du?", "070-174 ** **")
    (new,) = await points(world, "alva")
    assert (new.address, new.position, new.proved_by) == (NEW, old.position, Proof.VERIFIED)
    assert new.verified_at == new.proved_at == world.now
    await alva.sees(url, NEW_READ, "Bekräftat med kod")
    assert (await alva.post(form, code=code)).status_code == 404
    await world.engine.until_idle()


async def test_no_number_and_no_code_stands_in_the_audit_trail(world: World, town: Site) -> None:
    url, alva = await link(world, "alva"), town.visitor()
    await alva.post(f"{url}/contacts", kind="mobile", address=NEW)
    code = await code_at(world)
    await alva.post(await pending_form(alva, url), code=code)
    await world.engine.until_idle()
    world.ignore_messages()
    async with world.database.reading() as session:
        rows = (await session.scalars(select(AuditEntry).order_by(AuditEntry.number))).all()
        kept = (await session.scalars(select(PendingContact.code_hash))).all()
    assert [(each.who, each.what) for each in rows] == [
        ("alva (länk)", "Bad om kod"),
        ("alva (länk)", "Lade till nummer"),
    ]
    said = " ".join(f"{each.subject} {each.detail}" for each in rows)
    assert NEW not in said
    assert code not in said
    assert kept == [""]


async def test_a_code_is_tried_five_times_and_three_are_sent_in_an_hour(
    world: World, town: Site
) -> None:
    url, alva = await link(world, "alva"), town.visitor()
    await alva.post(f"{url}/contacts", kind="mobile", address=NEW)
    code = await code_at(world)
    form = await pending_form(alva, url)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _time in range(4):
        assert "Fel kod" in (await alva.post(form, code=wrong)).text
    assert "För många felaktiga försök" in (await alva.post(form, code=wrong)).text
    assert "För många felaktiga försök" in (await alva.post(form, code=code)).text
    assert len(await points(world, "alva")) == 1
    for _time in range(2):
        await alva.post(f"{form}/again")
        code = await code_at(world)
        world.clock.move(timedelta(seconds=1))
    refused = await alva.post(f"{form}/again")
    assert (refused.status_code, "Högst 3 koder i timmen" in refused.text) == (422, True)
    other = await alva.post(f"{url}/contacts", kind="mobile", address="0701740691")
    assert "Högst 3 koder i timmen" in other.text  # to the person, whatever the number
    birk = await link(world, "birk")
    assert "Högst 3" in (await alva.post(f"{birk}/contacts", kind="mobile", address=NEW)).text
    world.clock.move(timedelta(hours=1))
    await alva.post(f"{birk}/contacts", kind="mobile", address=NEW)
    await code_at(world)


async def test_a_code_runs_out_after_a_quarter_of_an_hour(world: World, town: Site) -> None:
    url, alva = await link(world, "alva"), town.visitor()
    await alva.post(f"{url}/contacts", kind="mail", address="Alva@Demo.lund.example")
    code = await code_at(world, "alva@demo.lund.example")
    form = await pending_form(alva, url)
    world.clock.move(timedelta(minutes=15))
    assert "Koden har gått ut" in (await alva.post(form, code=code)).text
    await alva.sees(url, "Koden har gått ut", "Skicka en ny kod")
    await alva.post(f"{form}/again")
    fresh = await code_at(world, "alva@demo.lund.example")
    assert (await alva.post(form, code=fresh)).status_code == 303
    await world.engine.until_idle()
    world.phone("alva").expect_sms("a***@demo.lund.example")
    assert len(await points(world, "alva")) == 2


async def test_the_right_code_twice_at_once_makes_one_number(world: World, town: Site) -> None:
    url, alva = await link(world, "alva"), town.visitor()
    await alva.post(f"{url}/contacts", kind="mobile", address=NEW)
    code = await code_at(world)
    async with world.database.reading() as session:
        pending = (await session.scalars(select(PendingContact.id))).one()

    async def enter() -> str:
        async with world.database.transaction() as session:
            person = await session.get_one(Person, world.people["alva"])
            own = Own(Codes(Teller(session, world.now, ZONE), SECRET), person, By("alva"))
            return await own.enter(pending, code)

    said = await asyncio.gather(enter(), enter(), return_exceptions=True)
    await world.engine.until_idle()
    world.phone("alva").expect_sms("Var det inte du?")
    assert "" in said
    assert [each.address for each in await points(world, "alva")] == [world.address("alva"), NEW]


async def test_the_last_phone_of_who_is_called_is_not_removed(world: World, town: Site) -> None:
    await world.person("alva", mail=True)
    url, alva = await link(world, "alva"), town.visitor()
    phone, mail = await points(world, "alva")
    await world.on_duty("TIB", "alva")
    refused = await alva.post(f"{url}/contacts/{phone.id}/remove")
    assert (refused.status_code, "sista telefonnummer" in refused.text) == (422, True)
    by_mail = {"kind": "mail", "address": "a2@demo.lund.example", "replaces": str(phone.id)}
    assert "sista telefonnummer" in (await alva.post(f"{url}/contacts", **by_mail)).text
    assert (await alva.post(f"{url}/contacts/{mail.id}/remove")).status_code == 303
    await world.engine.until_idle()
    world.phone("alva").expect_mail("togs bort")
    birk, other = await link(world, "birk"), town.visitor()
    (own,) = await points(world, "birk")
    assert (await other.post(f"{birk}/contacts/{own.id}/remove")).status_code == 303
    await world.engine.until_idle()
    world.phone("birk").expect_sms("togs bort")
    await other.sees(birk, "Inga nummer")


async def test_numbers_are_put_in_order_and_proved_and_others_are_left_alone(
    world: World, town: Site
) -> None:
    await world.person("alva", landline=True)
    await world.person("birk")
    url, alva = await link(world, "alva"), town.visitor()
    mobile, landline = await points(world, "alva")
    await alva.post(f"{url}/contacts/{landline.id}/up")
    assert (await points(world, "alva"))[0].kind is ContactKind.LANDLINE
    assert (await alva.post(f"{url}/contacts/{landline.id}/prove")).status_code == 422
    await alva.post(f"{url}/contacts/{mobile.id}/prove")
    code = await code_at(world, mobile.address)
    await alva.post(await pending_form(alva, url), code=code)
    proved = {each.kind: each.proved_by for each in await points(world, "alva")}
    assert proved == {ContactKind.MOBILE: Proof.VERIFIED, ContactKind.LANDLINE: None}
    (foreign,) = await points(world, "birk")
    for what in ("up", "prove", "remove"):
        response = await alva.post(f"{url}/contacts/{foreign.id}/{what}")
        assert "finns inte längre" in response.text
    assert len(await points(world, "birk")) == 1


async def test_a_shared_number_is_allowed_and_said(world: World, town: Site) -> None:
    await world.person("alva")
    url, birk = await link(world, "birk"), town.visitor()
    await birk.post(f"{url}/contacts", kind="mobile", address=world.address("alva"))
    code = await code_at(world, world.address("alva"))
    await birk.post(await pending_form(birk, url), code=code)
    await world.engine.until_idle()
    world.phone("birk").expect_sms("Var det inte du?")
    await birk.sees(url, "delas med någon annan")


@pytest.mark.parametrize(
    ("kind", "address", "replaces", "sentence"),
    [
        ("mobile", "", "", "Fyll i det här fältet."),
        ("mobile", "0406280401", "", "kan inte ta emot sms"),
        ("landline", "0406280401", "", "Välj mobil eller e-post."),
        ("mail", "alva@", "", "är inte en e-postadress"),
        ("mobile", "0701740605", "", "har du redan"),
        ("mobile", NEW, "x", "Välj ur listan."),
        ("mobile", NEW, str(UUID(int=1)), "finns inte längre"),
    ],
)
async def test_what_cannot_be_a_number_gets_no_code(
    world: World, town: Site, kind: str, address: str, replaces: str, sentence: str
) -> None:
    url, alva = await link(world, "alva"), town.visitor()
    response = await alva.post(f"{url}/contacts", kind=kind, address=address, replaces=replaces)
    assert response.status_code == 422
    assert sentence in response.text
    await world.engine.until_idle()


async def test_the_protected_have_no_numbers_of_their_own(world: World, town: Site) -> None:
    await world.person("ri", mobile=False, protected=True)
    url, ri = await link(world, "ri"), town.visitor()
    await ri.sees(url, "Vi når dig via växeln")
    response = await ri.post(f"{url}/contacts", kind="mobile", address=NEW)
    assert (response.status_code, "inga egna nummer" in response.text) == (422, True)


async def test_a_link_that_does_not_hold_changes_nothing(world: World, town: Site) -> None:
    url, alva = await link(world, "alva"), town.visitor()
    (point,) = await points(world, "alva")
    forged = url[:-9] + ("x" if url[-9] != "x" else "y") + url[-8:]
    for broken in ("/my/x", forged):
        assert (await alva.post(f"{broken}/contacts/{point.id}/remove")).status_code == 404
    assert (await alva.post("/my/me/wishes", language="en")).status_code == 303  # to sign in
    planner = await town.signed_in("pia", Role.PLANNER)
    await planner.post(f"/people/{world.people['alva']}/unlink")
    world.clock.move(timedelta(seconds=1))
    assert (await alva.post(f"{url}/contacts/{point.id}/remove")).status_code == 404
    await alva.sees(await link(world, "alva"), "Alva")
    assert len(await points(world, "alva")) == 1


async def test_language_and_quiet_hours_are_ones_own_choice(world: World, town: Site) -> None:
    url, alva = await link(world, "alva"), town.visitor()
    await alva.post(f"{url}/wishes", language="en", quiet_from="22:30", quiet_to="06:00")
    async with world.database.reading() as session:
        row = await session.get_one(Person, world.people["alva"])
    assert (row.language, str(row.quiet_from), str(row.quiet_to)) == ("en", "22:30:00", "06:00:00")
    for wrong in ({"quiet_from": "22:30"}, {"quiet_from": "x", "quiet_to": "06:00"}):
        assert (await alva.post(f"{url}/wishes", language="sv", **wrong)).status_code == 422
    assert (await alva.post(f"{url}/wishes", language="fi")).status_code == 422


async def test_the_account_leads_to_ones_own_page(world: World, town: Site) -> None:
    await world.person("alva")
    await world.person("birk")
    planner, lisa = await town.signed_in("pia", Role.PLANNER), await town.signed_in("lisa")
    assert (await lisa.get("/my/me")).status_code == 404
    alva, birk = (f"/people/{world.people[name]}" for name in ("alva", "birk"))
    form = {"ref": "alva", "name": "Alva", "language": "sv"}
    assert "Kontot finns inte." in (await planner.post(f"{alva}/edit", **form, account="x")).text
    assert (await planner.post(f"{alva}/edit", **form, account="Lisa")).status_code == 303
    await planner.sees(alva, "lisa")
    await planner.sees(f"{alva}/edit", 'value="lisa"')
    await lisa.sees("/my/me", "Alva", "070-174 06 05")
    other = form | {"ref": "birk", "name": "Birk", "account": "lisa"}
    taken = await planner.post(f"{birk}/edit", **other)
    assert (taken.status_code, "hör redan till en annan" in taken.text) == (422, True)
    await planner.post(f"{alva}/edit", **form)
    assert (await lisa.get("/my/me")).status_code == 404


async def test_a_planner_sends_a_link_once_a_minute(world: World, town: Site) -> None:
    await world.person("alva")
    await world.person("cleo", mobile=False)
    planner = await town.signed_in("pia", Role.PLANNER)
    for _press in range(2):
        await planner.post(f"/people/{world.people['alva']}/link")
    await world.engine.until_idle()
    text = world.phone("alva").expect_sms("http://test/my/")
    url = re.findall(r"http://test(/my/\S+)", text)[0]
    await town.visitor().sees(url, "Alva", "070-174 06 05")
    refused = await planner.post(f"/people/{world.people['cleo']}/link")
    assert (refused.status_code, "inget nummer att skicka" in refused.text) == (422, True)
