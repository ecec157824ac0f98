"""One's own page: a calendar of one's shifts."""

from collections.abc import Mapping
from datetime import datetime

from fastapi import APIRouter, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.settings import Settings
from core.web import Now, Session, go
from rosters.calendars.links import revoke_links_of
from rosters.calendars.models import LinkKind, RosterLink
from rosters.my.access import Me, Myself

router = APIRouter(prefix="/my/{token}")


@router.post("/calendar/revoke")
async def revoke(me: Me, session: Session, now: Now) -> Response:
    await revoke_links_of(session, me.person, by=me.by, now=now)
    return go(f"{me.url}#calendar")


async def part(
    session: AsyncSession, me: Myself, _config: Settings, _now: datetime
) -> Mapping[str, object]:
    """When the links that hold were made; the address itself is shown only when it is new."""
    links = await session.scalars(
        select(RosterLink)
        .where(
            RosterLink.kind == LinkKind.PERSON,
            RosterLink.person_id == me.person.id,
            RosterLink.revoked_at.is_(None),
        )
        .order_by(RosterLink.created_at)
    )
    return {"calendar_links": links.all(), "address": ""}
