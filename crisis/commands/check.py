"""Checking: would an alarm right now get through."""

import json
from typing import Annotated

import typer

from core.clock import SystemClock
from core.database import Database
from core.health import Probe
from core.settings import Settings
from crisis.checking import check as probes_of
from crisis.commands.shared import run, settings_or_exit


def check(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="För skript.")] = False,
) -> None:
    """Skulle ett larm nå fram just nu? Slutar med 0 om allt är väl, annars 1."""
    probes = run(_probes(settings_or_exit()))
    well = all(probe.ok for probe in probes)
    if as_json:
        rows = [{"name": each.name, "ok": each.ok, "detail": each.detail} for each in probes]
        typer.echo(json.dumps({"ok": well, "checks": rows}, ensure_ascii=False))
    else:
        for each in probes:
            typer.echo(f"{'bra ' if each.ok else 'FEL '} {each.name:<14} {each.detail}".rstrip())
    if not well:
        raise typer.Exit(1)


async def _probes(settings: Settings) -> list[Probe]:
    database = Database(settings.database_url)
    try:
        return [each async for each in probes_of(settings, database, SystemClock())]
    finally:
        await database.close()
