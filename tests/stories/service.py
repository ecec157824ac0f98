"""The whole service with live channels: web, engine, Twilio's API and a mail server, in one process.

It stands behind a proxy, as it would: the world knows it by another address than the one it hears.
"""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient, Response
from sqlalchemy import select

from alerting.engine import Engine
from alerting.models import Alarm
from alerting.simulation import SimulatedPeople
from core.database import Database
from crisis.demo.seed import PASSWORD
from crisis.serving import engine_for
from rosters.models import ContactKind, ContactPoint, Person
from tests.clocks import MovableClock
from tests.fakes.smtp import FakeMailServer
from tests.fakes.twilio import Call, FakeTwilio, Phone
from tests.stories.forms import form_to
from tests.visitors import Site, Visitor

PUBLIC = "https://larm.demo.lund.example"
INSIDE = "http://web-1:8000"


class Proxy:
    """Hands what the world sends to the public address on to the inner one."""

    def __init__(self) -> None:
        self._client: AsyncClient | None = None

    @asynccontextmanager
    async def before(self, app: FastAPI) -> AsyncIterator[None]:
        inside = ASGITransport(app, client=("10.0.0.7", 40_000), raise_app_exceptions=False)
        async with AsyncClient(transport=inside) as self._client:
            yield

    async def post(
        self, url: str, form: Mapping[str, str], headers: Mapping[str, str]
    ) -> tuple[int, str]:
        assert self._client is not None
        answer = await self._client.post(
            url.replace(PUBLIC, INSIDE), data=dict(form), headers=dict(headers)
        )
        return answer.status_code, answer.text


class Service:
    """Verbs of a story around the demo: raise, be the phones, look at the board."""

    def __init__(
        self, site: Site, engine: Engine, twilio: FakeTwilio, mail: FakeMailServer
    ) -> None:
        self.site, self.engine, self.twilio, self.mail = site, engine, twilio, mail
        self.numbers: dict[str, str] = {}

    @classmethod
    @asynccontextmanager
    async def on(cls, database: Database, **settings: object) -> AsyncIterator["Service"]:
        async with AsyncExitStack() as stack:
            proxy = Proxy()
            mail = await stack.enter_async_context(FakeMailServer(tls="none"))
            fake = FakeTwilio(target=PUBLIC, post=proxy.post)
            twilio = await stack.enter_async_context(fake)
            live = {
                "mode": "live",
                "base_url": PUBLIC,
                "twilio_account_sid": twilio.account_sid,
                "twilio_auth_token": twilio.auth_token,
                "twilio_from": twilio.number,
                "twilio_api_url": twilio.url,
                "smtp_url": f"smtp+plain://127.0.0.1:{mail.port}",
                "mail_from": "larm@demo.lund.example",
            }
            site = await stack.enter_async_context(
                Site.on(database, MovableClock(), **(live | settings))
            )
            engine = engine_for(site.app.state.settings, database, site.clock, SimulatedPeople())
            stack.push_async_callback(engine.gateway.close)
            service = cls(site, engine, twilio, mail)
            await stack.enter_async_context(proxy.before(site.app))
            await service._read_numbers()
            yield service
            await engine.drain()

    async def _read_numbers(self) -> None:
        async with self.site.database.reading() as session:
            rows = await session.execute(
                select(Person.ref, ContactPoint.address)
                .join(Person, Person.id == ContactPoint.person_id)
                .where(ContactPoint.kind == ContactKind.MOBILE)
            )
            self.numbers = {row.ref: row.address for row in rows}

    @property
    def clock(self) -> MovableClock:
        return self.site.clock

    async def settle(self) -> None:
        """Until nothing is due, on its way, or coming back, at this instant."""
        while True:
            await self.engine.until_idle()
            await self.twilio.settle()
            if not await self.engine.turn():
                return

    async def wait(self, *, seconds: float = 0, minutes: float = 0) -> None:
        """Let time pass, looking every five seconds."""
        left = timedelta(seconds=seconds, minutes=minutes)
        while left > timedelta(0):
            length = min(left, timedelta(seconds=5))
            self.clock.move(length)
            await self.settle()
            left -= length

    # People

    async def sign_in(self, username: str) -> Visitor:
        visitor = self.site.visitor()
        answer = await visitor.sign_in(username, PASSWORD)
        assert answer.status_code == 303, words(answer.text)
        return visitor

    def phone(self, ref: str) -> Phone:
        return self.twilio.phone(self.numbers[ref])

    async def texts(self, ref: str, text: str) -> None:
        await self.phone(ref).text(text)
        await self.settle()

    def expect_alarm(self, *refs: str) -> list[Call]:
        """Each has been texted and called, and nobody else; the calls, in the same order."""
        for ref in refs:
            assert "SKARPT" in self.phone(ref).expect_text()
        calls = [self.phone(ref).expect_call() for ref in refs]
        self.expect_silence()
        return calls

    def expect_silence(self) -> None:
        assert self.twilio.unexpected() == []

    def look_away(self) -> None:
        """For tests about something else than what is sent."""
        for phone in self.twilio.phones.values():
            for line in phone.unexpected():
                phone.expect_text() if "got a text" in line else phone.expect_call()

    # Alarms

    async def raise_alarm(
        self, tib: Visitor, code: str, *, note: str = "", wait: bool = True, mode: str = "live"
    ) -> str:
        """The three taps; where the board is. The seconds to undo then pass."""
        review = await tib.get(f"/alarms/new/{code}?mode={mode}")
        answer = await form_to(review.text, "/alarms").send(tib, note=note)
        assert answer.status_code == 303, words(answer.text)
        if wait:
            await self.wait(seconds=5)
        return answer.headers["location"]

    async def board(self, visitor: Visitor, at: str, step: str = "") -> str:
        """What the board says, or the part of it that is about one step."""
        html = await visitor.sees(at)
        if not step:
            return words(html)
        parts = re.findall(r'<section class="function .*?</section>', html, re.DOTALL)
        return next(said for said in map(words, parts) if said.startswith(step))

    async def alarms(self) -> list[Alarm]:
        async with self.site.database.reading() as session:
            return list(await session.scalars(select(Alarm).order_by(Alarm.raised_at)))

    async def callback(
        self, path: str, form: Mapping[str, str], *, signed: bool = True
    ) -> Response:
        """Post what Twilio would, in no way it would choose itself."""
        visitor = self.site.visitor()
        signature = self.twilio.sign(f"{PUBLIC}{path}", form) if signed else "Zm9yZ2VkIQ=="
        return await visitor.client.post(
            path, data=dict(form), headers={"x-twilio-signature": signature}
        )


def words(html: str) -> str:
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())
