"""Simulated people: they sleep, pick up, write and stay away, and the same seed is the same story."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from alerting.channels.simulated import Simulated
from alerting.engine import Engine
from alerting.gateway import Gateway
from alerting.habits import MANNERS, RINGS_FOR, Crowd, Habit, Manner, Mood, crowd_of, read_crowd
from alerting.models import AlarmState, CallInState, Message, MessageState, Reply
from alerting.plan import Ask, ChannelKind, Meaning
from alerting.replies import understand
from alerting.simulation import SimulatedPeople, living
from core.errors import Refused
from tests.plans import plan, step, wave
from tests.world import World

MANY = 3000
VOICE = wave(ChannelKind.VOICE)
TEXT = wave(ChannelKind.SMS)


def moods(habit: Habit) -> list[Mood]:
    return [Mood(f"1/{number}", MANNERS[habit]) for number in range(MANY)]


def test_four_in_ten_answer_two_calls_at_night() -> None:
    answered = sum(1 for mood in moods(Habit.NIGHT) if mood.takes_call() or mood.takes_call())

    assert answered / MANY == pytest.approx(0.41, abs=0.03)


def test_one_in_six_answers_one_text_at_night_within_45_minutes() -> None:
    delays = [mood.answers_text() for mood in moods(Habit.NIGHT)]

    in_time = [delay for delay in delays if delay and delay <= timedelta(minutes=45)]
    assert len(in_time) / MANY == pytest.approx(0.16, abs=0.02)


def test_prompt_people_always_pick_up_and_come() -> None:
    everyone = moods(Habit.PROMPT)

    assert all(mood.takes_call() and mood.answers_text() and mood.comes for mood in everyone)


def test_who_has_no_phone_at_hand_is_deaf_to_calls_and_texts() -> None:
    away = [mood for mood in moods(Habit.NIGHT) if mood.away]

    assert away
    assert not any(mood.takes_call() or mood.answers_text() for mood in away)


@pytest.mark.parametrize("habit", list(MANNERS))
@pytest.mark.parametrize("ask", list(Ask))
def test_what_they_write_is_understood_and_what_they_mumble_is_not(habit: Habit, ask: Ask) -> None:
    for mood in moods(habit)[:300]:
        said = understand(mood.words(ask), letters=frozenset())[0].meaning
        assert said in {mood.meaning(ask), Meaning.COMING if ask is Ask.RECEIVED else said}
        assert understand(mood.riddle(), letters=frozenset())[0].meaning is Meaning.UNCLEAR


def test_a_file_says_how_people_behave_and_who_differs() -> None:
    crowd = read_crowd("like: night\naway: 0.5\npeople:\n  P11: {like: prompt, comes: 0}\n")

    assert crowd.manner == MANNERS[Habit.NIGHT].model_copy(update={"away": 0.5})
    assert crowd.others["P11"].comes == 0
    assert crowd.others["P11"].hears_call == 1


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("{", "YAML"),
        ("[1]", "beskriver"),
        ("away: 1.5", "away"),
        ("like: sleepy", "like"),
        ("writes: [60, 5]", "writes"),
        ("people: {P11: {awake: 1}}", "P11.awake"),
    ],
)
def test_a_file_that_says_something_else_is_refused(text: str, part: str) -> None:
    with pytest.raises(Refused, match=part):
        read_crowd(text)


class Town:
    """A world whose phones belong to simulated people."""

    def __init__(self, world: World, people: SimulatedPeople) -> None:
        self.world, self.people = world, people

    async def passes(self, *, minutes: float) -> None:
        end = self.world.now + timedelta(minutes=minutes)
        await self._act()
        while (at := await self._next()) is not None and at <= end:
            self.world.clock.move_to(max(at, self.world.now))
            await self._act()
        self.world.clock.move_to(end)

    async def _act(self) -> None:
        world = self.world
        await world.engine.until_idle()
        while await self.people.turn(world.database, world.means, world.now):
            await world.engine.until_idle()

    async def _next(self) -> datetime | None:
        times = [self.people.next_at(), await self.world.next_due()]
        return min((each for each in times if each), default=None)

    async def messages(self) -> list[Message]:
        async with self.world.database.reading() as session:
            return list(await session.scalars(select(Message).order_by(Message.created_at)))


@asynccontextmanager
async def town(world: World, crowd: Crowd | None = None, seed: int = 1) -> AsyncIterator[Town]:
    people = SimulatedPeople(seed, crowd)
    gateway = Gateway(dict.fromkeys(ChannelKind, Simulated(people.heard)), live=False)
    world.engine = Engine(world.database, gateway, world.means, world.clock)
    yield Town(world, people)


async def test_prompt_people_meet_the_need(world: World) -> None:
    async with town(world, crowd_of(Habit.PROMPT)) as simulated:
        await world.group("stab", "alva", "birk", "cleo")
        await world.raises(plan(step("stab", "group:stab", need=3)))
        await simulated.passes(minutes=2)
    assert await world.state() is AlarmState.MET


async def test_nobody_declines_information(world: World) -> None:
    async with town(world, Crowd(Manner(comes=0))) as simulated:
        await world.on_duty("TIB", "alva")
        await world.raises(plan(step("tib", "duty:TIB", ask=Ask.RECEIVED)))
        await simulated.passes(minutes=2)
    assert await world.state() is AlarmState.MET


async def test_nobody_taps_and_the_call_rings_out(world: World) -> None:
    async with town(world) as simulated:
        await world.on_duty("TIB", "alva")
        await world.raises(plan(step("tib", "duty:TIB", waves=(VOICE,))))
        await simulated.passes(minutes=RINGS_FOR.total_seconds() / 60)
        call = (await simulated.messages())[0]
    assert (call.state, call.reason) == (MessageState.FAILED, "Inget svar.")
    assert await world.state() is AlarmState.UNMET


async def test_a_habit_chosen_late_still_reacts_to_what_has_come(world: World) -> None:
    async with town(world) as simulated:
        await world.on_duty("TIB", "alva")
        await world.raises(plan(step("tib", "duty:TIB", waves=(TEXT,))))
        await simulated.passes(minutes=1)
        simulated.people.habits[world.address("alva")] = Habit.PROMPT
        await simulated.passes(minutes=2)
    assert await world.state() is AlarmState.MET


async def test_who_has_answered_the_call_does_not_write_as_well(world: World) -> None:
    async with town(world, crowd_of(Habit.PROMPT)) as simulated:
        await world.on_duty("TIB", "alva")
        await world.raises(plan(step("tib", "duty:TIB")))
        await simulated.passes(minutes=30)
        async with world.database.reading() as session:
            replies = (await session.scalars(select(Reply))).all()
    assert replies == []


async def test_somebody_muddled_is_asked_again_and_then_answers(world: World) -> None:
    muddled = Crowd(Manner(muddled=1, hears_call=0, voicemail=1))
    async with town(world, muddled) as simulated:
        await world.on_duty("TIB", "alva")
        await world.raises(plan(step("tib", "duty:TIB")))
        await simulated.passes(minutes=30)
        async with world.database.reading() as session:
            replies = await session.scalars(select(Reply).order_by(Reply.received_at))
            meanings = [each.meaning for each in replies]
    assert meanings == [Meaning.UNCLEAR, Meaning.COMING]
    assert (await world.call_in("alva")).state is CallInState.ACCEPTED


async def test_two_questions_are_told_apart_by_their_letters(world: World) -> None:
    writes = Crowd(Manner(hears_call=0, writes=(300, 300)))
    async with town(world, writes) as simulated:
        await world.on_duty("TIB", "alva")
        waves = (wave(ChannelKind.SMS, wait=timedelta(minutes=20)),)
        await world.raises(plan(step("tib", "duty:TIB", waves=waves)))
        first = world.alarm
        await world.raises(plan(step("tib", "duty:TIB", waves=waves), code="LV-98"))
        await simulated.passes(minutes=15)
        second, world.alarm = await world.state(), first
        async with world.database.reading() as session:
            texts = set(await session.scalars(select(Reply.text)))
    assert (await world.state(), second) == (AlarmState.MET, AlarmState.MET)
    assert any(text.startswith("B ") for text in texts)


async def test_the_same_seed_is_the_same_story(world: World) -> None:
    async with town(world, crowd_of(Habit.TYPICAL), seed=3) as simulated:
        await world.group("stab", "alva", "birk", "cleo", "dante")
        stories = []
        for _time in range(2):
            simulated.people = SimulatedPeople(3, crowd_of(Habit.TYPICAL))
            gateway = Gateway(
                dict.fromkeys(ChannelKind, Simulated(simulated.people.heard)), live=False
            )
            world.engine = Engine(world.database, gateway, world.means, world.clock)
            start = world.now
            await world.raises(plan(step("stab", "group:stab", need=4)))
            await simulated.passes(minutes=60)
            await world.closes()
            rows = [await world.call_in(each) for each in ("alva", "birk", "cleo", "dante")]
            stories.append(
                [(r.state, r.answered_at and r.answered_at - start, r.eta_minutes) for r in rows]
            )
    assert stories[0] == stories[1]


async def test_in_a_running_service_they_react_by_themselves(world: World) -> None:
    async with town(world, crowd_of(Habit.PROMPT)) as simulated:
        await world.on_duty("TIB", "alva")
        await world.raises(plan(step("tib", "duty:TIB")))
        world.clock.move(timedelta(minutes=2))
        with world.database.wakeups.listening("alarms") as changed:
            async with living(simulated.people, world.database, world.means, world.clock):
                while (await world.call_in("alva")).state is not CallInState.ACCEPTED:
                    world.clock.move(timedelta(minutes=1))
                    await changed.wait()
                    changed.clear()
