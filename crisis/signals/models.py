"""Rows: signals from outside, and how each source that is fetched has answered lately."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Row, references


class SignalSource(StrEnum):
    SR = "sr"  # Sveriges Radio: important public announcements (VMA)
    SMHI = "smhi"  # weather warnings
    PROGRAM = "program"  # another system, with an API token
    MAIL = "mail"  # a mail gateway


FETCHED = (SignalSource.SR, SignalSource.SMHI)


class SignalKind(StrEnum):
    ACTUAL = "actual"
    EXERCISE = "exercise"
    TEST = "test"


class SignalAct(StrEnum):
    """What one message does to its event."""

    ALERT = "alert"
    UPDATE = "update"
    CANCEL = "cancel"  # what it refers to no longer holds


class SignalLevel(StrEnum):
    """How grave the sender says it is, as in CAP 1.2."""

    EXTREME = "extreme"
    SEVERE = "severe"
    MODERATE = "moderate"
    MINOR = "minor"
    UNKNOWN = "unknown"


class SignalState(StrEnum):
    NEW = "new"  # nobody has looked at it
    OPENED = "opened"  # a duty officer deals with it; an alarm raised from it is linked to it
    ATTACHED = "attached"  # it belongs to an alarm that was open already
    DISMISSED = "dismissed"  # by a duty officer, with a reason


class Signal(Row):
    """One message; an update or a cancellation is a further row of the same event."""

    __tablename__ = "signal"
    __table_args__ = (
        UniqueConstraint("source", "identity"),
        Index("ix_signal_by_event", "event", "sent_at"),
        Index("ix_signal_by_state", "state", "told_at"),
    )
    source: Mapped[SignalSource]
    identity: Mapped[str]  # the sender's own: the same again is the same message
    event: Mapped[str]  # what its messages are grouped by
    refers_to: Mapped[str] = mapped_column(default="")  # identities, one a line
    kind: Mapped[SignalKind]
    act: Mapped[SignalAct]
    level: Mapped[SignalLevel]
    headline: Mapped[str] = mapped_column(default="")  # empty when a cancellation says nothing
    text: Mapped[str] = mapped_column(default="")
    area: Mapped[str] = mapped_column(default="")
    own_area: Mapped[bool] = mapped_column(default=False)
    sender: Mapped[str] = mapped_column(default="")  # who says so, as it is shown
    link: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime | None] = mapped_column(default=None)  # not: until it is over
    seen_at: Mapped[datetime] = mapped_column(index=True)
    told_at: Mapped[datetime | None] = mapped_column(default=None)  # the duty officer was told
    state: Mapped[SignalState] = mapped_column(default=SignalState.NEW)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    settled_by: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")  # why it was dismissed
    alarm_id: Mapped[UUID | None] = mapped_column(
        references("alarm.id", ondelete="SET NULL"), default=None, index=True
    )


class SignalFeed(Row):
    """A source that is fetched, and how that has gone."""

    __tablename__ = "signal_feed"
    source: Mapped[SignalSource] = mapped_column(unique=True)
    next_at: Mapped[datetime]  # when it may be asked again; whoever asks moves this first
    since: Mapped[datetime]  # it has been asked since
    answered_at: Mapped[datetime | None] = mapped_column(default=None)  # last time it made sense
    etag: Mapped[str] = mapped_column(default="")
    failures: Mapped[int] = mapped_column(default=0)  # one after the other
    fault: Mapped[str] = mapped_column(default="")  # of the last try
    remark: Mapped[str] = mapped_column(default="")  # what could not be read in its last answer
