"""Signing in: the throttle that slows guessing down, the password, and the row that stands for it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import audit
from core.database import Database
from core.errors import Refused
from core.language import gettext as _
from core.models import FailedSignIn, SignIn, User
from core.passwords import is_right
from core.permissions import hashed
from core.settings import Settings

KNOWN_FOR = timedelta(days=30)  # an address from which the account has signed in


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    username: str
    password: str
    address: str
    browser: str


async def sign_in(
    database: Database, attempt: Attempt, *, settings: Settings, now: datetime
) -> str:
    """The secret for the cookie; Refused when throttled or wrong. No lock is held while hashing."""
    username = attempt.username.strip().lower()[:100]
    async with database.transaction() as session:
        await _refuse_if_throttled(session, username, attempt.address, settings=settings, now=now)
        # Counted before it is known to be wrong, so that tries made side by side count too.
        session.add(FailedSignIn(username=username, address=attempt.address, failed_at=now))
        user = await session.scalar(
            select(User).where(User.username == username, User.closed_at.is_(None))
        )
    right = await is_right(attempt.password, user.password_hash if user else None)
    async with database.transaction() as session:
        if right and user is not None:
            return await _begin(session, user, attempt, settings=settings, now=now)
        # An unknown name may be a password typed into the wrong field: it is not written down.
        await audit.record(
            session,
            who=username if user else "okänd",
            what="Inloggning nekades",
            subject=username if user else "okänt konto",
            now=now,
            address=attempt.address,
        )
    raise Refused(_("Användarnamnet eller lösenordet stämmer inte."), field="password")


def wait_left(
    failures: Sequence[datetime], *, tries: int, window: timedelta, now: datetime
) -> timedelta:
    """How long until one more try is allowed; `failures` newest first."""
    if len(failures) < tries:
        return timedelta()
    return max(failures[tries - 1] + window - now, timedelta())


async def _refuse_if_throttled(
    session: AsyncSession, username: str, address: str, *, settings: Settings, now: datetime
) -> None:
    window = timedelta(minutes=settings.sign_in_window_minutes)
    here = FailedSignIn.address == address
    # Somebody who fills an account's tries from elsewhere must not lock its owner out at night.
    at_home = await _known_address(session, username, address, now=now)
    of_account = FailedSignIn.username == username
    limits: tuple[tuple[ColumnElement[bool], int], ...] = (
        (of_account & here if at_home else of_account, settings.sign_in_tries),
        (here, settings.sign_in_tries_per_address),
    )
    for which, tries in limits:
        failures = await session.scalars(
            select(FailedSignIn.failed_at)
            .where(which, FailedSignIn.failed_at > now - window)
            .order_by(FailedSignIn.failed_at.desc())
            .limit(tries)
        )
        left = wait_left(failures.all(), tries=tries, window=window, now=now)
        if left:
            minutes = -(-left // timedelta(minutes=1))
            sentence = _("För många försök. Vänta {minutes} min och försök igen.")
            raise Refused(sentence.format(minutes=minutes), field="password", status=429)


async def _known_address(
    session: AsyncSession, username: str, address: str, *, now: datetime
) -> bool:
    found = await session.scalar(
        select(SignIn.id)
        .join(User, User.id == SignIn.user_id)
        .where(
            User.username == username,
            SignIn.address == address,
            SignIn.signed_in_at > now - KNOWN_FOR,
        )
        .limit(1)
    )
    return found is not None


async def _begin(
    session: AsyncSession, user: User, attempt: Attempt, *, settings: Settings, now: datetime
) -> str:
    secret = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            user_id=user.id,
            token_hash=hashed(secret),
            signed_in_at=now,
            seen_at=now,
            expires_at=now + timedelta(days=settings.session_days),
            address=attempt.address,
            browser=attempt.browser[:200],
        )
    )
    await session.execute(
        delete(FailedSignIn).where(
            or_(
                FailedSignIn.username == user.username,
                FailedSignIn.failed_at < now - timedelta(days=1),
            )
        )
    )
    await audit.record(
        session,
        who=user.username,
        what="Loggade in",
        subject=user.username,
        now=now,
        address=attempt.address,
    )
    return secret
