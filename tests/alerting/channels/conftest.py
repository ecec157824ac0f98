"""A service small enough to be seen whole, and the channels that talk to the fakes."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Self
from uuid import UUID, uuid4

import pytest
from aiohttp import web

from alerting.channels import twiml
from alerting.channels.base import Outgoing
from alerting.channels.twilio_http import TwilioAccount
from alerting.channels.twilio_sms import TwilioSms
from alerting.channels.twilio_voice import TwilioVoice
from alerting.channels.twilio_words import signature_ok
from alerting.plan import ChannelKind
from tests.fakes.twilio import FakeTwilio

ALVA = "+46701740605"
VOICES = {"sv": "Polly.Astrid", "en": "Polly.Amy"}
KEYS = "Tryck 1 om du kommer, 2 om du inte kan, 3 för att höra igen."


class Service:
    """What the real service does with callbacks, and nothing else: checks, notes, says."""

    def __init__(self, token: str) -> None:
        self.url = ""
        self.said = "Gasläcka i Dalby."
        self.reply: str | None = "Noterat."
        self.reports: list[tuple[str, dict[str, str]]] = []  # message id and form
        self.received: list[dict[str, str]] = []
        self.keys: list[str] = []
        self._token = token
        self._arrived = asyncio.Semaphore(0)
        app = web.Application()
        app.router.add_post("/twilio/status/{id}", self._status)
        app.router.add_post("/twilio/voice/{id}", self._voice)
        app.router.add_post("/twilio/voice/{id}/digits", self._digits)
        app.router.add_post("/twilio/sms", self._sms)
        self._runner = web.AppRunner(app)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._runner.cleanup()

    def words(self, of: UUID, name: str) -> list[str]:
        """What callbacks about that message said under this name."""
        return [form[name] for id_, form in self.reports if id_ == str(of) and name in form]

    async def reported(self, times: int) -> None:
        """Wait until so many callbacks have come."""
        for _ in range(times):
            await self._arrived.acquire()

    async def _read(self, request: web.Request) -> dict[str, str]:
        form = {name: str(value) for name, value in (await request.post()).items()}
        signature = request.headers.get("X-Twilio-Signature", "")
        if not signature_ok(self._token, self.url + request.path_qs, form, signature):
            raise web.HTTPForbidden
        return form

    async def _status(self, request: web.Request) -> web.Response:
        self.reports.append((request.match_info["id"], await self._read(request)))
        self._arrived.release()
        return web.Response(status=204)

    async def _voice(self, request: web.Request) -> web.Response:
        await self._read(request)
        return self._question(request.path)

    async def _digits(self, request: web.Request) -> web.Response:
        self.keys.append((await self._read(request))["Digits"])
        if self.keys[-1] not in {"1", "2"}:
            return self._question(request.path.removesuffix("/digits"))
        return _xml(twiml.thanks("Tack.", language="sv", voices=VOICES))

    async def _sms(self, request: web.Request) -> web.Response:
        self.received.append(await self._read(request))
        return _xml(twiml.sms_reply(self.reply))

    def _question(self, path: str) -> web.Response:
        return _xml(
            twiml.question(
                self.said,
                keys=KEYS,
                unanswered="Inget svar. Hej då.",
                language="sv",
                voices=VOICES,
                digits_url=f"{self.url}{path}/digits",
            )
        )


def _xml(text: str) -> web.Response:
    return web.Response(text=text, content_type="application/xml")


def outgoing(
    kind: ChannelKind, to: str, text: str = "Gasläcka i Dalby. Svara JA eller NEJ."
) -> Outgoing:
    return Outgoing(
        id=uuid4(),
        kind=kind,
        to=to,
        text=text,
        subject="Larm: gasläcka" if kind is ChannelKind.MAIL else "",
        html="<p>Gasläcka i <b>Dalby</b></p>" if kind is ChannelKind.MAIL else "",
        language="sv",
        answerable=True,
    )


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    async with FakeTwilio(prefix="/emulator") as fake:
        yield fake


@pytest.fixture
async def service(twilio: FakeTwilio) -> AsyncIterator[Service]:
    async with Service(twilio.auth_token) as service:
        twilio.target = service.url
        yield service
        await twilio.settle()


@pytest.fixture
async def account(twilio: FakeTwilio) -> AsyncIterator[TwilioAccount]:
    account = TwilioAccount(
        twilio.account_sid,
        twilio.auth_token,
        api_url=twilio.url + "/",
        time_limit=timedelta(seconds=5),
    )
    yield account
    await account.close()


@pytest.fixture
async def hasty(twilio: FakeTwilio) -> AsyncIterator[TwilioAccount]:
    """The same account for somebody who waits a quarter of a second."""
    account = TwilioAccount(
        twilio.account_sid,
        twilio.auth_token,
        api_url=twilio.url,
        time_limit=timedelta(milliseconds=250),
    )
    yield account
    await account.close()


@pytest.fixture
async def sms(
    account: TwilioAccount, twilio: FakeTwilio, service: Service
) -> AsyncIterator[TwilioSms]:
    channel = TwilioSms(account, sender=twilio.number, base_url=service.url)
    yield channel
    await channel.close()


@pytest.fixture
async def voice(
    account: TwilioAccount, twilio: FakeTwilio, service: Service
) -> AsyncIterator[TwilioVoice]:
    channel = TwilioVoice(account, sender=twilio.number, base_url=service.url)
    yield channel
    await channel.close()
