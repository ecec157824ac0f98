"""What waits among the versions, for the start page."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.language import gettext as _
from playbooks.models import Playbook, PlaybookVersion, VersionState
from playbooks.versions.shelves import SHELVES
from rosters.matters import Matter

MOST = 5


async def waiting(session: AsyncSession) -> list[Matter]:
    """Proposals that their owners have neither approved nor sent back, the oldest first."""
    urls = {shelf.kind: shelf.url for shelf in SHELVES.values()}
    rows = await session.execute(
        select(Playbook.code, Playbook.kind, PlaybookVersion.number)
        .join(PlaybookVersion, PlaybookVersion.playbook_id == Playbook.id)
        .where(PlaybookVersion.state == VersionState.PROPOSED)
        .order_by(PlaybookVersion.proposed_at)
        .limit(MOST)
    )
    return [_matter(code, number, urls[kind]) for code, kind, number in rows]


def _matter(code: str, number: int, url: str) -> Matter:
    words = _("{code}, version {number} väntar på godkännande").format(code=code, number=number)
    return Matter("info", words, f"{url}/{code}/versions/{number}")
