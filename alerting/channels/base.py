"""What every channel looks like: what goes out, what may go wrong, what is reported afterwards."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from alerting.plan import ChannelKind

UNCLEAR = "unclear"  # the code of a SendError when the provider may have taken the message


class SendError(Exception):
    """The provider did not take the message, or did not say so; `permanent` forbids a new try."""

    def __init__(self, reason: str, *, permanent: bool, code: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One message on its way out; `text` is ready to be sent or spoken."""

    id: UUID  # our message id; provider callbacks carry it
    kind: ChannelKind
    to: str  # E.164 or mail address
    text: str  # SMS text, spoken text, or plain mail body
    subject: str  # mail only, else ""
    html: str  # mail only, else ""
    language: str  # "sv" | "en"
    answerable: bool  # a question that wants an answer (voice: gather keys)


class ReportState(StrEnum):
    SENT = "sent"  # the provider is at it
    DELIVERED = "delivered"  # on the handset, or a human picked up; not that anyone has understood
    FAILED = "failed"  # the next number or channel, at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a provider says later about a message; `permanent`: this address will not do again."""

    state: ReportState
    reason: str = ""  # a sentence for the board, only when failed
    permanent: bool = False
    code: str = ""  # the provider's own, so that it can be looked up


class Channel(Protocol):
    """A provider that can carry some kinds of messages."""

    name: str  # "twilio", "simulated", "smtp": written to the message
    kinds: frozenset[ChannelKind]

    async def send(self, message: Outgoing) -> str:
        """Hand over one message; the provider's reference. Raises SendError."""
        ...

    async def ask(self, ref: str) -> Report | None:
        """What the provider says of a message now; None when it says nothing new or cannot be asked.

        Raises SendError when the provider cannot be reached.
        """
        ...

    async def close(self) -> None: ...
