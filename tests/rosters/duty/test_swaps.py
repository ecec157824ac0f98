"""Swaps: asked, answered by page or text, approved where wanted, and settled once."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from core.errors import Refused
from rosters.duty.models import SwapState
from rosters.models import Person
from tests.plans import plan, step
from tests.rosters.duty.town import Town

DAY = timedelta(days=1)
SOON = timedelta(days=3)


async def test_a_swap_by_text_is_shown_everywhere_at_once(town: Town) -> None:
    await town.has_role()
    mine, theirs = await town.plan("alva", "birk", first=SOON)
    swap = await town.asks("alva", mine, "birk", theirs)
    await town.advance(minutes=300)  # nobody is woken by it: it came at 07
    town.phone("birk").expect_sms("Alva vill byta", "TIB", "/my/", "Svara R1 JA eller R1 NEJ.")
    before = (await town.shift(mine)).event, (await town.shift(theirs)).event

    await town.phone("birk").texts("R1 ja tack")

    town.phone("birk").expect_sms("Noterat: passet är ditt.")
    assert (await town.swap(swap)).state is SwapState.DONE
    assert await town.serving(at=town.now + SOON) == ["birk"]
    assert await town.serving(at=town.now + SOON + DAY) == ["alva"]
    after = await town.shift(mine), await town.shift(theirs)
    assert (after[1].event, after[0].event) == before, "each event moves with its person"
    assert all(each.sequence == 1 and each.by_hand for each in after)
    town.phone("birk").expect_sms("Bytet är klart: du har TIB fre 27 nov")
    town.phone("alva").expect_sms("Bytet är klart: du har TIB lör 28 nov")


async def test_where_the_role_wants_it_a_planner_has_the_last_word(town: Town) -> None:
    await town.has_role(approves_swaps=True)
    mine, theirs = await town.plan("alva", "birk", first=SOON)
    swap = await town.asks("alva", mine, "birk", theirs)
    await town.accepts("birk", swap)
    assert (await town.swap(swap)).state is SwapState.ACCEPTED
    assert await town.serving(at=town.now + SOON) == ["alva"]
    await town.approves(swap)
    assert await town.serving(at=town.now + SOON) == ["birk"]
    with pytest.raises(Refused, match="hann före"):
        await town.approves(swap)
    town.ignore_messages()


async def test_an_offer_to_all_goes_to_the_first_and_the_second_is_told(town: Town) -> None:
    await town.has_role()
    mine, *_others = await town.plan("alva", "birk", "cleo", first=SOON)
    swap = await town.asks("alva", mine)
    outcomes = await asyncio.gather(
        town.accepts("birk", swap), town.accepts("cleo", swap), return_exceptions=True
    )
    refused = [each for each in outcomes if isinstance(each, Refused)]
    assert len(refused) == 1
    assert len(await town.serving(at=town.now + SOON)) == 1
    assert await town.serving(at=town.now + SOON) != ["alva"]
    town.ignore_messages()


@pytest.mark.parametrize("words", ["NEJ", "R1 nej", "kan inte"])
async def test_a_no_by_text_leaves_the_shift_where_it_is(town: Town, words: str) -> None:
    await town.has_role()
    mine, _theirs = await town.plan("alva", "birk", first=SOON)
    swap = await town.asks("alva", mine, "birk")
    await town.advance(minutes=300)
    town.phone("birk").expect_sms("frågar om du kan ta TIB")
    await town.phone("birk").texts(words)
    town.phone("birk").expect_sms("Noterat: du tar inte passet.")
    town.phone("alva").expect_sms("Nej till byte av TIB")
    assert (await town.swap(swap)).state is SwapState.DECLINED
    assert await town.serving(at=town.now + SOON) == ["alva"]


@pytest.mark.parametrize("words", ["ja kanske", "ok", "R9 JA", "R1", "ja?", "JA NEJ"])
async def test_a_yes_is_never_guessed(town: Town, words: str) -> None:
    await town.has_role()
    mine, _theirs = await town.plan("alva", "birk", first=SOON)
    swap = await town.asks("alva", mine, "birk")
    await town.advance(minutes=300)
    town.ignore_messages()
    await town.phone("birk").texts(words)
    assert (await town.swap(swap)).state is SwapState.ASKED
    if words != "ok":  # that may be meant for any notice
        town.phone("birk").expect_sms("Svaret gick inte att tolka. Svara R1 JA eller R1 NEJ.")


async def test_a_swap_that_was_not_settled_in_time_is_off(town: Town) -> None:
    await town.has_role()
    mine, _theirs = await town.plan("alva", "birk", first=timedelta(hours=6))
    swap = await town.asks("alva", mine, "birk")
    await town.passes(hours=7)
    assert (await town.swap(swap)).state is SwapState.LAPSED
    await town.phone("birk").texts("R1 JA")
    said = [each.text for each in town.carrier.came if each.to == town.address("birk")]
    assert any("Passet har redan börjat" in text for text in said)
    assert await town.serving() == ["alva"]
    town.ignore_messages()


async def test_the_impossible_is_refused_and_nothing_is_half_done(town: Town) -> None:
    await town.has_role()
    past = await town.plan("alva", first=-2 * DAY)
    mine, theirs, hers = await town.plan("alva", "birk", "cleo", first=SOON)
    for sentence, name, shift, of, returned in (
        ("byta med dig själv", "alva", mine, "alva", None),
        ("redan börjat", "alva", past[0], "birk", None),
        ("inte ditt", "alva", theirs, "cleo", None),
        ("i gengäld är inte", "alva", mine, "birk", hers),
        ("i gengäld är inte", "alva", mine, "birk", mine),
    ):
        with pytest.raises(Refused, match=sentence):
            await town.asks(name, shift, of, returned)
    await town.asks("alva", mine, "birk")
    with pytest.raises(Refused, match="redan en öppen fråga"):
        await town.asks("alva", mine, "cleo")
    town.ignore_messages()


async def test_nobody_gets_two_shifts_of_a_role_at_once_or_one_after_leaving(town: Town) -> None:
    await town.has_role(needed=2)
    mine, _more = await town.plan("alva", "cleo", first=SOON)
    await town.plan("birk", first=SOON)
    with pytest.raises(Refused, match="Birk har redan ett pass"):
        await town.asks("alva", mine, "birk")
    async with town.database.transaction() as session:
        last = (town.now + DAY).date()
        await session.execute(update(Person).where(Person.ref == "cleo").values(active_to=last))
    with pytest.raises(Refused, match="Cleo är inte i tjänst"):
        await town.asks("alva", mine, "cleo")


async def test_an_answer_to_an_alarm_is_never_taken_for_the_roster(town: Town) -> None:
    """The alarm's question takes the bare word; the roster's needs its tag."""
    await town.has_role()
    mine, _theirs = await town.plan("alva", "birk", first=SOON)
    swap = await town.asks("alva", mine, "birk")
    await town.advance(minutes=300)
    await town.raises(plan(step("one", "person:birk")))
    town.ignore_messages()
    await town.phone("birk").texts("JA")
    assert (await town.swap(swap)).state is SwapState.ASKED
    town.phone("birk").expect_sms("kommer")
    await town.phone("birk").texts("R1 JA")
    assert (await town.swap(swap)).state is SwapState.DONE
    town.ignore_messages()
