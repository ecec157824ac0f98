"""What every command starts with: settings, a database, and how it says no."""

import asyncio
import secrets
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import typer
from pydantic import SecretStr, ValidationError

from core.database import Database, embedded_file, with_async_driver
from core.errors import Refused
from core.language import set_language
from core.logs import configure
from core.settings import Settings
from crisis.migrating import is_current

BAD_INPUT = 2
T = TypeVar("T")


def settings_or_exit() -> Settings:
    """The settings of this environment; exit 2 and one line for each that is wrong."""
    try:
        settings = Settings()
    except ValidationError as error:
        for each in error.errors():
            name = "_".join(str(part) for part in each["loc"]).upper()
            say(f"KRISLARM_{name}: {each['msg']}")
        raise typer.Exit(BAD_INPUT) from error
    set_language(settings.language)
    configure(as_json=settings.log_json)
    return settings


def with_secret(settings: Settings) -> Settings:
    """The settings with a secret key; beside an embedded training database one is made and kept."""
    if settings.secret_key.get_secret_value():
        return settings
    file = embedded_file(with_async_driver(settings.database_url))
    if settings.live or file is None:
        refuse(
            "KRISLARM_SECRET_KEY saknas. Sätt den till minst 32 slumpade tecken, "
            "till exempel: python3 -c 'import secrets; print(secrets.token_hex(32))'"
        )
    return settings.model_copy(update={"secret_key": SecretStr(_kept_key(file))})


def _kept_key(database: Path) -> str:
    kept = database.with_suffix(".key")
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_hex(32))
    return kept.read_text().strip()


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """The database of the settings, refused when its schema is not of this version."""
    database = Database(settings.database_url)
    try:
        if not await is_current(database):
            refuse("Databasen är inte i den här versionen. Kör: krislarm migrate")
        yield database
    finally:
        await database.close()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run an async command; a rule's no becomes one sentence and exit 2."""
    try:
        return asyncio.run(work)
    except Refused as error:
        refuse(error.sentence)


def refuse(sentence: str) -> NoReturn:
    say(sentence)
    raise typer.Exit(BAD_INPUT)


def say(sentence: str) -> None:
    """To the person at the terminal, not into the output that scripts read."""
    sys.stderr.write(f"krislarm: {sentence}\n")
