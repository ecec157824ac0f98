"""PINs: which are too easy, how one is kept, and how guessing is slowed down and said loudly."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, auto
from itertools import pairwise
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import audit
from core.audit import By
from core.errors import Refused
from core.language import gettext as _
from core.passwords import hash_password, is_right
from core.settings import Settings
from core.sign_in import wait_left
from playbooks.ways_in.models import PinTry, RaisePin, RaiseRequest, RaiseState, RaiseVia
from playbooks.ways_in.reading import PIN_LENGTH
from rosters.models import Person


@dataclass(frozen=True, slots=True)
class PinRules:
    secret: bytes
    tries: int  # of one person, within the window
    tries_overall: int
    window: timedelta
    lasts: timedelta
    answered_within: timedelta  # the call back


def rules_from(settings: Settings) -> PinRules:
    return PinRules(
        secret=settings.secret_key.get_secret_value().encode(),
        tries=settings.pin_tries,
        tries_overall=settings.pin_tries_overall,
        window=timedelta(minutes=settings.pin_window_minutes),
        lasts=timedelta(days=settings.pin_days),
        answered_within=timedelta(minutes=settings.call_back_minutes),
    )


def refuse_easy(pin: str, numbers: Iterable[str]) -> None:
    """Six digits that are no series, no pattern, no date and no part of the person's own numbers."""
    if len(pin) != PIN_LENGTH or not (pin.isascii() and pin.isdecimal()):
        sentence = _("PIN-koden ska vara {count} siffror.").format(count=PIN_LENGTH)
        raise Refused(sentence, field="pin")
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    pattern = pin[:2] * 3 == pin or pin[:3] * 2 == pin or pin == pin[::-1] or len(set(pin)) < 3
    if len(steps) == 1 or pattern or _is_date(pin) or any(pin in number for number in numbers):
        raise Refused(
            _("Koden är för lätt att gissa: ingen serie, inget datum och inget eget nummer."),
            field="pin",
        )


def _is_date(pin: str) -> bool:
    a, b, c = int(pin[:2]), int(pin[2:4]), int(pin[4:])
    return any(_is_day(year, month, day) for year, month, day in ((a, b, c), (c, b, a), (c, a, b)))


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        return bool(date(2000 + year, month, day))
    except ValueError:
        return False


def _seasoned(rules: PinRules, person_id: UUID, pin: str) -> str:
    """A million PINs are soon tried: with our secret in it, a stolen database is not enough."""
    return hmac.digest(rules.secret, f"raise-pin {person_id} {pin}".encode(), "sha256").hex()


async def row_of(session: AsyncSession, person: Person, *, lock: bool = False) -> RaisePin | None:
    query = select(RaisePin).where(RaisePin.person_id == person.id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(query)).first()


async def keep(
    session: AsyncSession, person: Person, pin: str, *, rules: PinRules, by: By, now: datetime
) -> None:
    """A PIN of the person's own choice; the one before no longer holds, and old mistakes are gone."""
    row = await row_of(session, person, lock=True)
    if row is None:
        row = RaisePin(person_id=person.id)
        session.add(row)
    row.hash = await hash_password(_seasoned(rules, person.id, pin))
    row.set_at, row.expires_at, row.used_at = now, now + rules.lasts, None
    await session.execute(delete(PinTry).where(PinTry.person_id == person.id))
    await audit.note(session, by, "Valde PIN för larm", person.ref, now=now)


async def revoke(
    session: AsyncSession, row: RaisePin, person: Person, *, by: By, now: datetime
) -> None:
    """The PIN no longer holds, nor what was asked for with it; nor is anybody named without the role."""
    await session.execute(
        update(RaiseRequest)
        .where(RaiseRequest.person_id == person.id, RaiseRequest.state == RaiseState.CALLING)
        .values(state=RaiseState.CANCELLED, settled_at=now)
    )
    row.hash, row.set_at, row.expires_at = "", None, None
    row.named_by, row.named_at = "", None
    await audit.note(session, by, "Drog in PIN för larm", person.ref, now=now)


class Verdict(Enum):
    RIGHT = auto()
    WRONG = auto()
    NONE = auto()  # no PIN is set, or it has expired
    LOCKED = auto()  # too many mistakes, by this person or by all


@dataclass(frozen=True, slots=True)
class Checked:
    verdict: Verdict
    locked_now: bool = False  # this mistake was the last one allowed
    until: datetime | None = None  # when a lock ends


@dataclass(frozen=True, slots=True)
class PinCheck:
    """One try, in one transaction at one instant. Whoever is not known fails like a wrong PIN."""

    session: AsyncSession
    rules: PinRules
    now: datetime

    async def check(self, person: Person | None, pin: str, via: RaiseVia) -> Checked:
        row = await row_of(self.session, person, lock=True) if person else None
        if until := await self.locked_until(person):
            return Checked(Verdict.LOCKED, until=until)
        holds = row is not None and row.hash and (row.expires_at or self.now) > self.now
        if person is not None and not holds:
            return Checked(Verdict.NONE)
        hashed = row.hash if row else None
        said = _seasoned(self.rules, person.id, pin) if person else pin
        if await is_right(said, hashed) and row is not None:
            row.used_at = self.now
            await self.session.execute(delete(PinTry).where(PinTry.person_id == row.person_id))
            return Checked(Verdict.RIGHT)
        return await self._wrong(person, via)

    async def _wrong(self, person: Person | None, via: RaiseVia) -> Checked:
        who = person.id if person else None
        self.session.add(PinTry(person_id=who, via=via, tried_at=self.now))
        await self.session.flush()  # the count below must see it
        who_ref = person.ref if person else "okänd"
        await audit.note(self.session, By(who_ref), "Fel PIN för larm", who_ref, now=self.now)
        until = await self.locked_until(person)
        return Checked(Verdict.WRONG, locked_now=until is not None, until=until)

    async def locked_until(self, person: Person | None) -> datetime | None:
        """When the lock on this person, or on all like them, ends; None when there is none.

        Strangers lock out strangers only: else anybody with a telephone could take this way to an
        alarm from those who have it.
        """
        alike = PinTry.person_id.is_(None) if person is None else PinTry.person_id.is_not(None)
        limits: list[tuple[ColumnElement[bool], int]] = [(alike, self.rules.tries_overall)]
        if person is not None:
            limits.append((PinTry.person_id == person.id, self.rules.tries))
        left = [await self._left(which, tries) for which, tries in limits]
        return self.now + max(left) if any(left) else None

    async def all_locked_until(self) -> datetime | None:
        """When the lock on all who may raise an alarm ends."""
        left = await self._left(PinTry.person_id.is_not(None), self.rules.tries_overall)
        return self.now + left if left else None

    async def _left(self, which: ColumnElement[bool], tries: int) -> timedelta:
        mistakes = await self.session.scalars(
            select(PinTry.tried_at)
            .where(which, PinTry.tried_at > self.now - self.rules.window)
            .order_by(PinTry.tried_at.desc())
            .limit(tries)
        )
        return wait_left(mistakes.all(), tries=tries, window=self.rules.window, now=self.now)
