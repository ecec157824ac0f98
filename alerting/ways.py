"""What the packages above may do with a text or a key that answers no question of ours."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.models import Message, Reply
from rosters.models import Person, Proof
from rosters.readiness.proofs import prove

if TYPE_CHECKING:
    from alerting.means import Means


class WayIn(Protocol):
    """A text is offered to it before anything else; it takes only what has its own plain form."""

    def masked(self, text: str) -> str:
        """The text as it may be kept: without secrets."""

    async def take_text(
        self,
        session: AsyncSession,
        people: Sequence[Person],
        reply: Reply,
        text: str,
        *,
        now: datetime,
        means: "Means",
    ) -> bool | None:
        """None: it is not for this way. True: dealt with. False: an operator should look as well."""

    async def take_key(
        self, session: AsyncSession, message: Message, key: str, *, now: datetime, means: "Means"
    ) -> str | None:
        """What is said after a key on a call that this way placed; None asks once more."""

    async def keys_of(self, session: AsyncSession, message: Message) -> Sequence[tuple[str, str]]:
        """The keys of such a call and what they do; empty when the call is not this way's."""


async def key_above(
    session: AsyncSession, message: Message, key: str, *, now: datetime, means: "Means"
) -> str | None:
    """What is said after a key on a call of the packages above; None asks once more."""
    for way in means.ways:
        said = await way.take_key(session, message, key, now=now, means=means)
        if said is not None:
            await session.execute(
                update(Message).where(Message.id == message.id).values(answered_at=now)
            )
            await prove(session, message.address, Proof.ANSWERED, now)
            return said
    return None


def without_secrets(text: str, means: "Means") -> str:
    """As it came, less what is secret to the ways in of the packages above."""
    for way in means.ways:
        text = way.masked(text)
    return text
