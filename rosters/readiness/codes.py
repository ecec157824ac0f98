"""Codes that show that a number is its owner's: made, kept as a hash, and tried a few times."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import randbelow
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Refused
from core.language import gettext as _
from rosters.models import ContactKind, Person
from rosters.notices.service import Teller
from rosters.readiness.models import PendingContact

HOLDS_FOR = timedelta(minutes=15)
MOST_TRIES = 5
MOST_CODES = 3  # within the hour, to one person and to one address
HOUR = timedelta(hours=1)
DONE = ""  # in the place of a hash: used, or withdrawn


@dataclass(frozen=True, slots=True)
class Codes:
    """Makes and checks codes; `secret` is the service's own."""

    teller: Teller
    secret: str

    async def send(
        self, person: Person, kind: ContactKind, address: str, replaces: UUID | None
    ) -> PendingContact:
        """A new code to the address, in the place of the one before; the person's turn is taken."""
        session, now = self.teller.session, self.teller.now
        await self._refuse_too_many(person, address)
        code = f"{randbelow(1_000_000):06d}"
        pending = await session.scalar(
            select(PendingContact).where(
                PendingContact.person_id == person.id, PendingContact.address == address
            )
        )
        if pending is None:
            pending = PendingContact(
                person_id=person.id,
                kind=kind,
                address=address,
                code_hash=DONE,
                sent_at=now,
                expires_at=now,
            )
            session.add(pending)
        else:
            pending.sendings = pending.sendings + 1 if pending.sent_at > now - HOUR else 1
        pending.kind, pending.replaces_id = kind, replaces
        pending.code_hash, pending.tries = self._hashed(pending.id, code), 0
        pending.sent_at, pending.expires_at = now, now + HOLDS_FOR
        await self._tell(person, pending, code)
        return pending

    async def take(self, pending: PendingContact, typed: str) -> bool:
        """True for the right code, and only the first time. Each try counts, also of two at once."""
        session, now = self.teller.session, self.teller.now
        code = "".join(sign for sign in typed if sign.isdecimal() and sign.isascii())
        tried = await session.execute(
            update(PendingContact)
            .where(
                PendingContact.id == pending.id,
                PendingContact.tries < MOST_TRIES,
                PendingContact.expires_at > now,
                PendingContact.code_hash != DONE,
            )
            .values(tries=PendingContact.tries + 1)
            .returning(PendingContact.code_hash)
            .execution_options(synchronize_session=False)
        )
        kept = tried.scalar()
        if kept is None or not hmac.compare_digest(kept, self._hashed(pending.id, code)):
            return False
        used = await session.execute(
            update(PendingContact)
            .where(PendingContact.id == pending.id, PendingContact.code_hash == kept)
            .values(code_hash=DONE)
            .returning(PendingContact.id)
            .execution_options(synchronize_session=False)
        )
        return used.first() is not None

    async def _refuse_too_many(self, person: Person, address: str) -> None:
        query = select(
            func.coalesce(func.sum(PendingContact.sendings), 0),
        ).where(PendingContact.sent_at > self.teller.now - HOUR)
        of_person = await self.teller.session.scalar(
            query.where(PendingContact.person_id == person.id)
        )
        to_address = await self.teller.session.scalar(
            query.where(PendingContact.address == address)
        )
        if max(of_person or 0, to_address or 0) >= MOST_CODES:
            sentence = _("Högst {count} koder i timmen. Vänta en stund och försök igen.")
            raise Refused(sentence.format(count=MOST_CODES), field="address")

    async def _tell(self, person: Person, pending: PendingContact, code: str) -> None:
        def words() -> tuple[str, str]:
            body = _("Din kod är {code}. Den gäller i {minutes} minuter. Ge den inte till någon.")
            minutes = int(HOLDS_FOR.total_seconds() // 60)
            return _("Kod till Krislarm"), body.format(code=code, minutes=minutes)

        key = f"code:{uuid4()}"  # each is sent
        await self.teller.tell(person, words, key=key, urgent=True, address=pending.address)

    def _hashed(self, pending_id: UUID, code: str) -> str:
        said = f"contact-code:{pending_id}:{code}"
        return hmac.new(self.secret.encode(), said.encode(), "sha256").hexdigest()


async def waiting(session: AsyncSession, person_id: UUID, now: datetime) -> list[PendingContact]:
    """The numbers whose codes are out, or ran out within the hour."""
    found = await session.scalars(
        select(PendingContact)
        .where(
            PendingContact.person_id == person_id,
            PendingContact.code_hash != DONE,
            PendingContact.sent_at > now - HOUR,
        )
        .order_by(PendingContact.sent_at)
    )
    return list(found)


def why_not(pending: PendingContact, now: datetime) -> str:
    """Why a code is not taken any more; "" while it may be tried."""
    if pending.tries >= MOST_TRIES:
        return _("För många felaktiga försök. Skicka en ny kod.")
    if pending.expires_at <= now:
        return _("Koden har gått ut. Skicka en ny.")
    return ""
