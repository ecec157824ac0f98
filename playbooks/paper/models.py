"""Rows: editions of the envelope, and the printed copies that lie somewhere."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Row, references

MONTHS = 3  # between exchanges, unless a copy says otherwise: every quarter


class Edition(Row):
    """One making of the envelope. Its number is taken first; `sha256` is empty until it is printed."""

    __tablename__ = "envelope_edition"
    number: Mapped[int] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    language: Mapped[str]
    contains: Mapped[dict[str, int]] = mapped_column(JSON)  # version by code of path or card
    lists_seal: Mapped[str]  # SHA-256 of who stands in the call lists, with which numbers
    sha256: Mapped[str] = mapped_column(default="")  # of the file's bytes, hex
    size: Mapped[int] = mapped_column(default=0)  # bytes
    # The file itself, so that what lies in an envelope can be shown; gone when no copy needs it.
    pdf: Mapped[bytes | None] = mapped_column(deferred=True, default=None)


class Copy(Row):
    """A printed copy at its place."""

    __tablename__ = "envelope_copy"
    __table_args__ = (CheckConstraint("months BETWEEN 1 AND 60", name="months"),)
    place: Mapped[str]
    keeper_id: Mapped[UUID | None] = mapped_column(references("person.id", ondelete="SET NULL"))
    edition_id: Mapped[UUID] = mapped_column(references("envelope_edition.id"), index=True)
    exchanged_at: Mapped[datetime]
    months: Mapped[int] = mapped_column(default=MONTHS)
    note: Mapped[str] = mapped_column(default="")
    removed_at: Mapped[datetime | None] = mapped_column(default=None)
    reminded_of: Mapped[str] = mapped_column(default="")  # why it was last said to need a new one


class Exchange(Row):
    """A new edition laid where an older one lay; the first one too."""

    __tablename__ = "envelope_exchange"
    copy_id: Mapped[UUID] = mapped_column(
        references("envelope_copy.id", ondelete="CASCADE"), index=True
    )
    edition_id: Mapped[UUID] = mapped_column(references("envelope_edition.id"))
    exchanged_at: Mapped[datetime]
    handed_by: Mapped[str]  # as on the signature line
    received_by: Mapped[str]
    noted_by: Mapped[str]  # user name
