"""Proof that a number reaches its owner: what gives it, and how long it holds."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, not_, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.language import gettext as _
from rosters.models import ContactPoint, Proof

STALE_AFTER = timedelta(days=180)
_BY_OWNER = (Proof.VERIFIED, Proof.CHECKED)


async def prove(session: AsyncSession, address: str, proof: Proof, now: datetime) -> None:
    """Something has shown that this number or address works, for all who share it."""
    await session.execute(
        update(ContactPoint)
        .where(ContactPoint.address == address)
        .values(proved_at=now, proved_by=proof, wrong_at=None)
    )


async def disprove(
    session: AsyncSession, points: Collection[UUID], *, since: datetime, now: datetime
) -> None:
    """These are wrong, whatever proved them before; not those whose owner has shown otherwise since."""
    shown = and_(ContactPoint.proved_at >= since, ContactPoint.proved_by.in_(_BY_OWNER))
    await session.execute(
        update(ContactPoint)
        .where(
            ContactPoint.id.in_(points),
            ContactPoint.wrong_at.is_(None),
            or_(ContactPoint.proved_at.is_(None), not_(shown)),
        )
        .values(wrong_at=now, proved_at=None, proved_by=None, verified_at=None)
    )


def proved_at(point: ContactPoint) -> datetime | None:
    """The latest proof; what was checked before proofs were kept counts as one."""
    return point.proved_at or point.verified_at


def fresh(point: ContactPoint, now: datetime) -> bool:
    at = proved_at(point)
    return at is not None and at > now - STALE_AFTER


def any_fresh(points: Collection[ContactPoint], now: datetime) -> bool:
    return any(fresh(point, now) for point in points)


def proof_words(point: ContactPoint) -> str:
    """What the latest proof was; "" when there is none."""
    if proved_at(point) is None:
        return ""
    return {
        Proof.VERIFIED: _("Bekräftat med kod"),
        Proof.ANSWERED: _("Svar har kommit"),
        Proof.CHECKED: _("Kontrollerat av planerare"),
        Proof.TEST: _("Nåddes vid test"),
    }[point.proved_by or Proof.CHECKED]
