"""Measuring: the figures of docs/performance.md."""

import json
from typing import Annotated

import typer

from crisis.bench import bench
from crisis.commands.shared import say


def bench_command(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="För skript.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Få och små mätningar.")] = False,
) -> None:
    """Mäter hur snabbt larm går ut, mot en leverantör på samma dator."""
    figures = bench(quick=quick, told=say)
    typer.echo(json.dumps(figures, indent=None if as_json else 2, ensure_ascii=False))
