"""Stories of call-in chains: who is called, when, and how the alarm ends."""

from datetime import timedelta

from alerting.models import AlarmState, CallInState, EventKind, StepState
from alerting.plan import ChannelKind, Mode, Need, Order, Otherwise, OtherwiseKind
from tests.phones import broken
from tests.plans import MINUTE, after, if_fails, plan, step, wave
from tests.world import World


async def test_enough_have_accepted_and_the_rest_are_thanked(world: World) -> None:
    await world.group("stab", "alva", "birk", "cleo")
    await world.raises(plan(step("stab", "group:stab", need=2)), "Gasläcka")
    for name in ("alva", "birk", "cleo"):
        world.phone(name).expect_sms("ÖVNING", "Gasläcka")
    await world.phone("alva").expect_call().press("1")
    await world.phone("birk").texts("ja tack")
    world.phone("birk").expect_sms("Noterat")
    world.phone("cleo").expect_sms("behöver inte")
    for name in ("birk", "cleo"):
        world.phone(name).expect_call()
    assert await world.state() is AlarmState.MET
    await world.advance(minutes=30)


async def test_the_deputy_is_called_when_the_first_declines(world: World) -> None:
    await world.role("chef", "alva", "birk")
    await world.raises(plan(step("chef", "role:chef", order=Order.ONE_BY_ONE)))
    world.phone("alva").expect_call()
    world.phone("alva").expect_sms()
    await world.phone("alva").texts("Nej!")
    world.phone("alva").expect_sms("Noterat")
    world.phone("birk").expect_sms()
    await world.phone("birk").expect_call().press("1")
    assert await world.state() is AlarmState.MET


async def test_the_deputy_is_called_when_the_duty_officer_stays_silent(world: World) -> None:
    await world.on_duty("TIB", "alva")
    await world.on_duty("TIB_BAKJOUR", "birk")
    await world.raises(
        plan(
            step("tib", "duty:TIB"),
            step("bakjour", "duty:TIB_BAKJOUR", start=if_fails("tib")),
        )
    )
    world.phone("alva").expect_sms()
    await world.phone("alva").expect_call().rings_out()
    await world.advance(minutes=3)
    await world.phone("alva").expect_call().rings_out()
    world.phone("birk").expect_sms()
    await world.phone("birk").expect_call().press("1")
    assert (await world.step("tib")).state is StepState.UNMET
    assert await world.state() is AlarmState.MET


async def test_a_voicemail_is_not_an_answer_and_the_next_wave_comes_at_once(world: World) -> None:
    await world.on_duty("TIB", "alva")
    voice = wave(ChannelKind.VOICE)
    await world.raises(plan(step("tib", "duty:TIB", waves=(voice, voice))))
    await world.phone("alva").expect_call().goes_to_voicemail()
    await world.phone("alva").expect_call().press("1")
    assert await world.state() is AlarmState.MET


async def test_the_landline_rings_at_once_when_the_mobile_is_dead(world: World) -> None:
    await world.person("alva", landline=True)
    await world.on_duty("TIB", "alva")
    world.carrier.fail(world.address("alva"), ChannelKind.VOICE, broken())
    await world.raises(plan(step("tib", "duty:TIB", waves=(wave(ChannelKind.VOICE),))))
    await world.landline("alva").expect_call().press("1")
    assert await world.state() is AlarmState.MET


async def test_a_failure_that_may_pass_is_tried_again(world: World) -> None:
    await world.on_duty("TIB", "alva")
    world.carrier.fail(world.address("alva"), ChannelKind.SMS, broken(permanent=False))
    await world.raises(plan(step("tib", "duty:TIB", waves=(wave(ChannelKind.SMS),))))
    world.expect_silence()
    await world.advance(seconds=2)
    world.phone("alva").expect_sms()


async def test_an_empty_step_is_passed_at_once_and_said_loudly(world: World) -> None:
    await world.on_duty("KIB")
    await world.role("chef", "birk")
    await world.raises(
        plan(step("kib", "duty:KIB"), step("chef", "role:chef", start=if_fails("kib")))
    )
    world.phone("birk").expect_sms()
    world.phone("birk").expect_call()
    assert (await world.step("kib")).state is StepState.EMPTY
    assert await world.events(EventKind.STEP_EMPTY) == ["Kib"]


async def test_a_chain_that_reached_nobody_is_never_shown_as_success(world: World) -> None:
    await world.person("alva", mobile=False)
    await world.on_duty("TIB", "alva")
    await world.raises(plan(step("tib", "duty:TIB")))
    assert await world.state() is AlarmState.UNMET
    assert await world.events(EventKind.UNREACHABLE) == ["Alva"]
    assert (await world.call_in("alva")).state is CallInState.UNREACHABLE


async def test_the_reserve_counts_together_with_the_first_step(world: World) -> None:
    await world.group("karna", "alva", "birk")
    await world.group("reserv", "cleo", "dante")
    await world.raises(
        plan(
            step("karna", "group:karna", need=2, waves=(wave(ChannelKind.SMS),)),
            step(
                "reserv",
                "group:reserv",
                need=Need(count=2, total_with=("karna",)),
                waves=(wave(ChannelKind.SMS),),
                start=if_fails("karna"),
            ),
        )
    )
    for name in ("alva", "birk"):
        world.phone(name).expect_sms()
    await world.phone("alva").texts("JA")
    world.phone("alva").expect_sms("Noterat")
    await world.advance(minutes=3)
    for name in ("cleo", "dante"):
        world.phone(name).expect_sms()
    await world.phone("dante").texts("15")
    world.phone("dante").expect_sms("15 min")
    world.phone("cleo").expect_sms("behöver inte")
    assert await world.state() is AlarmState.MET


async def test_a_late_yes_meets_an_exhausted_step(world: World) -> None:
    await world.on_duty("TIB", "alva")
    await world.raises(plan(step("tib", "duty:TIB", waves=(wave(ChannelKind.SMS),))))
    world.phone("alva").expect_sms()
    await world.advance(minutes=3)
    assert await world.state() is AlarmState.UNMET
    await world.phone("alva").texts("JA")
    world.phone("alva").expect_sms("redan")
    assert await world.state() is AlarmState.MET
    assert (await world.call_in("alva")).late


async def test_who_changes_yes_to_no_is_replaced(world: World) -> None:
    await world.role("chef", "alva", "birk")
    sms = (wave(ChannelKind.SMS),)
    await world.raises(plan(step("chef", "role:chef", order=Order.ONE_BY_ONE, waves=sms)))
    world.phone("alva").expect_sms()
    await world.phone("alva").texts("JA")
    world.phone("alva").expect_sms("Noterat")
    assert await world.state() is AlarmState.MET
    await world.phone("alva").texts("NEJ")
    world.phone("alva").expect_sms("Noterat")
    world.phone("birk").expect_sms()
    assert await world.state() is AlarmState.RUNNING


async def test_a_chain_goes_back_as_often_as_it_says_and_then_ends_unmet(world: World) -> None:
    await world.on_duty("TIB", "alva")
    await world.role("chef", "birk")
    sms = (wave(ChannelKind.SMS, wait=MINUTE),)
    back = Otherwise(kind=OtherwiseKind.GO_TO, step="tib", times=1)
    await world.raises(
        plan(
            step("tib", "duty:TIB", waves=sms),
            step("chef", "role:chef", waves=sms, start=if_fails("tib"), otherwise=back),
        )
    )
    for _round in range(2):
        world.phone("alva").expect_sms()
        await world.advance(minutes=1)
        world.phone("birk").expect_sms()
        await world.advance(minutes=1)
    assert await world.state() is AlarmState.UNMET
    await world.advance(minutes=60)


async def test_a_step_ends_when_its_time_is_out(world: World) -> None:
    await world.group("stab", "alva")
    await world.raises(plan(step("stab", "group:stab", within=timedelta(minutes=2))))
    world.phone("alva").expect_sms()
    world.phone("alva").expect_call()
    await world.advance(minutes=2)
    assert await world.state() is AlarmState.UNMET


async def test_a_percentage_is_of_those_asked_rounded_up(world: World) -> None:
    await world.group("rektorer", "alva", "birk", "cleo")
    sms = (wave(ChannelKind.SMS),)
    await world.raises(plan(step("r", "group:rektorer", need=Need(percent=60), waves=sms)))
    assert (await world.step("r")).need == 2
    assert world.ignore_messages() == 3


async def test_the_step_after_waits_for_the_one_before(world: World) -> None:
    await world.on_duty("TIB", "alva")
    await world.on_duty("KIB", "birk")
    sms = (wave(ChannelKind.SMS),)
    await world.raises(
        plan(
            step("tib", "duty:TIB", waves=sms),
            step("kib", "duty:KIB", waves=sms, start=after("tib")),
        )
    )
    world.phone("alva").expect_sms()
    await world.phone("alva").texts("1")
    world.phone("alva").expect_sms("Noterat")
    world.phone("birk").expect_sms()


async def test_one_person_in_two_steps_is_not_called_twice_at_once(world: World) -> None:
    await world.group("a", "alva")
    await world.group("b", "alva", "birk")
    sms = (wave(ChannelKind.SMS),)
    await world.raises(
        plan(step("a", "group:a", waves=sms), step("b", "group:b", need=2, waves=sms))
    )
    world.phone("alva").expect_sms()
    world.phone("birk").expect_sms()
    await world.phone("alva").texts("JA")
    world.phone("alva").expect_sms("Noterat")
    await world.phone("birk").texts("JA")
    world.phone("birk").expect_sms("Noterat")
    assert await world.state() is AlarmState.MET


async def test_phones_at_the_site_under_attack_stay_silent(world: World) -> None:
    await world.person("alva", unit="demoskolan")
    await world.group("rektorer", "alva", "birk")
    step_ = step("r", "group:rektorer", waves=(wave(ChannelKind.SMS),), exclude=True)
    await world.raises(plan(step_), mode=Mode.TEST, site="demoskolan")
    world.phone("birk").expect_sms("TEST")


async def test_undo_within_the_seconds_reaches_nobody(world: World) -> None:
    await world.on_duty("TIB", "alva")
    await world.raises(plan(step("tib", "duty:TIB")), undo=timedelta(seconds=5))
    world.expect_silence()
    assert await world.calls_off() == 0
    await world.advance(minutes=10)


async def test_calling_off_tells_those_who_were_reached(world: World) -> None:
    await world.on_duty("TIB", "alva")
    await world.raises(plan(step("tib", "duty:TIB", waves=(wave(ChannelKind.SMS),))))
    world.phone("alva").expect_sms()
    assert await world.calls_off("Faran är över.") == 1
    world.phone("alva").expect_sms("Faran är över", "ÖVNING")
    await world.phone("alva").texts("JA")
    world.phone("alva").expect_sms("avslutat")


async def test_who_was_only_phoned_hears_by_text_that_it_is_called_off(world: World) -> None:
    await world.on_duty("TIB", "alva")
    await world.raises(plan(step("tib", "duty:TIB", waves=(wave(ChannelKind.VOICE),))))
    world.phone("alva").expect_call()
    assert await world.calls_off() == 1
    world.phone("alva").expect_sms("ÖVNING")
