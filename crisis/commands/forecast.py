"""Forecasting: how likely would this path reach enough people, and what would mend it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from alerting.means import means_from
from core.clock import SystemClock
from core.database import Database
from core.language import gettext as _
from core.settings import Settings
from crisis.commands.drill import has_path, instant, organisation
from crisis.commands.shared import refuse, run, settings_or_exit
from crisis.forecast_check import Checked, check
from playbooks.forecast.asking import RUNS, Asked, ask
from playbooks.forecast.odds import Odds
from playbooks.forecast.reckoning import TARGET, Forecast, forecast
from playbooks.forecast.saying import basis, mended

MOST_RUNS, MOST_DRILLS = 100_000, 10_000


def forecast_command(
    path: Annotated[str, typer.Argument(help="Larmvägens kod, till exempel LV-03.")],
    *,
    at: Annotated[str, typer.Option(help="När, lokal tid: 2026-12-25T03:00. Annars nu.")] = "",
    runs: Annotated[int, typer.Option(min=30, max=MOST_RUNS, help="Antal körningar.")] = RUNS,
    seed: Annotated[int, typer.Option(min=0, help="Samma frö ger samma prognos.")] = 0,
    drills: Annotated[
        int,
        typer.Option(
            "--check",
            min=0,
            max=MOST_DRILLS,
            help="Jämför med så många övningar i den riktiga motorn (0,3-1 s var).",
        ),
    ] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="För skript.")] = False,
) -> None:
    """Säger hur troligt det är att larmvägen når sina behov. En prognos, inte ett löfte.

    Slutar med 0 om det är minst 95 procents chans (eller, med --check, om övningarna stämmer), annars 1.
    """
    settings = settings_or_exit()
    now = SystemClock().now()
    when = instant(at, "", settings) if at else now.replace(second=0, microsecond=0)
    asked = run(_ask(settings, path, at=when, now=now, runs=runs, seed=seed))
    found = forecast(asked)
    checked = run(_check(settings, asked, found, drills)) if drills else None
    if as_json:
        typer.echo(json.dumps(_as_json(asked, found, checked), ensure_ascii=False, indent=2))
    else:
        _show(asked, found, checked)
    good = checked.agrees if checked else found.chief.share >= TARGET
    if not good:
        raise typer.Exit(1)


async def _ask(
    settings: Settings, path: str, *, at: datetime, now: datetime, runs: int, seed: int
) -> Asked:
    async with (
        _source(settings, path, at=at, decided=max(at, now)) as database,
        database.reading() as session,
    ):
        return await ask(session, path, at=at, now=now, zone=settings.zone, runs=runs, seed=seed)


@asynccontextmanager
async def _source(
    settings: Settings, path: str, *, at: datetime, decided: datetime
) -> AsyncIterator[Database]:
    """The configured database, with what its people have answered; else the demo."""
    own = Database(settings.database_url)
    try:
        if await has_path(own, path, decided):
            yield own
            return
    finally:
        await own.close()
    async with organisation(settings, path, at=at, decided=decided) as database:
        yield database


async def _check(settings: Settings, asked: Asked, found: Forecast, drills: int) -> Checked:
    decided = max(asked.at, SystemClock().now())
    async with organisation(settings, asked.plan.code, at=asked.at, decided=decided) as database:
        file = database.file
        await database.close()  # so that all of it stands in the one file that is copied
        if file is None:
            refuse("Övningarna behöver en SQLite-fil.")
        means = means_from(settings)
        return await check(asked, found, file, drills=drills, means=means, decided=decided)


def _as_json(asked: Asked, found: Forecast, checked: Checked | None) -> dict[str, object]:
    told: dict[str, object] = {
        "path": asked.plan.code,
        "version": asked.plan.version,
        "at": found.at.isoformat().replace("+00:00", "Z"),
        "runs": found.runs,
        "seed": found.seed,
        "met": _odds(found.met),
        "in_goal": _odds(found.in_goal),
        "steps": [
            {
                "name": each.name,
                "people": each.people,
                "need": each.need,
                "wanted": _odds(each.wanted),
                "held": _odds(each.held),
                "usual_s": each.usual_s,
            }
            for each in found.steps
        ],
        "reached": [
            {"minutes": each.minutes, **(_odds(each.odds) or {})} for each in found.reached
        ],
        "breaks": found.breaking.name if found.breaking else None,
        "more_people": found.breaking.remedies.more if found.breaking else None,
        "on_call": found.breaking.remedies.on_call if found.breaking else None,
        "basis": basis(asked),
    }
    return told | ({"check": _check_as_json(checked)} if checked else {})


def _check_as_json(checked: Checked) -> dict[str, object]:
    return {
        "drills": checked.drills,
        "alike": checked.alike,
        "agrees": checked.agrees,
        "compared": {
            each.name: {
                "forecast": _odds(each.stated),
                "drills": _odds(each.drilled),
                "agrees": each.agrees,
            }
            for each in checked.compared
        },
    }


def _odds(odds: Odds | None) -> dict[str, float] | None:
    if odds is None:
        return None
    return {"share": round(odds.share, 4), "low": round(odds.low, 4), "high": round(odds.high, 4)}


def _show(asked: Asked, found: Forecast, checked: Checked | None) -> None:
    console = Console(highlight=False)
    local = found.at.astimezone(asked.zone)
    console.print(f"{asked.plan.code} {asked.plan.title}", style="bold", markup=False)
    console.print(f"PROGNOS {local:%Y-%m-%d %H:%M}, {found.runs} körningar, frö {found.seed}\n")
    table = Table("Steg", "Personer", "Behov", "Nås i tid", "Oftast efter")
    for each in found.steps:
        minutes = "" if each.usual_s is None else f"{each.usual_s // 60}:{each.usual_s % 60:02d}"
        held = each.held.words if each.held else "behövs nästan aldrig"
        table.add_row(each.title, str(each.people), str(each.need), held, minutes)
    console.print(table)
    console.print(f"Hela kedjan: {found.met.words}", style="bold", markup=False)
    if found.in_goal:
        console.print(f"Inom målets tid: {found.in_goal.words}", markup=False)
    if found.breaking:
        console.print(f"Brister oftast: {found.breaking.title}", markup=False)
        console.print(mended(found.breaking.remedies), markup=False)
    console.print(f"Underlag: {basis(asked)}", markup=False)
    if checked:
        _show_check(console, checked)
    console.print(_("Det här är en prognos, inte ett löfte."))


def _show_check(console: Console, checked: Checked) -> None:
    table = Table("", "Prognos", "Övningar", "Stämmer")
    for each in checked.compared:
        table.add_row(
            each.name,
            f"{each.stated.share:.3f} ({each.stated.low:.3f}-{each.stated.high:.3f})",
            f"{each.drilled.share:.3f} ({each.drilled.low:.3f}-{each.drilled.high:.3f})",
            "ja" if each.agrees else "NEJ",
        )
    console.print(table)
    console.print(f"{checked.alike} av {checked.drills} övningar gick sekund för sekund likadant.")
