"""The benchmark: ratios within one run, against a bare client that pushes the same requests."""

import os
import platform
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from statistics import median

from crisis.bench_provider import serve
from crisis.bench_roster import ROLES, daily, weekly
from crisis.bench_runs import Cost, answers, bare, fall_due, fan_out, idle, one_by_one

SIZES = (100, 1_000, 10_000)
ALARMS = 100  # raised one after the other
OPEN = 1_000  # alarms open at once, each due at an instant of its own
ANSWERS = 200
YEARS = 10  # of shifts in a roster
IDLE = 10  # seconds
SLOW = 0.1  # seconds until a provider of the usual kind answers
QUICK_SIZES = (20,)

Figures = dict[str, object]


class Run:
    """One provider process, and a fresh process for each measurement."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._url = f"http://127.0.0.1:{pipe.recv()}"

    def measure(
        self, work: Callable[[str, int], Cost], size: int, *, latency: float = 0
    ) -> tuple[Cost, list[float]]:
        """What the work cost, and when the provider got each request (`time.monotonic`)."""
        self._pipe.send(latency)
        self._pipe.recv()
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as child:
            cost = child.submit(work, self._url, size).result()
        self._pipe.send(0.0)
        arrivals: list[float] = self._pipe.recv()
        return cost, arrivals


@contextmanager
def provider() -> Iterator[Run]:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Run(ours)
    finally:
        ours.close()
        process.join(timeout=10)
        process.terminate()


def bench(*, quick: bool = False, told: Callable[[str], None] = lambda _line: None) -> Figures:
    """All figures; `told` hears what is being measured. Loopback only, bounded in count."""
    sizes = QUICK_SIZES if quick else SIZES
    with provider() as run:
        told("trigger to first message")
        figures: Figures = {
            "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
            "database": "sqlite",
            "trigger_to_first_ms": _trigger(run, 10 if quick else ALARMS),
        }
        people: Figures = {}
        for size in sizes:
            told(f"{size} people")
            people[str(size)] = _people(run, size)
        figures["people"] = people
        if not quick:
            told(f"1000 people, a provider that takes {SLOW} s")
            figures["slow_provider"] = {"latency_s": SLOW} | _people(run, 1000, latency=SLOW)
        told("alarms that fall due")
        figures["late_ms"] = _late(run, 10 if quick else OPEN)
        told("answer to board")
        figures["answer_to_board_ms"] = _answers(run, 10 if quick else ANSWERS)
        told("who is on duty, in a long roster")
        figures["roster"] = _roster(run, 2 if quick else YEARS)
        told("idle")
        figures["idle"] = _idle(run, 2 if quick else IDLE)
    return figures


def _trigger(run: Run, alarms: int) -> Figures:
    cost, arrivals = run.measure(one_by_one, alarms)
    return _spread(cost.began, arrivals, 95)


def _late(run: Run, alarms: int) -> Figures:
    cost, arrivals = run.measure(fall_due, alarms)
    return _spread(cost.began, arrivals, 99)


def _answers(run: Run, people: int) -> Figures:
    cost, _came = run.measure(answers, people)
    return _spread(cost.began, cost.ended, 95)


def _roster(run: Run, years: int) -> Figures:
    """The resolver's time in a roster of one year and of many, and how much it grows."""
    figures: Figures = {"roles": ROLES, "years": years}
    for name, work in (("weekly", weekly), ("daily", daily)):
        short, long = (run.measure(work, length)[0] for length in (1, years))
        one, many = (_spread(cost.began, cost.ended, 95) for cost in (short, long))
        growth = round(_middle(long) / _middle(short), 2)
        figures[name] = {"one_year_ms": one, "all_years_ms": many, "growth": growth}
    return figures


def _middle(cost: Cost) -> float:
    return median(end - begin for begin, end in zip(cost.began, cost.ended, strict=True))


def _spread(began: Sequence[float], ended: Sequence[float], share: int) -> Figures:
    """Median and a high percentile of the milliseconds from each beginning to its end."""
    waits = [1000 * (end - begin) for begin, end in zip(began, sorted(ended), strict=True)]
    return {"p50": round(median(waits), 1), f"p{share}": round(percentile(waits, share), 1)}


def _people(run: Run, size: int, *, latency: float = 0) -> Figures:
    limit, limit_came = run.measure(bare, size, latency=latency)
    cost, came = run.measure(fan_out, size, latency=latency)
    seconds, limit_s = max(came) - cost.began[0], max(limit_came) - limit.began[0]
    return {
        "seconds": round(seconds, 3),
        "limit_seconds": round(limit_s, 3),
        "ratio": round(seconds / limit_s, 2),
        "cpu_s": round(cost.cpu_s, 2),
        "peak_mb": round(cost.peak_mb),
    }


def _idle(run: Run, seconds: int) -> Figures:
    cost, _came = run.measure(idle, seconds)
    return {"cpu_percent": round(100 * cost.cpu_s / seconds, 2), "rss_mb": round(cost.peak_mb)}


def percentile(figures: Sequence[float], share: int) -> float:
    """The figure that so many percent do not exceed."""
    ranked = sorted(figures)
    return ranked[min(len(ranked) - 1, -(-len(ranked) * share // 100) - 1)]
