"""The fake itself: it refuses what the official description of the API refuses."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE

import pytest
from aiohttp import ClientSession, encode_basic_auth

from alerting.channels.twilio_http import TwilioAccount
from alerting.channels.twilio_sms import TwilioSms
from alerting.plan import ChannelKind
from tests.alerting.channels.conftest import ALVA, Service, outgoing
from tests.fakes.twilio import FakeTwilio

TEXT = {"To": ALVA, "From": "+46701740699", "Body": "Hej"}
CALL = {"To": ALVA, "From": "+46701740699", "Url": "https://larm.example/voice"}


def signed_in(twilio: FakeTwilio) -> ClientSession:
    right = encode_basic_auth(twilio.account_sid, twilio.auth_token)
    return ClientSession(headers={"Authorization": right})


@pytest.mark.parametrize(
    ("kind", "form", "code"),
    [
        ("Messages", {**TEXT, "To": ""}, 21211),
        ("Messages", {**TEXT, "To": "0701740605"}, 21211),
        ("Messages", {**TEXT, "From": "+46701740000"}, 21606),
        ("Messages", {**TEXT, "Body": ""}, 21602),
        ("Messages", {**TEXT, "Body": 1601 * "a"}, 21617),
        ("Messages", {**TEXT, "StatusCallback": "/twilio/status"}, 21609),
        ("Messages", {**TEXT, "ValidityPeriod": "36001"}, 20001),
        ("Messages", {**TEXT, "MessagingServiceSid": "MGx"}, 21701),
        ("Messages", {**TEXT, "Boddy": "Hej"}, 20001),
        ("Messages", {"From": TEXT["From"], "Body": "Hej"}, 21604),
        ("Messages", {"To": ALVA, "Body": "Hej"}, 21603),
        ("Calls", {**CALL, "To": "112"}, 21211),
        ("Calls", {**CALL, "From": "Lund"}, 21210),
        ("Calls", {**CALL, "Url": "https://our_host.example/"}, 21205),
        ("Calls", {**CALL, "MachineDetection": "enable"}, 20001),
        ("Calls", {**CALL, "StatusCallbackEvent": "answer"}, 20001),
        ("Calls", {**CALL, "Timeout": "601"}, 20001),
        ("Calls", {**CALL, "AsyncAmdStatusCallback": "nowhere"}, 21609),
        ("Calls", {"To": ALVA, "From": CALL["From"]}, 21205),
        ("Calls", {"From": CALL["From"], "Url": CALL["Url"]}, 21201),
        ("Calls", {"To": ALVA, "Url": CALL["Url"]}, 21213),
    ],
)
async def test_a_wrong_request_gets_twilios_error(
    twilio: FakeTwilio, kind: str, form: dict[str, str], code: int
) -> None:
    url = f"{twilio.url}/2010-04-01/Accounts/{twilio.account_sid}/{kind}.json"

    async with signed_in(twilio) as session, session.post(url, data=form) as answer:
        body = await answer.json()

    assert (answer.status, body["status"], body["code"]) == (400, 400, code)


async def test_a_foreign_account_and_an_unknown_filter_are_refused(twilio: FakeTwilio) -> None:
    accounts = f"{twilio.url}/2010-04-01/Accounts"

    async with signed_in(twilio) as session:
        async with session.post(f"{accounts}/ACother/Messages.json", data=TEXT) as foreign:
            assert foreign.status == 404
        url = f"{accounts}/{twilio.account_sid}/Messages.json?Too=x"
        async with session.get(url) as unknown:
            assert unknown.status == 400
    async with (
        ClientSession() as session,
        session.get(f"{accounts}/{twilio.account_sid}/Calls.json") as nameless,
    ):
        assert nameless.status == 401


async def test_a_service_that_cannot_speak_is_a_problem(twilio: FakeTwilio) -> None:
    async def broken(_url: str, _form: object, _headers: object) -> tuple[int, str]:
        return 500, "Internal Server Error"

    async with FakeTwilio(target="http://larm.example", post=broken) as fake:
        account = TwilioAccount(fake.account_sid, fake.auth_token, api_url=fake.url)
        await account.client.calls.create_async(
            to=ALVA, from_=fake.number, url="http://larm.example/voice"
        )
        heard = await fake.phone(ALVA).expect_call().pick_up()
        await account.close()

    assert "application error" in heard
    assert fake.problems[0] == "11200 http://larm.example/voice answered 500"


async def test_the_fake_runs_on_its_own_for_curl(service: Service) -> None:
    """The standalone program: a text in, a text out, the phone shown."""
    command = [sys.executable, "-m", "tests.fakes.twilio", "--port", "0", "--target", service.url]
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    assert process.stdout is not None
    told = [(await process.stdout.readline()).decode().strip().split("=") for _ in range(4)]
    settings = {name.removeprefix("KRISLARM_TWILIO_"): value for name, value in told}
    account = TwilioAccount(
        settings["ACCOUNT_SID"], settings["AUTH_TOKEN"], api_url=settings["API_URL"]
    )
    sms = TwilioSms(account, sender=settings["FROM"], base_url=service.url)

    await sms.send(outgoing(ChannelKind.SMS, ALVA, "Hej"))
    async with ClientSession(settings["API_URL"]) as session:
        async with session.post(f"/phones/{ALVA}/text", data=json.dumps({"body": "JA"})) as said:
            assert await said.json() == {"says": "Noterat."}
        async with session.post(f"/phones/{ALVA}/pick_up") as wrong:
            assert wrong.status == 400
        async with session.get("/phones") as shown:
            assert (await shown.json())["phones"][ALVA]["texts"] == ["Hej", "Noterat."]
    await account.close()
    process.terminate()
    await process.wait()
