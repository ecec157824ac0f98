"""An alarm raised by text: PIN, summary, our call back, and guessing that is slow and loud."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, update

from alerting.models import Alarm, Message, Reply
from alerting.plan import Meaning, Mode
from alerting.ways import key_above
from core.audit import By
from core.database import Database, Row
from core.models import AuditEntry, Role, User
from core.settings import Settings
from playbooks import chores, service
from playbooks.ways_in import pins, way
from playbooks.ways_in.models import PinTry, RaisePin, RaiseRequest, RaiseState, RaiseVia
from playbooks.ways_in.way import TextsAndCalls
from rosters.chores import carry_out
from rosters.models import ContactPoint, Person
from tests.kinds import BOTH, one_kind  # noqa: F401  # a fixture
from tests.plans import plan, step
from tests.world import SECRET, ZONE, World

SETTINGS = Settings(secret_key=SecretStr(SECRET), pin_tries=3, pin_tries_overall=5)
RULES = pins.rules_from(SETTINGS)
PIN = "481516"
PATH = """
code: LV-03
title: Inkallning av stab
entry: TIB
owner: role:chef
goal: På plats
texts:
  sv:
    sms: "Staben kallas in."
    voice: "Staben kallas in."
    subject: "Staben"
    mail: "Staben kallas in."
steps:
  - name: stab
    title: Staben
    target: group:stab
    channels: [voice + sms 3m]
    start: at once
"""


class Town(World):
    """A world in which texts and keys go the other ways in as well."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.means = replace(self.means, ways=(TextsAndCalls(RULES),))

    async def officer(self, name: str, *roles: Role, pin: str = PIN, **more: Any) -> UUID:
        who = await self.person(name, **more)
        async with self.database.transaction() as session:
            user = User(
                username=name,
                name=name,
                password_hash="",
                roles=frozenset(roles),
                created_at=self.now,
            )
            session.add(user)
            person = await session.get_one(Person, who)
            person.user_id = user.id
            await session.execute(
                update(ContactPoint)
                .where(ContactPoint.person_id == who)
                .values(verified_at=self.now)
            )
            if pin:
                await pins.keep(session, person, pin, rules=RULES, by=By(name), now=self.now)
        return who

    async def presses(self, name: str, key: str) -> str | None:
        call = self.phone(name).expect_call()
        async with self.database.transaction() as session:
            message = await session.get_one(Message, call.message.id)
            said = await key_above(session, message, key, now=self.now, means=self.means)
        await self.engine.until_idle()
        return said

    async def does_chores(self, *, minutes: float = 0) -> None:
        await self.advance(minutes=minutes)
        for chore in chores.playbook_chores(self.means):
            if chore.name.startswith("raise"):
                await carry_out(self.database, chore, now=self.now)
        await self.engine.until_idle()

    async def all(self, table: type[Row]) -> list[Any]:
        async with self.database.reading() as session:
            return list(await session.scalars(select(table)))


@pytest.fixture
async def town(database: Database) -> AsyncIterator[Town]:
    async with Town.on(database) as town:
        assert isinstance(town, Town)
        await town.officer("alva", Role.DUTY_OFFICER)
        await town.group("stab", "birk", "cilla")
        await town.role("chef", "birk")
        files = {"lv-03.yaml": PATH.encode()}
        async with database.transaction() as session:
            await service.load(session, files, by=By("planerare"), now=town.now, zone=ZONE)
        yield town
        town.expect_silence()


@BOTH
async def test_a_text_with_the_right_pin_is_answered_and_raises_nothing_by_itself(
    town: Town,
) -> None:
    await town.phone("alva").texts(f"larma lv-03 {PIN} gasläcka i Dalby")
    said = town.phone("alva").expect_sms("LV-03", "2 personer", "Gasläcka i Dalby", "tryck 1")
    assert said.startswith("SKARPT")
    assert said.rstrip(".").endswith("SKARPT")
    assert await town.all(Alarm) == []
    assert "Tack" in str(await town.presses("alva", "1"))
    [alarm] = await town.all(Alarm)
    assert (alarm.raised_by, alarm.note, alarm.mode) == (
        "Alva (sms)", "gasläcka i Dalby", Mode.LIVE,
    )  # fmt: skip
    [request] = await town.all(RaiseRequest)
    assert (request.state, request.alarm_id) == (RaiseState.CONFIRMED, alarm.id)
    town.ignore_messages()


async def test_the_pin_stands_nowhere(town: Town) -> None:
    await town.phone("alva").texts(f"LARMA LV-03 {PIN} gasläcka")
    await town.phone("alva").texts("LARMA LV-03 907 315 fel")
    await town.presses("alva", "2")
    town.ignore_messages()
    [first, second] = sorted((each.text for each in await town.all(Reply)), reverse=True)
    assert {first, second} == {"LARMA LV-03 •••••• gasläcka", "LARMA LV-03 •••••• fel"}
    tables = (Reply, Message, RaiseRequest, RaisePin, AuditEntry)
    rows = [str(vars(each)) for table in tables for each in await town.all(table)]
    assert not any(PIN in row or "907315" in row or "907 315" in row for row in rows)


async def test_a_spoofed_sender_gets_no_further_than_a_call_to_the_owner(town: Town) -> None:
    """Whoever knows the PIN and fakes the number has not got the phone that rings."""
    await town.text_in(town.address("alva"), f"LARMA LV-03 {PIN}")
    town.phone("alva").expect_sms("Vi ringer dig")
    assert "Avbrutet" in str(await town.presses("alva", "2"))
    assert await town.all(Alarm) == []


@BOTH
async def test_nobody_answers_so_it_is_called_again_and_lapses(town: Town) -> None:
    await town.phone("alva").texts(f"LARMA LV-03 {PIN}")
    town.phone("alva").expect_sms("LV-03")
    await town.phone("alva").expect_call().rings_out()
    await town.does_chores()
    late = town.phone("alva").expect_call()
    await town.does_chores(minutes=6)
    town.phone("alva").expect_sms("INTE skickat")
    async with town.database.transaction() as session:
        message = await session.get_one(Message, late.message.id)
        said = await key_above(session, message, "1", now=town.now, means=town.means)
    assert "för sent" in str(said)
    assert await town.all(Alarm) == []


@BOTH
async def test_a_restart_in_between_loses_nothing_and_raises_once(town: Town) -> None:
    town.engine = town.new_engine()
    await town.text_in(town.address("alva"), f"LARMA LV-03 {PIN}", ref="same")
    await town.text_in(town.address("alva"), f"LARMA LV-03 {PIN}", ref="same")
    await town.text_in(town.address("alva"), f"larma lv 3 {PIN} nu")
    town.engine = town.new_engine()
    await town.engine.take_over()
    await town.does_chores()
    town.phone("alva").expect_sms("LV-03")
    call = town.phone("alva").expect_call()
    said = []
    for _press in range(2):
        async with town.database.transaction() as session:
            message = await session.get_one(Message, call.message.id)
            said.append(await key_above(session, message, "1", now=town.now, means=town.means))
    assert "redan igång" in str(said[1])
    assert len(await town.all(Alarm)) == 1
    await town.engine.until_idle()
    town.ignore_messages()


@BOTH
async def test_guessing_is_slowed_down_and_said_loudly(town: Town) -> None:
    await town.on_duty("TIB", "doris")
    await town.officer("admin", Role.ADMINISTRATOR, pin="")
    for guess in ("907315", "660943", "248163"):
        await town.text_in(town.address("alva"), f"LARMA LV-03 {guess}")
    for _wrong in range(2):
        town.phone("alva").expect_sms("Fel PIN")
    town.phone("alva").expect_sms("spärrat till")
    for name in ("alva", "doris", "admin"):
        town.phone(name).expect_sms("För många fel PIN-koder", "Alva")
    await town.text_in(town.address("alva"), f"LARMA LV-03 {PIN}")
    town.phone("alva").expect_sms("spärrat till")
    assert await town.all(RaiseRequest) == []
    acts = [each.what for each in await town.all(AuditEntry)]
    assert acts.count("Fel PIN för larm") == 3
    await town.advance(minutes=61)
    await town.text_in(town.address("alva"), f"LARMA LV-03 {PIN}")
    town.phone("alva").expect_sms("tryck 1")
    await town.presses("alva", "2")


async def test_guessing_from_many_numbers_locks_them_all(town: Town) -> None:
    for name in ("eva", "fia"):
        await town.officer(name, Role.DUTY_OFFICER, pin="660943")
    for name in ("eva", "eva", "fia", "fia", "alva"):
        await town.text_in(town.address(name), "LARMA LV-03 248163")
    await town.text_in(town.address("fia"), "LARMA LV-03 660943")
    town.ignore_messages()
    assert await town.all(RaiseRequest) == []


async def test_strangers_who_guess_lock_out_strangers_only(town: Town) -> None:
    async with town.database.transaction() as session:
        for _wrong in range(RULES.tries_overall):
            session.add(PinTry(via=RaiseVia.PHONE, tried_at=town.now))
    await town.phone("alva").texts(f"LARMA LV-03 {PIN}")
    town.phone("alva").expect_sms("tryck 1")
    await town.presses("alva", "2")


async def test_an_answer_is_not_held_up_by_the_paths(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(way, "codes", None)
    await town.group("jour", "alva")
    await town.raises(plan(step("core", "group:jour")), "Översvämning")
    await town.phone("alva").texts("JA")
    assert (await town.call_in("alva")).answer is Meaning.COMING
    town.ignore_messages()


async def test_unknown_numbers_get_no_reply_and_are_kept_without_the_pin(town: Town) -> None:
    await town.text_in("+46701740699", f"LARMA LV-03 {PIN}")
    [reply] = await town.all(Reply)
    assert (reply.meaning, reply.waiting) == (Meaning.UNKNOWN_SENDER, True)
    assert PIN not in reply.text


async def test_who_may_not_is_told_so_and_an_operator_sees_it(town: Town) -> None:
    await town.officer("gun", Role.READER)
    await town.phone("gun").texts(f"LARMA LV-03 {PIN}")
    town.phone("gun").expect_sms("får inte larma")
    await town.phone("birk").texts(f"LARMA LV-03 {PIN}")
    town.phone("birk").expect_sms("får inte larma")
    assert all(each.waiting for each in await town.all(Reply))


async def test_a_request_is_never_an_answer_and_an_answer_never_a_request(town: Town) -> None:
    await town.group("jour", "alva")
    await town.raises(plan(step("core", "group:jour")), "Översvämning")
    town.phone("alva").expect_sms("Översvämning")
    town.phone("alva").expect_call()
    await town.phone("alva").texts(f"LARMA ÖVNING LV-03 {PIN} 30")
    assert town.phone("alva").expect_sms("LV-03").startswith("ÖVNING")
    await town.presses("alva", "2")
    assert (await town.call_in("alva")).answer is None
    await town.phone("alva").texts("JA")
    town.phone("alva").expect_sms("Noterat")
    assert (await town.call_in("alva")).answer is Meaning.COMING
    assert len(await town.all(RaiseRequest)) == 1
    town.ignore_messages()


async def test_the_right_is_looked_at_again_when_the_key_is_pressed(town: Town) -> None:
    await town.phone("alva").texts(f"LARMA LV-03 {PIN}")
    town.phone("alva").expect_sms("LV-03")
    async with town.database.transaction() as session:
        await session.execute(update(User).values(closed_at=town.now))
    assert "Inget larm" in str(await town.presses("alva", "1"))
    async with town.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Alarm)) == 0


async def test_a_pin_that_is_revoked_takes_back_what_was_asked_for_with_it(town: Town) -> None:
    await town.phone("alva").texts(f"LARMA LV-03 {PIN}")
    town.phone("alva").expect_sms("LV-03")
    async with town.database.transaction() as session:
        person = await session.get_one(Person, town.people["alva"])
        row = await pins.row_of(session, person)
        assert row is not None
        await pins.revoke(session, row, person, by=By("pia"), now=town.now)
    assert "Inget larm" in str(await town.presses("alva", "1"))
    assert await town.all(Alarm) == []
