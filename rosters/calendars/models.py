"""Rows: secret links to a part of the roster."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from core.database import Row, references


class LinkKind(StrEnum):
    PERSON = "person"  # a calendar of one person's shifts
    ROLE = "role"  # a calendar of one duty role
    EVERYTHING = "everything"  # a calendar of all duty roles
    NUMBER = "number"  # a page with the number that is on duty now, and nothing else


class RosterLink(Row):
    """A secret address that shows a part of the roster to whoever has it, until it is revoked."""

    __tablename__ = "roster_link"
    kind: Mapped[LinkKind]
    name: Mapped[str]  # who it is for, so that it can be told from others
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[UUID | None] = mapped_column(
        references("person.id", ondelete="CASCADE"), default=None, index=True
    )
    duty_role_id: Mapped[UUID | None] = mapped_column(
        references("duty_role.id", ondelete="CASCADE"), default=None
    )
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
