"""One's own PIN, who may raise this way, calls to our number, and the simulated phones."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import select, update
from twilio.request_validator import RequestValidator

from alerting.models import Alarm, Message
from alerting.plan import ChannelKind
from core.audit import By
from core.database import Database, Row
from core.models import Role, User
from playbooks.ways_in import pins
from playbooks.ways_in.models import InboundCall, PinTry, RaisePin, RaiseRequest, RaiseVia
from playbooks.ways_in.pins import rules_from
from rosters.models import ContactPoint, Person
from rosters.my.links import personal_token
from tests.clocks import NIGHT
from tests.kinds import BOTH, one_kind  # noqa: F401  # a fixture
from tests.visitors import Site, Visitor

PIN, TOKEN = "481516", "a token of the tests"


@pytest.fixture
async def site(paths: Database) -> AsyncIterator[Site]:
    async with Site.on(
        paths, twilio_auth_token=TOKEN, twilio_from="+46701740699", pin_tries=2
    ) as site:
        yield site


async def is_person(site: Site, username: str, ref: str, *, pin: str = "") -> str:
    """The account belongs to that person; their mobile number."""
    async with site.database.transaction() as session:
        user = (await session.scalars(select(User).where(User.username == username))).one()
        person = (await session.scalars(select(Person).where(Person.ref == ref))).one()
        person.user_id = user.id
        own = ContactPoint.person_id == person.id
        await session.execute(update(ContactPoint).where(own).values(verified_at=NIGHT))
        if pin:
            rules = rules_from(site.app.state.settings)
            await pins.keep(session, person, pin, rules=rules, by=By(username), now=NIGHT)
        query = select(ContactPoint.address).where(own, ContactPoint.kind == "mobile")
        return (await session.scalars(query)).first() or ""


async def all_of(site: Site, table: type[Row]) -> list[Any]:
    async with site.database.reading() as session:
        return list(await session.scalars(select(table)))


async def test_a_pin_is_chosen_by_who_is_signed_in_and_not_by_a_link(
    site: Site, tib: Visitor
) -> None:
    await is_person(site, "alva", "P01")
    await tib.sees("/my/me", "/my/me/pin")
    await tib.sees("/my/me/pin", "LARMA LV-03", "mobilnummer till 070-174 06 99:")
    for pin, again, words in (
        ("123456", "123456", "för lätt"), (PIN, "481517", "inte lika"), ("48", "48", "6 siffror"),
    ):  # fmt: skip
        refused = await tib.post("/my/me/pin", pin=pin, again=again)
        assert refused.status_code == 422
        assert words in refused.text
        assert pin == "48" or pin not in refused.text
    assert (await tib.post("/my/me/pin", pin=PIN, again=PIN)).status_code == 303
    await tib.sees("/my/me/pin", "Du har en PIN-kod")
    [row] = await all_of(site, RaisePin)
    assert PIN not in row.hash
    secret = site.app.state.settings.secret_key.get_secret_value()
    token = personal_token(secret, row.person_id, now=site.clock.now())
    stranger = site.visitor()
    assert (await stranger.get(f"/my/{token}/pin")).status_code == 403
    assert (
        await stranger.post(f"/my/{token}/pin", pin="907315", again="907315")
    ).status_code == 403


async def test_who_may_not_raise_cannot_choose_a_pin_until_named(
    site: Site, planner: Visitor
) -> None:
    reader = await site.signed_in("vera")
    await is_person(site, "vera", "P22")
    assert "LARMA" not in await reader.sees("/my/me/pin", "Du får inte larma")
    assert (await reader.post("/my/me/pin", pin=PIN, again=PIN)).status_code == 422
    assert (await reader.get("/ways-in")).status_code == 403
    page = await planner.sees("/ways-in", "Ge någon annan rätten")
    assert PIN not in page
    async with site.database.reading() as session:
        vera = (await session.scalars(select(Person).where(Person.ref == "P22"))).one()
    assert (await planner.post("/ways-in/people", person="")).status_code == 422
    assert (await planner.post("/ways-in/people", person=str(vera.id))).status_code == 303
    assert (await reader.post("/my/me/pin", pin=PIN, again=PIN)).status_code == 303
    await planner.sees("/ways-in", vera.name, "utsedd av nils", "Kan larma")
    assert (await planner.post(f"/ways-in/people/{vera.id}/revoke")).status_code == 303
    assert "LARMA" not in await reader.sees("/my/me/pin", "Du får inte larma")
    assert (await planner.post(f"/ways-in/people/{UUID(int=3)}/revoke")).status_code == 404


@BOTH
async def test_the_simulated_phones_show_it_all(site: Site, tib: Visitor) -> None:
    number = await is_person(site, "alva", "P01", pin=PIN)
    sent = await tib.post(f"/phones/{number}/text", text=f"LARMA ÖVNING LV-03 {PIN} gas")
    assert sent.status_code == 303
    async with site.database.transaction() as session:
        await session.execute(
            update(Message).values(state="sent", provider="simulated", sent_at=NIGHT)
        )
    await tib.sees("/phones", "Samtal från", "Avbryt", "Tryck 1 för att larma")
    async with site.database.reading() as session:
        call = (
            await session.scalars(select(Message).where(Message.channel == ChannelKind.VOICE))
        ).one()
    assert (await tib.post(f"/phones/{call.id}/key", digits="1")).status_code == 303
    page = await tib.sees("/phones", "LARMA ÖVNING LV-03 •••••• gas", "Besvarat samtal")
    assert PIN not in page
    [alarm] = await all_of(site, Alarm)
    assert (alarm.mode.value, alarm.note) == ("exercise", "gas")
    assert alarm.raised_by.endswith("(sms)")
    await (await site.signed_in("nils", Role.PLANNER)).sees("/ways-in", "Larmat", "LV-03")


# Calls to our number


class Caller:
    """Somebody who calls: follows what they hear, and keys in numbers."""

    def __init__(self, site: Site, number: str, sid: str = "CA1") -> None:
        self.site, self.number, self.sid = site, number, sid
        self.next = "/twilio/voice"

    async def says(self, digits: str = "") -> str:
        base = self.site.app.state.settings.base_url
        form = {"CallSid": self.sid, "From": self.number, "To": "+46701740699"}
        form |= {"Digits": digits} if digits else {}
        signature = RequestValidator(TOKEN).compute_signature(base + self.next, form)
        visitor = self.site.visitor(**{"x-twilio-signature": signature})
        answer = await visitor.client.post(self.next, data=form)
        assert answer.status_code == 200, answer.text
        tree = ET.fromstring(answer.text)  # noqa: S314  # our own answer
        gather = tree.find("Gather")
        self.next = gather.get("action", "").removeprefix(base) if gather is not None else ""
        said = tree.find(".//Say")
        return (said.text or "") if said is not None else ""


@BOTH
async def test_a_caller_keys_in_pin_path_and_mode_and_is_called_back(site: Site) -> None:
    await site.user("alva", Role.DUTY_OFFICER)
    number = await is_person(site, "alva", "P01", pin=PIN)
    caller = Caller(site, number)
    assert "PIN" in await caller.says()
    assert "3 för" in await caller.says(PIN)
    assert "skarpt" in await caller.says("3")
    assert "vi ringer upp" in await caller.says("2")
    assert caller.next == ""
    [request] = await all_of(site, RaiseRequest)
    assert (request.path, request.via, request.mode.value) == ("LV-03", RaiseVia.PHONE, "exercise")
    [call] = [each for each in await all_of(site, Message) if each.channel is ChannelKind.VOICE]
    assert call.due_at > site.clock.now(), "the line has to be free first"
    assert await all_of(site, Alarm) == []
    caller.next = f"/twilio/voice/{call.id}"
    heard = await caller.says()
    assert "övning" in heard.lower()
    assert "Tryck 1" in heard
    assert "Tack" in await caller.says("1")
    [alarm] = await all_of(site, Alarm)
    assert alarm.raised_by.endswith("(telefon)")


async def test_a_hidden_number_is_asked_for_and_nothing_is_told_of_it(site: Site) -> None:
    await site.user("alva", Role.DUTY_OFFICER)
    number = await is_person(site, "alva", "P01", pin=PIN)
    caller = Caller(site, "anonymous")
    assert "mobilnummer" in await caller.says()
    assert "PIN" in await caller.says(number.replace("+46", "0"))
    assert "Vilket larm" in await caller.says(PIN)
    stranger = Caller(site, "anonymous", sid="CA2")
    await stranger.says()
    assert "PIN" in await stranger.says("0701740699")
    assert "Fel PIN" in await stranger.says(PIN)
    assert len(await all_of(site, PinTry)) == 1


@BOTH
async def test_guessing_by_phone_is_locked_and_said_loudly(site: Site) -> None:
    await site.user("alva", Role.DUTY_OFFICER)
    number = await is_person(site, "alva", "P01", pin=PIN)
    caller = Caller(site, number)
    await caller.says()
    assert "Fel PIN" in await caller.says("907315")
    assert "spärrat" in await caller.says("660943")
    assert caller.next == ""
    again = Caller(site, number, sid="CA2")
    await again.says()
    assert "spärrat" in await again.says(PIN)
    assert await all_of(site, RaiseRequest) == []
    assert PIN not in str([vars(each) for each in await all_of(site, InboundCall)])


async def test_a_call_without_a_signature_or_of_another_is_refused(site: Site) -> None:
    answer = await site.visitor().client.post("/twilio/voice", data={"CallSid": "CA1"})
    assert answer.status_code == 403
    await site.user("alva", Role.DUTY_OFFICER)
    caller = Caller(site, await is_person(site, "alva", "P01", pin=PIN))
    await caller.says()
    caller.sid = "CA9"
    with pytest.raises(AssertionError, match="finns inte"):
        await caller.says(PIN)


async def test_a_path_that_keeps_away_from_a_site_wants_to_know_which(
    site: Site, tib: Visitor
) -> None:
    number = await is_person(site, "alva", "P01", pin=PIN)
    for note in ("pågående våld", "PLATS %", "plats nowhere"):
        await tib.post(f"/phones/{number}/text", text=f"LARMA TEST LV-06 {PIN} {note}")
    assert await all_of(site, RaiseRequest) == []
    assert "PLATS" in (await all_of(site, Message))[0].body
    await tib.post(f"/phones/{number}/text", text=f"LARMA TEST LV-06 {PIN} plats Demoskolan")
    [request] = await all_of(site, RaiseRequest)
    assert request.site == "demoskolan"
