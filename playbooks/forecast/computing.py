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
WAITING = 5  # requests that may wait for the one that is reckoned
LONGEST = 60  # seconds; a path that takes longer is too large for a page
POLITE = 10  # nice: alarms go first


class Forecasts:
    """One per process. The other process is started by the first question, and closed with us."""

    def __init__(self, executor: Executor | None = None) -> None:
        self._executor = executor
        self._kept: OrderedDict[str, Forecast] = OrderedDict()
        self._one = asyncio.Semaphore(1)
        self._waiting = 0

    async def of(self, asked: Asked) -> Forecast:
        """The forecast, reckoned or remembered. Refused when too many wait for theirs already."""
        key = asked.key
        if key in self._kept:
            return self._kept[key]
        if self._waiting >= WAITING:
            raise Refused(_("Flera prognoser räknas redan. Försök om en minut."), status=503)
        self._waiting += 1
        try:
            async with self._one:
                if key not in self._kept:
                    self._keep(key, await self._reckon(asked))
                return self._kept[key]
        finally:
            self._waiting -= 1

    def close(self) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None

    def _keep(self, key: str, found: Forecast) -> None:
        self._kept[key] = found
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    async def _reckon(self, asked: Asked) -> Forecast:
        if self._executor is None:
            self._executor = ProcessPoolExecutor(
                1, mp_context=get_context("spawn"), initializer=_begin
            )
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(LONGEST):
                return await loop.run_in_executor(self._executor, forecast, asked)
        except (TimeoutError, BrokenProcessPool) as error:
            self.close()
            raise Refused(
                _("Prognosen blev inte klar. Försök igen, eller räkna med krislarm forecast."),
                status=503,
            ) from error


def _begin() -> None:
    """Ctrl-C is for the service, which then ends this process; and everything else goes first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(POLITE)


def _forecasts(request: Request) -> Forecasts:
    found: Forecasts = request.app.state.forecasts
    return found


Reckoner = Annotated[Forecasts, Depends(_forecasts)]
