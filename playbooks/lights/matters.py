"""What waits because of the lights: one line for the start page."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from core.language import ngettext
from playbooks.lights.models import Light
from playbooks.lights.service import latest_records
from rosters.matters import Matter


async def waiting(session: AsyncSession, *, now: datetime) -> list[Matter]:
    """How many paths have a red light, as last written down."""
    records = await latest_records(session, at=now)
    red = {playbook for (playbook, _kind), each in records.items() if each.light is Light.RED}
    if not red:
        return []
    words = ngettext(
        "{count} larmväg har en röd lampa", "{count} larmvägar har en röd lampa", len(red)
    )
    return [Matter("warn", words.format(count=len(red)), "/paths?status=red")]
