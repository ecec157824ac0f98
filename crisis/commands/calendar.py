"""The command that writes the roster as iCalendar."""

import sys
from typing import Annotated
from urllib.parse import urlsplit

import typer
from sqlalchemy import select

from core.clock import SystemClock
from core.errors import Refused
from core.language import gettext as _
from core.settings import Settings
from crisis.commands.shared import opened, refuse, run, settings_or_exit
from rosters.calendars.feeds import feed
from rosters.duty.models import DutyRole
from rosters.models import Person


def calendar(
    role: Annotated[str, typer.Option(help="Jourens kod, till exempel TIB.")] = "",
    person: Annotated[str, typer.Option(help="Personens nummer, till exempel P01.")] = "",
) -> None:
    """Skriver en jours eller en persons pass som iCalendar."""
    if not role and not person:
        refuse("Ange --role, --person eller båda.")
    sys.stdout.buffer.write(run(_calendar(settings_or_exit(), role, person)))


async def _calendar(settings: Settings, role: str, ref: str) -> bytes:
    async with opened(settings) as database, database.reading() as session:
        if role and not await session.scalar(select(DutyRole.id).where(DutyRole.code == role)):
            raise Refused(_("Jouren finns inte."))
        person = await session.scalar(select(Person).where(Person.ref == ref)) if ref else None
        if ref and person is None:
            raise Refused(_("Personen finns inte."))
        host = urlsplit(settings.base_url).hostname or "localhost"
        return await feed(session, host=host, now=SystemClock().now(), role=role, person=person)
