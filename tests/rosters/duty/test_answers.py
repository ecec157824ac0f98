"""Texts to the roster: which question a word is for, and that no other takes it."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from alerting.service import lock_alarm
from rosters.duty.models import HandoverState, SwapState
from rosters.models import ContactKind, ContactPoint
from tests.plans import plan, step
from tests.rosters.duty.town import Town

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOON = timedelta(days=3)


async def test_a_bare_word_answers_nothing_that_has_not_been_sent(town: Town) -> None:
    """A handover's question is written down two days ahead, and sent when it is due."""
    await town.has_role(hands_over=True, always_staffed=False)
    await town.plan("alva", "birk", first=-12 * HOUR)
    await town.passes(hours=11)
    town.ignore_messages()
    await town.phone("birk").texts("nej")
    await town.phone("birk").texts("ja")
    assert (await town.handover()).state is HandoverState.PREPARED
    town.expect_silence()


async def test_a_late_yes_to_an_alarm_is_not_taken_for_an_older_swap(town: Town) -> None:
    await town.has_role()
    mine, _theirs = await town.plan("alva", "birk", first=SOON)
    swap = await town.asks("alva", mine, "birk")
    await town.advance(minutes=300)
    await town.raises(plan(step("one", "person:birk")))
    await town.closes()
    town.ignore_messages()
    await town.phone("birk").texts("JA")
    assert (await town.swap(swap)).state is SwapState.ASKED
    await town.phone("birk").texts("R1 JA")
    assert (await town.swap(swap)).state is SwapState.DONE
    town.ignore_messages()


async def test_what_the_roster_asks_after_an_alarm_takes_the_bare_word(town: Town) -> None:
    await town.has_role()
    mine, _theirs = await town.plan("alva", "birk", first=SOON)
    await town.advance(minutes=300)
    await town.raises(plan(step("one", "person:birk")))
    await town.closes()
    await town.advance(minutes=5)
    swap = await town.asks("alva", mine, "birk")
    town.ignore_messages()
    await town.phone("birk").texts("JA")
    assert (await town.swap(swap)).state is SwapState.DONE
    town.ignore_messages()


async def test_two_who_share_a_phone_have_tags_of_their_own(town: Town) -> None:
    await town.has_role()
    mine, *_theirs = await town.plan("alva", "birk", "cleo", first=SOON)
    async with town.database.transaction() as session:
        await session.execute(
            update(ContactPoint)
            .where(
                ContactPoint.person_id == town.people["cleo"],
                ContactPoint.kind == ContactKind.MOBILE,
            )
            .values(address=town.address("birk"))
        )
    swap = await town.asks("alva", mine)
    await town.advance(minutes=300)
    town.phone("birk").expect_sms("Svara R1 JA")
    town.phone("birk").expect_sms("Svara R2 JA")
    await town.phone("birk").texts("R2 JA")
    assert (await town.swap(swap)).state is SwapState.DONE
    town.ignore_messages()


async def test_a_tag_belongs_to_its_question_for_as_long_as_that_is_open(town: Town) -> None:
    await town.has_role()
    hers, _b, his, _d = await town.plan("alva", "birk", "cleo", "birk", first=20 * DAY)
    old = await town.asks("alva", hers, "birk")
    await town.advance(minutes=60 * 24 * 8)
    new = await town.asks("cleo", his, "birk")
    await town.advance(minutes=600)
    town.ignore_messages()
    await town.phone("birk").texts("R1 JA")
    assert (await town.swap(old)).state is SwapState.DONE
    assert (await town.swap(new)).state is SwapState.ASKED
    town.ignore_messages()


@pytest.mark.postgres
async def test_an_answer_and_an_opt_out_at_once_wait_in_one_order(town_on_postgres: Town) -> None:
    """On PostgreSQL, who has the alarm may want the number: an answer must not hold it meanwhile."""
    town = town_on_postgres
    await town.person("alva")
    alarm = await town.raises(plan(step("one", "person:alva")))
    town.ignore_messages()
    async with town.database.transaction() as session:
        await lock_alarm(session, alarm)
        answering = asyncio.create_task(town.phone("alva").texts("JA"))
        await asyncio.wait([answering], timeout=0.5)
        await session.execute(update(ContactPoint).values(opted_out_at=None))
    await answering
    town.phone("alva").expect_sms("kommer")
