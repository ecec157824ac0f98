"""Calendars that people keep themselves, read for absence: add, remove, and read again."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By, note
from core.database import Database
from core.errors import NotFound, Refused
from core.language import gettext as _
from rosters.absence.fetching import PUBLIC, Reach, checked_url, fetch, shown_url
from rosters.absence.reading import Found, read_absence
from rosters.duty.models import Absence, AbsenceFeed
from rosters.models import Person

BACK, AHEAD = timedelta(days=1), timedelta(days=400)
AGAIN = timedelta(hours=6)
LEASE = timedelta(minutes=2)  # longer than a fetch and a reading take; then another node may try
SOONEST, LATEST = timedelta(minutes=15), timedelta(days=1)  # after a fault
MOST_FEEDS = 5  # of one person
MOST_AT_ONCE = 20  # in one call, each of which may take ten seconds


@dataclass(frozen=True, slots=True)
class Source:
    """A calendar as it is shown: never its whole address."""

    feed: AbsenceFeed
    person: Person
    shown: str


async def sources(session: AsyncSession) -> list[Source]:
    rows = await session.execute(
        select(AbsenceFeed, Person)
        .join(Person, Person.id == AbsenceFeed.person_id)
        .order_by(Person.name, AbsenceFeed.added_at)
    )
    return [Source(feed, person, shown_url(feed.url) if feed.url else "") for feed, person in rows]


async def add_source(
    session: AsyncSession, person: Person, url: str, *, by: By, now: datetime
) -> AbsenceFeed:
    """It is fetched by the next chore, for no transaction may wait for another computer."""
    url = checked_url(url)
    own = await session.scalars(select(AbsenceFeed.url).where(AbsenceFeed.person_id == person.id))
    known = own.all()
    if url in known:
        raise Refused(_("Kalendern finns redan för den personen."), field="url")
    if len(known) >= MOST_FEEDS:
        raise Refused(_("En person kan ha högst fem kalendrar."), field="url")
    feed = AbsenceFeed(person_id=person.id, url=url, added_at=now, next_at=now)
    session.add(feed)
    await note(
        session, by, "Lade till frånvarokalender", person.ref, now=now, detail=shown_url(url)
    )
    return feed


async def take_file(
    session: AsyncSession, person: Person, found: Sequence[Found], *, by: By, now: datetime
) -> AbsenceFeed:
    """What a file says replaces what the person's last file said."""
    feed = await session.scalar(
        select(AbsenceFeed).where(AbsenceFeed.person_id == person.id, AbsenceFeed.url == "")
    )
    if feed is None:
        feed = AbsenceFeed(person_id=person.id, url="", added_at=now)
        session.add(feed)
    feed.read_at = now
    await store(session, feed, found, now=now)
    await note(
        session, by, "Läste in frånvaro ur fil", person.ref, now=now, detail=f"{len(found)} st"
    )
    return feed


async def remove_source(session: AsyncSession, feed_id: UUID, *, by: By, now: datetime) -> None:
    """The absences that came out of it go with it."""
    feed = await session.get(AbsenceFeed, feed_id)
    if feed is None:
        raise NotFound(_("Kalendern finns inte längre."))
    person = await session.get_one(Person, feed.person_id)
    detail = shown_url(feed.url) if feed.url else "fil"
    await session.execute(delete(AbsenceFeed).where(AbsenceFeed.id == feed_id))
    await note(session, by, "Tog bort frånvarokalender", person.ref, now=now, detail=detail)


def read_in_window(content: bytes, zone: ZoneInfo, now: datetime) -> list[Found]:
    return read_absence(content, start=now - BACK, end=now + AHEAD, zone=zone)


async def store(
    session: AsyncSession, feed: AbsenceFeed, found: Sequence[Found], *, now: datetime
) -> None:
    """Make the absences of a feed be these: moved in place, added, and those gone removed."""
    rows = await session.scalars(select(Absence).where(Absence.feed_id == feed.id))
    known = {row.source_uid: row for row in rows}
    for each in found:
        row = known.pop(each.key, None)
        if row is None:
            session.add(
                Absence(
                    person_id=feed.person_id,
                    starts_at=each.span.start,
                    ends_at=each.span.end,
                    feed_id=feed.id,
                    source_uid=each.key,
                )
            )
        elif (row.starts_at, row.ends_at) != (each.span.start, each.span.end):
            row.starts_at, row.ends_at = each.span.start, each.span.end
    for row in known.values():
        if row.ends_at > now - BACK:  # what lies before the window is not in it, but it was
            await session.delete(row)


async def refresh_absences(
    database: Database, now: datetime, *, live: bool, zone: ZoneInfo, reach: Reach = PUBLIC
) -> int:
    """Read the calendars that are due, one by one; how many were read. In training, none ever is."""
    if not live:
        return 0
    async with database.reading() as session:
        due = await session.scalars(
            select(AbsenceFeed.id)
            .where(AbsenceFeed.next_at <= now)
            .order_by(AbsenceFeed.next_at)
            .limit(MOST_AT_ONCE)
        )
        ids = due.all()
    done = [await _refresh(database, feed_id, now, zone, reach) for feed_id in ids]
    return sum(done)


async def _refresh(
    database: Database, feed_id: UUID, now: datetime, zone: ZoneInfo, reach: Reach
) -> bool:
    async with database.transaction() as session:
        url = await session.scalar(
            update(AbsenceFeed)
            .where(AbsenceFeed.id == feed_id, AbsenceFeed.next_at <= now)
            .values(next_at=now + LEASE)
            .returning(AbsenceFeed.url)
        )
    if url is None:
        return False  # another node has it
    found: list[Found] = []
    fault = ""
    try:
        content = await fetch(url, reach)
        found = await asyncio.to_thread(read_in_window, content, zone, now)
    except Refused as refusal:
        fault = refusal.sentence
    async with database.transaction() as session:
        feed = await session.get(AbsenceFeed, feed_id, with_for_update=True)
        if feed is None:
            return False  # removed in the meantime
        if fault:
            _try_later(feed, fault, now)
            return False
        await store(session, feed, found, now=now)
        feed.read_at, feed.next_at, feed.fault = now, now + AGAIN, ""
    return True


def _try_later(feed: AbsenceFeed, fault: str, now: datetime) -> None:
    """Wait as long again as it has failed so far: each time twice as long, within reason."""
    failing_for = now - (feed.read_at or feed.added_at)
    feed.fault = fault
    feed.next_at = now + min(max(failing_for, SOONEST), LATEST)
