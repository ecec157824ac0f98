"""One's own page: one's numbers and addresses, language and quiet hours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.settings import Settings
from rosters.models import ContactPoint, Unit
from rosters.my.access import Myself
from rosters.notices.quiet import USUAL, hours_of
from rosters.numbers import as_read
from rosters.readiness.codes import waiting, why_not
from rosters.readiness.confirming import asking
from rosters.readiness.corrections import shared
from rosters.readiness.models import CampaignMember, CampaignState, PendingContact
from rosters.readiness.proofs import fresh, proof_words, proved_at
from rosters.service import points_of

router = APIRouter(prefix="/my/{token}")


@dataclass(frozen=True, slots=True)
class Contacts:
    """What the page shows of somebody's numbers."""

    points: Sequence[ContactPoint]
    shared: set[str]
    pending: Sequence[PendingContact]
    asked: Sequence[CampaignMember]
    switchboard: str
    quiet: tuple[time, time]
    now: datetime

    @property
    def unanswered(self) -> bool:
        done = (CampaignState.CONFIRMED, CampaignState.CHANGED)
        return any(each.state not in done for each in self.asked)

    def fresh(self, point: ContactPoint) -> bool:
        return fresh(point, self.now)

    def why_not(self, pending: PendingContact) -> str:
        return why_not(pending, self.now)


async def part(
    session: AsyncSession, me: Myself, _config: Settings, now: datetime
) -> Mapping[str, object]:
    """What the page's part about this shows."""
    points = await points_of(session, me.person.id)
    board = select(Unit.switchboard).where(Unit.id == me.person.unit_id)
    return {
        "contacts": Contacts(
            points=points,
            shared=await shared(session, points),
            pending=await waiting(session, me.person.id, now),
            asked=await asking(session, me.person, now),
            switchboard=await session.scalar(board) or "",
            quiet=hours_of(me.person),
            now=now,
        ),
        "wrong_in": "",
        "number": as_read,
        "proved_at": proved_at,
        "proof_words": proof_words,
        "usual_quiet": USUAL,
    }
