"""Commands that keep the service going: demo, serve, engine, migrate."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from core.clock import SystemClock
from core.database import Database, with_async_driver
from core.settings import Deployment, Settings
from crisis.commands.shared import opened, refuse, run, settings_or_exit, with_secret
from crisis.demo.paper import print_envelopes
from crisis.demo.receipts import NUMBER
from crisis.demo.seed import ACCOUNTS, PASSWORD, seed
from crisis.migrating import migrate as bring_up_to_date
from crisis.serving import serve as serve_until_stopped
from crisis.serving import serve_engine

DEMO = Path(".demo")
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port att lyssna på.")]


@dataclass(frozen=True, slots=True)
class DemoAccount:
    username: str
    name: str


def demo(
    *,
    port: Port = 8000,
    fresh: Annotated[bool, typer.Option("--fresh", help="Börja om från början.")] = False,
) -> None:
    """Startar Krislarm med påhittade Lund och simulerade telefoner."""
    settings_or_exit()
    if fresh:
        shutil.rmtree(DEMO, ignore_errors=True)
    DEMO.mkdir(exist_ok=True)
    settings = with_secret(
        Settings(
            database_url=f"sqlite:///{DEMO / 'krislarm.db'}",
            base_url=f"http://127.0.0.1:{port}",
            mode=Deployment.TRAINING,
            twilio_from=NUMBER,
        )
    )
    run(_demo(settings, port))


async def _demo(settings: Settings, port: int) -> None:
    database = Database(settings.database_url)
    await bring_up_to_date(database)
    async with database.transaction() as session:
        await seed(session, now=SystemClock().now())
    await print_envelopes(database, settings, now=SystemClock().now())
    await database.close()
    accounts = tuple(DemoAccount(each.username, each.name) for each in ACCOUNTS)
    typer.echo(f"\n  Krislarm: {settings.base_url}\n  Telefoner: {settings.base_url}/phones\n")
    typer.echo(f"  Lösenord för alla konton: {PASSWORD}")
    for each in ACCOUNTS:
        typer.echo(f"    {each.username:<12}{each.name}")
    typer.echo("\n  Avsluta med Ctrl-C.\n")
    await serve_until_stopped(settings, host="127.0.0.1", port=port, demo_accounts=accounts)


def serve(
    *,
    host: Annotated[str, typer.Option(help="Adress att lyssna på.")] = "127.0.0.1",
    port: Port = 8000,
    no_engine: Annotated[bool, typer.Option("--no-engine", help="Bara webben.")] = False,
) -> None:
    """Kör webben och, om inget annat sägs, larmmotorn."""
    settings = with_secret(settings_or_exit())
    run(_serve(settings, host, port, with_engine=not no_engine))


async def _serve(settings: Settings, host: str, port: int, *, with_engine: bool) -> None:
    async with opened(settings):
        pass
    await serve_until_stopped(settings, host=host, port=port, with_engine=with_engine)


def engine() -> None:
    """Kör bara larmmotorn. Kräver PostgreSQL; flera kan köra samtidigt."""
    settings = with_secret(settings_or_exit())
    if with_async_driver(settings.database_url).get_backend_name() != "postgresql":
        refuse("En fristående larmmotor kräver PostgreSQL. Med SQLite: krislarm serve")
    run(_engine(settings))


async def _engine(settings: Settings) -> None:
    async with opened(settings):
        pass
    await serve_engine(settings)


def migrate() -> None:
    """Ger databasen den här versionens schema. Kan köras från flera noder samtidigt."""
    run(_migrate(settings_or_exit()))


async def _migrate(settings: Settings) -> None:
    database = Database(settings.database_url)
    await bring_up_to_date(database)
    await database.close()
    typer.echo("Databasen är i den här versionen.")
