"""Rows: notices on their way to people, and the questions some of them ask."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Row, references


class NoticeState(StrEnum):
    DUE = "due"  # until its time; then alerting makes messages of it
    PASSED_ON = "passed on"  # messages have been made; each goes its own way from there
    UNREACHABLE = "unreachable"  # there was no number or address to send it to
    WITHDRAWN = "withdrawn"  # what it was about changed before it was sent


class Notice(Row):
    """One thing to tell one person; `key` makes sure that it is told once."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_due", "state", "due_at"),)
    key: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(references("person.id", ondelete="CASCADE"), index=True)
    subject: Mapped[str]
    body: Mapped[str]  # "{link}" becomes the address of the person's own page when it is sent
    question_id: Mapped[UUID | None] = mapped_column(
        references("question.id", ondelete="CASCADE"), default=None, index=True
    )  # what it asks; withdrawn when that has been answered
    address: Mapped[str | None] = mapped_column(default=None)  # this one only, not the person's own
    urgent: Mapped[bool] = mapped_column(default=False)  # by text and mail, whatever the hour
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    state: Mapped[NoticeState] = mapped_column(default=NoticeState.DUE)
    passed_on_at: Mapped[datetime | None] = mapped_column(default=None)


class QuestionKind(StrEnum):
    HANDOVER = "handover"  # do you take over?
    SWAP = "swap"  # do you take the shift?
    CONTACTS = "contacts"  # are your numbers right?


class Question(Row):
    """A notice that wants a yes or no; `tag` tells it from others in the same phone."""

    __tablename__ = "question"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id", "person_id"),
        Index("ix_question_by_person", "person_id", "asked_at"),
    )
    person_id: Mapped[UUID] = mapped_column(references("person.id", ondelete="CASCADE"))
    kind: Mapped[QuestionKind]
    subject_id: Mapped[UUID]  # of the handover, swap or campaign member
    tag: Mapped[str]  # "R1"; not used again to the same person for a week
    asked_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(default=None)  # answered, or of no use
