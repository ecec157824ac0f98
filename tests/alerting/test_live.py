"""Live pages: told when something changed, and let go when the service stops."""

import asyncio

from alerting.live import changed_lines
from core.wakeups import WakeUps

CHANGED = "event: changed\ndata: now\n\n"


async def test_a_page_hears_of_each_change_until_the_service_stops() -> None:
    bus, stopping = WakeUps(), asyncio.Event()
    stream = changed_lines(bus, "alarm:1", stopping)
    assert (await anext(stream)).endswith(CHANGED)
    bus.wake(["alarm:1", "alarm:1"])
    assert await anext(stream) == CHANGED
    following = asyncio.ensure_future(anext(stream, "over"))
    await asyncio.sleep(0)
    stopping.set()
    await following
    assert await anext(stream, "over") == "over"


async def test_a_page_that_is_closed_is_forgotten() -> None:
    bus = WakeUps()
    stream = changed_lines(bus, "alarm:1", asyncio.Event())
    await anext(stream)
    await stream.aclose()
    bus.wake(["alarm:1"])
    assert not bus._listeners
