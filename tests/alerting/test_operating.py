"""Stories of operators who act on a running alarm, each act logged with their name."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from alerting import operating
from alerting.desk import Desk
from alerting.models import AlarmState, CallIn, CallInState, StepState
from alerting.plan import Ask, ChannelKind, Need, Order, Target, TargetKind
from alerting.reply_sorting import assign, clear_opt_out, dismiss
from core.errors import NotFound, Refused
from rosters.models import ContactPoint
from tests.alerting.operators import acts_of, audited, does, waiting_reply
from tests.plans import after, if_fails, plan, step, wave
from tests.world import World

ONE_CALL = (wave(ChannelKind.VOICE),)
ONE_TEXT = (wave(ChannelKind.SMS),)
CALL_INS_BY_PLACE = select(CallIn).order_by(CallIn.position)


async def test_somebody_silent_is_called_again_from_the_first_wave(world: World) -> None:
    await world.on_duty("TIB", "alva")
    await world.raises(plan(step("tib", "duty:TIB", waves=ONE_CALL)))
    await world.phone("alva").expect_call().rings_out()
    assert await world.state() is AlarmState.UNMET
    await does(world, operating.call_again, (await world.call_in("alva")).id)
    assert await world.state() is AlarmState.RUNNING
    await world.phone("alva").expect_call().press("1")
    assert await world.state() is AlarmState.MET
    assert await acts_of(world) == ["called again: Alva"]
    assert await audited(world) == ["Larmade igen"]


async def test_who_has_said_yes_is_not_called_again(world: World) -> None:
    await world.group("stab", "alva", "birk")
    await world.raises(plan(step("stab", "group:stab", need=2, waves=ONE_CALL)))
    await world.phone("alva").expect_call().press("1")
    with pytest.raises(Refused, match="redan tackat ja"):
        await does(world, operating.call_again, (await world.call_in("alva")).id)
    world.phone("birk").expect_call()


async def test_one_more_person_is_asked_at_once(world: World) -> None:
    await world.group("stab", "alva")
    cleo = await world.person("cleo")
    await world.raises(plan(step("stab", "group:stab", need=2, waves=ONE_TEXT)))
    world.phone("alva").expect_sms()
    added = await does(world, operating.add_person, (await world.step("stab")).id, cleo)
    world.phone("cleo").expect_sms("ÖVNING")
    assert added.state is CallInState.ASKED
    with pytest.raises(Refused, match="redan tillfrågad"):
        await does(world, operating.add_person, (await world.step("stab")).id, cleo)
    assert await acts_of(world) == ["person added: Cleo Stab"]


async def test_a_person_added_to_an_empty_step_brings_it_to_life(world: World) -> None:
    await world.on_duty("TIB")
    birk = await world.person("birk")
    await world.raises(plan(step("tib", "duty:TIB", waves=ONE_CALL)))
    assert await world.state() is AlarmState.UNMET
    await does(world, operating.add_person, (await world.step("tib")).id, birk)
    await world.phone("birk").expect_call().press("1")
    assert await world.state() is AlarmState.MET


async def test_nobody_at_the_place_that_must_stay_quiet_is_added(world: World) -> None:
    await world.person("rektor", unit="skolan")
    await world.group("stab", "alva")
    await world.raises(
        plan(step("stab", "group:stab", waves=ONE_TEXT, exclude=True)), site="skolan"
    )
    world.phone("alva").expect_sms()
    with pytest.raises(Refused, match="inte får larmas"):
        await does(
            world, operating.add_person, (await world.step("stab")).id, world.people["rektor"]
        )
    assert await acts_of(world) == []


async def test_an_unknown_person_or_step_is_said_to_be_so(world: World) -> None:
    await world.group("stab", "alva")
    await world.raises(plan(step("stab", "group:stab", waves=ONE_TEXT)))
    world.phone("alva").expect_sms()
    with pytest.raises(NotFound):
        await does(world, operating.add_person, (await world.step("stab")).id, uuid4())
    with pytest.raises(NotFound):
        await does(world, operating.skip, uuid4())
    with pytest.raises(NotFound):
        await does(world, operating.release, uuid4())


async def test_a_step_of_ones_own_starts_at_once_in_the_words_of_the_first(world: World) -> None:
    await world.on_duty("TIB", "alva")
    await world.group("reserv", "birk", "cleo")
    await world.raises(plan(step("tib", "duty:TIB", waves=ONE_TEXT)), "Gasläcka")
    world.phone("alva").expect_sms()
    assert world.alarm
    targets = [Target(kind=TargetKind.GROUP, code="reserv")]
    await does(world, operating.add_step, world.alarm, title="Reserv", targets=targets, need=1)
    for name in ("birk", "cleo"):
        world.phone(name).expect_sms("Gasläcka")
    await world.phone("birk").texts("ja")
    world.phone("birk").expect_sms("Noterat")
    world.phone("cleo").expect_sms("behöver inte")
    assert (await world.step("extra-2")).state is StepState.MET


@pytest.mark.parametrize(("title", "need"), [("", 1), ("Reserv", 0), ("x" * 81, 1)])
async def test_a_step_of_ones_own_needs_a_title_and_a_number(
    world: World, title: str, need: int
) -> None:
    await world.on_duty("TIB", "alva")
    await world.raises(plan(step("tib", "duty:TIB", waves=ONE_TEXT)))
    world.phone("alva").expect_sms()
    assert world.alarm
    targets = [Target(kind=TargetKind.DUTY, code="TIB")]
    with pytest.raises(Refused):
        await does(world, operating.add_step, world.alarm, title=title, targets=targets, need=need)


async def test_a_skipped_step_lets_the_next_begin_and_tells_those_who_waited(world: World) -> None:
    await world.group("stab", "alva")
    await world.group("lokal", "birk")
    first = step("stab", "group:stab", waves=ONE_TEXT)
    await world.raises(
        plan(first, step("lokal", "group:lokal", start=after("stab"), waves=ONE_TEXT))
    )
    world.phone("alva").expect_sms()
    await does(world, operating.skip, (await world.step("stab")).id)
    world.phone("alva").expect_sms("behöver inte")
    world.phone("birk").expect_sms()
    assert (await world.call_in("alva")).state is CallInState.STOOD_DOWN
    with pytest.raises(Refused, match="redan klart"):
        await does(world, operating.skip, (await world.step("stab")).id)


async def test_skipping_what_failed_is_to_accept_it(world: World) -> None:
    await world.on_duty("TIB")
    await world.raises(plan(step("tib", "duty:TIB")))
    assert await world.state() is AlarmState.UNMET
    await does(world, operating.skip, (await world.step("tib")).id)
    assert await world.state() is AlarmState.MET


async def test_the_gate_opens_for_a_decision_that_says_who_and_what(world: World) -> None:
    await world.group("namnd", "alva")
    gate = "Är nämnden aktiverad?"
    await world.raises(plan(step("namnd", "group:namnd", gate=gate, waves=ONE_TEXT)))
    held = await world.step("namnd")
    assert held.state is StepState.HELD
    with pytest.raises(Refused) as refused:
        await does(world, operating.record_decision, held.id, who=" ", text="Ja")
    assert refused.value.field == "who"
    with pytest.raises(Refused, match="beslutet först"):
        await does(world, operating.start_by_hand, held.id)
    await does(world, operating.record_decision, held.id, who="Åke", text="Ja, kl 03:20")
    world.phone("alva").expect_sms()
    assert await acts_of(world) == ["decision: Namnd Åke: Ja, kl 03:20"]
    with pytest.raises(Refused, match="inte på något beslut"):
        await does(world, operating.record_decision, held.id, who="Åke", text="Igen")


async def test_a_step_that_waits_is_started_by_hand(world: World) -> None:
    await world.group("stab", "alva")
    await world.group("reserv", "birk")
    reserve = step("reserv", "group:reserv", start=if_fails("stab"), waves=ONE_TEXT)
    await world.raises(plan(step("stab", "group:stab", waves=ONE_TEXT), reserve))
    world.phone("alva").expect_sms()
    await does(world, operating.start_by_hand, (await world.step("reserv")).id)
    world.phone("birk").expect_sms()
    with pytest.raises(Refused, match="redan börjat"):
        await does(world, operating.start_by_hand, (await world.step("reserv")).id)


async def test_only_the_operator_accepts_for_somebody_who_must_be_talked_with(world: World) -> None:
    await world.role("ordforande", "alva", "birk")
    spoken = step("ordf", "role:ordforande", ask=Ask.SPOKEN, order=Order.ONE_BY_ONE, waves=ONE_CALL)
    await world.raises(plan(spoken))
    await world.phone("alva").expect_call().press("1")
    alva = await world.call_in("alva")
    assert alva.state is CallInState.ASKED
    with pytest.raises(Refused, match="fastställt") as refused:
        await does(world, operating.confirm, alva.id, yes=False)
    assert refused.value.field == "remark"
    await does(world, operating.confirm, alva.id, yes=False, remark="Talade med make: utomlands")
    world.phone("birk").expect_call()
    await does(world, operating.confirm, (await world.call_in("birk")).id, yes=True)
    assert await world.state() is AlarmState.MET
    assert await audited(world) == ["Svarade för hand", "Svarade för hand"]


async def test_one_tick_ticks_off_one_thing(world: World) -> None:
    by_hand = step("rakel", "manual:Ropa upp i Rakel", "manual:Skicka ordonnans", need=2)
    await world.raises(plan(by_hand))
    async with world.database.reading() as session:
        first, second = (await session.scalars(CALL_INS_BY_PLACE)).all()
    await does(world, operating.confirm, first.id, yes=True)
    assert await world.state() is AlarmState.RUNNING
    await does(world, operating.confirm, second.id, yes=True)
    assert await world.state() is AlarmState.MET


async def test_the_chain_goes_on_when_one_who_said_yes_does_not_turn_up(world: World) -> None:
    await world.group("stab", "alva", "birk")
    await world.raises(plan(step("stab", "group:stab", waves=ONE_CALL)))
    world.phone("birk").expect_call()
    await world.phone("alva").expect_call().press("1")
    assert await world.state() is AlarmState.MET
    world.phone("birk").expect_sms("behöver inte")
    await does(world, operating.release, (await world.call_in("alva")).id)
    assert await world.state() is AlarmState.RUNNING
    await world.phone("birk").expect_call().press("1")
    assert await world.state() is AlarmState.MET
    with pytest.raises(Refused, match="tackat ja"):
        await does(world, operating.release, (await world.call_in("alva")).id)


async def test_the_operator_chooses_among_more_than_are_needed(world: World) -> None:
    await world.group("stab", "alva", "birk", "cleo")
    await world.raises(plan(step("stab", "group:stab", need=Need(count=2), waves=ONE_TEXT)))
    for name in ("alva", "birk", "cleo"):
        world.phone(name).expect_sms()
    for name in ("alva", "birk", "cleo"):
        await world.phone(name).texts("ja")
    world.ignore_messages()
    stab, keep = await world.step("stab"), [(await world.call_in("alva")).id]
    with pytest.raises(Refused, match="Minst 2"):
        await does(world, operating.choose, stab.id, keep)
    keep.append((await world.call_in("cleo")).id)
    assert await does(world, operating.choose, stab.id, keep) == 1
    world.phone("birk").expect_sms("behöver inte")
    assert (await world.call_in("birk")).state is CallInState.RELEASED
    assert await world.state() is AlarmState.MET
    with pytest.raises(Refused, match="Alla är kvar"):
        await does(world, operating.choose, stab.id, keep)


async def test_a_correction_reaches_everyone_the_alarm_has_reached(world: World) -> None:
    await world.person("john", language="en")
    await world.group("stab", "alva", "john")
    await world.raises(plan(step("stab", "group:stab", need=2, waves=ONE_TEXT)))
    for name in ("alva", "john"):
        world.phone(name).expect_sms()
    assert world.alarm
    assert await does(world, operating.correct, world.alarm, "Adressen är  Plats B") == 2
    for name in ("alva", "john"):
        world.phone(name).expect_sms("ÖVNING" if name == "alva" else "", "Adressen är Plats B")
    assert await acts_of(world) == ["corrected: 2 Adressen är Plats B"]


async def test_there_is_nothing_to_correct_before_anything_has_gone_out(world: World) -> None:
    await world.group("stab", "alva")
    undo = timedelta(seconds=5)
    await world.raises(plan(step("stab", "group:stab", waves=ONE_TEXT)), undo=undo)
    assert world.alarm
    with pytest.raises(Refused, match="inget att rätta"):
        await does(world, operating.correct, world.alarm, "Fel adress")
    await world.closes()


async def test_an_unclear_text_becomes_an_answer_in_the_operators_hand(world: World) -> None:
    await world.group("stab", "alva")
    await world.raises(plan(step("stab", "group:stab", waves=ONE_TEXT)))
    world.phone("alva").expect_sms()
    await world.phone("alva").texts("måste bara lämna barnen först")
    world.phone("alva").expect_sms("inte att tolka")
    reply, alva = await waiting_reply(world), await world.call_in("alva")
    await does(world, assign, reply.id, alva.id, yes=True, eta=45)
    assert await world.state() is AlarmState.MET
    answered = await world.call_in("alva")
    assert (answered.state, answered.eta_minutes) == (CallInState.ACCEPTED, 45)
    with pytest.raises(Refused, match="redan tagit hand"):
        await does(world, assign, reply.id, alva.id, yes=False)
    assert answered.remark == "”måste bara lämna barnen först”"


async def test_a_strangers_text_is_put_aside_and_gets_no_reply(world: World) -> None:
    await world.group("stab", "alva")
    await world.raises(plan(step("stab", "group:stab", waves=ONE_TEXT)))
    world.phone("alva").expect_sms()
    await world.text_in("+46701740699", "vem är ni?")
    assert world.alarm
    await does(world, dismiss, world.alarm, (await waiting_reply(world)).id)
    assert await acts_of(world) == ["unclear:  vem är ni?"]


async def test_who_said_stop_gets_texts_again_when_the_operator_clears_it(world: World) -> None:
    await world.group("stab", "alva", "birk")
    waves = (wave(ChannelKind.SMS), wave(ChannelKind.SMS))
    await world.raises(plan(step("stab", "group:stab", need=2, waves=waves)))
    for name in ("alva", "birk"):
        world.phone(name).expect_sms()
    await world.phone("alva").texts("stopp")
    await does(world, _clear, world)
    await world.advance(minutes=4)
    for name in ("alva", "birk"):
        world.phone(name).expect_sms()
    assert await acts_of(world) == ["opted out: Alva"]


async def _clear(desk: Desk, world: World) -> None:
    query = select(ContactPoint.id).where(ContactPoint.address == world.address("alva"))
    assert world.alarm
    await clear_opt_out(desk, world.alarm, await desk.session.scalar(query) or uuid4())


async def test_nothing_is_done_to_an_alarm_that_is_over(world: World) -> None:
    await world.group("stab", "alva")
    await world.raises(plan(step("stab", "group:stab", waves=ONE_TEXT)))
    world.phone("alva").expect_sms()
    alva, stab = await world.call_in("alva"), await world.step("stab")
    await world.closes()
    for verb in (
        lambda desk: operating.call_again(desk, alva.id),
        lambda desk: operating.skip(desk, stab.id),
        lambda desk: operating.correct(desk, stab.alarm_id, "Fel"),
        lambda desk: operating.confirm(desk, alva.id, yes=True),
    ):
        with pytest.raises(Refused, match="redan avslutat"):
            await does(world, verb)
    assert await acts_of(world) == []
