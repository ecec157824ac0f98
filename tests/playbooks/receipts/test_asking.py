"""Worlds: who is asked to read and reminded of it, when, and who is left in peace."""

import pytest

from core.errors import Refused
from playbooks.receipts import service
from playbooks.receipts.models import ReceiptVia
from playbooks.receipts.scene import Standing
from rosters.notices.service import Teller
from tests.kinds import BOTH, one_kind  # noqa: F401  # a fixture
from tests.playbooks.receipts.readers import BY, FIRE, FLOOD, NUMBER, Readers
from tests.world import ZONE

STAFF_CHANGED = FLOOD.replace("title: Staben", "title: Stab och ledning")


async def asked_and_read(readers: Readers, *names: str, code: str = "LV-10") -> None:
    """Everybody has been asked, and these have confirmed."""
    await readers.asks_all(code)
    await readers.until_morning()
    readers.ignore_messages()
    for name in names:
        await readers.confirms(name, code)


async def test_nobody_is_asked_before_a_planner_says_so(readers: Readers) -> None:
    await readers.passes(days=2)
    assert await readers.receipts_of("cora") == []


@BOTH
async def test_one_notice_each_whatever_number_of_paths_and_not_at_night(readers: Readers) -> None:
    await readers.asks_all("LV-10", "LV-11")
    await readers.does_chores()
    readers.expect_silence()
    await readers.until_morning()
    readers.phone("alva").expect_sms("larmvägen LV-10", "/my/", "/paths/LV-10")
    for name in ("cora", "disa"):
        text = readers.phone(name).expect_sms("larmvägarna LV-10 och LV-11", "/my/")
        assert "/paths/" not in text
    await readers.passes(days=2)


async def test_paths_begun_one_after_the_other_at_night_make_one_notice(readers: Readers) -> None:
    await readers.asks_all("LV-10")
    await readers.does_chores()
    await readers.asks_all("LV-11")
    await readers.until_morning()
    readers.phone("alva").expect_sms("LV-10")
    readers.phone("cora").expect_sms("LV-10 och LV-11")
    readers.phone("disa").expect_sms("LV-10 och LV-11")


@BOTH
async def test_after_a_restart_nobody_is_asked_twice(readers: Readers) -> None:
    await readers.asks_all("LV-11")
    await readers.does_chores()
    readers.engine = readers.new_engine()
    await readers.asks_all("LV-11")
    await readers.until_morning()
    readers.phone("cora").expect_sms("LV-11")
    readers.phone("disa").expect_sms("LV-11")
    await readers.does_chores()


async def test_who_reads_before_the_morning_is_sent_nothing(readers: Readers) -> None:
    await readers.asks_all("LV-11")
    await readers.does_chores()
    await readers.confirms("cora", "LV-11")
    await readers.until_morning()
    readers.phone("disa").expect_sms("LV-11")


@BOTH
async def test_two_reminders_a_week_apart_and_then_a_planner_sees_it(readers: Readers) -> None:
    await asked_and_read(readers, "alva", "cora")
    await readers.advance(minutes=6 * 24 * 60)
    await readers.does_chores()
    readers.expect_silence()
    await readers.passes(days=2)
    readers.phone("disa").expect_sms("Påminnelse", "LV-10", "/paths/LV-10")
    await readers.advance(minutes=5 * 24 * 60)
    await readers.does_chores()
    readers.expect_silence()
    await readers.passes(days=2)
    readers.phone("disa").expect_sms("Påminnelse", "LV-10")
    await readers.passes(days=8)
    asked = (await readers.standing("disa")).asked
    assert asked
    assert asked.reminders == 2


async def test_an_engine_that_was_away_does_not_send_both_reminders_at_once(
    readers: Readers,
) -> None:
    await asked_and_read(readers, "alva", "cora")
    await readers.advance(minutes=20 * 24 * 60)
    await readers.passes(hours=12)
    readers.phone("disa").expect_sms("Påminnelse")
    await readers.passes(days=2)


@BOTH
async def test_a_new_version_asks_only_those_whose_part_changed(readers: Readers) -> None:
    await asked_and_read(readers, "alva", "cora", "disa")
    await readers.loads(STAFF_CHANGED)
    await readers.until_morning()
    for name in ("cora", "disa"):
        readers.phone(name).expect_sms("Din del av larmvägen LV-10 har ändrats")
    await readers.confirms("cora")
    found = {each.person.ref: each for each in (await readers.scene()).of_path("LV-10")}
    assert {name for name, each in found.items() if each.read_at} == {"alva", "cora"}
    assert {name for name, each in found.items() if each.anew} == {"cora", "disa"}
    assert [each.version_number for each in await readers.receipts_of("cora")] == [1, 2]


async def test_two_paths_changed_at_once_make_one_notice(readers: Readers) -> None:
    await readers.asks_all("LV-10", "LV-11")
    await readers.until_morning()
    readers.ignore_messages()
    for name, code in (("alva", "LV-10"), ("cora", "LV-10"), ("cora", "LV-11"), ("disa", "LV-10")):
        await readers.confirms(name, code)
    await readers.confirms("disa", "LV-11")
    await readers.loads(STAFF_CHANGED, FIRE.replace("title: Staben", "title: Stab och ledning"))
    await readers.until_morning()
    for name in ("cora", "disa"):
        readers.phone(name).expect_sms("Din del av larmvägarna LV-10 och LV-11 har ändrats")


@BOTH
async def test_who_joins_is_asked_and_who_leaves_is_counted_no_longer(readers: Readers) -> None:
    await asked_and_read(readers, "alva", "cora", "disa")
    await readers.joins("elof", "stab")
    await readers.leaves("disa")
    await readers.until_morning()
    readers.phone("elof").expect_sms("LV-10")
    named = {each.person.ref for each in (await readers.scene()).of_path("LV-10")}
    assert named == {"alva", "cora", "elof"}


async def test_who_is_called_by_fewer_steps_is_left_in_peace(readers: Readers) -> None:
    await readers.joins("alva", "stab")
    await asked_and_read(readers, "alva", "cora", "disa")
    await readers.leaves("alva")
    await readers.passes(days=1)
    assert (await readers.standing("alva")).read_at


@BOTH
async def test_a_planner_stops_asking_and_nobody_is_reminded(readers: Readers) -> None:
    await asked_and_read(readers, "alva", "cora")
    await readers.stops_asking("LV-10")
    await readers.advance(minutes=8 * 24 * 60)
    await readers.does_chores()


async def test_the_protected_are_asked_but_sent_nothing(readers: Readers) -> None:
    await readers.person("gro", protected=True)
    await readers.joins("gro", "stab")
    await asked_and_read(readers, "alva", "cora", "disa")
    await readers.advance(minutes=8 * 24 * 60)
    await readers.does_chores()
    each = await readers.standing("gro")
    assert (each.name, each.read_at) == ("gro", None)
    async with readers.database.transaction() as session:
        teller = Teller(session, readers.now, ZONE)
        assert await service.remind(teller, [each], by=BY) == 0
        assert await service.go_through(teller, [each], by=BY) == 1
    receipt = (await readers.receipts_of("gro"))[0]
    assert (receipt.via, receipt.reminders) == (ReceiptVia.PLANNER, 0)


async def test_an_old_card_is_not_confirmed(readers: Readers) -> None:
    seen = (await readers.standing("cora")).part.mark
    await readers.loads(STAFF_CHANGED)
    with pytest.raises(Refused, match="har ändrats"):
        await readers.confirms("cora", mark=seen)
    assert await readers.receipts_of("cora") == []


@BOTH
async def test_confirming_twice_is_confirming_once(readers: Readers) -> None:
    await readers.confirms("cora", number=NUMBER)
    first = (await readers.standing("cora")).read_at
    await readers.passes(hours=1)
    await readers.confirms("cora")
    assert (await readers.standing("cora")).read_at == first
    known = await readers.acquaintance("cora")
    assert known
    assert (known.sender, known.saved_at) == (NUMBER, first)


@BOTH
async def test_when_alarms_come_from_another_number_nobody_has_saved_it(readers: Readers) -> None:
    await readers.confirms("cora", number="+46406280400")
    assert (await readers.standing("cora")).number_saved
    await readers.does_chores()
    assert not (await readers.standing("cora")).number_saved


@BOTH
async def test_a_planner_reminds_now_but_not_twice_in_an_hour(readers: Readers) -> None:
    await asked_and_read(readers, "alva", "cora")
    await readers.advance(minutes=120)

    async def reminds() -> int:
        chosen: list[Standing] = list((await readers.scene()).of_path("LV-10"))
        async with readers.database.transaction() as session:
            told = await service.remind(Teller(session, readers.now, ZONE), chosen, by=BY)
        await readers.engine.until_idle()
        return told

    assert await reminds() == 3
    readers.phone("disa").expect_sms("Påminnelse", "LV-10")
    for name in ("alva", "cora"):
        readers.phone(name).expect_sms("Spara numret")
    assert await reminds() == 0


@BOTH
async def test_asked_again_they_have_not_read_it_and_are_reminded_a_week_later(
    readers: Readers,
) -> None:
    await asked_and_read(readers, "alva", "cora", "disa")
    await readers.advance(minutes=9 * 24 * 60)
    async with readers.database.transaction() as session:
        teller = Teller(session, readers.now, ZONE)
        assert await service.ask_again(teller, [await readers.standing("cora")], by=BY) == 1
    await readers.engine.until_idle()
    readers.phone("cora").expect_sms("LV-10")
    assert not (await readers.standing("cora")).read_at
    await readers.advance(minutes=6 * 24 * 60)
    await readers.passes(days=2)
    readers.phone("cora").expect_sms("Påminnelse")
