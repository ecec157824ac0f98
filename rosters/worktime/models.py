"""Rows: agreement profiles, office hours, worked time and approvals."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Row, references


class AgreementProfile(Row):
    """What a collective agreement says, from a day on; never changed, only followed by another."""

    __tablename__ = "agreement_profile"
    __table_args__ = (UniqueConstraint("code", "valid_from"),)
    code: Mapped[str]
    name: Mapped[str]
    valid_from: Mapped[date]
    rules: Mapped[str]  # YAML, see rosters.worktime.profiles
    loaded_at: Mapped[datetime]
    loaded_by: Mapped[str]


class OfficeHours(Row):
    """A person's ordinary working hours from a day on: stand-by only exists outside them."""

    __tablename__ = "office_hours"
    __table_args__ = (UniqueConstraint("person_id", "valid_from"),)
    person_id: Mapped[UUID] = mapped_column(references("person.id", ondelete="CASCADE"))
    valid_from: Mapped[date]
    hours: Mapped[str]  # as in a profile: "mon-fri 08:00-16:30"; empty for none


class WorkedTime(Row):
    """Work during stand-by: no longer stand-by for so long."""

    __tablename__ = "worked_time"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="forward"),)
    person_id: Mapped[UUID] = mapped_column(references("person.id", ondelete="CASCADE"), index=True)
    duty_role_id: Mapped[UUID] = mapped_column(references("duty_role.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    incident_ref: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    noted_by: Mapped[str]
    noted_at: Mapped[datetime]


class Approval(Row):
    """A person's month, approved as it then was: `digest` tells whether it has changed since."""

    __tablename__ = "worktime_approval"
    __table_args__ = (UniqueConstraint("person_id", "month"),)
    person_id: Mapped[UUID] = mapped_column(references("person.id", ondelete="CASCADE"))
    month: Mapped[date]  # its first day
    digest: Mapped[str]
    approved_by: Mapped[str]
    approved_at: Mapped[datetime]
