"""Rows of the ground: accounts, sign-ins, tokens and the audit trail."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Text, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Row, references


class Role(StrEnum):
    ADMINISTRATOR = "administrator"  # accounts, tokens, audit; and all that a planner may
    DUTY_OFFICER = "duty officer"  # acts in an emergency
    PLANNER = "planner"  # prepares in quiet times
    READER = "reader"  # sees; every signed-in person may


class Words(TypeDecorator[frozenset[str]]):
    """A set of words (roles, scopes), sorted in one text column."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: frozenset[str] | None, dialect: Dialect) -> str | None:
        return None if value is None else ",".join(sorted(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> frozenset[str] | None:
        return None if value is None else frozenset(word for word in value.split(",") if word)


class User(Row):
    __tablename__ = "user_account"
    username: Mapped[str] = mapped_column(unique=True)  # lower case
    name: Mapped[str]
    password_hash: Mapped[str]
    roles: Mapped[frozenset[str]] = mapped_column(Words)  # of Role
    language: Mapped[str] = mapped_column(default="sv")
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(default=None)

    def may(self, role: Role) -> bool:
        """Everyone signed in may read; an administrator may what a planner may."""
        if role is Role.READER or role in self.roles:
            return True
        return role is Role.PLANNER and Role.ADMINISTRATOR in self.roles


class SignIn(Row):
    """One signed-in browser; the cookie holds a secret of which only the hash is kept."""

    __tablename__ = "sign_in"
    user_id: Mapped[UUID] = mapped_column(
        references("user_account.id", ondelete="CASCADE"), index=True
    )
    token_hash: Mapped[str] = mapped_column(unique=True)
    signed_in_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(default="")
    browser: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class FailedSignIn(Row):
    """A wrong password, counted per account name and per address to slow guessing down."""

    __tablename__ = "failed_sign_in"
    username: Mapped[str] = mapped_column(index=True)
    address: Mapped[str] = mapped_column(index=True)
    failed_at: Mapped[datetime] = mapped_column(index=True)


class ApiToken(Row):
    __tablename__ = "api_token"
    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[frozenset[str]] = mapped_column(Words)
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    used_at: Mapped[datetime | None] = mapped_column(default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)


class AuditEntry(Row):
    """Who did what to what, when and from where; each entry seals the one before it."""

    __tablename__ = "audit_entry"
    number: Mapped[int] = mapped_column(unique=True)
    at: Mapped[datetime] = mapped_column(index=True)
    who: Mapped[str]
    what: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    detail: Mapped[str]
    address: Mapped[str]
    previous_seal: Mapped[str]
    seal: Mapped[str]
