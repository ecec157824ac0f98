"""The audit trail: append-only, hash-chained, so that a missing or altered entry shows."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import clean
from core.models import AuditEntry

_LOCK = 0x4B524953  # "KRIS": one appender at a time on PostgreSQL; SQLite has one writer anyway


@dataclass(frozen=True, slots=True)
class By:
    """Who acts: a user's name (or "kommandorad", "import") and the address they came from."""

    name: str
    address: str = ""


async def note(
    session: AsyncSession, by: By, what: str, subject: str, *, now: datetime, detail: str = ""
) -> AuditEntry:
    """Record what somebody did: `what` in Swedish, as "Ändrade roller"."""
    return await record(
        session, who=by.name, what=what, subject=subject, detail=detail, now=now, address=by.address
    )


async def record(
    session: AsyncSession,
    *,
    who: str,
    what: str,
    subject: str,
    now: datetime,
    detail: str = "",
    address: str = "",
) -> AuditEntry:
    """Append an entry in the caller's transaction: it stands if, and only if, the act does."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    last = (
        await session.execute(
            select(AuditEntry.number, AuditEntry.seal).order_by(AuditEntry.number.desc()).limit(1)
        )
    ).first()
    number, previous = (last.number + 1, last.seal) if last else (1, "")
    entry = AuditEntry(
        number=number,
        at=now,
        who=clean(who),  # the seal is over what will be read back
        what=clean(what),
        subject=clean(subject),
        detail=clean(detail),
        address=address,
        previous_seal=previous,
        seal="",
    )
    entry.seal = seal_of(entry)
    session.add(entry)
    await session.flush()  # the next entry of this transaction must see this number
    return entry


def seal_of(entry: AuditEntry) -> str:
    """SHA-256 over the entry and the seal before it, as hex."""
    content = [
        entry.number,
        entry.at.isoformat(timespec="microseconds"),
        entry.who,
        entry.what,
        entry.subject,
        entry.detail,
        entry.address,
        entry.previous_seal,
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


async def first_broken(session: AsyncSession) -> int | None:
    """The number at which the chain does not hold, or None when it is whole."""
    previous, expected = "", 1
    entries = await session.stream_scalars(select(AuditEntry).order_by(AuditEntry.number))
    async for entry in entries:
        if (
            entry.number != expected
            or entry.previous_seal != previous
            or entry.seal != seal_of(entry)
        ):
            return expected
        previous, expected = entry.seal, expected + 1
    return None
