"""Commands for who is who: people import, user add, token add."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from core import service
from core.audit import By
from core.clock import SystemClock
from core.models import Role
from core.settings import Settings
from crisis.app import SCOPES
from crisis.commands.shared import opened, refuse, run, settings_or_exit
from rosters.comparing import Proposal, propose
from rosters.importing import carry_out
from rosters.reading import read

people = typer.Typer(help="Organisation och personer.", no_args_is_help=True)
users = typer.Typer(help="Konton.", no_args_is_help=True)
tokens = typer.Typer(help="API-nycklar.", no_args_is_help=True)
BY = By("kommandorad")


@people.command("import")
def import_people(
    file: Annotated[Path, typer.Argument(help="CSV eller XLSX.")],
    *,
    write: Annotated[bool, typer.Option("--write", help="Skriv. Annars visas bara.")] = False,
) -> None:
    """Visar vad filen skulle ändra, och ändrar det med --write."""
    if not file.is_file():
        refuse(f"Filen {file} finns inte.")
    proposal = run(_import(settings_or_exit(), file.read_bytes(), write=write))
    for mistake in proposal.mistakes:
        typer.echo(mistake)
    if proposal.mistakes:
        refuse("Filen har fel. Ingenting har ändrats.")
    typer.echo("\n".join(_shown(proposal)))
    typer.echo("Ändrat." if write else "Ingenting är ändrat. Kör igen med --write.")


async def _import(settings: Settings, content: bytes, *, write: bool) -> Proposal:
    reading = read(content)
    async with opened(settings) as database, database.transaction() as session:
        proposal = await propose(session, reading)
        if write and not proposal.mistakes:
            await carry_out(session, reading, by=BY, now=SystemClock().now())
        return proposal


def _shown(proposal: Proposal) -> Iterable[str]:
    for change in proposal.changes:
        mark = "ny" if change.new else "ändras"
        told = ", ".join(
            f"{name}: {old or '-'} -> {new or '-'}" for name, old, new in change.differences
        )
        yield f"{mark:<8}{told}"
    yield proposal.summary


@users.command("add")
def add_user(
    username: Annotated[str, typer.Argument(help="Användarnamn, små bokstäver.")],
    role: Annotated[list[Role], typer.Option(help="Roll; flera går bra.")],
    name: Annotated[str, typer.Option(help="Namn.")] = "",
    password: Annotated[
        str,
        typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="Frågas efter."),
    ] = "",
) -> None:
    """Lägger upp ett konto, till exempel den första administratören."""
    run(_add_user(settings_or_exit(), username, name or username, role, password))
    typer.echo(f"Kontot {username} finns.")


async def _add_user(
    settings: Settings, username: str, name: str, roles: list[Role], password: str
) -> None:
    async with opened(settings) as database, database.transaction() as session:
        await service.add_user(
            session,
            username=username,
            name=name,
            roles=roles,
            password=password,
            by=BY,
            now=SystemClock().now(),
        )


@tokens.command("add")
def add_token(
    name: Annotated[str, typer.Argument(help="Vad nyckeln är till.")],
    scope: Annotated[list[str], typer.Option(help=f"Rättighet: {', '.join(SCOPES)}.")],
) -> None:
    """Skapar en API-nyckel. Den visas en gång och kan inte visas igen."""
    unknown = [each for each in scope if each not in SCOPES]
    if unknown:
        refuse(f"Okänd rättighet: {', '.join(unknown)}. Välj bland {', '.join(SCOPES)}.")
    typer.echo(run(_add_token(settings_or_exit(), name, scope)))


async def _add_token(settings: Settings, name: str, scopes: list[str]) -> str:
    async with opened(settings) as database, database.transaction() as session:
        return await service.add_token(
            session, name=name, scopes=scopes, by=BY, now=SystemClock().now()
        )
