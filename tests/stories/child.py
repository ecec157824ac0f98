"""The service as a process of its own, to be stopped in the worst way."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from httpx2 import AsyncClient, TransportError

from crisis.demo.seed import PASSWORD
from tests.visitors import Visitor

REPOSITORY = Path(__file__).parents[2]
COMMAND = (sys.executable, "-c", "from crisis.cli import main; main()")


async def eventually(
    holds: Callable[[], Awaitable[bool]] | Callable[[], bool], *, within: float, what: str
) -> None:
    """Look again and again until it holds."""
    async with asyncio.timeout(within) as limit:
        try:
            while True:
                answer = holds()
                if answer if isinstance(answer, bool) else await answer:
                    return
                await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            if limit.expired():
                raise AssertionError(f"not within {within} s: {what}") from None
            raise


def free_port() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        port: int = place.getsockname()[1]
        return port


class Child:
    """`krislarm serve`, or `demo`, on loopback, with these settings and no others."""

    def __init__(self, folder: Path, command: str = "serve", **settings: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder, self._command = folder, command
        self._settings = {"base_url": self.url, **settings}
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Until it can alarm."""
        ours = {name: value for name, value in os.environ.items() if "KRISLARM" not in name}
        settings = {f"KRISLARM_{name.upper()}": text for name, text in self._settings.items()}
        log = (self._folder / "log").open("ab")
        self._process = await asyncio.create_subprocess_exec(
            *COMMAND, self._command, "--port", str(self.port),
            env=ours | settings | {"PYTHONPATH": str(REPOSITORY)},
            cwd=self._folder, stdout=log, stderr=log,
        )  # fmt: skip
        log.close()
        async with AsyncClient(base_url=self.url) as client:
            try:
                await eventually(lambda: self._ready(client), within=30, what="ready")
            except AssertionError as error:
                raise AssertionError(self.log()) from error

    async def _ready(self, client: AsyncClient) -> bool:
        assert self._process
        assert self._process.returncode is None, "it has ended"
        try:
            return (await client.get("/readyz")).status_code == 200
        except TransportError:
            return False

    def log(self) -> str:
        return (self._folder / "log").read_text()[-3000:]

    async def kill(self) -> None:
        """As a power failure would: no chance to tidy up."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> None:
        if self._process and self._process.returncode is None:
            self._process.send_signal(how)
            await asyncio.wait_for(self._process.wait(), 20)

    @asynccontextmanager
    async def signed_in(self, username: str) -> AsyncIterator[Visitor]:
        async with AsyncClient(base_url=self.url, timeout=20) as client:
            visitor = Visitor(client)
            answer = await visitor.sign_in(username, PASSWORD)
            assert answer.status_code == 303, answer.text
            yield visitor
