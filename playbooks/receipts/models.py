"""Rows: who has been asked to read which part, who has confirmed it, and who knows the sender."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Row, references
from core.models import Words


class ReceiptVia(StrEnum):
    PAGE = "page"  # signed in
    LINK = "link"  # from a text or mail
    PLANNER = "planner"  # gone through together, on paper or at a meeting


class Receipt(Row):
    """One person's part of a path, as it was shown; `mark` changes when the part does."""

    __tablename__ = "receipt"
    __table_args__ = (UniqueConstraint("playbook_id", "person_id", "mark"),)
    playbook_id: Mapped[UUID] = mapped_column(references("alarm_path.id"))
    person_id: Mapped[UUID] = mapped_column(references("person.id", ondelete="CASCADE"), index=True)
    mark: Mapped[str]  # SHA-256 of the part, hex
    pieces: Mapped[frozenset[str]] = mapped_column(Words, default=frozenset())  # its steps' marks
    version_number: Mapped[int]  # where the part first stood
    asked_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None] = mapped_column(default=None)
    reminders: Mapped[int] = mapped_column(default=0)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    via: Mapped[ReceiptVia | None] = mapped_column(default=None)
    confirmed_by: Mapped[str] = mapped_column(default="")


class Asking(Row):
    """Since a planner has said so, those whom a path calls are asked to read their part of it."""

    __tablename__ = "receipt_asking"
    playbook_id: Mapped[UUID] = mapped_column(references("alarm_path.id"), unique=True)
    began_at: Mapped[datetime]
    began_by: Mapped[str]


class Acquaintance(Row):
    """What a person has done once: saved the number alarms come from, been introduced."""

    __tablename__ = "acquaintance"
    person_id: Mapped[UUID] = mapped_column(
        references("person.id", ondelete="CASCADE"), unique=True
    )
    sender: Mapped[str] = mapped_column(default="")  # the number that was saved: another asks again
    saved_at: Mapped[datetime | None] = mapped_column(default=None)
    introduced_at: Mapped[datetime | None] = mapped_column(default=None)
    introduced_by: Mapped[str] = mapped_column(default="")
