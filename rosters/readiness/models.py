"""Rows: contact-data campaigns, and numbers that wait for their code."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Row, references
from rosters.models import ContactKind


class Campaign(Row):
    """”Stämmer dina uppgifter?” asked of many people, with reminders until a deadline."""

    __tablename__ = "campaign"
    title: Mapped[str]
    started_at: Mapped[datetime]
    started_by: Mapped[str]
    deadline_at: Mapped[datetime]
    remind_days: Mapped[int] = mapped_column(default=3)  # between reminders
    closed_at: Mapped[datetime | None] = mapped_column(default=None)


class CampaignState(StrEnum):
    ASKED = "asked"
    CONFIRMED = "confirmed"  # all was right
    CHANGED = "changed"  # something was corrected
    WRONG = "wrong"  # said that something is wrong, and has not corrected it yet
    UNREACHABLE = "unreachable"  # there was no number or address to ask by


class CampaignMember(Row):
    __tablename__ = "campaign_member"
    __table_args__ = (UniqueConstraint("campaign_id", "person_id"),)
    campaign_id: Mapped[UUID] = mapped_column(references("campaign.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(references("person.id", ondelete="CASCADE"), index=True)
    state: Mapped[CampaignState] = mapped_column(default=CampaignState.ASKED)
    reminders: Mapped[int] = mapped_column(default=0)
    remind_at: Mapped[datetime | None] = mapped_column(default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)


class PendingContact(Row):
    """A number or address that its owner has typed: used once the code sent to it comes back."""

    __tablename__ = "pending_contact"
    __table_args__ = (UniqueConstraint("person_id", "address"),)
    person_id: Mapped[UUID] = mapped_column(references("person.id", ondelete="CASCADE"))
    kind: Mapped[ContactKind]
    address: Mapped[str]
    code_hash: Mapped[str]
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)  # wrong codes
    sendings: Mapped[int] = mapped_column(default=1)  # within the hour
    replaces_id: Mapped[UUID | None] = mapped_column(
        references("contact_point.id", ondelete="SET NULL"), default=None
    )
