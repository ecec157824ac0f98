"""The provider of the benchmark: takes Twilio's requests on loopback, in a process of its own."""

import asyncio
import json
import time
from multiprocessing.connection import Connection

from aiohttp import web

_TAKEN = json.dumps({"sid": "SM" + "0" * 32, "status": "queued"}).encode()


class Provider:
    """Answers every request after `latency` seconds and remembers when each came."""

    def __init__(self) -> None:
        self.latency = 0.0
        self.arrivals: list[float] = []

    async def take(self, request: web.BaseRequest) -> web.Response:
        self.arrivals.append(time.monotonic())  # the same clock in every process of a machine
        await request.read()
        if self.latency:
            await asyncio.sleep(self.latency)
        return web.Response(body=_TAKEN, status=201, content_type="application/json")


def serve(pipe: Connection) -> None:
    """Sends its port; then each number received sets the latency and sends the arrivals so far."""
    asyncio.run(_serve(pipe))


async def _serve(pipe: Connection) -> None:
    provider = Provider()
    runner = web.ServerRunner(web.Server(provider.take, access_log=None), shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    pipe.send(runner.addresses[0][1])
    while (latency := await asyncio.to_thread(_received, pipe)) is not None:
        arrivals, provider.arrivals = provider.arrivals, []
        provider.latency = latency
        pipe.send(arrivals)
    await runner.cleanup()


def _received(pipe: Connection) -> float | None:
    """What the other end wants; None when it is gone."""
    try:
        latency: float | None = pipe.recv()
    except EOFError:
        return None
    return latency
