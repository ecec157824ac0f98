"""The sources that are fetched: who is due, one after the other, and how each has answered."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import Database
from core.errors import Refused
from core.language import ngettext
from core.settings import Settings
from core.wakeups import wake
from crisis.signals import service, smhi, sr
from crisis.signals.fetching import Answer, ask, host_of
from crisis.signals.heard import Reading
from crisis.signals.models import FETCHED, SignalFeed, SignalSource
from rosters.absence.fetching import PUBLIC, Reach

LEASE = timedelta(minutes=1)  # longer than asking takes; then another node may try
MOST = 500  # messages of one answer, the latest: more would keep the one writer from alarms


@dataclass(frozen=True, slots=True)
class Source:
    """How one source is asked and read."""

    source: SignalSource
    url: str
    ours: Collection[str]  # codes of the areas that concern us
    read: Callable[[bytes, Collection[str]], Reading]

    @property
    def host(self) -> str:
        return host_of(self.url)


def sources(settings: Settings) -> tuple[Source, ...]:
    """Those that have an address. In training nothing leaves the computer: then there are none."""
    if not settings.live:
        return ()
    every = (
        Source(SignalSource.SR, settings.signal_sr_url, settings.signal_codes, sr.read),
        Source(SignalSource.SMHI, settings.signal_smhi_url, settings.signal_smhi_areas, smhi.read),
    )
    return tuple(each for each in every if each.url)


async def refresh(
    database: Database,
    wanted: Collection[Source],
    now: datetime,
    *,
    every: timedelta,
    reach: Reach = PUBLIC,
) -> int:
    """Ask those that are due; how many new messages they had. No transaction is open meanwhile."""
    new = 0
    for source in wanted:
        async with database.transaction() as session:
            etag = await _claim(session, source.source, now)
        if etag is not None:
            new += await _ask(database, source, etag, now, every, reach)
    return new


async def _claim(session: AsyncSession, source: SignalSource, now: datetime) -> str | None:
    """What it said of its last answer; None when it is not due, or another node has it."""
    embedded = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if embedded else postgresql.insert
    first = SignalFeed(source=source, next_at=now, since=now)
    values = {column.key: getattr(first, column.key) for column in SignalFeed.__table__.columns}
    await session.execute(insert(SignalFeed).values(values).on_conflict_do_nothing())
    return await session.scalar(
        update(SignalFeed)
        .where(SignalFeed.source == source, SignalFeed.next_at <= now)
        .values(next_at=now + LEASE)
        .returning(SignalFeed.etag)
    )


async def _ask(
    database: Database,
    source: Source,
    etag: str,
    now: datetime,
    every: timedelta,
    reach: Reach,
) -> int:
    answer, reading, fault = Answer(None, etag), Reading(), ""
    try:
        answer = await ask(source.url, etag, reach)
        if answer.content is not None:
            reading = await asyncio.to_thread(source.read, answer.content, source.ours)
    except Refused as refusal:
        fault = refusal.sentence
    async with database.transaction() as session:
        query = select(SignalFeed).where(SignalFeed.source == source.source).with_for_update()
        feed = (await session.scalars(query)).one()
        feed.next_at = now + every
        wake(session, service.TOPIC)
        if fault:
            feed.failures, feed.fault, feed.etag = feed.failures + 1, fault, ""
            return 0
        feed.answered_at, feed.failures, feed.fault = now, 0, ""
        if answer.content is None:
            return 0
        feed.etag, feed.remark = answer.etag, _remark(reading)
        latest = sorted(reading.heard, key=lambda each: each.sent_at)[-MOST:]
        return await service.take(session, source.source, latest, now=now)


def _remark(reading: Reading) -> str:
    if not reading.unread:
        return ""
    words = ngettext(
        "{count} post i svaret gick inte att läsa.",
        "{count} poster i svaret gick inte att läsa.",
        reading.unread,
    )
    return words.format(count=reading.unread)


@dataclass(frozen=True, slots=True)
class Health:
    """How a source has answered lately, as it is shown."""

    source: SignalSource
    host: str
    feed: SignalFeed | None
    silent: bool  # for longer than is all right

    @property
    def status(self) -> str:
        if self.silent:
            return "bad"
        troubled = self.feed is None or bool(self.feed.fault or self.feed.remark)
        return "warn" if troubled else "ok"


async def healths(session: AsyncSession, settings: Settings, *, now: datetime) -> list[Health]:
    rows = await session.scalars(select(SignalFeed).where(SignalFeed.source.in_(FETCHED)))
    known = {row.source: row for row in rows}
    limit = timedelta(minutes=settings.signal_silent_minutes)
    return [
        Health(each.source, each.host, known.get(each.source), _silent(known, each, now - limit))
        for each in sources(settings)
    ]


def _silent(known: dict[SignalSource, SignalFeed], source: Source, since: datetime) -> bool:
    feed = known.get(source.source)
    return feed is not None and (feed.answered_at or feed.since) < since
