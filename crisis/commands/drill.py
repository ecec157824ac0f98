"""Drilling: what if this path went off, say, at three on Christmas night."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from alerting.board_words import channel_word
from alerting.habits import Crowd, Habit, crowd_of, read_crowd
from alerting.means import means_from
from alerting.models import StepState
from alerting.plan import ChannelKind
from core.clock import SystemClock
from core.database import Database
from core.errors import Refused
from core.language import gettext as _
from core.settings import Settings
from crisis.commands.shared import refuse, run, settings_or_exit
from crisis.demo.seed import seed as seed_demo
from crisis.drilling import DrillResult, copy_organisation, drill, throw_away
from crisis.migrating import is_current
from playbooks import library

NOON, NIGHT = time(12), time(3)
STATES = {
    StepState.MET: "nådd",
    StepState.UNMET: "INTE nådd",
    StepState.EMPTY: "TOM",
    StepState.NOT_NEEDED: "behövdes inte",
    StepState.WAITING: "inte startad",
    StepState.ASKING: "pågår",
    StepState.HELD: "väntar på beslut",
    StepState.SKIPPED: "överhoppad",
}


def drill_command(
    path: Annotated[str, typer.Argument(help="Larmvägens kod, till exempel LV-03.")],
    *,
    at: Annotated[
        str,
        typer.Option(
            help="När, lokal tid: 2026-12-25T03:00. Annars i dag kl 12, eller kl 03 för night."
        ),
    ] = "",
    people: Annotated[
        str, typer.Option(help="prompt, typical, night eller en fil som beskriver dem.")
    ] = "typical",
    seed: Annotated[int, typer.Option(help="Samma frö ger samma förlopp.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="För skript.")] = False,
) -> None:
    """Provar en larmväg mot simulerade personer. Slutar med 0 om varje behov nåddes, annars 1."""
    settings = settings_or_exit()
    result = run(
        _drill(settings, path, at=instant(at, people, settings), crowd=_crowd(people), seed=seed)
    )
    if as_json:
        typer.echo(json.dumps(_as_json(result), ensure_ascii=False, indent=2))
    else:
        _show(result, settings)
    if not result.met:
        raise typer.Exit(1)


async def _drill(
    settings: Settings, path: str, *, at: datetime, crowd: Crowd, seed: int
) -> DrillResult:
    decided = max(at, SystemClock().now())
    async with organisation(settings, path, at=at, decided=decided) as database:
        means = means_from(settings)
        return await drill(
            database, path, at=at, crowd=crowd, seed=seed, means=means, decided=decided
        )


@asynccontextmanager
async def organisation(
    settings: Settings, path: str, *, at: datetime, decided: datetime
) -> AsyncIterator[Database]:
    """A throw-away copy of one's own organisation; the demo's where it has no such path."""
    async with throw_away() as database:
        if not await _copied(settings, path, database, decided):
            async with database.transaction() as session:
                await seed_demo(session, now=at)
        yield database


async def _copied(settings: Settings, path: str, target: Database, decided: datetime) -> bool:
    """True when the configured database has the path, and its organisation was copied."""
    source = Database(settings.database_url)
    try:
        if not await has_path(source, path, decided):
            return False
        await copy_organisation(source, target)
        return True
    finally:
        await source.close()


async def has_path(source: Database, path: str, decided: datetime) -> bool:
    """True when there is such a database, of this version, and the path is in force in it."""
    if source.file is not None and not source.file.exists():
        return False
    if not await is_current(source):
        return False
    async with source.reading() as session:
        return path in await library.paths(session, at=decided)


def instant(said: str, people: str, settings: Settings) -> datetime:
    if not said:  # not the present minute: the same drill run twice must be the same story
        today = SystemClock().now().astimezone(settings.zone).date()
        return datetime.combine(today, NIGHT if people == Habit.NIGHT else NOON, settings.zone)
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        refuse(f"{said} är ingen tid. Skriv till exempel 2026-12-25T03:00.")
    return at if at.tzinfo else at.replace(tzinfo=settings.zone)


def _crowd(said: str) -> Crowd:
    if said in {Habit.PROMPT, Habit.TYPICAL, Habit.NIGHT}:
        return crowd_of(Habit(said))
    file = Path(said)
    if not file.is_file():
        refuse(f"{said} är varken prompt, typical, night eller en fil.")
    try:
        return read_crowd(file.read_text())
    except (Refused, UnicodeDecodeError) as error:
        refuse(f"{said}: {error}")


def _as_json(result: DrillResult) -> dict[str, object]:
    return {
        "path": result.path,
        "mode": result.mode.value,
        "at": result.at.isoformat().replace("+00:00", "Z"),
        "seed": result.seed,
        "met": result.met,
        "steps": [
            {
                "name": each.name,
                "need": each.need,
                "accepted": each.accepted,
                "met": each.met,
                "started_s": each.started_s,
                "ended_s": each.ended_s,
            }
            for each in result.steps
        ],
        "messages": result.messages,
        "timeline": [{"at_s": at, "what": what} for at, what in result.timeline],
    }


def _show(result: DrillResult, settings: Settings) -> None:
    console = Console(highlight=False)
    local = result.at.astimezone(settings.zone)
    console.print(f"{result.path} {result.title}", style="bold", markup=False)
    console.print(f"ÖVNING {local:%Y-%m-%d %H:%M}, frö {result.seed}\n", markup=False)
    for at, what in result.timeline:
        console.print(f"{_clock(at):>8}  {what}", markup=False)
    table = Table("Steg", "Behov", "Ja", "Utfall", "Började", "Slut")
    for each in result.steps:
        table.add_row(
            each.title,
            str(each.need),
            str(each.accepted),
            STATES[each.state],
            _clock(each.started_s),
            _clock(each.ended_s),
        )
    console.print()
    console.print(table)
    told = ", ".join(
        f"{count} {channel_word(ChannelKind(kind))}" for kind, count in result.messages.items()
    )
    console.print(f"{_('Skickat')}: {told}", markup=False)
    verdict = "Varje behov nåddes." if result.met else "Behov som INTE nåddes finns kvar."
    console.print(verdict, style="bold", markup=False)
    console.print("ÖVNING", markup=False)


def _clock(seconds: int | None) -> str:
    return "" if seconds is None else f"{seconds // 60}:{seconds % 60:02d}"
