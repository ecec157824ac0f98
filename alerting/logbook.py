"""An alarm's log: one line for each thing that happened, and a wake-up for who is watching."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alerting.models import AlarmEvent, EventKind
from core.wakeups import wake


def note(
    session: AsyncSession,
    alarm_id: UUID,
    kind: EventKind,
    *,
    now: datetime,
    who: str = "",
    subject: str = "",
    detail: str = "",
) -> None:
    """Append a line; `who` is the operator, empty when the engine did it by itself."""
    session.add(
        AlarmEvent(alarm_id=alarm_id, at=now, kind=kind, who=who, subject=subject, detail=detail)
    )
    changed(session, alarm_id)


def changed(session: AsyncSession, alarm_id: UUID) -> None:
    """Boards that show this alarm redraw once the transaction is committed."""
    wake(session, f"alarm:{alarm_id}")
    wake(session, "alarms")
