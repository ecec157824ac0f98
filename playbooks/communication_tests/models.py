"""Rows: when paths are tested, each test, whom it asked, and how each way to them worked."""

from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from alerting.models import Via
from alerting.plan import ChannelKind
from core.database import Row, references
from core.models import Words


class Hours(StrEnum):
    OFFICE = "office hours"
    NIGHT = "night"  # and all other time outside office hours


class CommunicationSchedule(Row):
    """When a path is tested by itself: alternately in office hours and at night."""

    __tablename__ = "communication_schedule"
    playbook_id: Mapped[UUID] = mapped_column(references("alarm_path.id"), unique=True)
    months: Mapped[int]  # between tests
    office_at: Mapped[time]  # local wall clock
    night_at: Mapped[time]
    lasts: Mapped[timedelta]  # a test, at most
    late: Mapped[timedelta]  # a start may be delayed so long; then it is moved to the day after
    next_at: Mapped[datetime] = mapped_column(index=True)
    next_hours: Mapped[Hours]
    paused: Mapped[bool] = mapped_column(default=False)
    remark: Mapped[str] = mapped_column(default="")  # why the last start was moved
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


class CommunicationState(StrEnum):
    RUNNING = "running"  # until all have answered, its time is over, or somebody ends it
    DONE = "done"
    CALLED_OFF = "called off"  # by a live alarm, or by somebody


class CommunicationTest(Row):
    """One test of one path. Its figures are final once it is over."""

    __tablename__ = "communication_test"
    __table_args__ = (Index("ix_communication_test_by_playbook", "playbook_id", "started_at"),)
    playbook_id: Mapped[UUID] = mapped_column(references("alarm_path.id"))
    version_number: Mapped[int]
    plan: Mapped[str]  # the path's own alerting.plan.Plan as JSON: what it is judged by
    goal_within: Mapped[timedelta | None] = mapped_column(default=None)
    alarm_id: Mapped[UUID | None] = mapped_column(
        references("alarm.id", ondelete="SET NULL"), default=None, unique=True
    )
    state: Mapped[CommunicationState] = mapped_column(
        default=CommunicationState.RUNNING, index=True
    )
    hours: Mapped[Hours]
    started_by: Mapped[str] = mapped_column(default="")  # empty: by the schedule
    planned_at: Mapped[datetime]
    started_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_by: Mapped[str] = mapped_column(default="")  # empty: by itself
    why: Mapped[str] = mapped_column(default="")  # it was called off
    asked: Mapped[int] = mapped_column(default=0)
    answered: Mapped[int] = mapped_column(default=0)
    median: Mapped[timedelta | None] = mapped_column(default=None)  # until an answer
    met: Mapped[bool | None] = mapped_column(default=None)  # None: it says nothing of the path


class LeftOut(StrEnum):
    RESTS = "rests"  # was tested within 48 hours
    PROTECTED = "protected"  # has no number of their own here: an operator phones a switchboard


class CommunicationTestPerson(Row):
    """Somebody whom the path would call when the test began."""

    __tablename__ = "communication_test_person"
    __table_args__ = (UniqueConstraint("test_id", "person_id"),)
    test_id: Mapped[UUID] = mapped_column(references("communication_test.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(references("person.id", ondelete="CASCADE"), index=True)
    steps: Mapped[frozenset[str]] = mapped_column(Words)  # names of the path's steps
    left_out: Mapped[LeftOut | None] = mapped_column(default=None)
    tested_at: Mapped[datetime | None] = mapped_column(default=None)  # before, when left out for it
    unreachable: Mapped[bool] = mapped_column(default=False)  # had no usable number or address
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    answered_via: Mapped[Via | None] = mapped_column(default=None)


class Fault(StrEnum):
    NO_SUCH_NUMBER = "no such number"  # says the provider
    WRONG_PERSON = "wrong person"  # says whoever answered


class Told(StrEnum):
    PERSON = "person"  # at another number or address of theirs
    MANAGER = "manager"  # of a duty role of theirs
    NOBODY = "nobody"  # it stands in the planners' list


class CommunicationTestChannel(Row):
    """One way to one person in one test; the number itself stands with the person."""

    __tablename__ = "communication_test_channel"
    __table_args__ = (UniqueConstraint("test_person_id", "channel", "point_id"),)
    test_person_id: Mapped[UUID] = mapped_column(
        references("communication_test_person.id", ondelete="CASCADE")
    )
    channel: Mapped[ChannelKind]
    point_id: Mapped[UUID | None] = mapped_column(
        references("contact_point.id", ondelete="SET NULL"), index=True
    )
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    delivered_at: Mapped[datetime | None] = mapped_column(default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    failed_at: Mapped[datetime | None] = mapped_column(default=None)  # and nothing came through
    reason: Mapped[str] = mapped_column(default="")
    fault: Mapped[Fault | None] = mapped_column(default=None, index=True)
    told: Mapped[Told | None] = mapped_column(default=None)
