"""Live pages: a stream that says "changed" whenever a topic is woken; the page then asks for more."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

from fastapi import Request
from fastapi.responses import StreamingResponse

from core.wakeups import WakeUps
from core.web import wakeups_of

HEARTBEAT = 15.0  # seconds: proxies close what is silent
AT_MOST_EVERY = (
    0.4  # seconds: the first answer shows at once, a thousand are not a thousand redraws
)
CHANGED = "event: changed\ndata: now\n\n"


def changes(request: Request, topic: str) -> StreamingResponse:
    """Server-sent events until the reader leaves or the service stops."""
    stopping: asyncio.Event = request.app.state.stopping
    stream = changed_lines(wakeups_of(request), topic, stopping)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def changed_lines(bus: WakeUps, topic: str, stopping: asyncio.Event) -> AsyncGenerator[str]:
    stop = asyncio.create_task(stopping.wait())
    try:
        with bus.listening(topic) as woken:
            yield f"retry: 2000\n{CHANGED}"  # news from before we listened
            while not stopping.is_set():
                line = await _next_line(woken, stop)
                yield line
                if line is CHANGED:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(asyncio.shield(stop), AT_MOST_EVERY)
    finally:
        stop.cancel()


async def _next_line(woken: asyncio.Event, stop: asyncio.Task[bool]) -> str:
    await _first_of(woken, stop, HEARTBEAT)
    if not woken.is_set():
        return ": still here\n\n"
    woken.clear()
    return CHANGED


async def _first_of(woken: asyncio.Event, stop: asyncio.Task[bool], limit: float) -> None:
    waiting = asyncio.create_task(woken.wait())
    try:
        await asyncio.wait({waiting, stop}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
