"""The gate to the outside: which channel carries a message, and whether it may leave at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from alerting.channels.base import Channel, Outgoing, Report, SendError
from alerting.plan import ChannelKind, Mode
from core.language import gettext as _
from rosters.numbers import reserved

NOT_ALLOWED, NO_CHANNEL = "not allowed", "no channel"  # codes of what never left


@dataclass(frozen=True, slots=True)
class Sent:
    provider: str
    ref: str


class Gateway:
    """Sends through one channel per kind.

    Outside live mode (a training deployment, or an alarm in exercise or test mode) only reserved
    demo numbers and those on the allow-list are let through; patterns such as `+4646*` may stand
    in the list.
    """

    def __init__(
        self,
        channels: Mapping[ChannelKind, Channel],
        *,
        live: bool,
        allowed: Sequence[str] = (),
    ) -> None:
        self._channels = dict(channels)
        self.live = live
        self._allowed = tuple(allowed)

    async def send(self, message: Outgoing, mode: Mode) -> Sent:
        """Hand a message to its channel. Raises SendError, permanent when it may not leave."""
        if not self.lets_through(message.to, mode):
            raise SendError(
                _("Numret är inte ett övningsnummer och står inte på listan över tillåtna."),
                permanent=True,
                code=NOT_ALLOWED,
            )
        channel = self._channels.get(message.kind)
        if channel is None:
            raise SendError(_("Kanalen är inte inställd."), permanent=True, code=NO_CHANNEL)
        return Sent(channel.name, await channel.send(message))

    async def ask(self, kind: ChannelKind, provider: str, ref: str) -> Report | None:
        """What the provider says of a message it took; None when it is not our provider any more."""
        channel = self._channels.get(kind)
        if channel is None or channel.name != provider:
            return None
        return await channel.ask(ref)

    def lets_through(self, address: str, mode: Mode) -> bool:
        if self.live and mode is Mode.LIVE:
            return True
        return may_train(address, self._allowed)

    @property
    def kinds(self) -> frozenset[ChannelKind]:
        return frozenset(self._channels)

    async def close(self) -> None:
        for channel in set(self._channels.values()):
            await channel.close()


def may_train(address: str, allowed: Sequence[str]) -> bool:
    """True for what an exercise or a test may reach: `allowed` are patterns of the settings."""
    return reserved(address) or any(fnmatchcase(address, each) for each in allowed)
