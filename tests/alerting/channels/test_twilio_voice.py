"""Calls: phones that ring, people who press keys, and machines that answer instead."""

from datetime import timedelta

import pytest

from alerting.channels.twilio_http import TwilioAccount
from alerting.channels.twilio_voice import TwilioVoice
from alerting.channels.twilio_words import read_call_status
from alerting.plan import ChannelKind
from tests.alerting.channels.conftest import ALVA, KEYS, Service, outgoing
from tests.fakes.twilio import FakeTwilio, Line, Timing

VOICE = ChannelKind.VOICE


async def test_a_call_is_answered_heard_and_confirmed_with_a_key(
    voice: TwilioVoice, twilio: FakeTwilio, service: Service
) -> None:
    message = outgoing(VOICE, ALVA)
    await voice.send(message)
    call = twilio.phone(ALVA).expect_call()

    assert await call.pick_up() == f"Gasläcka i Dalby. {KEYS}"
    assert await call.press("1") == "Tack."

    assert service.keys == ["1"]
    assert service.words(message.id, "CallStatus") == [
        "initiated",
        "ringing",
        "in-progress",
        "in-progress",
        "completed",
    ]
    assert service.words(message.id, "AnsweredBy")[0] == "human"
    assert twilio.problems == twilio.unexpected() == []


async def test_key_three_and_unknown_keys_say_it_again(
    voice: TwilioVoice, twilio: FakeTwilio, service: Service
) -> None:
    await voice.send(outgoing(VOICE, ALVA))
    call = twilio.phone(ALVA).expect_call()
    heard = await call.pick_up()

    assert await call.press("3") == heard
    assert await call.press("#") == heard
    assert await call.press("2") == "Tack."
    assert service.keys == ["3", "#", "2"]


async def test_who_presses_nothing_hears_it_three_times_and_has_not_answered(
    voice: TwilioVoice, twilio: FakeTwilio, service: Service
) -> None:
    await voice.send(outgoing(VOICE, ALVA))
    call = twilio.phone(ALVA).expect_call()
    await call.pick_up()

    assert (await call.stay_silent()).endswith("Inget svar. Hej då.")

    assert call.heard.count("Gasläcka i Dalby.") == 3
    report = read_call_status(service.reports[-1][1])
    assert report is not None
    assert (report.state, "tryckte inte" in report.reason) == ("failed", True)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (Line.BUSY, "Upptaget."),
        (Line.SILENT, "Inget svar."),
        (Line.VOICEMAIL, "Telefonsvarare svarade."),
        (Line.DEAD, "Numret finns inte."),
    ],
)
async def test_a_call_that_reaches_nobody_is_reported_as_failed(
    voice: TwilioVoice, twilio: FakeTwilio, service: Service, line: Line, reason: str
) -> None:
    twilio.phone(ALVA).line = line

    await voice.send(outgoing(VOICE, ALVA))
    await twilio.settle()

    report = read_call_status(service.reports[-1][1])
    assert report is not None
    assert (report.state, report.reason) == ("failed", reason)
    assert report.permanent is (line is Line.DEAD)


async def test_a_call_can_be_left_ringing_rejected_or_hung_up(
    voice: TwilioVoice, twilio: FakeTwilio, service: Service
) -> None:
    for number in ("+46701740606", "+46701740607", "+46701740608"):
        await voice.send(outgoing(VOICE, number))

    await twilio.phone("+46701740606").expect_call().lets_it_ring()
    await twilio.phone("+46701740607").expect_call().reject()
    third = twilio.phone("+46701740608").expect_call()
    await third.pick_up()
    await third.hang_up()

    ends = [form["CallStatus"] for _, form in service.reports]
    assert ends.count("no-answer") == ends.count("busy") == ends.count("completed") == 1


async def test_detection_runs_beside_the_call_and_ringing_has_an_end(
    account: TwilioAccount, twilio: FakeTwilio
) -> None:
    voice = TwilioVoice(
        account,
        sender=twilio.number,
        base_url="https://larm.example",
        ring=timedelta(seconds=25),
    )
    message = outgoing(VOICE, ALVA)
    twilio.timing = Timing.LATE

    await voice.send(message)

    (request,) = twilio.requests
    assert request["Url"] == f"https://larm.example/twilio/voice/{message.id}"
    assert request["AsyncAmdStatusCallback"] == f"https://larm.example/twilio/status/{message.id}"
    assert (request["MachineDetection"], request["AsyncAmd"]) == ("Enable", "true")
    assert request["Timeout"] == "25"


def test_a_name_cannot_make_calls(account: TwilioAccount) -> None:
    with pytest.raises(ValueError, match="number as sender"):
        TwilioVoice(account, sender="LundKommun", base_url="https://larm.example")
