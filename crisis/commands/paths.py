"""Commands for alarm paths as files: check, load, export."""

from pathlib import Path
from typing import Annotated

import typer

from core.clock import SystemClock
from core.settings import Settings
from crisis.commands.shared import opened, run, settings_or_exit

app = typer.Typer(help="Larmvägar som YAML-filer.", no_args_is_help=True)
Folder = Annotated[Path, typer.Argument(help="Mapp med YAML-filer.", file_okay=False)]
