"""The phones of a test: what came to them, and what their owners do."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

from alerting.channels.base import Channel, Outgoing, Report, SendError
from alerting.plan import ChannelKind


@dataclass(slots=True)
class Carrier(Channel):
    """A provider that carries everything to the test's phones, and fails when told to."""

    name: str = "test"
    kinds: frozenset[ChannelKind] = frozenset(ChannelKind)
    came: list[Outgoing] = field(default_factory=list)
    failures: dict[tuple[str, ChannelKind], list[BaseException]] = field(default_factory=dict)
    reports: dict[str, Report] = field(
        default_factory=dict
    )  # message id -> what is said when asked
    before: Callable[[Outgoing], Awaitable[None]] | None = None

    async def send(self, message: Outgoing) -> str:
        if self.before:
            await self.before(message)
        waiting = self.failures.get((message.to, message.kind), [])
        if waiting:
            raise waiting.pop(0)
        self.came.append(message)
        return f"TEST-{message.id}"

    async def ask(self, ref: str) -> Report | None:
        return self.reports.get(ref.removeprefix("TEST-"))

    async def close(self) -> None:
        return

    def fail(self, address: str, kind: ChannelKind, *errors: BaseException) -> None:
        self.failures.setdefault((address, kind), []).extend(errors)

    def take(self, address: str, kind: ChannelKind) -> Outgoing | None:
        """The oldest message to that address not yet looked at."""
        for message in self.came:
            if message.to == address and message.kind is kind:
                self.came.remove(message)
                return message
        return None


def broken(*, permanent: bool = True, code: str = "") -> SendError:
    return SendError("provider says no", permanent=permanent, code=code)


@dataclass(frozen=True, slots=True)
class Call:
    """A call that rings at somebody's phone."""

    message: Outgoing
    press_key: Callable[[UUID, str], Awaitable[None]]
    end: Callable[[UUID, str], Awaitable[None]]

    async def press(self, key: str) -> None:
        await self.press_key(self.message.id, key)

    async def rings_out(self) -> None:
        await self.end(self.message.id, "no-answer")

    async def goes_to_voicemail(self) -> None:
        await self.end(self.message.id, "machine_start")


@dataclass(frozen=True, slots=True)
class Phone:
    number: str
    mail: str
    carrier: Carrier
    send_text: Callable[[str, str], Awaitable[None]]
    press_key: Callable[[UUID, str], Awaitable[None]]
    end_call: Callable[[UUID, str], Awaitable[None]]

    def expect_call(self) -> Call:
        message = self.carrier.take(self.number, ChannelKind.VOICE)
        assert message, f"{self.number} does not ring"
        return Call(message, self.press_key, self.end_call)

    def expect_sms(self, *words: str) -> str:
        message = self.carrier.take(self.number, ChannelKind.SMS)
        assert message, f"no text came to {self.number}"
        for word in words:
            assert word in message.text, f"{word!r} is not in {message.text!r}"
        return message.text

    def expect_mail(self, *words: str) -> str:
        message = self.carrier.take(self.mail, ChannelKind.MAIL)
        assert message, f"no mail came to {self.mail}"
        for word in words:
            assert word in message.text
        return message.text

    async def texts(self, text: str) -> None:
        await self.send_text(self.number, text)
