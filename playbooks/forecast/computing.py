"""Reckoning beside the service: in a process of its own, so that no alarm waits for a forecast."""

import asyncio
import os
import signal
from collections import OrderedDict
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
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

    async def of(self, asked: Asked) -> Forecast:
        """The forecast, reckoned or remembered. Refused when it, or those before it, take too long."""
        key = asked.key
        if key in self._kept:
            return self._kept[key]
        if key not in self._running:
            if len(self._running) >= WAITING:
                raise Refused(_("Flera prognoser räknas redan. Försök om en minut."), status=503)
            self._running[key] = asyncio.create_task(self._reckon(key, asked))
        try:
            async with asyncio.timeout(LONGEST):
                return await asyncio.shield(self._running[key])
        except TimeoutError as error:
            raise Refused(
                _("Prognosen räknas fortfarande. Läs in sidan igen om en stund."), status=503
            ) from error
        except BrokenProcessPool as error:
            self.close()
            raise Refused(_("Prognosen blev inte klar. Försök igen."), status=503) from error

    def close(self) -> None:
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


def _forecasts(request: Request) -> Forecasts:
    found: Forecasts = request.app.state.forecasts
    return found


Reckoner = Annotated[Forecasts, Depends(_forecasts)]
