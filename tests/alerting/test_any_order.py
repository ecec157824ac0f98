"""Whatever the order of time, answers, callbacks, crashes and closing: nothing due is lost."""

import asyncio
import shutil
from collections.abc import Callable, Coroutine
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from alerting.models import (
    ENDED_STEP,
    OPEN_ALARM,
    Alarm,
    CallIn,
    CallInState,
    Message,
    MessageState,
    Purpose,
    Step,
)
from alerting.plan import ChannelKind, Need, Order
from core.database import Database
from tests.phones import broken
from tests.plans import if_fails, plan, step, wave
from tests.world import World

NAMES = ("alva", "birk", "cleo", "dante")
CHAIN = plan(
    step("karna", "group:karna", need=2),
    step(
        "reserv",
        "group:reserv",
        order=Order.ONE_BY_ONE,
        need=Need(count=2, total_with=("karna",)),
        waves=(wave(ChannelKind.SMS), wave(ChannelKind.VOICE)),
        start=if_fails("karna"),
    ),
)
who = st.sampled_from(NAMES)
act = st.one_of(
    st.tuples(st.just("wait"), st.sampled_from([1, 30, 61, 180, 400])),
    st.tuples(st.just("text"), who, st.sampled_from(["JA", "nej", "30", "vad?", "STOP", "START"])),
    st.tuples(st.just("break"), who, st.booleans()),
    st.tuples(st.just("call ends"), st.sampled_from(["no-answer", "busy", "machine_start"])),
    st.tuples(st.just("restart")),
    st.tuples(st.just("close")),
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=st.lists(act, max_size=12))
def test_nothing_due_is_lost_whatever_happens(
    empty_sqlite: Path, acts: list[tuple[Any, ...]]
) -> None:
    folder = Path(mkdtemp(dir=empty_sqlite.parent))
    shutil.copy(empty_sqlite, folder / "any.db")
    try:
        asyncio.run(_live_through(folder / "any.db", acts))
    finally:
        shutil.rmtree(folder)


async def _live_through(path: Path, acts: list[tuple[Any, ...]]) -> None:
    database = Database(f"sqlite:///{path}", durable=False)
    async with World.on(database) as world:
        await world.group("karna", *NAMES[:2])
        await world.group("reserv", *NAMES[2:])
        await world.raises(CHAIN)
        for name, *arguments in acts:
            await DEEDS[name](world, *arguments)
        await world.advance(minutes=60)
        await _expect_order(world)
    await database.close()


async def _wait(world: World, seconds: int) -> None:
    await world.advance(seconds=seconds)


async def _text(world: World, name: str, words: str) -> None:
    await world.phone(name).texts(words)


async def _break(world: World, name: str, permanent: bool) -> None:
    for kind in (ChannelKind.SMS, ChannelKind.VOICE):
        world.carrier.fail(world.address(name), kind, broken(permanent=permanent))


async def _call_ends(world: World, how: str) -> None:
    for message in list(world.carrier.came):
        if message.kind is ChannelKind.VOICE:
            await world.end_call(message.id, how)


async def _restart(world: World) -> None:
    world.engine = world.new_engine()
    await world.engine.take_over()
    await world.engine.until_idle()


async def _close(world: World) -> None:
    async with world.database.reading() as session:
        alarm = await session.get_one(Alarm, world.alarm)
    if alarm.state in OPEN_ALARM:
        await world.closes()


DEEDS: dict[str, Callable[..., Coroutine[Any, Any, None]]] = {
    "wait": _wait,
    "text": _text,
    "break": _break,
    "call ends": _call_ends,
    "restart": _restart,
    "close": _close,
}


async def _expect_order(world: World) -> None:
    async with world.database.reading() as session:
        alarm = (await session.scalars(select(Alarm))).one()
        steps = (await session.scalars(select(Step))).all()
        call_ins = (await session.scalars(select(CallIn))).all()
        messages = (await session.scalars(select(Message))).all()
    on_their_way = {MessageState.WAITING, MessageState.SENDING}
    assert [each for each in messages if each.state in on_their_way] == []
    for call_in in call_ins:
        asked_and_left = call_in.asked_at is not None and call_in.state is CallInState.SILENT
        tried = {each.call_in_id for each in messages if each.purpose is Purpose.QUESTION}
        assert not asked_and_left or call_in.id in tried, "fell silent without being messaged"
    if alarm.state in OPEN_ALARM:
        assert all(each.state in ENDED_STEP for each in steps)
        assert alarm.due_at is None
        assert not [each for each in call_ins if each.state is CallInState.ASKED]
