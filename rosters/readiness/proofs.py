"""Proof that a number reaches its owner: what gives it, and how long it holds."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from core.language import gettext as _
from rosters.models import ContactPoint, Proof

STALE_AFTER = timedelta(days=180)


async def prove(session: AsyncSession, address: str, proof: Proof, now: datetime) -> None:
    """Something has shown that this number or address works, for all who share it."""
    await session.execute(
        update(ContactPoint)
        .where(ContactPoint.address == address)
        .values(proved_at=now, proved_by=proof)
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
