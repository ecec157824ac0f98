"""The `krislarm` command."""

import typer

from crisis.commands import paths, service

app = typer.Typer(
    name="krislarm",
    help="Krislarm: larm och inkallning för svenska kommuner.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (service.demo, service.serve, service.engine, service.migrate):
    app.command()(command)
app.add_typer(paths.app, name="playbooks")


def main() -> None:
    app()
