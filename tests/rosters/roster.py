"""A small roster for tests of calendars: who has which duty, and when."""

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core.audit import By
from core.database import Database
from rosters.calendars.links import add_link
from rosters.duty.models import DutyRole, Shift
from rosters.models import Person
from tests.clocks import NIGHT
from tests.visitors import Site

ZONE = ZoneInfo("Europe/Stockholm")
BY = By("test")


def local(text: str) -> datetime:
    """A clock in Lund, as "2026-11-30T12:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


async def role(database: Database, code: str = "TIB", **fields: object) -> UUID:
    async with database.transaction() as session:
        duty = DutyRole(code=code, name=f"Jouren {code}", **fields)  # type: ignore[arg-type]
        session.add(duty)
    return duty.id


async def person_id(database: Database, ref: str) -> UUID:
    async with database.reading() as session:
        return (await session.scalars(select(Person.id).where(Person.ref == ref))).one()


async def shift(database: Database, duty: UUID, ref: str, start: str, end: str) -> Shift:
    who = await person_id(database, ref)
    async with database.transaction() as session:
        row = Shift(duty_role_id=duty, person_id=who, starts_at=local(start), ends_at=local(end))
        session.add(row)
    return row


async def link(site: Site, kind: str, **about: str) -> str:
    """The secret of a new link."""
    async with site.database.transaction() as session:
        _row, secret = await add_link(session, kind=kind, name="prov", by=BY, now=NIGHT, **about)
    return secret
