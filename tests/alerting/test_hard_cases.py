"""Cases that once went wrong: jumps, repeats, people in two steps, changed minds, and races."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from sqlalchemy import select

from alerting import operating
from alerting.desk import Desk
from alerting.incoming import take_sms
from alerting.job import Job
from alerting.models import Alarm, AlarmState, CallInState, StepState
from alerting.plan import Need, Order, Otherwise, OtherwiseKind, Start, StartKind
from alerting.settling import settle
from core.database import Database
from tests.plans import MINUTE, after, if_fails, plan, step, wave
from tests.world import World


@pytest.fixture
async def town(world: World) -> AsyncIterator[World]:
    """A world in which what is sent is not the point."""
    yield world
    world.ignore_messages()


def go_to(name: str) -> Otherwise:
    return Otherwise(kind=OtherwiseKind.GO_TO, step=name, times=1)


async def test_a_jump_forward_asks_the_step_it_goes_to(town: World) -> None:
    for code, name in (("a", "alva"), ("b", "birk"), ("c", "cleo")):
        await town.group(code, name)
    await town.raises(
        plan(
            step("a", "group:a", otherwise=go_to("c")),
            step("b", "group:b", start=after("a")),
            step("c", "group:c", start=after("b")),
        )
    )
    await town.phone("alva").texts("nej")
    town.phone("cleo").expect_call()
    assert (await town.step("b")).state is StepState.NOT_NEEDED


async def test_a_jump_stops_at_the_gate(world: World) -> None:
    await world.group("a", "alva")
    await world.group("c", "cleo")
    by_hand = Start(kind=StartKind.BY_HAND)
    await world.raises(
        plan(
            step("g", "group:c", gate="Beslut", start=by_hand),
            step("a", "group:a", otherwise=go_to("g")),
        )
    )
    world.ignore_messages()
    await world.phone("alva").texts("nej")
    world.phone("alva").expect_sms("Noterat")
    assert (await world.step("g")).state is StepState.HELD


@pytest.mark.parametrize("start", [None, if_fails("a")], ids=["side by side", "in turn"])
async def test_one_person_counts_once_in_a_total(town: World, start: Start | None) -> None:
    await town.group("a", "alva", "birk")
    await town.group("b", "alva", "cleo", "dora")
    total = Need(count=2, total_with=("a",))
    await town.raises(
        plan(step("a", "group:a", need=2), step("b", "group:b", need=total, start=start))
    )
    await town.phone("alva").texts("ja")
    await town.phone("birk").texts("nej")
    await town.phone("alva").texts("ja")
    assert (await town.step("b")).state is StepState.ASKING
    await town.phone("cleo").texts("ja")
    assert (await town.step("b")).state is StepState.MET


async def test_a_repeated_step_asks_nobody_twice_over(town: World) -> None:
    await town.group("a", "alva", "birk", "cleo", "dora")
    await town.raises(
        plan(
            step(
                "a",
                "group:a",
                need=2,
                order=Order.ONE_BY_ONE,
                within=2 * MINUTE,
                otherwise=go_to("a"),
            )
        )
    )
    await town.advance(minutes=2.1)
    await town.phone("alva").texts("nej")
    await town.phone("birk").texts("nej")
    await town.phone("cleo").texts("ja")
    assert (await town.step("a")).state is StepState.ASKING


async def test_the_reserve_of_a_reserve_is_called_after_a_changed_mind(town: World) -> None:
    for code, name in (("a", "alva"), ("b", "birk"), ("c", "cleo")):
        await town.group(code, name)
    await town.raises(
        plan(
            step("a", "group:a"),
            step("b", "group:b", start=if_fails("a")),
            step("c", "group:c", start=if_fails("b")),
        )
    )
    for name, answer in (("alva", "ja"), ("alva", "nej"), ("birk", "nej")):
        await town.phone(name).texts(answer)
    town.phone("cleo").expect_call()


async def test_who_is_called_out_of_turn_can_answer(town: World) -> None:
    await town.group("a", "alva", "birk")
    await town.raises(plan(step("a", "group:a", order=Order.ONE_BY_ONE)))
    await town.phone("alva").texts("ja")
    async with town.database.transaction() as session:
        desk = Desk(session=session, means=town.means, now=town.now, by="Alva")
        await operating.call_again(desk, (await town.call_in("birk")).id)
    await town.engine.until_idle()
    await town.phone("birk").texts("ja")
    assert (await town.call_in("birk")).state is CallInState.ACCEPTED


async def test_an_ok_to_our_own_notice_is_no_yes(town: World) -> None:
    await town.group("a", "alva", "birk")
    await town.raises(plan(step("a", "group:a")))
    await town.phone("alva").texts("nej")
    await town.phone("alva").texts("Ok!")
    assert (await town.call_in("alva")).state is CallInState.DECLINED
    await town.phone("birk").texts("ja")
    assert await town.state() is AlarmState.MET


async def _text(world: World, name: str, text: str) -> None:
    """A text taken by the web, while the engine is not told."""
    async with world.database.transaction() as session:
        await take_sms(
            session,
            sender=world.address(name),
            text=text,
            provider="test",
            ref=str(uuid4()),
            now=world.now,
            means=world.means,
        )


@pytest.mark.postgres
async def test_an_answer_that_comes_while_the_engine_settles_is_seen(
    postgres_database: Database,
) -> None:
    """Several connections write at once on PostgreSQL only; SQLite has one writer."""
    world = World(postgres_database)
    await world.group("a", "alva", "birk")
    await world.raises(plan(step("a", "group:a", waves=(wave(wait=30 * MINUTE),))))
    await _text(world, "birk", "nej")
    async with world.database.transaction() as settling:
        query = select(Alarm).where(Alarm.id == world.alarm).with_for_update()
        alarm = (await settling.scalars(query)).one()
        await settle(Job(settling, alarm, world.means, world.now))
        answering = asyncio.create_task(_text(world, "alva", "ja"))
        done, _pending = await asyncio.wait({answering}, timeout=0.3)
        assert not done, "the answer waits until the engine has settled"
    await answering
    await world.engine.until_idle()
    assert (await world.step("a")).state is StepState.MET
