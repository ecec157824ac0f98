"""The engine's promises of docs/manual.md, each as a story on both databases."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from alerting.channels.base import Outgoing, Report, ReportState
from alerting.gateway import Gateway
from alerting.models import AlarmState, EventKind, Message, MessageState
from alerting.plan import ChannelKind, Mode, Order
from alerting.polling import ask_of_silent
from tests.phones import broken
from tests.plans import plan, step, wave
from tests.world import World

SMS = (wave(ChannelKind.SMS),)
VOICE = (wave(ChannelKind.VOICE),)


async def _group(world: World, size: int) -> list[str]:
    names = [f"p{number:02d}" for number in range(size)]
    await world.group("alla", *names)
    return names


async def test_raised_means_stored_before_anything_is_sent(world: World) -> None:
    """Promise 1: alarm, steps, first call-ins and messages stand in one transaction."""

    async def look(_message: Outgoing) -> None:
        async with world.database.reading() as session:
            count = await session.scalar(select(func.count()).select_from(Message))
        assert count == 3

    await _group(world, 3)
    world.carrier.before = look
    await world.raises(plan(step("alla", "group:alla", waves=SMS)))
    assert world.ignore_messages() == 3


@pytest.mark.parametrize("accepted", [False, True])
async def test_everyone_is_messaged_although_the_engine_dies_while_sending(
    world: World, *, accepted: bool
) -> None:
    """Promise 2: killed before or after the provider took it, a restart sends what is due."""
    names = await _group(world, 5)
    under_way: list[Outgoing] = []
    all_under_way = asyncio.Event()

    async def hang(message: Outgoing) -> None:
        under_way.append(message)
        if len(under_way) == len(names):
            all_under_way.set()
        if len(under_way) > 2:
            if accepted:
                world.carrier.came.append(message)
            await asyncio.Event().wait()

    world.carrier.before = hang
    chain = plan(step("alla", "group:alla", need=5, waves=SMS))
    raising = asyncio.create_task(world.raises(chain))
    await all_under_way.wait()
    await world.dies(raising)
    world.carrier.before = None
    await world.engine.take_over()
    await world.engine.until_idle()
    for name in names:
        world.phone(name).expect_sms()
    assert world.ignore_messages() <= len(names), "rather twice than never, but not thrice"


async def test_a_lease_that_has_run_out_is_sent_by_another_engine(world: World) -> None:
    await world.on_duty("TIB", "alva")
    await world.raises(plan(step("tib", "duty:TIB", waves=SMS)), undo=timedelta(seconds=5))
    async with world.database.transaction() as session:
        lease = world.now + timedelta(seconds=20)
        await session.execute(update(Message).values(state=MessageState.SENDING, lease_until=lease))
    await world.advance(seconds=6)
    world.expect_silence()
    await world.advance(seconds=20)
    world.phone("alva").expect_sms()


async def test_nothing_is_sent_once_the_need_is_met(world: World) -> None:
    """Promise 4: just before each send it is still wanted."""
    await world.group("stab", "alva", "birk")
    world.carrier.fail(world.address("birk"), ChannelKind.SMS, broken(permanent=False))
    await world.raises(plan(step("stab", "group:stab", waves=SMS)))
    world.phone("alva").expect_sms()
    await world.phone("alva").texts("JA")
    world.phone("alva").expect_sms("Noterat")
    await world.advance(minutes=5)
    assert await _states(world, MessageState.WAITING) == 0


async def test_a_failed_text_to_one_stops_neither_their_call_nor_the_others(world: World) -> None:
    """Promise 5: each channel and each recipient fails alone."""
    await world.group("stab", "alva", "birk")
    world.carrier.fail(world.address("alva"), ChannelKind.SMS, broken())
    await world.raises(plan(step("stab", "group:stab", need=2, waves=(wave(),))))
    world.phone("alva").expect_call()
    world.phone("birk").expect_call()
    world.phone("birk").expect_sms()


@pytest.mark.logs_errors
async def test_a_bug_in_a_channel_counts_as_a_failed_try_of_that_one(world: World) -> None:
    await world.group("stab", "alva", "birk")
    world.carrier.fail(world.address("alva"), ChannelKind.SMS, ZeroDivisionError("a bug"))
    await world.raises(plan(step("stab", "group:stab", need=2, waves=SMS)))
    world.phone("birk").expect_sms()
    await world.advance(seconds=2)
    world.phone("alva").expect_sms()


@pytest.mark.logs_errors
async def test_a_poisoned_alarm_does_not_stop_the_others(world: World) -> None:
    await world.on_duty("TIB", "alva")
    await world.raises(plan(step("tib", "duty:TIB", waves=SMS)))
    world.phone("alva").expect_sms()
    async with world.database.transaction() as session:
        await session.execute(text("UPDATE step SET plan = 'no json'"))
        await session.execute(text("UPDATE alarm SET due_at = raised_at"))
    await world.on_duty("KIB", "birk")
    await world.raises(plan(step("kib", "duty:KIB", waves=SMS)))
    world.phone("birk").expect_sms()


async def test_a_call_that_ends_unanswered_goes_to_the_next_number_at_once(world: World) -> None:
    """Promise 6."""
    await world.person("alva", landline=True)
    await world.on_duty("TIB", "alva")
    await world.raises(plan(step("tib", "duty:TIB", waves=VOICE)))
    await world.phone("alva").expect_call().rings_out()
    await world.landline("alva").expect_call().press("1")
    assert await world.events(EventKind.FAILED) == ["Alva"]


async def test_a_provider_that_says_nothing_is_asked_after_a_minute(world: World) -> None:
    await world.role("chef", "alva", "birk")
    await world.raises(plan(step("chef", "role:chef", order=Order.ONE_BY_ONE, waves=VOICE)))
    call = world.phone("alva").expect_call()
    world.carrier.reports[str(call.message.id)] = Report(
        state=ReportState.FAILED, reason="upptaget"
    )
    assert await ask_of_silent(world.engine) == 0
    await world.advance(seconds=61)
    assert await ask_of_silent(world.engine) == 1
    await world.engine.until_idle()
    await world.phone("birk").expect_call().press("1")
    assert await ask_of_silent(world.engine) == 0


async def test_reports_come_late_twice_and_backwards_and_change_nothing(world: World) -> None:
    """Promise 12: idempotent, out of order allowed, never backwards."""
    await world.on_duty("TIB", "alva")
    await world.raises(plan(step("tib", "duty:TIB", waves=VOICE)))
    call = world.phone("alva").expect_call()
    await call.press("1")
    await call.rings_out()
    await call.rings_out()
    assert await world.state() is AlarmState.MET
    assert await world.events(EventKind.FAILED) == []


async def test_outside_live_mode_a_real_number_is_refused(world: World) -> None:
    await world.on_duty("TIB", "alva")
    async with world.database.transaction() as session:
        await session.execute(text("UPDATE contact_point SET address = '+46708123456'"))
    await world.raises(plan(step("tib", "duty:TIB", waves=SMS)), mode=Mode.LIVE)
    assert await world.state() is AlarmState.UNMET
    assert await world.events(EventKind.FAILED) == ["Alva"]


async def test_a_live_deployment_lets_only_a_live_alarm_out(world: World) -> None:
    gateway = Gateway({ChannelKind.SMS: world.carrier}, live=True, allowed=("+4646*",))
    assert gateway.lets_through("+46708123456", Mode.LIVE)
    assert not gateway.lets_through("+46708123456", Mode.EXERCISE)
    assert not gateway.lets_through("+46708123456", Mode.TEST)
    assert gateway.lets_through("+46701740605", Mode.EXERCISE)
    assert gateway.lets_through("+4646123456", Mode.TEST)


async def test_the_same_form_twice_is_one_alarm(world: World) -> None:
    await world.on_duty("TIB", "alva")
    first = await world.raises(plan(step("tib", "duty:TIB", waves=SMS)), once="form-1")
    again = await world.raises(plan(step("tib", "duty:TIB", waves=SMS)), once="form-1")
    assert first == again
    world.phone("alva").expect_sms()


async def _states(world: World, state: MessageState) -> int:
    async with world.database.reading() as session:
        query = select(func.count()).select_from(Message).where(Message.state == state)
        return await session.scalar(query) or 0
