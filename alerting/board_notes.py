"""Lines on an alarm's board that come from above: alerting shows them and knows not what they are."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.models import Alarm
from core.beside import beside


@dataclass(frozen=True, slots=True)
class BoardNote:
    """One line: its status as badges say it, a sentence, and where it leads."""

    status: str
    sentence: str
    url: str
    at_end: str = ""  # what whoever is about to close the alarm should know


Notes: TypeAlias = Callable[..., Awaitable[tuple[BoardNote, ...]]]  # (session, alarm, *, now)


async def notes_of(
    request: Request, session: AsyncSession, alarm: Alarm, *, now: datetime
) -> tuple[BoardNote, ...]:
    """What the application has been told to ask: app.state.board_notes. The board stands without."""
    asked: tuple[Notes, ...] = request.app.state.board_notes
    found: list[BoardNote] = []
    for notes in asked:
        async with beside(session, "board_notes_missing", alarm=str(alarm.id)):
            found += await notes(session, alarm, now=now)
    return tuple(found)
