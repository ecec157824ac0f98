"""The cards or plans there are, those that only exist as a draft among them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from playbooks import library
from playbooks.document import Governed
from playbooks.library import Loaded
from playbooks.models import Playbook, PlaybookKind, PlaybookVersion, VersionState

Content = TypeVar("Content", bound=Governed)


@dataclass(frozen=True, slots=True)
class Shelved(Generic[Content]):
    """A playbook by its code: what is in force, and what is being written."""

    code: str
    in_force: Loaded[Content] | None
    unfinished: tuple[PlaybookVersion, ...]  # drafts and proposals, newest first

    @property
    def title(self) -> str:
        if self.in_force is not None:
            return self.in_force.document.title
        return title_of(self.unfinished[0]) if self.unfinished else ""


def title_of(version: PlaybookVersion) -> str:
    """What a version calls itself; "" for a draft that cannot be read."""
    try:
        return library.document_of(version).title
    except ValueError:
        return ""


async def shelf(
    session: AsyncSession, kind: PlaybookKind, in_force: Mapping[str, Loaded[Content]]
) -> list[Shelved[Content]]:
    rows = await session.execute(
        select(Playbook.code, PlaybookVersion)
        .outerjoin(
            PlaybookVersion,
            (PlaybookVersion.playbook_id == Playbook.id)
            & PlaybookVersion.state.in_((VersionState.DRAFT, VersionState.PROPOSED)),
        )
        .where(Playbook.kind == kind)
        .order_by(Playbook.code, PlaybookVersion.number.desc())
    )
    found: dict[str, list[PlaybookVersion]] = {}
    for code, version in rows:
        found.setdefault(code, []).extend([] if version is None else [version])
    return [Shelved(code, in_force.get(code), tuple(each)) for code, each in found.items()]


async def exists(session: AsyncSession, code: str) -> bool:
    return await session.scalar(select(Playbook.id).where(Playbook.code == code)) is not None


def newest(versions: list[PlaybookVersion], *, at: datetime) -> PlaybookVersion:
    """What is in force, or what was written last."""
    return library.in_force(versions, at=at) or versions[0]
