"""The `krislarm` command."""

import typer

from crisis.commands import (
    bench,
    calendar,
    check,
    drill,
    forecast,
    lights,
    paths,
    people,
    roster,
    service,
)

app = typer.Typer(
    name="krislarm",
    help="Krislarm: larm och inkallning för svenska kommuner.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (service.demo, service.serve, service.engine, service.migrate, check.check):
    app.command()(command)
app.command("drill")(drill.drill_command)
app.command("forecast")(forecast.forecast_command)
app.command("bench")(bench.bench_command)
app.command("calendar")(calendar.calendar)
app.command("lights")(lights.lights)
app.add_typer(paths.app, name="playbooks")
app.add_typer(people.people, name="people")
app.add_typer(roster.app, name="roster")
app.add_typer(people.users, name="user")
app.add_typer(people.tokens, name="token")


def main() -> None:
    app()
