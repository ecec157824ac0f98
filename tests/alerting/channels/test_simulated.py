"""Simulated phones take everything, at once."""

import pytest

from alerting.channels.base import Channel, Outgoing
from alerting.channels.simulated import Simulated
from alerting.plan import ChannelKind
from tests.alerting.channels.conftest import outgoing


@pytest.mark.parametrize("kind", list(ChannelKind))
async def test_every_kind_is_heard_and_has_a_reference(kind: ChannelKind) -> None:
    heard: list[Outgoing] = []
    channel: Channel = Simulated(heard.append)
    message = outgoing(kind, "+46701740605")

    assert kind in channel.kinds
    assert await channel.send(message) == f"SIM-{message.id}"
    assert heard == [message]
    await channel.close()
