"""One's own page: a calendar of one's shifts."""

from collections.abc import Mapping
from datetime import datetime

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from core.settings import Settings
from rosters.my.access import Myself

router = APIRouter(prefix="/my/{token}")


async def part(
    _session: AsyncSession, _me: Myself, _config: Settings, _now: datetime
) -> Mapping[str, object]:
    """What the page's part about this shows."""
    return {}
