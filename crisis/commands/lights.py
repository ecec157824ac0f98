"""The command that tells the three lights of every alarm path."""

import json
from datetime import datetime
from typing import Annotated

import typer

from core.clock import SystemClock
from core.settings import Settings
from crisis.commands.shared import opened, run, settings_or_exit
from playbooks.lights.api import LightOut, LightsOut, told
from playbooks.lights.instants import instant
from playbooks.lights.models import Light
from playbooks.lights.service import lights_at

WORDS = {Light.GREEN: "grön", Light.AMBER: "gul", Light.RED: "röd", None: "okänd"}


def lights(
    *,
    at: Annotated[
        str, typer.Option("--at", help="En dag eller en tid: 2026-03-01, 2026-03-01T14:00.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="För skript.")] = False,
) -> None:
    """Visar larmvägarnas tre lampor: dokumenterad, känd, övad."""
    found = run(_lights(settings_or_exit(), at, SystemClock().now()))
    if as_json:
        rows = [each.model_dump(mode="json") for each in found]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    typer.echo(f"{'':<8}{'Dokumenterad':<26}{'Känd':<26}{'Övad'}")
    for each in found:
        cells = (each.documented, each.known, each.exercised)
        typer.echo(f"{each.path:<8}{''.join(f'{_cell(cell):<26}' for cell in cells)}".rstrip())
        if each.next:
            typer.echo(f"{'':<8}→ {each.next.sentence}")


def _cell(light: LightOut) -> str:
    return f"{WORDS[light.light]:<6}{light.figure}"


async def _lights(settings: Settings, at: str, now: datetime) -> list[LightsOut]:
    when = instant(at, now=now, zone=settings.zone)
    today = when.astimezone(settings.zone).date()
    async with opened(settings) as database, database.reading() as session:
        found = await lights_at(session, at=when, now=now, zone=settings.zone)
    return [told(path, today) for path in found]
