"""The lights of all paths at any instant, and the record of how they have stood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.language import gettext as _
from playbooks import library
from playbooks.document import Document
from playbooks.library import Loaded
from playbooks.lights.documented import documented
from playbooks.lights.exercised import exercised
from playbooks.lights.facts import (
    PathFacts,
    documentation,
    gather,
    knowledge,
    posts_of,
    practice,
)
from playbooks.lights.known import known
from playbooks.lights.models import LightKind, LightRecord
from playbooks.lights.standing import Next, Standing, in_words
from playbooks.models import Playbook

WRITTEN_WITHIN = timedelta(minutes=1)  # by the chore; until then the facts of now say more


@dataclass(frozen=True, slots=True)
class PathLights:
    """A path and its three lights, in the order documented, known, exercised."""

    loaded: Loaded[Document]
    owner: str
    standings: tuple[Standing, Standing, Standing]

    @property
    def code(self) -> str:
        return self.loaded.document.code

    @property
    def worst(self) -> Standing:
        """Of those alike the first: what is not documented cannot be known, nor exercised."""
        return min(self.standings, key=lambda each: each.severity)

    @property
    def next(self) -> Next | None:
        """The one next thing to do, for the worst light that has any."""
        by_need = sorted(self.standings, key=lambda each: (each.severity, each.pressing))
        return next((each.next for each in by_need if each.next), None)

    def of(self, kind: LightKind) -> Standing:
        return next(each for each in self.standings if each.kind is kind)


async def lights_at(
    session: AsyncSession, *, at: datetime, now: datetime, zone: ZoneInfo
) -> list[PathLights]:
    """All paths in force at an instant, by code.

    What has been is read from the records; now and the time to come follow from the facts of now.
    """
    if at < now - WRITTEN_WITHIN:
        return await _as_recorded(session, at=at, now=now, zone=zone)
    return [lit(facts, zone) for facts in await gather(session, at=at, zone=zone)]


def lit(facts: PathFacts, zone: ZoneInfo) -> PathLights:
    """The three rules, each on its own facts."""
    today = facts.at.astimezone(zone).date()
    return PathLights(
        facts.loaded,
        facts.post.name,
        (
            documented(documentation(facts, zone), today),
            known(knowledge(facts)),
            exercised(practice(facts, zone), today),
        ),
    )


async def _as_recorded(
    session: AsyncSession, *, at: datetime, now: datetime, zone: ZoneInfo
) -> list[PathLights]:
    paths = await library.paths(session, at=at)
    posts = await posts_of(session, paths.values(), at=now, zone=zone)
    records = await latest_records(session, at=at)
    first = await session.scalar(select(func.min(LightRecord.at)))
    return [
        PathLights(
            loaded,
            posts[loaded.document.owner].name,
            tuple(  # type: ignore[arg-type]  # there are three kinds
                _recorded(kind, records.get((loaded.version.playbook_id, kind)), first, zone)
                for kind in LightKind
            ),
        )
        for loaded in paths.values()
    ]


def _recorded(
    kind: LightKind, record: LightRecord | None, first: datetime | None, zone: ZoneInfo
) -> Standing:
    if record:
        return Standing(kind, record.light, record.figure, record.why)
    why = _("Lamporna har inte förts än.")
    if first:
        why = _("Lamporna har förts sedan {day}.").format(
            day=in_words(first.astimezone(zone).date())
        )
    return Standing(kind, None, "–", why)


async def latest_records(
    session: AsyncSession, *, at: datetime
) -> Mapping[tuple[UUID, LightKind], LightRecord]:
    """How each light stood at an instant, as far as it is on record."""
    latest = (
        select(LightRecord.playbook_id, LightRecord.kind, func.max(LightRecord.at).label("at"))
        .where(LightRecord.at <= at)
        .group_by(LightRecord.playbook_id, LightRecord.kind)
        .subquery()
    )
    rows = await session.scalars(
        select(LightRecord).join(
            latest,
            (latest.c.playbook_id == LightRecord.playbook_id)
            & (latest.c.kind == LightRecord.kind)
            & (latest.c.at == LightRecord.at),
        )
    )
    return {(each.playbook_id, each.kind): each for each in rows}


async def keep_records(session: AsyncSession, *, now: datetime, zone: ZoneInfo) -> int:
    """Write down the lights that stand otherwise than when last written. How many did.

    The paths are locked first: of two that keep records at once, the second sees the first's. Not
    so hard that an alarm waits, whose cards only point at them.
    """
    locked = select(Playbook.id).order_by(Playbook.id).with_for_update(key_share=True)
    await session.execute(locked)
    news = await changed(session, now=now, zone=zone)
    for playbook, standing, before in news:
        if before and before.at == now:  # one instant has one answer
            await session.delete(before)
        session.add(_record(playbook, standing, now))
    return len(news)


async def changed(
    session: AsyncSession, *, now: datetime, zone: ZoneInfo
) -> list[tuple[UUID, Standing, LightRecord | None]]:
    """The lights that stand otherwise than when last written, with the playbook and that record."""
    last = await latest_records(session, at=now)
    found = []
    for each in [lit(facts, zone) for facts in await gather(session, at=now, zone=zone)]:
        playbook = each.loaded.version.playbook_id
        for standing in each.standings:
            before = last.get((playbook, standing.kind))
            if not _same(standing, before):
                found.append((playbook, standing, before))
    return found


def _same(standing: Standing, record: LightRecord | None) -> bool:
    return record is not None and (record.light, record.figure, record.why) == (
        standing.light,
        standing.figure,
        standing.why,
    )


def _record(playbook: UUID, standing: Standing, now: datetime) -> LightRecord:
    assert standing.light  # noqa: S101  # only what is read from records can be unknown
    return LightRecord(
        playbook_id=playbook,
        kind=standing.kind,
        light=standing.light,
        figure=standing.figure,
        why=standing.why,
        at=now,
    )


async def records_of(session: AsyncSession, playbook: UUID) -> Sequence[LightRecord]:
    """Oldest first."""
    query = select(LightRecord).where(LightRecord.playbook_id == playbook).order_by(LightRecord.at)
    return (await session.scalars(query)).all()
