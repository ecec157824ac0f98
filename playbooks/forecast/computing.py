"""Reckoning beside the service: in a process of its own, so that no alarm waits for a forecast."""

import asyncio
import os
import signal
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import active_children, get_context
from typing import Annotated

from fastapi import Depends, Request

from core.errors import Refused
from core.language import gettext as _
from playbooks.forecast.asking import Asked
from playbooks.forecast.reckoning import Forecast, forecast

KEPT = 64  # forecasts, the latest
WAITING = 5  # different questions that may wait for their turn
LONGEST = 25  # seconds that a page waits; the reckoning goes on, for whoever asks again
POLITE = 5  # nice: alarms go first


class Forecasts:
    """One per process. The other process is started by the first question, and closed with us."""

    def __init__(self, executor: Executor | None = None) -> None:
        self._executor = executor
        self._kept: OrderedDict[str, Forecast] = OrderedDict()
        self._running: dict[str, asyncio.Task[Forecast]] = {}

    async def of(self, asked: Asked, stopping: asyncio.Event) -> Forecast:
        """The forecast, reckoned or remembered.

        Refused when it, or those before it, take too long, or as soon as the service is to stop.
        """
        key = asked.key
        if key in self._kept:
            return self._kept[key]
        if key not in self._running:
            if len(self._running) >= WAITING:
                raise Refused(_("Flera prognoser räknas redan. Försök om en minut."), status=503)
            self._running[key] = asyncio.create_task(self._reckon(key, asked))
        running = self._running[key]
        stop = asyncio.create_task(stopping.wait())
        await asyncio.wait({running, stop}, timeout=LONGEST, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if not running.done():
            raise Refused(
                _("Prognosen räknas fortfarande. Läs in sidan igen om en stund."), status=503
            )
        try:
            return running.result()
        except BrokenProcessPool as error:
            self.close()
            raise Refused(_("Prognosen blev inte klar. Försök igen."), status=503) from error

    def close(self) -> None:
        """At once: what is being reckoned has nobody left to read it."""
        if isinstance(self._executor, ProcessPoolExecutor):
            for child in active_children():
                child.terminate()
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None

    async def _reckon(self, key: str, asked: Asked) -> Forecast:
        """One at a time: the executor has one worker."""
        if self._executor is None:
            self._executor = ProcessPoolExecutor(
                1, mp_context=get_context("spawn"), initializer=_begin
            )
        try:
            loop = asyncio.get_running_loop()
            found = await loop.run_in_executor(self._executor, forecast, asked)
            self._kept[key] = found
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return found
        finally:
            self._running.pop(key, None)


def _begin() -> None:
    """Ctrl-C is for the service, which then ends this process; and everything else goes first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(POLITE)


Reckon = Callable[[Asked], Awaitable[Forecast]]


def _reckoner(request: Request) -> Reckon:
    forecasts: Forecasts = request.app.state.forecasts
    return partial(forecasts.of, stopping=request.app.state.stopping)


Reckoner = Annotated[Reckon, Depends(_reckoner)]
