"""What waits for somebody in the roster right now: for the start page and the page of duty."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.language import ngettext
from rosters.duty.models import Handover, HandoverState, Swap, SwapState


@dataclass(frozen=True, slots=True)
class Matter:
    """One line: its status as badges say it, a sentence, and where it is settled."""

    status: str
    sentence: str
    url: str


async def waiting(session: AsyncSession) -> list[Matter]:
    """Swaps that a planner is to approve, and handovers that nobody has accepted."""
    swaps = await _count(session, Swap, SwapState.ACCEPTED)
    late = await _count(session, Handover, HandoverState.WAITING)
    refused = await _count(session, Handover, HandoverState.REFUSED)
    found = []
    if swaps:
        words = ngettext(
            "{count} byte väntar på godkännande", "{count} byten väntar på godkännande", swaps
        )
        found.append(Matter("warn", words.format(count=swaps), "/duty/swaps"))
    if late:
        words = ngettext(
            "{count} överlämning är inte kvitterad",
            "{count} överlämningar är inte kvitterade",
            late,
        )
        found.append(Matter("warn", words.format(count=late), "/duty/handovers"))
    if refused:
        words = ngettext("{count} överlämning är nekad", "{count} överlämningar är nekade", refused)
        found.append(Matter("bad", words.format(count=refused), "/duty/handovers"))
    return found


async def _count(
    session: AsyncSession, table: type[Swap | Handover], state: SwapState | HandoverState
) -> int:
    found = select(func.count()).select_from(table).where(table.state == state)
    return await session.scalar(found) or 0
