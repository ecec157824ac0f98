"""Phones and mailboxes that exist only here: training, drills, demonstrations."""

from collections.abc import Callable

from alerting.channels.base import Outgoing
from alerting.plan import ChannelKind


class Simulated:
    """Takes everything at once and tells `heard`, so that simulated people can react."""

    name = "simulated"
    kinds = frozenset(ChannelKind)

    def __init__(self, heard: Callable[[Outgoing], None]) -> None:
        self._heard = heard

    async def send(self, message: Outgoing) -> str:
        self._heard(message)
        return f"SIM-{message.id}"

    async def ask(self, ref: str) -> None:
        """Simulated phones always report by themselves."""

    async def close(self) -> None:
        """Nothing is open."""
