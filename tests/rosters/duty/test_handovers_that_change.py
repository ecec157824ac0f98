"""Handovers whose shifts change on the way: who is asked, who stays responsible, who is told."""

from datetime import timedelta
from uuid import UUID

import pytest

from rosters.duty.models import HandoverState
from rosters.duty.shifts import remove_shift
from rosters.handovers import service as handovers
from rosters.matters import waiting
from tests.rosters.duty.town import BY, Town

HOUR = timedelta(hours=1)


@pytest.fixture
async def hers_and_his(town: Town) -> list[UUID]:
    """Alva hands over to Birk at 15:12 in the afternoon; the roster manager is Cleo."""
    await town.has_role(hands_over=True, always_staffed=False, manager="cleo")
    return await town.plan("alva", "birk", first=-12 * HOUR)


async def refuses(town: Town, name: str) -> None:
    found, person = await town.handover(), await town.the(name)
    async with town.database.transaction() as session:
        await handovers.refuse(session, found.id, person, "", by=BY, now=town.now)
    await town.engine.until_idle()


async def test_who_gets_the_shift_after_it_was_accepted_has_to_accept_too(
    town: Town, hers_and_his: list[UUID]
) -> None:
    await town.does_chores()
    await town.accepts_handover("birk")
    await town.person("dante")
    swap = await town.asks("birk", hers_and_his[1], "dante")
    await town.accepts("dante", swap)
    await town.passes(hours=12)
    await town.passes(minutes=5)
    assert await town.serving() == ["alva", "dante"]
    await town.accepts_handover("dante")
    assert await town.serving() == ["dante"]
    told = [each.text for each in town.carrier.came if each.to == town.address("alva")]
    assert any("Dante har tagit över" in text for text in told)
    town.ignore_messages()


async def test_a_second_refusal_of_the_same_shift_is_told_too(
    town: Town, hers_and_his: list[UUID]
) -> None:
    await town.does_chores()
    await refuses(town, "birk")
    await town.person("dante")
    swap = await town.asks("birk", hers_and_his[1], "dante")
    await town.accepts("dante", swap)
    await town.does_chores()
    town.ignore_messages()
    await refuses(town, "dante")
    for name in ("alva", "cleo"):
        town.phone(name).expect_sms("Dante har sagt nej")
        town.phone(name).expect_mail("Dante har sagt nej")


async def test_taking_over_from_one_who_refused_does_not_relieve_the_one_before(
    town: Town, hers_and_his: list[UUID]
) -> None:
    await town.passes(hours=12)
    await town.passes(minutes=5)
    await refuses(town, "birk")
    await town.person("dante")
    await town.takes_over("dante", hers_and_his[1])
    await town.passes(minutes=5)
    assert await town.serving() == ["alva", "birk", "dante"]
    await town.accepts_handover("dante")
    assert await town.serving() == ["dante"]
    town.ignore_messages()


async def test_what_nobody_accepted_is_void_when_the_shift_is_over(
    town: Town, hers_and_his: list[UUID]
) -> None:
    await town.passes(hours=40)
    town.ignore_messages()
    assert await town.serving() == []
    assert (await town.handover()).state is HandoverState.VOID
    async with town.database.reading() as session:
        assert await waiting(session) == []


async def test_with_a_removed_shift_its_handover_is_asked_about_no_longer(
    town: Town, hers_and_his: list[UUID]
) -> None:
    await town.does_chores()
    town.ignore_messages()
    async with town.database.transaction() as session:
        await remove_shift(session, hers_and_his[1], by=BY, now=town.now)
    await town.passes(hours=13)
    said = [each.text for each in town.carrier.came]
    assert not any("Du tar över" in text or "Du lämnar" in text for text in said)
    town.ignore_messages()


async def test_each_of_two_at_once_hands_over_to_one(town: Town) -> None:
    """Also where the second of those who come is planned later than the first."""
    await town.has_role(hands_over=True, always_staffed=False, needed=2)
    await town.plan("alva", "birk", first=-12 * HOUR)
    await town.does_chores()
    await town.plan("cleo", "dante", first=-12 * HOUR)
    await town.passes(hours=12)
    await town.passes(minutes=5)
    town.ignore_messages()
    assert sorted(await town.serving()) == ["alva", "birk", "cleo", "dante"]
