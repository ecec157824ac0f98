"""A path is tested: phones ring, people answer or do not, and the numbers show what they are."""

from datetime import timedelta

import pytest

from alerting.models import AlarmState, Via
from alerting.plan import ChannelKind, Mode
from core.errors import Refused
from playbooks.communication_tests.ending import KEPT_BACK
from playbooks.communication_tests.models import CommunicationState, Fault, LeftOut, Told
from playbooks.lights.models import RunKind
from rosters.models import ContactKind, Proof
from tests.kinds import BOTH
from tests.phones import broken
from tests.plans import plan, step
from tests.playbooks.communication_tests.conftest import Trials

S = CommunicationState
EVERYBODY = ("alva", "birk", "cleo", "dag")
GONE = broken(code="21211")


@BOTH
async def test_everybody_is_tried_on_every_channel_at_once_and_answers_end_it(
    trials: Trials,
) -> None:
    await trials.start()
    calls = {name: trials.world.phone(name).expect_call() for name in EVERYBODY}
    for name in EVERYBODY:
        trials.world.phone(name).expect_sms("TEST", "PROV-01", "Svara MOTTAGET")
    await trials.passes(1)
    await trials.answers("birk", "dag")
    await calls["alva"].press("1")
    await trials.passes(3)
    assert (await trials.last()).state is S.RUNNING
    await trials.answers("cleo")
    await trials.chores()
    test = await trials.last()
    assert (test.state, test.asked, test.answered) == (S.DONE, 4, 4)
    assert test.median == timedelta(minutes=1)
    assert (await trials.person("alva")).answered_via is Via.VOICE
    assert set(await trials.ways("birk")) == {"voice", "sms"}
    [run] = await trials.runs()
    assert (run.kind, run.met, run.took) == (RunKind.COMMUNICATION, True, timedelta(minutes=4))
    assert run.alarm_id == test.alarm_id
    assert not run.office_hours


async def test_who_is_silent_is_tried_once_more_and_the_test_ends_by_itself(trials: Trials) -> None:
    await trials.start()
    await trials.is_asked(*EVERYBODY)
    await trials.answers("alva", "birk")
    await trials.passes(10)
    await trials.is_asked("cleo", "dag")
    await trials.passes(49)
    assert (await trials.last()).state is S.RUNNING
    await trials.passes(1)
    test = await trials.last()
    assert (test.state, test.answered, test.met) == (S.DONE, 2, False)
    assert [each.met for each in await trials.runs()] == [False]
    await trials.passes(60)  # nothing more comes
    assert len(await trials.runs()) == 1


async def test_a_reserve_that_answers_stands_in_for_the_staff(trials: Trials) -> None:
    await trials.start()
    await trials.is_asked(*EVERYBODY)
    await trials.answers("alva", "birk", "dag")
    trials.world.ignore_messages()
    await trials.passes(60)
    trials.world.ignore_messages()
    assert (await trials.last()).met is True


@BOTH
async def test_a_number_that_is_gone_is_told_by_mail_and_is_no_longer_proved(
    trials: Trials,
) -> None:
    world = trials.world
    await world.person("eva", mail=True)
    await world.group("extra", "eva")
    number = await trials.also("eva")
    for kind in (ChannelKind.SMS, ChannelKind.VOICE):
        world.carrier.fail(number, kind, GONE)
    await trials.start()
    await trials.is_asked(*EVERYBODY)
    await trials.answers(*EVERYBODY)
    await trials.passes(60)
    ways = await trials.ways("eva")
    assert {each.fault for each in ways.values()} == {Fault.NO_SUCH_NUMBER}
    assert {each.told for each in ways.values()} == {Told.PERSON}
    point = await trials.point("eva")
    assert point.wrong_at
    assert point.proved_at is None
    await world.advance(minutes=5 * 60)  # it is night: that can wait
    world.phone("eva").expect_mail("fungerade inte", "/my/")


async def test_without_another_way_it_stands_in_the_planners_list(trials: Trials) -> None:
    number = trials.world.address("cleo")
    for kind in (ChannelKind.SMS, ChannelKind.VOICE):
        trials.world.carrier.fail(number, kind, GONE)
    await trials.start()
    await trials.is_asked("alva", "birk", "dag")
    await trials.answers("alva", "birk", "dag")
    await trials.passes(60)
    assert {each.told for each in (await trials.ways("cleo")).values()} == {Told.NOBODY}


async def test_a_number_that_takes_no_texts_but_is_answered_is_not_wrong(trials: Trials) -> None:
    trials.world.carrier.fail(trials.world.address("cleo"), ChannelKind.SMS, GONE)
    await trials.start()
    await trials.world.phone("cleo").expect_call().press("1")
    trials.world.ignore_messages()
    await trials.chores()
    ways = await trials.ways("cleo")
    assert ways["sms"].failed_at
    assert ways["sms"].fault is None
    assert (await trials.point("cleo")).proved_by is Proof.TEST


async def test_a_refusal_that_is_our_own_fault_makes_no_number_wrong(trials: Trials) -> None:
    for kind in (ChannelKind.SMS, ChannelKind.VOICE):
        trials.world.carrier.fail(trials.world.address("cleo"), kind, broken(code="not allowed"))
    await trials.start()
    trials.world.ignore_messages()
    await trials.answers_quietly("alva", "birk", "dag")
    await trials.passes(60)
    assert {each.fault for each in (await trials.ways("cleo")).values()} == {None}
    test = await trials.last()
    assert (test.met, test.why) == (None, KEPT_BACK)
    assert await trials.runs() == []


@pytest.mark.parametrize("words", ["Fel person", "Hej du har fel nummer!", "Wrong number"])
async def test_a_stranger_who_says_so_is_left_alone(trials: Trials, words: str) -> None:
    await trials.start()
    await trials.is_asked(*EVERYBODY)
    await trials.answers("alva", "birk", "dag")
    await trials.world.phone("cleo").texts(words)
    trials.world.phone("cleo").expect_sms("gick inte att tolka")
    await trials.passes(1)
    assert (await trials.ways("cleo"))["sms"].fault is Fault.WRONG_PERSON
    assert (await trials.point("cleo")).wrong_at
    assert (await trials.person("cleo")).answered_at is None
    await trials.passes(60)  # and the phone stays silent


@BOTH
async def test_a_live_alarm_calls_the_test_off_and_is_sent_first(trials: Trials) -> None:
    await trials.start()
    await trials.is_asked(*EVERYBODY)
    await trials.answers("alva", "dag")
    await trials.passes(1)
    await trials.world.on_duty("TIB", "frej")
    await trials.world.raises(plan(step("tib", "duty:TIB")), mode=Mode.LIVE)
    trials.world.phone("frej").expect_sms("SKARPT")
    trials.world.ignore_messages()
    await trials.chores()
    for name in EVERYBODY:
        trials.world.phone(name).expect_sms("TEST", "avbrutet", "skarpt läge")
    test = await trials.last()
    assert (test.state, test.why) == (S.CALLED_OFF, "skarpt läge")
    assert await trials.runs() == []
    with pytest.raises(Refused, match="skarpt larm"):
        await trials.start()


@BOTH
async def test_nobody_is_tested_twice_within_48_hours(trials: Trials) -> None:
    await trials.start()
    trials.world.ignore_messages()
    await trials.answers_quietly(*EVERYBODY)
    await trials.chores()
    with pytest.raises(Refused, match="48 timmar"):
        await trials.start()
    await trials.world.person("eva")
    await trials.also("eva")
    await trials.passes(60)
    await trials.start()
    await trials.is_asked("eva")
    assert (await trials.person("birk")).left_out is LeftOut.RESTS
    await trials.answers("eva")
    await trials.chores()
    test = await trials.last()
    assert (test.asked, test.answered, test.met) == (1, 1, None)  # it says nothing of the path
    assert len(await trials.runs()) == 1
    await trials.passes(48 * 60)
    await trials.start()
    await trials.is_asked(*EVERYBODY, "eva")


async def test_the_protected_are_left_out(trials: Trials) -> None:
    await trials.world.person("eva", protected=True)
    await trials.also("eva")
    await trials.start()
    await trials.is_asked(*EVERYBODY)
    assert (await trials.person("eva")).left_out is LeftOut.PROTECTED


@BOTH
async def test_the_same_form_twice_is_one_test(trials: Trials) -> None:
    first = await trials.start(once="a form")
    again = await trials.start(once="a form")
    assert first.id == again.id
    await trials.is_asked(*EVERYBODY)


async def test_an_operator_who_ends_the_alarm_ends_the_test(trials: Trials) -> None:
    test = await trials.start()
    trials.world.ignore_messages()
    trials.world.alarm = test.alarm_id
    await trials.world.closes()
    await trials.chores()
    assert await trials.world.state() is AlarmState.CLOSED
    ended = await trials.last()
    assert (ended.state, ended.ended_by) == (S.DONE, "Alva")


async def test_a_restart_in_the_middle_loses_nothing(trials: Trials) -> None:
    await trials.start()
    await trials.is_asked(*EVERYBODY)
    trials.world.engine = trials.world.new_engine()
    await trials.answers(*EVERYBODY)
    await trials.chores()
    assert (await trials.last()).state is S.DONE
    assert trials.world.address("alva", ContactKind.MOBILE)
