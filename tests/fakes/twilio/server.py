"""The HTTP side of the fake: takes requests as Twilio would and posts signed callbacks."""

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import timedelta
from itertools import count
from typing import Self

from aiohttp import ClientError, ClientSession, ClientTimeout, web
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from tests.fakes.twilio.faults import Fault, Timing
from tests.fakes.twilio.phones import Call, Phone
from tests.fakes.twilio.rules import Rejected, check_call, check_list, check_message

ACCOUNT_SID = "AC00000000000000000000000000000000"
AUTH_TOKEN = "a-token-for-tests"
NUMBER = "+46701740699"  # from the series that is reserved for fiction, as all numbers here
MOMENT = "Mon, 05 Jan 2026 03:00:00 +0000"

# Posts a form to a URL with these headers; status and body. Tests may give one without network.
Post = Callable[[str, Mapping[str, str], Mapping[str, str]], Awaitable[tuple[int, str]]]
Resource = dict[str, object]


class FakeTwilio:
    """`target` is where our service answers; inbound texts go to `{target}/twilio/sms`.

    `async with FakeTwilio(target=...) as fake` listens on loopback at `fake.url`.
    """

    def __init__(
        self,
        *,
        target: str = "",
        account_sid: str = ACCOUNT_SID,
        auth_token: str = AUTH_TOKEN,
        number: str = NUMBER,
        prefix: str = "",
        post: Post | None = None,
    ) -> None:
        self.target, self.number = target, number
        self.account_sid, self.auth_token = account_sid, auth_token
        self.phones: dict[str, Phone] = {}
        self.timing = Timing.AT_ONCE
        self.latency = timedelta(0)
        self.requests: list[MultiDict[str]] = []  # what was asked of the API, also in vain
        self.problems: list[str] = []  # what Twilio's debugger would show about us
        self.url = ""
        self.app = web.Application()
        root = f"{prefix}/2010-04-01/Accounts/{{account}}"
        self.app.router.add_post(root + "/Messages.json", self._post_message)
        self.app.router.add_post(root + "/Calls.json", self._post_call)
        self.app.router.add_get(root + "/{kind:Messages|Calls}.json", self._list)
        self.app.router.add_get(root + "/{kind:Messages|Calls}/{sid}.json", self._one)
        self._prefix = prefix
        self._post = post or self._post_by_http
        self._validator = RequestValidator(auth_token)
        self._faults: list[tuple[Fault, str]] = []
        self._held: list[tuple[str, Mapping[str, str]]] = []
        self._resources: dict[str, list[Resource]] = {"Messages": [], "Calls": []}
        self._numbers = count(1)
        self._background: set[asyncio.Task[None]] = set()
        self._released = asyncio.Event()
        self._runner = web.AppRunner(self.app, shutdown_timeout=1)
        self._session: ClientSession | None = None

    async def start(self, port: int = 0) -> None:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}{self._prefix}"

    async def stop(self) -> None:
        self.release()
        await self.settle()
        await self._runner.cleanup()
        if self._session is not None:
            await self._session.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.stop()

    def phone(self, number: str) -> Phone:
        return self.phones.setdefault(number, Phone(self, number))

    def fault(self, fault: Fault, *, to: str = "", times: int = 1) -> None:
        """The next requests (to that number) meet it."""
        self._faults += [(fault, to)] * times

    def release(self) -> None:
        """Answer the requests that hang."""
        self._released.set()
        self._released = asyncio.Event()

    async def settle(self) -> None:
        """Wait until everything that happens by itself has happened."""
        while self._background:
            await asyncio.gather(*self._background)

    async def post_held(self, *, backwards: bool = False) -> None:
        """Post the callbacks that Timing.LATE held back."""
        await self.settle()
        held, self._held = self._held, []
        for url, form in reversed(held) if backwards else held:
            await self.ask(url, form)

    def unexpected(self) -> list[str]:
        """Texts and calls that no `expect_text` or `expect_call` has asked for."""
        return [line for phone in self.phones.values() for line in phone.unexpected()]

    def sid(self, prefix: str) -> str:
        return f"{prefix}{next(self._numbers):032x}"

    def sign(self, url: str, form: Mapping[str, str]) -> str:
        return str(self._validator.compute_signature(url, form))

    async def ask(self, url: str, form: Mapping[str, str]) -> str:
        """Post a signed form; the body of the answer, "" and a problem when it failed."""
        form = {"AccountSid": self.account_sid, "ApiVersion": "2010-04-01", **form}
        status, body = await self._post(url, form, {"X-Twilio-Signature": self.sign(url, form)})
        if 200 <= status < 300:
            return body
        self.problems.append(f"11200 {url} answered {status or 'nothing'}")
        return ""

    async def tell(self, url: str, form: Mapping[str, str]) -> None:
        """A callback, when the timing says."""
        if self.timing is Timing.LATE:
            self._held.append((url, form))
            return
        for _ in range(2 if self.timing is Timing.DOUBLED else 1):
            await self.ask(url, form)

    async def _post_by_http(
        self, url: str, form: Mapping[str, str], headers: Mapping[str, str]
    ) -> tuple[int, str]:
        if self._session is None:
            self._session = ClientSession(timeout=ClientTimeout(total=15))
        try:
            async with self._session.post(url, data=form, headers=headers) as answer:
                return answer.status, await answer.text()
        except (ClientError, TimeoutError):
            return 0, ""

    async def _post_message(self, request: web.Request) -> web.StreamResponse:
        async def accept(form: MultiDict[str]) -> Resource:
            check_message(form, {self.number})
            phone = self.phone(form["To"])
            if phone.opted_out:
                raise Rejected(400, 21610, "Attempt to send to unsubscribed recipient")
            sid = self.sid("SM")
            if not phone.sms_error:
                phone.receive(form["Body"])
            await self._soon(self._progress(sid, form, phone.sms_error))
            return self._remember("Messages", sid, form)

        return await self._answer(request, accept)

    async def _post_call(self, request: web.Request) -> web.StreamResponse:
        async def accept(form: MultiDict[str]) -> Resource:
            check_call(form, {self.number})
            phone = self.phone(form["To"])
            call = Call(self, self.sid("CA"), form)
            phone.ring(call)
            await self._soon(call.dial(phone.line))
            return self._remember("Calls", call.sid, form)

        return await self._answer(request, accept)

    async def _progress(self, sid: str, form: Mapping[str, str], error: str) -> None:
        """What becomes of an SMS after it was taken."""
        if "StatusCallback" not in form:
            return
        for status in ("sent", "undelivered" if error else "delivered"):
            told = {"MessageSid": sid, "SmsSid": sid, "MessageStatus": status, "SmsStatus": status}
            failed = {"ErrorCode": error} if status == "undelivered" else {}
            parties = {"From": form.get("From", self.number), "To": form["To"]}
            await self.tell(form["StatusCallback"], told | failed | parties)

    async def _soon(self, happening: Coroutine[None, None, None]) -> None:
        if self.timing is Timing.EARLY:
            await happening
            return
        task = asyncio.create_task(happening)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _answer(
        self, request: web.Request, accept: Callable[[MultiDict[str]], Awaitable[Resource]]
    ) -> web.StreamResponse:
        """One request to make something, with the faults that were switched on for it."""
        released = self._released
        try:
            self._authenticate(request)
            form = MultiDict((name, str(value)) for name, value in (await request.post()).items())
            self.requests.append(form)
            fault = self._take_fault(form.get("To", ""))
            await asyncio.sleep(self.latency.total_seconds())
            if fault is Fault.HANGS_BEFORE:
                await released.wait()
            _refuse(fault)
            made = await accept(form)
        except Rejected as rejected:
            return web.json_response(rejected.body, status=rejected.status)
        if fault is Fault.HANGS_AFTER:
            await released.wait()
        if fault is Fault.DROPPED and request.transport is not None:
            request.transport.close()
        if fault is Fault.GIBBERISH:
            return web.Response(text="<html>Välkommen!</html>", status=201)
        return web.json_response({} if fault is Fault.NAMELESS else made, status=201)

    async def _list(self, request: web.Request) -> web.Response:
        try:
            self._authenticate(request)
            check_list(request.query)
        except Rejected as rejected:
            return web.json_response(rejected.body, status=rejected.status)
        kind, to = request.match_info["kind"], request.query.get("To")
        found = [made for made in self._resources[kind] if to in {None, made["to"]}]
        page = {"page": 0, "page_size": 50, "next_page_uri": None, "uri": request.path}
        return web.json_response({kind.lower(): found[::-1], **page})

    async def _one(self, request: web.Request) -> web.Response:
        try:
            self._authenticate(request)
        except Rejected as rejected:
            return web.json_response(rejected.body, status=rejected.status)
        kind, sid = request.match_info["kind"], request.match_info["sid"]
        for made in self._resources[kind]:
            if made["sid"] == sid:
                return web.json_response(made)
        unknown = Rejected(404, 20404, f"The requested resource {request.path} was not found")
        return web.json_response(unknown.body, status=unknown.status)

    def _authenticate(self, request: web.Request) -> None:
        right = b64encode(f"{self.account_sid}:{self.auth_token}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {right}":
            raise Rejected(401, 20003, "Authenticate")
        if request.match_info["account"] != self.account_sid:
            raise Rejected(404, 20404, f"The requested resource {request.path} was not found")

    def _take_fault(self, to: str) -> Fault | None:
        for fault, number in self._faults:
            if number in {"", to}:
                self._faults.remove((fault, number))
                return fault
        return None

    def _remember(self, kind: str, sid: str, form: Mapping[str, str]) -> Resource:
        made: Resource = {
            "sid": sid,
            "account_sid": self.account_sid,
            "status": "queued",
            "to": form["To"],
            "from": form.get("From"),
            "body": form.get("Body"),
            "direction": "outbound-api",
            "date_created": MOMENT,
            "api_version": "2010-04-01",
        }
        self._resources[kind].append(made)
        return made


def _refuse(fault: Fault | None) -> None:
    if fault is Fault.THROTTLED:
        raise Rejected(429, 20429, "Too Many Requests")
    if fault in {Fault.BROKEN, Fault.HANGS_BEFORE}:
        raise Rejected(500, 20500, "An internal server error has occurred")
    if fault in {Fault.OPTED_OUT, Fault.NOT_A_NUMBER, Fault.NOT_MOBILE, Fault.QUEUE_FULL}:
        raise Rejected(400, int(fault), "The number cannot be used")
