"""Personal links: whoever has one is taken for its person, on that person's own page only."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.ext.asyncio import AsyncSession

from rosters.models import Person

HOLDS_FOR = timedelta(days=14)
BY_LINK = " (länk)"  # ends the name of whoever acts by a link


def personal_token(secret: str, person_id: UUID, *, now: datetime) -> str:
    """What the address of somebody's own page ends with: `/my/{token}`."""
    return str(_signer(secret).dumps([person_id.hex, int(now.timestamp())]))


async def person_with(
    session: AsyncSession, token: str, *, secret: str, now: datetime
) -> Person | None:
    """Whose link it is; None when it is forged, too old, or made before links were revoked."""
    try:
        found, made = _signer(secret).loads(token)
        person_id, made_at = UUID(found), datetime.fromtimestamp(made, UTC)
    except (BadSignature, ValueError, TypeError, OverflowError, OSError):
        return None
    if not now - HOLDS_FOR < made_at <= now + timedelta(minutes=5):
        return None
    person = await session.get(Person, person_id)
    if person is None or (person.links_from and made_at < person.links_from):
        return None
    return person


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="personal-link")
