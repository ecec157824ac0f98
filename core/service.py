"""Verbs of the ground: sign in and out, open, change and close accounts, give and revoke tokens."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By, note
from core.errors import NotFound, Refused
from core.forms import line
from core.language import LANGUAGES
from core.language import gettext as _
from core.models import ApiToken, Role, SignIn, User
from core.passwords import hash_password, is_right, refuse_weak
from core.permissions import hashed

USERNAME_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyzåäö0123456789.-_@")


async def add_user(
    session: AsyncSession,
    *,
    username: str,
    name: str,
    roles: Collection[str],
    password: str,
    by: By,
    now: datetime,
) -> User:
    username = line(username, field="username", longest=60, required=True).lower()
    if not set(username) <= USERNAME_SIGNS:
        raise Refused(_("Använd bara bokstäver, siffror, punkt och streck."), field="username")
    if await session.scalar(select(User.id).where(User.username == username)):
        raise Refused(_("Användarnamnet är upptaget."), field="username")
    refuse_weak(password, username=username)
    user = User(
        username=username,
        name=line(name, field="name", required=True),
        password_hash=await hash_password(password),
        roles=_known(roles),
        created_at=now,
    )
    session.add(user)
    await note(
        session, by, "Lade upp konto", username, now=now, detail=", ".join(sorted(user.roles))
    )
    return user


async def change_roles(
    session: AsyncSession, user_id: UUID, roles: Collection[str], *, by: By, now: datetime
) -> None:
    user = await open_account(session, user_id)
    wanted = _known(roles)
    if Role.ADMINISTRATOR not in wanted:
        await _keep_one_administrator(session, user)
    before, user.roles = user.roles, wanted
    change = f"{', '.join(sorted(before))} → {', '.join(sorted(wanted))}"
    await note(session, by, "Ändrade roller", user.username, now=now, detail=change)


async def set_password(
    session: AsyncSession, user_id: UUID, password: str, *, by: By, now: datetime
) -> None:
    """A new password ends every sign-in of the account."""
    user = await open_account(session, user_id)
    refuse_weak(password, username=user.username)
    user.password_hash = await hash_password(password)
    await end_sign_ins(session, user.id, now=now)
    await note(session, by, "Bytte lösenord", user.username, now=now)


async def change_own_password(
    session: AsyncSession, user: User, *, present: str, new: str, by: By, now: datetime
) -> None:
    if not await is_right(present, user.password_hash):
        raise Refused(_("Det nuvarande lösenordet stämmer inte."), field="present")
    await set_password(session, user.id, new, by=by, now=now)


async def close_account(session: AsyncSession, user_id: UUID, *, by: By, now: datetime) -> None:
    user = await open_account(session, user_id)
    await _keep_one_administrator(session, user)
    user.closed_at = now
    await end_sign_ins(session, user.id, now=now)
    await note(session, by, "Stängde konto", user.username, now=now)


async def choose_language(session: AsyncSession, user_id: UUID, language: str) -> None:
    if language in LANGUAGES:
        await session.execute(update(User).where(User.id == user_id).values(language=language))


async def end_sign_ins(
    session: AsyncSession, user_id: UUID, *, now: datetime, only: UUID | None = None
) -> None:
    """Sign the account out everywhere, or in one browser."""
    statement = update(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
    if only is not None:
        statement = statement.where(SignIn.id == only)
    await session.execute(statement.values(ended_at=now))


async def sign_ins_of(
    session: AsyncSession, user_id: UUID, *, idle: timedelta, now: datetime
) -> list[SignIn]:
    """The browsers in which an account is signed in now, latest used first."""
    found = await session.scalars(
        select(SignIn)
        .where(
            SignIn.user_id == user_id,
            SignIn.ended_at.is_(None),
            SignIn.expires_at > now,
            SignIn.seen_at > now - idle,
        )
        .order_by(SignIn.seen_at.desc())
    )
    return list(found)


async def add_token(
    session: AsyncSession, *, name: str, scopes: Collection[str], by: By, now: datetime
) -> str:
    """The new token's secret: kept only as a hash, so this is the one time it can be read."""
    if not scopes:
        raise Refused(_("Välj minst en rättighet."), field="scopes")
    name = line(name, field="name", required=True)
    secret = f"krl_{secrets.token_urlsafe(32)}"
    session.add(
        ApiToken(
            name=name,
            token_hash=hashed(secret),
            scopes=frozenset(scopes),
            created_at=now,
            created_by=by.name,
        )
    )
    await note(session, by, "Gav ut API-nyckel", name, now=now, detail=", ".join(sorted(scopes)))
    return secret


async def revoke_token(session: AsyncSession, token_id: UUID, *, by: By, now: datetime) -> None:
    name = await session.scalar(
        update(ApiToken)
        .where(ApiToken.id == token_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(ApiToken.name)
    )
    if name is None:
        raise NotFound(_("Nyckeln finns inte, eller är redan återkallad."))
    await note(session, by, "Återkallade API-nyckel", name, now=now)


async def open_account(session: AsyncSession, user_id: UUID) -> User:
    user = await session.get(User, user_id)
    if user is None or user.closed_at is not None:
        raise NotFound(_("Kontot finns inte, eller är stängt."))
    return user


def _known(roles: Collection[str]) -> frozenset[str]:
    if not set(roles) <= set(Role):
        raise Refused(_("Rollen finns inte."), field="roles")
    return frozenset(roles) | {Role.READER}


async def _keep_one_administrator(session: AsyncSession, leaving: User) -> None:
    others = await session.scalars(
        select(User.roles).where(User.closed_at.is_(None), User.id != leaving.id)
    )
    if Role.ADMINISTRATOR in leaving.roles and not any(Role.ADMINISTRATOR in r for r in others):
        raise Refused(_("Minst ett konto behöver vara administratör."), field="roles")
