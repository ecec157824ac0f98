"""The nine alarm paths of the demo, each with what matters most about it."""

from datetime import timedelta

import pytest

from alerting import operating
from alerting.models import AlarmState, CallInState, EventKind, StepState, Via
from alerting.plan import ChannelKind, Mode
from core.errors import Refused
from tests.stories.lund import BOTH, Lund, each


async def test_lv_01_climbs_to_the_director_and_begins_again_until_somebody_takes_it(
    lund: Lund,
) -> None:
    await lund.follows("LV-01", "Gasläcka Norra Fäladen", mode=Mode.LIVE)
    lund.expect_both("P01")
    assert await lund.until("bakjour", StepState.ASKING) == {
        "P01": {ChannelKind.VOICE},
        "P02": BOTH,
    }
    assert (await lund.until("sakerhetschef", StepState.ASKING)).keys() == {"P02", "P13"}
    assert (await lund.until("kommundirektor", StepState.ASKING)).keys() == {"P13", "P14", "P11"}
    assert (await lund.until("tib", StepState.ASKING)).keys() == {"P11", "P12", "P01"}
    assert await lund.events(EventKind.WENT_BACK)
    await lund.phone("P01").texts("OK")
    lund.phone("P01").expect_sms("Noterat: mottaget")
    assert await lund.state() is AlarmState.MET


async def test_lv_01_ends_with_a_last_resort_when_nobody_at_all_answers(lund: Lund) -> None:
    await lund.follows("LV-01", "Gasläcka Norra Fäladen")
    await lund.advance(minutes=60)
    assert lund.reached().keys() == {"P01", "P02", "P11", "P12", "P13", "P14"}
    assert (await lund.step("kommundirektor")).jumps == 3
    assert await lund.state() is AlarmState.UNMET


async def test_lv_02_asks_every_communicator_when_duty_and_head_stay_silent(lund: Lund) -> None:
    await lund.follows("LV-02", "Presskonferens")
    lund.expect_both("P07")
    await lund.until("kommunikationschef", StepState.ASKING)
    reached = await lund.until("alla_kommunikatorer", StepState.ASKING)
    assert reached.keys() >= {"P07", "P08", "P09", "P10"}
    await lund.answers("20", "P09")
    assert (await lund.call_in("P09")).eta_minutes == 20
    lund.expect_thanked("P07", "P08", "P10")
    assert await lund.state() is AlarmState.MET


async def test_lv_03_has_five_of_the_core_and_thanks_the_rest(lund: Lund) -> None:
    await lund.follows("LV-03", "Storm", mode=Mode.LIVE)
    lund.expect_both("P11", "P15", "P17 ... P23")
    await lund.answers("JA", "P11", "P15", "P17 ... P20")
    assert (await lund.step("stab_karna")).state is StepState.ASKING
    await lund.answers("30", "P21")
    lund.expect_thanked("P22", "P23")
    assert await lund.accepted("stab_karna") == 5
    assert (await lund.states())["stab_reserv"] is StepState.NOT_NEEDED
    assert await lund.state() is AlarmState.RUNNING, "the county has not been told"
    await lund.ticks_off("lansstyrelsen", remark="Talade med vakthavande")
    assert await lund.state() is AlarmState.MET


async def test_lv_03_fills_up_from_the_reserve_until_five_in_total(lund: Lund) -> None:
    await lund.follows("LV-03", "Storm")
    lund.expect_both("P11", "P15", "P17 ... P23")
    await lund.answers("JA", "P11", "P15", "P17 ... P19")
    await lund.answers("NEJ", "P20", "P21")
    reached = await lund.until("stab_reserv", StepState.ASKING)
    assert reached.keys() == {"P22", "P23", *each(["P49 ... P55"])}
    await lund.answers("JA", "P49")
    assert (await lund.step("stab_reserv")).state is StepState.ASKING
    await lund.answers("15", "P55")
    assert (await lund.step("stab_reserv")).state is StepState.MET
    assert await lund.accepted("stab_karna") + await lund.accepted("stab_reserv") == 5
    lund.expect_thanked("P50 ... P54")
    await lund.ticks_off("lansstyrelsen")
    assert await lund.state() is AlarmState.MET


async def test_lv_04_believes_a_chair_only_when_somebody_has_talked_with_them(lund: Lund) -> None:
    await lund.follows("LV-04", "Dammbrott")
    await lund.phone("P24").expect_call().press("1")
    lund.phone("P24").expect_sms()
    assert (await lund.step("ordforande")).state is StepState.ASKING
    chair = await lund.call_in("P24")
    with pytest.raises(Refused, match="hur det är fastställt"):
        await lund.operator(operating.confirm, chair.id, yes=False)
    await lund.operator(operating.confirm, chair.id, yes=False, remark="Ligger sövd, säger sonen")
    lund.expect_both("P25")
    await lund.phone("P25").texts("JA")
    lund.ignore_messages()
    assert (await lund.step("forste_vice")).state is StepState.ASKING
    await lund.operator(operating.confirm, (await lund.call_in("P25")).id, yes=True)
    assert (await lund.call_in("P25")).answered_via is Via.OPERATOR
    states = await lund.states()
    assert states["forste_vice"] is StepState.MET
    assert states["andre_vice"] is StepState.NOT_NEEDED


async def test_lv_04_stops_at_the_gate_until_the_decision_is_recorded(lund: Lund) -> None:
    await lund.follows("LV-04", "Dammbrott")
    lund.expect_both("P24")
    await lund.operator(operating.confirm, (await lund.call_in("P24")).id, yes=True)
    await lund.advance(minutes=90)
    gate = await lund.step("ledamoter")
    assert gate.state is StepState.HELD
    assert await lund.events(EventKind.GATE_REACHED)
    lund.expect_silence()
    with pytest.raises(Refused, match="beslutet först"):
        await lund.operator(operating.start_by_hand, gate.id)
    await lund.operator(
        operating.record_decision, gate.id, who="Åke Ordförandeson", text="Aktiveras 04:42"
    )
    lund.expect_both("P24 ... P30")
    await lund.answers("JA", "P24 ... P26")
    assert (await lund.step("ledamoter")).state is StepState.ASKING
    await lund.answers("JA", "P27")
    lund.expect_thanked("P28 ... P30", beside=("P11", "P13", "P15", "P17", "P23"))
    states = await lund.states()
    assert states["ersattare"] is StepState.NOT_NEEDED
    assert states["foredragande"] is StepState.ASKING


async def test_lv_05_reaches_the_protected_leader_by_hand_through_the_switchboard(
    lund: Lund,
) -> None:
    lund.clock.move(timedelta(weeks=1))  # the week that P43 has
    await lund.follows("LV-05", "Bussolycka")
    lund.expect_silence()
    (leader,) = await lund.by_hand("ledare")
    assert leader.person_id == lund.people["P43"]
    assert "Krisstöd" not in leader.name, "a protected person is never named"
    await lund.operator(operating.confirm, leader.id, yes=True, remark="Via växeln")
    assert lund.reached().keys() == {"P38", "P39", "P41", "P42", *each(["P56 ... P67"])}
    (again,) = await lund.by_hand("ledningsgrupp")
    assert again.name == leader.name


async def test_lv_05_counts_eight_supporters_with_their_minutes(lund: Lund) -> None:
    await lund.follows("LV-05", "Bussolycka")
    await lund.phone("P42").expect_call().press("1")
    lund.ignore_messages()
    await lund.answers("45", "P56 ... P61")
    await lund.phone("P62").texts("45")
    lund.phone("P62").expect_sms("EXERCISE", "Noted: coming in 45 min")  # in Nadia's language
    assert (await lund.step("krisstodjare")).state is StepState.ASKING
    await lund.answers("JA", "P63")
    assert (await lund.step("krisstodjare")).state is StepState.MET
    assert (await lund.call_in("P62")).eta_minutes == 45
    lund.phone("P66").expect_sms("EXERCISE", "You need not come")
    lund.expect_thanked("P64", "P65", "P67")


async def test_lv_06_never_touches_a_phone_at_the_school_that_is_hit(lund: Lund) -> None:
    await lund.follows("LV-06", "Skottlossning", mode=Mode.LIVE, site="demoskolan")
    lund.expect_both("P01", "P07", "P13", "P38")
    await lund.answers("JA", "P38")
    reached = lund.reached()
    assert each(["P68 ... P72"]) == [ref for ref in each(["P47", "P68 ... P72"]) if ref in reached]
    assert {"P11", "P15", "P17", "P42"} <= reached.keys(), "LV-03 and LV-05 run beside"
    await lund.advance(minutes=90)
    assert "P47" not in lund.reached()
    with pytest.raises(AssertionError, match="nobody of that name was asked"):
        await lund.call_in("P47")


async def test_lv_06_wants_four_fifths_of_the_other_schools_to_have_received_it(lund: Lund) -> None:
    await lund.follows("LV-06", "Skottlossning", site="demoskolan")
    await lund.phone("P01").expect_call().press("1")
    lund.ignore_messages()
    assert (await lund.step("rektorer")).need == 4
    for head in each(["P68 ... P71"]):
        await lund.phone(head).texts("mottaget")
        lund.phone(head).expect_sms("Noterat: mottaget")
    assert (await lund.step("rektorer")).state is StepState.MET
    lund.ignore_messages()


async def test_lv_06_leaves_nobody_out_of_the_warning_to_the_heads_but_those_hit(
    lund: Lund,
) -> None:
    await lund.follows("LV-06", "Hot", site="provskolan")
    lund.ignore_messages()
    await lund.answers("JA", "P38")
    assert {"P47", *each(["P69 ... P72"])} <= lund.reached().keys()
    await lund.advance(minutes=15)
    assert "P68" not in lund.reached()


async def test_lv_07_waits_for_both_waterworks_to_be_ticked_off(lund: Lund) -> None:
    await lund.follows("LV-07", "Koliforma i Dalby")
    await lund.phone("P01").expect_call().press("1")
    lund.ignore_messages()
    first, second = await lund.by_hand("va_drift")
    await lund.operator(operating.confirm, first.id, yes=True, remark="Prov tas 05:00")
    assert (await lund.step("va_drift")).state is StepState.ASKING
    await lund.operator(operating.confirm, second.id, yes=True)
    assert (await lund.step("va_drift")).state is StepState.MET
    await lund.answers("JA", "P46")
    lund.expect_thanked("P40", beside=("P07",))
    await lund.answers("JA", "P07")
    lund.expect_both("P38", "P39", "P41")
    await lund.answers("JA", "P38", "P39", "P41")
    assert await lund.state() is AlarmState.MET, "the crisis team is called only by hand"


async def test_lv_07_calls_the_crisis_team_when_the_operator_starts_it(lund: Lund) -> None:
    await lund.follows("LV-07", "Okänd smitta")
    lund.expect_both("P01")
    step = await lund.step("LV-03/stab_karna")
    await lund.operator(operating.start_by_hand, step.id)
    assert lund.reached().keys() >= {*each(["P17 ... P23"])}


async def test_lv_08_sends_no_mail_and_wants_eight_of_eleven_departments(lund: Lund) -> None:
    await lund.follows("LV-08", "Kryptering", mode=Mode.LIVE)
    kinds: set[ChannelKind] = set()
    for found in (lund.reached(), await lund.until("forvaltningar", StepState.ASKING)):
        kinds |= set().union(*found.values())
    assert kinds == BOTH
    departments = each(["P12", "P38 ... P41", "P73 ... P78"])
    for ref in departments[:7]:
        await lund.phone(ref).texts("ok")
        lund.phone(ref).expect_sms("Noterat: mottaget")
    assert (await lund.step("forvaltningar")).state is StepState.ASKING
    await lund.phone(departments[7]).texts("ok")
    lund.phone(departments[7]).expect_sms("Noterat: mottaget")
    assert (await lund.step("forvaltningar")).state is StepState.MET
    assert await lund.accepted("forvaltningar") == 8
    lund.ignore_messages()


async def test_lv_09_calls_nobody_and_keeps_account_of_what_is_done_by_hand(lund: Lund) -> None:
    await lund.follows("LV-09", "Fiberbrott")
    await lund.advance(minutes=120)
    lund.expect_silence()
    assert [each.state for each in await lund.by_hand("ordonnans")] == []
    await lund.ticks_off("rakel", remark="RSyd och hemtjänsten svarar")
    assert (await lund.step("ordonnans")).state is StepState.ASKING
    await lund.ticks_off("sjalvgaende")
    await lund.ticks_off("ordonnans")
    assert await lund.state() is AlarmState.MET
    assert {each.state for each in await lund.by_hand("rakel")} == {CallInState.ACCEPTED}
