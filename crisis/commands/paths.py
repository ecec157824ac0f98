"""Commands for playbooks as files: check, load, export."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from core.audit import By
from core.clock import SystemClock
from core.settings import Settings
from crisis.commands.shared import opened, refuse, run, settings_or_exit
from playbooks import service
from playbooks.checking import Checked, lines_of

app = typer.Typer(
    help="Larmvägar, åtgärdskort och handlingsplaner som YAML-filer.", no_args_is_help=True
)
Folder = Annotated[Path, typer.Argument(help="Mapp med YAML-filer.", file_okay=False)]
BY = By("kommandorad")


@app.command()
def check(folder: Folder) -> None:
    """Visar alla fel i filerna, med fil och rad. Ändrar ingenting."""
    checked = run(_check(settings_or_exit(), files_in(folder)))
    _show(checked)
    if checked.mistakes:
        raise typer.Exit(1)
    typer.echo(f"{len(checked.files)} filer, inga fel.")


async def _check(settings: Settings, files: Mapping[str, bytes]) -> Checked:
    async with opened(settings) as database, database.reading() as session:
        now = SystemClock().now()
        return await service.check_files(session, files, now=now, zone=settings.zone)


@app.command()
def load(folder: Folder) -> None:
    """Gör en ny version av varje fil som har ändrats. Alla eller ingen."""
    try:
        made = run(_load(settings_or_exit(), files_in(folder)))
    except service.MistakesInPaths as error:
        _show(error.checked)
        refuse(error.sentence)
    for line in made:
        typer.echo(line)
    typer.echo(f"{len(made)} nya versioner.")


async def _load(settings: Settings, files: Mapping[str, bytes]) -> list[str]:
    async with opened(settings) as database, database.transaction() as session:
        now = SystemClock().now()
        made = await service.load(session, files, by=BY, now=now, zone=settings.zone)
        return [f"{each.file}: version {each.number}" for each in made]


@app.command()
def export(folder: Annotated[Path, typer.Argument(help="Mapp att skriva till.")]) -> None:
    """Skriver det som gäller som filer, precis som det laddades."""
    files = run(_export(settings_or_exit()))
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    typer.echo(f"{len(files)} filer i {folder}.")


async def _export(settings: Settings) -> dict[str, bytes]:
    async with opened(settings) as database, database.reading() as session:
        return await service.export(session, now=SystemClock().now())


def files_in(folder: Path) -> dict[str, bytes]:
    """The YAML files of a folder, by name."""
    if not folder.is_dir():
        refuse(f"Mappen {folder} finns inte.")
    found = {
        each.name: each.read_bytes()
        for each in sorted(folder.iterdir())
        if each.suffix in {".yaml", ".yml"} and each.is_file()
    }
    if not found:
        refuse(f"Det finns inga YAML-filer i {folder}.")
    return found


def _show(checked: Checked) -> None:
    for line in lines_of((*checked.mistakes, *checked.warnings)):
        typer.echo(line)
