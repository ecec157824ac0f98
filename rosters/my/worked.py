"""One's own page: work done during stand-by."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from core.settings import Settings
from rosters.duty.models import ShiftState
from rosters.duty.shifts import planned
from rosters.my.access import Myself
from rosters.worktime import service
from rosters.worktime.person_pages import WorkedForm

router = APIRouter(prefix="/my/{token}")
BEHIND = timedelta(days=62)  # this month and the one before


async def part(
    session: AsyncSession, me: Myself, _config: Settings, now: datetime
) -> Mapping[str, object]:
    """Stand-by that has begun, and what has been noted in it."""
    shifts = await planned(session, start=now - BEHIND, end=now, person=me.person.id)
    roles = {
        each.role.code: each.role.name
        for each in shifts
        if each.shift.state is not ShiftState.COVERED
    }
    return {
        "worked": await service.worked_by(session, me.person.id, start=now - BEHIND, end=now),
        "worked_roles": list(roles.items()),
        "worked_typed": WorkedForm().model_dump(),
    }
