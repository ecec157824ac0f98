"""One's own page: when one is away."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncSession

from core.settings import Settings
from core.web import Now, Session, go
from rosters.absence.service import Typed, coming, remove_absence
from rosters.my.access import Me, Myself

router = APIRouter(prefix="/my/{token}")


@router.post("/absence/{absence_id}/remove")
async def remove(absence_id: UUID, me: Me, session: Session, now: Now) -> Response:
    await remove_absence(session, absence_id, by=me.by, now=now, own=me.person)
    return go(f"{me.url}#absence")


async def part(
    session: AsyncSession, me: Myself, _config: Settings, now: datetime
) -> Mapping[str, object]:
    """One's own absences with the shifts they touch, and an empty form."""
    away = await coming(session, now=now, person=me.person)
    return {"absences": away, "absence_typed": Typed(), "absence_errors": {}}
