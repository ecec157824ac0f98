"""Rows: personal PINs, wrong ones, requests to raise an alarm, and calls that came in."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from alerting.plan import Mode
from core.database import Row, references


class RaiseVia(StrEnum):
    SMS = "sms"
    PHONE = "phone"


class RaiseState(StrEnum):
    CALLING = "calling"  # we call back; only a key on that call raises the alarm
    CONFIRMED = "confirmed"  # 1 was pressed: the alarm is raised
    CANCELLED = "cancelled"  # 2 was pressed, or it could no longer be raised
    LAPSED = "lapsed"  # nobody pressed a key in time


class InboundStage(StrEnum):
    """What a call that came in waits for."""

    NUMBER = "number"  # the caller's own, when the call shows none that we know
    PIN = "pin"
    PATH = "path"
    MODE = "mode"
    OVER = "over"


class RaisePin(Row):
    """Who may raise an alarm by text and phone; `hash` is empty until they have set a PIN."""

    __tablename__ = "raise_pin"
    person_id: Mapped[UUID] = mapped_column(
        references("person.id", ondelete="CASCADE"), unique=True
    )
    hash: Mapped[str] = mapped_column(default="")
    set_at: Mapped[datetime | None] = mapped_column(default=None)
    expires_at: Mapped[datetime | None] = mapped_column(default=None)
    used_at: Mapped[datetime | None] = mapped_column(default=None)
    named_by: Mapped[str] = mapped_column(default="")  # who named somebody without the role
    named_at: Mapped[datetime | None] = mapped_column(default=None)


class PinTry(Row):
    """A wrong PIN; `person_id` is empty when the number was nobody's."""

    __tablename__ = "pin_try"
    person_id: Mapped[UUID | None] = mapped_column(
        references("person.id", ondelete="CASCADE"), default=None, index=True
    )
    via: Mapped[RaiseVia]
    tried_at: Mapped[datetime] = mapped_column(index=True)


class RaiseRequest(Row):
    """Somebody with the right PIN wants an alarm; the plan is resolved when it is confirmed."""

    __tablename__ = "raise_request"
    __table_args__ = (Index("ix_raise_request_by_person", "person_id", "state"),)
    person_id: Mapped[UUID] = mapped_column(references("person.id", ondelete="CASCADE"))
    via: Mapped[RaiseVia]
    path: Mapped[str]
    mode: Mapped[Mode]
    note: Mapped[str] = mapped_column(default="")
    site: Mapped[str | None] = mapped_column(default=None)
    address: Mapped[str]  # the registered number that we call
    state: Mapped[RaiseState] = mapped_column(default=RaiseState.CALLING, index=True)
    asked_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    message_id: Mapped[UUID] = mapped_column(index=True)  # the call that is to be answered
    calls: Mapped[int] = mapped_column(default=1)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    why: Mapped[str] = mapped_column(default="")  # it was cancelled by itself
    alarm_id: Mapped[UUID | None] = mapped_column(
        references("alarm.id", ondelete="SET NULL"), default=None
    )


class InboundCall(Row):
    """A call to our number, on its way through the menu."""

    __tablename__ = "inbound_call"
    reference: Mapped[str] = mapped_column(unique=True)  # the provider's
    person_id: Mapped[UUID | None] = mapped_column(
        references("person.id", ondelete="CASCADE"), default=None
    )
    address: Mapped[str] = mapped_column(default="")  # a registered number of that person's
    language: Mapped[str]
    stage: Mapped[InboundStage]
    path: Mapped[str] = mapped_column(default="")
    mistakes: Mapped[int] = mapped_column(default=0)
    began_at: Mapped[datetime]
