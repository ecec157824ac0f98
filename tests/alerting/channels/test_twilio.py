"""SMS and calls: the real client, our transport, and everything that goes wrong at Twilio."""

import asyncio
import logging
from datetime import timedelta

import pytest

from alerting.channels.base import UNCLEAR, SendError
from alerting.channels.twilio_http import TwilioAccount
from alerting.channels.twilio_sms import TwilioSms
from alerting.channels.twilio_voice import TwilioVoice
from alerting.channels.twilio_words import read_sms_status
from alerting.plan import ChannelKind
from tests.alerting.channels.conftest import ALVA, Service, outgoing
from tests.fakes.twilio import FakeTwilio, Fault, Timing

SMS, VOICE = ChannelKind.SMS, ChannelKind.VOICE


async def test_a_text_arrives_and_its_reference_is_twilios(
    sms: TwilioSms, twilio: FakeTwilio
) -> None:
    reference = await sms.send(outgoing(SMS, ALVA, "Gasläcka i Dalby"))

    assert reference.startswith("SM")
    assert twilio.phone(ALVA).texts == ["Gasläcka i Dalby"]


async def test_a_text_expires_rather_than_arrive_hours_late(
    account: TwilioAccount, twilio: FakeTwilio
) -> None:
    sms = TwilioSms(
        account,
        sender=twilio.number,
        base_url="https://larm.example/",
        validity=timedelta(minutes=15),
    )
    message = outgoing(SMS, ALVA)
    twilio.timing = Timing.LATE

    await sms.send(message)

    (request,) = twilio.requests
    assert request["ValidityPeriod"] == "900"
    assert request["StatusCallback"] == f"https://larm.example/twilio/status/{message.id}"


@pytest.mark.parametrize("validity", [timedelta(0), timedelta(hours=11)])
def test_a_validity_that_twilio_does_not_know_is_refused_at_the_start(
    account: TwilioAccount, validity: timedelta
) -> None:
    with pytest.raises(ValueError, match="ten hours"):
        TwilioSms(account, sender="+46701740699", base_url="https://x.example", validity=validity)


@pytest.mark.parametrize(
    ("sender", "parameter"),
    [("Lunds kommun", "From"), ("MG" + 32 * "a", "MessagingServiceSid")],
)
async def test_a_text_may_come_from_a_name_or_a_messaging_service(
    account: TwilioAccount, twilio: FakeTwilio, service: Service, sender: str, parameter: str
) -> None:
    sender = sender.replace("Lunds kommun", "LundKommun")
    sms = TwilioSms(account, sender=sender, base_url=service.url)

    await sms.send(outgoing(SMS, ALVA))

    assert twilio.requests[0][parameter] == sender
    assert ({"From", "MessagingServiceSid"} & set(twilio.requests[0])) == {parameter}


async def test_status_callbacks_carry_our_id_and_a_valid_signature(
    sms: TwilioSms, twilio: FakeTwilio, service: Service
) -> None:
    message = outgoing(SMS, ALVA)

    await sms.send(message)
    await twilio.settle()

    assert service.words(message.id, "MessageStatus") == ["sent", "delivered"]
    assert twilio.problems == []


@pytest.mark.parametrize(
    ("timing", "backwards", "words"),
    [
        (Timing.DOUBLED, False, ["sent", "sent", "delivered", "delivered"]),
        (Timing.LATE, False, ["sent", "delivered"]),
        (Timing.LATE, True, ["delivered", "sent"]),
    ],
)
async def test_callbacks_come_late_doubled_and_backwards(
    sms: TwilioSms,
    twilio: FakeTwilio,
    service: Service,
    timing: Timing,
    backwards: bool,
    words: list[str],
) -> None:
    twilio.timing = timing
    message = outgoing(SMS, ALVA)

    await sms.send(message)
    await twilio.post_held(backwards=backwards)

    assert service.words(message.id, "MessageStatus") == words


async def test_a_callback_may_overtake_the_answer_to_our_request(
    sms: TwilioSms, twilio: FakeTwilio, service: Service
) -> None:
    twilio.timing = Timing.EARLY
    twilio.fault(Fault.HANGS_AFTER)
    message = outgoing(SMS, ALVA)

    sending = asyncio.create_task(sms.send(message))
    await service.reported(2)

    assert service.words(message.id, "MessageStatus") == ["sent", "delivered"]
    assert not sending.done()
    twilio.release()
    await sending


@pytest.mark.parametrize("code", ["30003", "30005", "30007", "30008"])
async def test_a_text_that_never_arrives_is_reported_with_its_reason(
    sms: TwilioSms, twilio: FakeTwilio, service: Service, code: str
) -> None:
    twilio.phone(ALVA).sms_error = code

    await sms.send(outgoing(SMS, ALVA))
    await twilio.settle()

    report = read_sms_status(service.reports[-1][1])
    assert (report.state, report.code, report.permanent) == ("failed", code, code == "30005")
    assert twilio.phone(ALVA).texts == []


@pytest.mark.parametrize(
    ("fault", "permanent", "code"),
    [
        (Fault.THROTTLED, False, "20429"),
        (Fault.BROKEN, False, "20500"),
        (Fault.QUEUE_FULL, False, "21611"),
        (Fault.OPTED_OUT, True, "21610"),
        (Fault.NOT_A_NUMBER, True, "21211"),
        (Fault.NOT_MOBILE, True, "21614"),
        (Fault.GIBBERISH, False, UNCLEAR),
        (Fault.NAMELESS, False, UNCLEAR),
        (Fault.DROPPED, False, UNCLEAR),
    ],
)
@pytest.mark.parametrize("kind", [SMS, VOICE])
async def test_a_refusal_says_whether_to_try_again(
    sms: TwilioSms,
    voice: TwilioVoice,
    twilio: FakeTwilio,
    kind: ChannelKind,
    fault: Fault,
    permanent: bool,
    code: str,
) -> None:
    twilio.fault(fault, to=ALVA)

    with pytest.raises(SendError) as refused:
        await (sms if kind is SMS else voice).send(outgoing(kind, ALVA))

    assert (refused.value.permanent, refused.value.code) == (permanent, code)
    assert refused.value.reason.endswith(".")
    assert ALVA not in refused.value.reason


async def test_a_fault_meets_only_the_number_it_was_meant_for(
    sms: TwilioSms, twilio: FakeTwilio
) -> None:
    twilio.fault(Fault.BROKEN, to="+46701740606")

    await sms.send(outgoing(SMS, ALVA))

    with pytest.raises(SendError):
        await sms.send(outgoing(SMS, "+46701740606"))


@pytest.mark.parametrize(("fault", "arrived"), [(Fault.HANGS_BEFORE, 0), (Fault.HANGS_AFTER, 1)])
async def test_the_time_limit_holds_and_the_outcome_is_called_unclear(
    hasty: TwilioAccount, twilio: FakeTwilio, service: Service, fault: Fault, arrived: int
) -> None:
    twilio.fault(fault)
    sms = TwilioSms(hasty, sender=twilio.number, base_url=service.url)

    with pytest.raises(SendError) as refused:
        await sms.send(outgoing(SMS, ALVA))

    assert (refused.value.permanent, refused.value.code) == (False, UNCLEAR)
    assert len(twilio.phone(ALVA).texts) == arrived


async def test_a_slow_twilio_is_no_error(sms: TwilioSms, twilio: FakeTwilio) -> None:
    twilio.latency = timedelta(milliseconds=1)

    assert await sms.send(outgoing(SMS, ALVA))


async def test_an_unreachable_twilio_surely_has_not_taken_the_message(
    hasty: TwilioAccount, twilio: FakeTwilio
) -> None:
    await twilio.stop()

    with pytest.raises(SendError) as refused:
        await TwilioSms(hasty, sender=twilio.number, base_url="https://x.example").send(
            outgoing(SMS, ALVA)
        )

    assert (refused.value.permanent, refused.value.code) == (False, "")


@pytest.mark.logs_errors
async def test_wrong_credentials_name_the_settings_and_are_logged_as_an_error(
    twilio: FakeTwilio, caplog: pytest.LogCaptureFixture
) -> None:
    account = TwilioAccount(twilio.account_sid, "wrong", api_url=twilio.url)
    sms = TwilioSms(account, sender=twilio.number, base_url="https://x.example")

    with pytest.raises(SendError, match="KRISLARM_TWILIO_AUTH_TOKEN") as refused:
        await sms.send(outgoing(SMS, ALVA))

    assert (refused.value.permanent, refused.value.code) == (False, "20003")
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    await account.close()


async def test_no_number_and_no_text_reaches_the_log(
    sms: TwilioSms, voice: TwilioVoice, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    await sms.send(outgoing(SMS, ALVA))
    await voice.send(outgoing(VOICE, ALVA))

    assert ALVA not in caplog.text
    assert ALVA.removeprefix("+") not in caplog.text
    assert "Dalby" not in caplog.text


async def test_twilio_can_be_asked_what_it_took(
    account: TwilioAccount, sms: TwilioSms, voice: TwilioVoice
) -> None:
    text = await sms.send(outgoing(SMS, ALVA))
    await sms.send(outgoing(SMS, "+46701740606"))
    call = await voice.send(outgoing(VOICE, ALVA))

    assert [m.sid for m in await account.client.messages.list_async(to=ALVA)] == [text]
    assert [c.sid for c in await account.client.calls.list_async(to=ALVA)] == [call]


async def test_a_text_back_is_signed_and_answered(twilio: FakeTwilio, service: Service) -> None:
    assert await twilio.phone(ALVA).text("ja tack") == "Noterat."
    assert service.received[0]["Body"] == "ja tack"
    assert service.received[0]["From"] == ALVA
    assert twilio.unexpected() == [f"{ALVA} got a text: Noterat."]


async def test_a_text_back_may_stay_without_reply(twilio: FakeTwilio, service: Service) -> None:
    service.reply = None

    assert await twilio.phone(ALVA).text("hej") == ""


async def test_who_writes_stop_gets_nothing_until_start(
    sms: TwilioSms, twilio: FakeTwilio, service: Service
) -> None:
    phone = twilio.phone(ALVA)
    assert await phone.text(" stop ") == ""

    with pytest.raises(SendError) as refused:
        await sms.send(outgoing(SMS, ALVA))
    await phone.text("START")
    await sms.send(outgoing(SMS, ALVA, "Hej igen"))

    assert (refused.value.permanent, refused.value.code) == (True, "21610")
    assert phone.texts == ["Noterat.", "Hej igen"]
