"""What there is to read: every playbook in force at an instant, and all its versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Generic, TypeVar

import structlog
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound
from core.language import gettext as _
from playbooks.cards.document import Card
from playbooks.document import Document, Governed
from playbooks.models import FINAL, Playbook, PlaybookKind, PlaybookVersion
from playbooks.parsing import AnyDocument, Parsed, parse
from playbooks.plans.document import ActionPlan

log = structlog.get_logger()
Content = TypeVar("Content", bound=Governed)


@dataclass(frozen=True, slots=True)
class Loaded(Generic[Content]):
    """A playbook at one version, and what that says."""

    version: PlaybookVersion
    document: Content


async def paths(session: AsyncSession, *, at: datetime) -> dict[str, Loaded[Document]]:
    """The alarm paths in force at an instant, by code."""
    return await _in_force(session, PlaybookKind.PATH, at, Document)


async def cards(session: AsyncSession, *, at: datetime) -> dict[str, Loaded[Card]]:
    """The action cards in force at an instant, by code."""
    return await _in_force(session, PlaybookKind.CARD, at, Card)


async def plans(session: AsyncSession, *, at: datetime) -> dict[str, Loaded[ActionPlan]]:
    """The action plans in force at an instant, by code."""
    return await _in_force(session, PlaybookKind.PLAN, at, ActionPlan)


async def everything(session: AsyncSession, *, at: datetime) -> dict[str, AnyDocument]:
    """What all playbooks in force at an instant say, by code."""
    found: dict[str, AnyDocument] = {}
    for each in (await paths(session, at=at)).values():
        found[each.document.code] = each.document
    for card in (await cards(session, at=at)).values():
        found[card.document.code] = card.document
    for plan in (await plans(session, at=at)).values():
        found[plan.document.code] = plan.document
    return found


async def _in_force(
    session: AsyncSession, kind: PlaybookKind, at: datetime, content: type[Content]
) -> dict[str, Loaded[Content]]:
    newest = (
        select(PlaybookVersion.playbook_id, func.max(PlaybookVersion.number).label("number"))
        .where(begun(at))
        .group_by(PlaybookVersion.playbook_id)
        .subquery()
    )
    rows = await session.execute(
        select(Playbook.code, PlaybookVersion)
        .join(PlaybookVersion, PlaybookVersion.playbook_id == Playbook.id)
        .join(
            newest,
            (newest.c.playbook_id == PlaybookVersion.playbook_id)
            & (newest.c.number == PlaybookVersion.number),
        )
        .where(Playbook.kind == kind)
        .order_by(Playbook.code)
    )
    found: dict[str, Loaded[Content]] = {}
    for code, version in rows:
        document = _parsed(version.file, version.source).document
        if document is None:  # loaded by another version of ours: the others are there all the same
            log.error("playbook_unreadable", code=code, version=version.number)
        elif isinstance(document, content):
            found[code] = Loaded(version, document)
    return found


def begun(at: datetime) -> ColumnElement[bool]:
    """Versions whose day has come, replaced ones among them."""
    since = func.coalesce(PlaybookVersion.in_force_from, PlaybookVersion.loaded_at)
    return PlaybookVersion.state.in_(FINAL) & (since <= at)


async def changes(session: AsyncSession, kind: PlaybookKind) -> Sequence[datetime]:
    """The instants at which versions of that kind come into force, in order."""
    since = func.coalesce(PlaybookVersion.in_force_from, PlaybookVersion.loaded_at)
    query = (
        select(since)
        .join(Playbook, Playbook.id == PlaybookVersion.playbook_id)
        .where(Playbook.kind == kind, PlaybookVersion.state.in_(FINAL))
        .order_by(since)
    )
    return (await session.scalars(query)).all()


async def to_come(session: AsyncSession, *, after: datetime) -> Sequence[datetime]:
    """When versions to come begin to be in force, the first one first."""
    since = PlaybookVersion.in_force_from
    query = select(since).where(PlaybookVersion.state.in_(FINAL), since > after)
    found = (await session.scalars(query.distinct().order_by(since))).all()
    return [each for each in found if each]


async def versions(session: AsyncSession, code: str) -> Sequence[PlaybookVersion]:
    """All versions of a playbook, drafts too, newest first. NotFound when there is no such one."""
    query = (
        select(PlaybookVersion)
        .join(Playbook, Playbook.id == PlaybookVersion.playbook_id)
        .where(Playbook.code == code)
        .order_by(PlaybookVersion.number.desc())
    )
    found = (await session.scalars(query)).all()
    if not found:
        raise NotFound(_("{code} finns inte.").format(code=code))
    return found


async def drafts(session: AsyncSession, kind: PlaybookKind) -> list[tuple[str, PlaybookVersion]]:
    """Drafts and proposals of that kind, with the codes of their playbooks; the latest first."""
    rows = await session.execute(
        select(Playbook.code, PlaybookVersion)
        .join(PlaybookVersion, PlaybookVersion.playbook_id == Playbook.id)
        .where(Playbook.kind == kind, PlaybookVersion.state.not_in(FINAL))
        .order_by(PlaybookVersion.loaded_at.desc(), Playbook.code, PlaybookVersion.number)
    )
    return [(code, version) for code, version in rows]


def in_force(versions: Sequence[PlaybookVersion], *, at: datetime) -> PlaybookVersion | None:
    """Which of a playbook's versions is in force at an instant; None before the first is."""
    begun = [
        each
        for each in versions
        if each.state in FINAL and (each.in_force_from or each.loaded_at) <= at
    ]
    return max(begun, key=lambda each: each.number, default=None)


def document_of(version: PlaybookVersion) -> AnyDocument:
    """What a version says; it was checked when it was loaded or proposed."""
    document = _parsed(version.file, version.source).document
    if document is None:
        raise ValueError(f"{version.file} was loaded but can no longer be read")
    return document


def readable(version: PlaybookVersion) -> AnyDocument | None:
    """What a version says; None for a draft that is not whole."""
    parsed = _parsed(version.file, version.source)
    return None if parsed.source.mistakes else parsed.document


def documents(loaded: Mapping[str, Loaded[Content]]) -> dict[str, Content]:
    return {code: each.document for code, each in loaded.items()}


@lru_cache(maxsize=256)
def _parsed(file: str, source: str) -> Parsed:
    return parse(file, source.encode())
