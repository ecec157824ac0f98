"""Rows: duty roles, the rotations that make shifts, and all that happens to a shift."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Row, references

ACCEPT_WITHIN = timedelta(minutes=15)


class DutyRole(Row):
    __tablename__ = "duty_role"
    code: Mapped[str] = mapped_column(unique=True)  # "TIB", "KIB"
    name: Mapped[str]
    always_staffed: Mapped[bool] = mapped_column(default=True)  # a gap is then a fault
    needed: Mapped[int] = mapped_column(default=1)  # how many at once; fewer is a gap
    time_zone: Mapped[str] = mapped_column(default="Europe/Stockholm")  # IANA
    backs_up_id: Mapped[UUID | None] = mapped_column(
        references("duty_role.id", ondelete="SET NULL"), default=None
    )  # bakjour: the duty role this one stands behind
    manager_id: Mapped[UUID | None] = mapped_column(
        references("person.id"), default=None
    )  # roster manager: told of gaps and of handovers that nobody accepts
    phone: Mapped[str | None] = mapped_column(default=None)  # a number that follows the duty, E.164
    max_travel_minutes: Mapped[int | None] = mapped_column(default=None)
    hands_over: Mapped[bool] = mapped_column(default=False)  # the incoming has to accept
    equipment: Mapped[str] = mapped_column(default="")  # checklist of a handover, one item a line
    approves_swaps: Mapped[bool] = mapped_column(default=False)  # a planner has the last word
    agreement: Mapped[str] = mapped_column(default="AB")  # code of the agreement profile


class Rotation(Row):
    """Ordered people who take turns; a temporary one goes before the ordinary while it lasts."""

    __tablename__ = "rotation"
    duty_role_id: Mapped[UUID] = mapped_column(
        references("duty_role.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str]
    turns: Mapped[str]  # local handovers, see rosters.rotations.turns: "mon 12:00"
    every_weeks: Mapped[int] = mapped_column(default=1)
    starts_on: Mapped[date]  # local day; the first handover on or after it is the first turn
    ends_on: Mapped[date | None] = mapped_column(
        default=None
    )  # local day after the last, exclusive
    temporary: Mapped[bool] = mapped_column(default=False)
    horizon_days: Mapped[int] = mapped_column(default=365)  # how far ahead shifts are made
    made_until: Mapped[datetime | None] = mapped_column(default=None)  # the last place filled


class RotationMember(Row):
    __tablename__ = "rotation_member"
    __table_args__ = (UniqueConstraint("rotation_id", "position"),)
    rotation_id: Mapped[UUID] = mapped_column(references("rotation.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(references("person.id"), index=True)
    position: Mapped[int]


class ShiftState(StrEnum):
    PLANNED = "planned"
    CONFIRMED = "confirmed"  # the person has said yes to it
    COVERED = "covered"  # somebody else took it over: no longer counts


class Shift(Row):
    __tablename__ = "shift"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="forward"),
        Index("ix_shift_by_role_and_time", "duty_role_id", "starts_at"),
        Index("ix_shift_by_role_and_end", "duty_role_id", "ends_at"),
        Index("ix_shift_by_slot", "rotation_id", "slot_at", unique=True),
    )
    duty_role_id: Mapped[UUID] = mapped_column(references("duty_role.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(references("person.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]  # exclusive
    state: Mapped[ShiftState] = mapped_column(default=ShiftState.PLANNED)
    rotation_id: Mapped[UUID | None] = mapped_column(
        references("rotation.id", ondelete="SET NULL"), default=None
    )
    slot_at: Mapped[datetime | None] = mapped_column(default=None)  # its place in the rotation
    by_hand: Mapped[bool] = mapped_column(default=False)  # changed since: the rotation lets it be
    covers_id: Mapped[UUID | None] = mapped_column(
        references("shift.id", ondelete="SET NULL"), default=None
    )  # the shift it was taken over from
    uid: Mapped[UUID | None] = mapped_column(default_factory=uuid4)  # see `event`
    sequence: Mapped[int] = mapped_column(default=0)  # in calendars: how many times it has moved
    changed_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def event(self) -> UUID:
        """Which event this is in calendars: a swap hands it on, so that it moves with its person."""
        return self.uid or self.id


class SwapState(StrEnum):
    ASKED = "asked"  # the other person accepts or declines
    ACCEPTED = "accepted"  # a planner approves or refuses, where the role wants it
    DONE = "done"
    DECLINED = "declined"  # by the other person
    REFUSED = "refused"  # by a planner
    WITHDRAWN = "withdrawn"  # by the one who asked
    LAPSED = "lapsed"  # the shift began, or changed, before it was settled


OPEN_SWAP = (SwapState.ASKED, SwapState.ACCEPTED)


class Swap(Row):
    """Somebody asks to be rid of a shift, for another one or for nothing in return."""

    __tablename__ = "swap"
    shift_id: Mapped[UUID] = mapped_column(references("shift.id", ondelete="CASCADE"), index=True)
    asked_by_id: Mapped[UUID] = mapped_column(references("person.id"), index=True)
    asked_of_id: Mapped[UUID | None] = mapped_column(
        references("person.id"), default=None, index=True
    )  # nobody: an offer to all who are qualified, and the first to accept has it
    return_shift_id: Mapped[UUID | None] = mapped_column(
        references("shift.id", ondelete="CASCADE"), default=None
    )  # what the other gives in return
    state: Mapped[SwapState] = mapped_column(default=SwapState.ASKED, index=True)
    message: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    settled_by: Mapped[str] = mapped_column(default="")


class HandoverState(StrEnum):
    PREPARED = "prepared"  # it is to come; may be accepted already
    WAITING = "waiting"  # the time has come: the outgoing stays responsible until accepted
    REFUSED = "refused"  # the incoming said no: outgoing and roster manager have been told
    ACCEPTED = "accepted"
    VOID = "void"  # the shifts changed, so that there is nothing to hand over


class Handover(Row):
    """An act with two signatures: what the outgoing leaves, and that the incoming takes it."""

    __tablename__ = "handover"
    incoming_shift_id: Mapped[UUID] = mapped_column(
        references("shift.id", ondelete="CASCADE"), unique=True
    )
    outgoing_shift_id: Mapped[UUID] = mapped_column(
        references("shift.id", ondelete="CASCADE"), index=True
    )
    duty_role_id: Mapped[UUID] = mapped_column(references("duty_role.id", ondelete="CASCADE"))
    incoming_id: Mapped[UUID] = mapped_column(references("person.id"), index=True)
    outgoing_id: Mapped[UUID] = mapped_column(references("person.id"), index=True)
    due_at: Mapped[datetime]
    state: Mapped[HandoverState] = mapped_column(default=HandoverState.PREPARED, index=True)
    matters: Mapped[str] = mapped_column(default="")  # the outgoing's open matters, free text
    links: Mapped[str] = mapped_column(
        default=""
    )  # to open alarms and incidents: "url title" lines
    equipment: Mapped[str] = mapped_column(default="")  # the items ticked off, one a line
    test_call_at: Mapped[datetime | None] = mapped_column(default=None)
    signed_at: Mapped[datetime | None] = mapped_column(default=None)  # by the outgoing
    accepted_at: Mapped[datetime | None] = mapped_column(default=None)
    accepted_via: Mapped[str] = mapped_column(default="")  # "page", "sms", or a planner's name
    refusal: Mapped[str] = mapped_column(default="")
    outgoing_told_at: Mapped[datetime | None] = mapped_column(default=None)
    manager_told_at: Mapped[datetime | None] = mapped_column(default=None)


class GapNote(Row):
    """A gap that the roster manager has been told of; told again each day when it is near."""

    __tablename__ = "gap_note"
    __table_args__ = (UniqueConstraint("duty_role_id", "starts_at", "ends_at"),)
    duty_role_id: Mapped[UUID] = mapped_column(references("duty_role.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    told_at: Mapped[datetime]


class Absence(Row):
    """When somebody is away. It takes nobody off duty; it shows that a shift needs another."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="forward"),
        UniqueConstraint("feed_id", "source_uid"),
    )
    person_id: Mapped[UUID] = mapped_column(references("person.id", ondelete="CASCADE"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    note: Mapped[str] = mapped_column(default="")  # never why: that can be health data
    feed_id: Mapped[UUID | None] = mapped_column(
        references("absence_feed.id", ondelete="CASCADE"), default=None
    )  # nobody's: entered by hand
    source_uid: Mapped[str | None] = mapped_column(default=None)


class AbsenceFeed(Row):
    """A person's own calendar, read again and again for absence."""

    __tablename__ = "absence_feed"
    person_id: Mapped[UUID] = mapped_column(references("person.id", ondelete="CASCADE"), index=True)
    url: Mapped[str]  # secret: whoever has it reads the calendar; empty for a file
    added_at: Mapped[datetime]
    read_at: Mapped[datetime | None] = mapped_column(default=None)
    next_at: Mapped[datetime | None] = mapped_column(default=None)  # no more for a file
    fault: Mapped[str] = mapped_column(default="")  # a sentence, when the last reading failed


class QualificationKind(StrEnum):
    COURSE = "course"
    EXERCISE = "exercise"


class QualificationRule(Row):
    """What a duty role demands: a course once, or an exercise within so many months."""

    __tablename__ = "qualification_rule"
    __table_args__ = (UniqueConstraint("duty_role_id", "name"),)
    duty_role_id: Mapped[UUID] = mapped_column(references("duty_role.id", ondelete="CASCADE"))
    kind: Mapped[QualificationKind]
    name: Mapped[str]
    months: Mapped[int | None] = mapped_column(default=None)  # None: once and for all


class Qualification(Row):
    """That somebody has done a course or an exercise; recorded by hand."""

    __tablename__ = "qualification"
    __table_args__ = (UniqueConstraint("person_id", "name", "done_on"),)
    person_id: Mapped[UUID] = mapped_column(references("person.id", ondelete="CASCADE"), index=True)
    kind: Mapped[QualificationKind]
    name: Mapped[str]
    done_on: Mapped[date]
    noted_by: Mapped[str]
