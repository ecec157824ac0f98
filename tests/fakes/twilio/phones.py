"""Phones and calls: somebody picks up, listens, presses keys, writes texts."""

from collections import deque
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

from multidict import MultiMapping

from tests.fakes.twilio.faults import Line

STOP_WORDS = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"}
START_WORDS = {"START", "YES", "UNSTOP"}
EVENTS = {"initiated": "initiated", "ringing": "ringing", "in-progress": "answered"}
FETCH_FAILED = "We are sorry, an application error has occurred. Goodbye."


class Exchange(Protocol):
    """What phones need from the fake."""

    number: str
    target: str
    problems: list[str]

    def sid(self, prefix: str) -> str: ...
    async def ask(self, url: str, form: Mapping[str, str]) -> str: ...
    async def tell(self, url: str, form: Mapping[str, str]) -> None: ...
    async def settle(self) -> None: ...


class Call:
    """One call: rings until somebody does something with it, then follows our TwiML."""

    def __init__(self, exchange: Exchange, sid: str, form: MultiMapping[str]) -> None:
        self.sid = sid
        self.form = form
        self.status = "queued"
        self.heard: list[str] = []
        self._exchange = exchange
        self._answered_by = ""
        self._url = form.get("Url", "")  # of the document being followed
        self._verbs: deque[ET.Element] = deque()  # what is still to be followed
        self._gather: ET.Element | None = None  # where it waits for a key

    async def dial(self, line: Line) -> None:
        """What happens by itself, before or instead of a human."""
        await self._move("initiated")
        if line is Line.BUSY:
            return await self._move("busy")
        if line is Line.DEAD:
            return await self._move("failed", SipResponseCode="404")
        await self._move("ringing")
        if line is Line.SILENT:
            await self._move("no-answer")
        if line is Line.VOICEMAIL:
            await self._connect("machine_start")
            await self._listen()
        return None

    async def pick_up(self) -> str:
        """What a human hears until a key is awaited, or until the end."""
        await self._exchange.settle()
        assert self.status == "ringing", f"the call is {self.status}"
        return await self._connect("human")

    async def press(self, key: str) -> str:
        """What is said after the key."""
        assert self._gather is not None, f"no key is awaited; the call is {self.status}"
        if self._gather.get("method", "POST") != "POST":
            self._exchange.problems.append("a Gather wants another method than POST")
        action = urljoin(self._url, self._gather.get("action", ""))
        return await self._fetch(action, Digits=key)

    async def stay_silent(self) -> str:
        """What is said to somebody who holds the phone and presses nothing, to the end."""
        return await self._listen()

    async def hang_up(self) -> None:
        self._gather = None
        await self._move("completed")

    async def lets_it_ring(self) -> None:
        """Nobody answers, until it is given up."""
        await self._exchange.settle()
        await self._move("no-answer")

    async def reject(self) -> None:
        await self._exchange.settle()
        await self._move("busy")

    async def _connect(self, answered_by: str) -> str:
        self._answered_by = answered_by
        await self._move("in-progress")
        heard = await self._fetch(self._url)
        if self.form.get("AsyncAmd") == "true" and "AsyncAmdStatusCallback" in self.form:
            detected = {"AnsweredBy": answered_by, "MachineDetectionDuration": "2100"}
            await self._exchange.tell(self.form["AsyncAmdStatusCallback"], self._form() | detected)
        return heard

    async def _listen(self) -> str:
        heard = []
        while self._gather is not None:
            heard.append(await self._follow())
        return " ".join(heard)

    async def _fetch(self, url: str, **extra: str) -> str:
        """Get a document and follow it; one that cannot be read ends the call, as at Twilio."""
        self._url, self._gather = url, None
        text = await self._exchange.ask(url, self._form() | extra)
        try:
            self._verbs = deque(ET.fromstring(text))  # noqa: S314 - our own answer
        except ET.ParseError as error:
            self._exchange.problems.append(f"12100 {url} is no TwiML: {error}")
            await self._move("completed")
            return FETCH_FAILED
        return await self._follow()

    async def _follow(self) -> str:
        """Do verb after verb until a key is awaited or the call is over; what was heard."""
        heard: list[str] = []
        self._gather = None
        while self._verbs:
            verb = self._verbs.popleft()
            if verb.tag == "Redirect":
                return " ".join([*heard, await self._fetch(urljoin(self._url, verb.text or ""))])
            if verb.tag == "Hangup":
                break
            heard += self._said(verb)
            if verb.tag == "Gather":
                self._gather = verb
                return " ".join(heard)
        await self._move("completed")
        return " ".join(heard)

    def _said(self, verb: ET.Element) -> list[str]:
        if verb.tag not in {"Say", "Pause", "Gather"}:
            self._exchange.problems.append(f"12200 {self._url} has a verb {verb.tag}")
        said = [say.text or "" for say in verb.iter("Say")]
        self.heard += said
        return said

    async def _move(self, status: str, **extra: str) -> None:
        """A new status, told to those who asked for it."""
        self.status = status
        wanted = self.form.getall("StatusCallbackEvent", ["completed"])
        if "StatusCallback" in self.form and EVENTS.get(status, "completed") in wanted:
            known = {"AnsweredBy": self._answered_by} if self._answered_by else {}
            await self._exchange.tell(self.form["StatusCallback"], self._form() | known | extra)

    def _form(self) -> dict[str, str]:
        return {
            "CallSid": self.sid,
            "CallStatus": self.status,
            "Direction": "outbound-api",
            "From": self.form["From"],
            "To": self.form["To"],
        }


class Phone:
    """A phone in somebody's pocket. What no test line expected is found by `unexpected`."""

    def __init__(self, exchange: Exchange, number: str) -> None:
        self.number = number
        self.line = Line.RINGS
        self.sms_error = ""  # 30003, 30005, 30007 or 30008: the text never arrives
        self.opted_out = False
        self.texts: list[str] = []
        self.calls: list[Call] = []
        self._exchange = exchange
        self._unread: deque[str] = deque()
        self._unanswered: deque[Call] = deque()

    def receive(self, text: str) -> None:
        self.texts.append(text)
        self._unread.append(text)

    def ring(self, call: Call) -> None:
        self.calls.append(call)
        self._unanswered.append(call)

    def expect_text(self) -> str:
        """The next text that has not been looked at."""
        assert self._unread, f"no text for {self.number}"
        return self._unread.popleft()

    def expect_call(self) -> Call:
        """The next call that has not been looked at."""
        assert self._unanswered, f"no call for {self.number}"
        return self._unanswered.popleft()

    def unexpected(self) -> list[str]:
        texts = [f"{self.number} got a text: {text}" for text in self._unread]
        return texts + [f"{self.number} was called" for _ in self._unanswered]

    async def text(self, body: str) -> str:
        """Write to our number; what is texted back at once, "" for nothing."""
        await self._exchange.settle()
        word = body.strip().upper()
        if word in STOP_WORDS | START_WORDS:
            self.opted_out = word in STOP_WORDS
        sid = self._exchange.sid("SM")
        form = {
            "MessageSid": sid,
            "SmsMessageSid": sid,
            "SmsSid": sid,
            "SmsStatus": "received",
            "From": self.number,
            "To": self._exchange.number,
            "Body": body,
            "NumMedia": "0",
            "NumSegments": "1",
        }
        return self._reply(await self._exchange.ask(f"{self._exchange.target}/twilio/sms", form))

    def _reply(self, twiml: str) -> str:
        """Twilio swallows what is texted to somebody who has opted out."""
        if not twiml or self.opted_out:
            return ""
        messages = ET.fromstring(twiml).iter("Message")  # noqa: S314 - our own answer
        replies = ["".join(message.itertext()) for message in messages]
        for reply in replies:
            self.receive(reply)
        return "\n".join(replies)
