"""Commands for the roster: roster import."""

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from core.audit import By
from core.clock import SystemClock
from core.settings import Settings
from crisis.commands.shared import opened, refuse, run, settings_or_exit
from rosters.duty.importing import (
    CLOCK,
    RosterProposal,
    import_roster,
    propose_roster,
)
from rosters.tables import read_tables

app = typer.Typer(help="Jourschemat.", no_args_is_help=True)
BY = By("kommandorad")


@app.callback()
def roster() -> None:
    """Jourschemat."""


@app.command("import")
def import_shifts(
    file: Annotated[Path, typer.Argument(help="CSV eller XLSX.")],
    *,
    write: Annotated[bool, typer.Option("--write", help="Skriv. Annars visas bara.")] = False,
) -> None:
    """Visar vilka pass filen skulle lägga till, och lägger till dem med --write."""
    if not file.is_file():
        refuse(f"Filen {file} finns inte.")
    proposal = run(_import(settings_or_exit(), file.read_bytes(), write=write))
    for mistake in proposal.mistakes:
        typer.echo(mistake)
    if proposal.mistakes:
        refuse("Filen har fel. Ingenting har ändrats.")
    for each in proposal.added:
        zone = ZoneInfo(each.role.time_zone)
        first, last = (f"{at.astimezone(zone):{CLOCK}}" for at in (each.starts_at, each.ends_at))
        typer.echo(f"ny      {each.role.code} {each.person.ref} {first} - {last}")
    typer.echo(f"{len(proposal.added)} nya, {proposal.present} finns redan")
    typer.echo("Ändrat." if write else "Ingenting är ändrat. Kör igen med --write.")


async def _import(settings: Settings, content: bytes, *, write: bool) -> RosterProposal:
    tables = read_tables(content)
    async with opened(settings) as database, database.transaction() as session:
        proposal = await propose_roster(session, tables)
        if write and not proposal.mistakes:
            await import_roster(session, tables, by=BY, now=SystemClock().now())
        return proposal
