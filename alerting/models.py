"""Rows: alarms, their steps, who was asked, what was sent and what came back."""

from datetime import datetime
from enum import StrEnum
from itertools import count
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from alerting.plan import Ask, ChannelKind, Meaning, Mode
from core.database import Row, references


class AlarmState(StrEnum):
    RUNNING = "running"  # the engine works on it
    MET = "met"  # every need is met; an operator closes it
    UNMET = "unmet"  # the chain ended and somebody is missing; an operator must act
    CLOSED = "closed"  # by an operator: it is over
    CALLED_OFF = "called off"  # by an operator: it should not have been, or is no longer needed


OPEN_ALARM = (AlarmState.RUNNING, AlarmState.MET, AlarmState.UNMET)


class StepState(StrEnum):
    WAITING = "waiting"  # its start condition is not there yet
    HELD = "held"  # at its gate: an operator records the decision
    ASKING = "asking"  # people are being reached; the engine ends it
    MET = "met"  # back to ASKING when an accepted person is released or says no
    UNMET = "unmet"  # exhausted; a late yes can still meet it
    EMPTY = "empty"  # nobody to ask: said loudly, and the chain went on at once
    NOT_NEEDED = "not needed"  # the step it was a reserve for did not fail
    SKIPPED = "skipped"  # by an operator


ENDED_STEP = (
    StepState.MET,
    StepState.UNMET,
    StepState.EMPTY,
    StepState.NOT_NEEDED,
    StepState.SKIPPED,
)
FAILED_STEP = (StepState.UNMET, StepState.EMPTY)


class CallInState(StrEnum):
    QUEUED = "queued"  # not yet their turn
    ASKED = "asked"  # the engine calls and texts until answered or out of waves
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SILENT = "silent"  # every wave sent, no answer; a late answer is still taken
    UNREACHABLE = "unreachable"  # no usable number or address
    STOOD_DOWN = "stood down"  # enough others accepted
    RELEASED = "released"  # accepted, then let go by an operator


class MessageState(StrEnum):
    WAITING = "waiting"  # until due_at, and again after a failure that may pass
    SENDING = "sending"  # an engine holds it until lease_until; after that it is due again
    SENT = "sent"  # the provider has it
    DELIVERED = "delivered"  # the provider says the handset has it; not that anyone has read it
    FAILED = "failed"  # for good; the next number or channel takes over
    CANCELLED = "cancelled"  # nobody needs it any longer


class Purpose(StrEnum):
    QUESTION = "question"  # asks a call-in for an answer
    ECHO = "echo"  # says how an answer was understood
    THANKS = "thanks"  # enough have accepted
    CORRECTION = "correction"
    CALL_OFF = "call off"
    NOTICE = "notice"  # of the duty roster: belongs to no alarm


class Via(StrEnum):
    SMS = "sms"
    VOICE = "voice"
    LINK = "link"  # the answer page of a mail or text
    OPERATOR = "operator"
    API = "api"


class Alarm(Row):
    __tablename__ = "alarm"
    path: Mapped[str]
    title: Mapped[str]
    path_version: Mapped[int]
    mode: Mapped[Mode]
    state: Mapped[AlarmState] = mapped_column(default=AlarmState.RUNNING, index=True)
    note: Mapped[str] = mapped_column(default="")
    site: Mapped[str | None] = mapped_column(default=None)  # code of the unit to keep away from
    plan: Mapped[str]  # alerting.plan.Plan as JSON
    raised_at: Mapped[datetime] = mapped_column(index=True)
    raised_by: Mapped[str]
    sends_from: Mapped[datetime]  # nothing leaves before this: time to undo
    due_at: Mapped[datetime | None] = mapped_column(default=None, index=True)  # next look
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_by: Mapped[str | None] = mapped_column(default=None)
    once: Mapped[str | None] = mapped_column(default=None, unique=True)  # form or idempotency key


class Step(Row):
    __tablename__ = "step"
    __table_args__ = (UniqueConstraint("alarm_id", "name"),)
    alarm_id: Mapped[UUID] = mapped_column(references("alarm.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name: Mapped[str]
    title: Mapped[str]
    plan: Mapped[str]  # alerting.plan.StepPlan as JSON
    state: Mapped[StepState] = mapped_column(default=StepState.WAITING)
    need: Mapped[int | None] = mapped_column(default=None)  # known once it has started
    asked: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None] = mapped_column(default=None)
    deadline_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    opened_at: Mapped[datetime | None] = mapped_column(
        default=None
    )  # gate passed or started by hand
    opened_by: Mapped[str | None] = mapped_column(default=None)
    decision: Mapped[str | None] = mapped_column(default=None)  # what was decided at the gate
    round: Mapped[int] = mapped_column(default=0)
    jumps: Mapped[int] = mapped_column(default=0)  # times its `otherwise` has gone back


class CallIn(Row):
    __tablename__ = "call_in"
    __table_args__ = (
        Index("ix_call_in_by_step", "step_id", "state"),
        Index("ix_call_in_by_person", "person_id", "state"),
        Index("ix_call_in_due", "state", "due_at"),
    )
    alarm_id: Mapped[UUID] = mapped_column(references("alarm.id", ondelete="CASCADE"), index=True)
    step_id: Mapped[UUID] = mapped_column(references("step.id", ondelete="CASCADE"))
    person_id: Mapped[UUID | None] = mapped_column(references("person.id"), default=None)
    name: Mapped[str]  # of the person, or what an operator is to do by hand
    position: Mapped[int]
    round: Mapped[int] = mapped_column(default=0)
    by_hand: Mapped[bool] = mapped_column(default=False)  # no messages: an operator ticks it off
    ask: Mapped[Ask]
    state: Mapped[CallInState] = mapped_column(default=CallInState.QUEUED)
    letter: Mapped[str | None] = mapped_column(default=None)
    wave: Mapped[int] = mapped_column(default=0)  # waves sent so far
    due_at: Mapped[datetime | None] = mapped_column(default=None)  # next wave, or giving up
    asked_at: Mapped[datetime | None] = mapped_column(default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    answered_via: Mapped[Via | None] = mapped_column(default=None)
    answer: Mapped[Meaning | None] = mapped_column(default=None)
    eta_minutes: Mapped[int | None] = mapped_column(default=None)
    late: Mapped[bool] = mapped_column(default=False)
    remark: Mapped[str] = mapped_column(
        default=""
    )  # by an operator, e.g. how prevention was established


class Message(Row):
    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_due", "state", "priority", "due_at"),
        Index("ix_message_silent", "state", "sent_at"),
    )
    alarm_id: Mapped[UUID | None] = mapped_column(
        references("alarm.id", ondelete="CASCADE"), default=None, index=True
    )
    call_in_id: Mapped[UUID | None] = mapped_column(
        references("call_in.id", ondelete="CASCADE"), default=None, index=True
    )
    person_id: Mapped[UUID | None] = mapped_column(references("person.id"), default=None)
    notice_id: Mapped[UUID | None] = mapped_column(
        references("notice.id", ondelete="CASCADE"), default=None, index=True
    )
    purpose: Mapped[Purpose]
    channel: Mapped[ChannelKind]
    address: Mapped[str] = mapped_column(index=True)
    mode: Mapped[Mode]
    language: Mapped[str]
    subject: Mapped[str] = mapped_column(default="")
    body: Mapped[str]
    html: Mapped[str] = mapped_column(default="")
    answerable: Mapped[bool] = mapped_column(default=False)
    wave: Mapped[int] = mapped_column(default=0)
    priority: Mapped[int] = mapped_column(default=0)  # lowest first
    state: Mapped[MessageState] = mapped_column(default=MessageState.WAITING)
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    provider: Mapped[str] = mapped_column(default="")
    provider_ref: Mapped[str] = mapped_column(default="", index=True)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    polled_at: Mapped[datetime | None] = mapped_column(default=None)  # we last asked the provider
    delivered_at: Mapped[datetime | None] = mapped_column(default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    failed_at: Mapped[datetime | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(default="")
    code: Mapped[str] = mapped_column(default="")  # the provider's own, of a failure
    dead: Mapped[bool] = mapped_column(
        default=False
    )  # it failed, and this address will not do again


class Reply(Row):
    """What came back from a phone or a page, word for word, and what we made of it."""

    __tablename__ = "reply"
    __table_args__ = (UniqueConstraint("provider", "provider_ref"),)
    received_at: Mapped[datetime] = mapped_column(index=True)
    via: Mapped[Via]
    address: Mapped[str] = mapped_column(index=True)
    text: Mapped[str]
    meaning: Mapped[Meaning]
    provider: Mapped[str]
    provider_ref: Mapped[str]  # the provider's id: a repeated callback is the same reply
    person_id: Mapped[UUID | None] = mapped_column(references("person.id"), default=None)
    alarm_id: Mapped[UUID | None] = mapped_column(
        references("alarm.id", ondelete="CASCADE"), default=None, index=True
    )
    call_in_id: Mapped[UUID | None] = mapped_column(
        references("call_in.id", ondelete="CASCADE"), default=None, index=True
    )
    waiting: Mapped[bool] = mapped_column(default=False, index=True)  # for an operator's hand
    settled_by: Mapped[str | None] = mapped_column(default=None)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)


class EventKind(StrEnum):
    """What the board's log can say; `LOUD` ones want somebody's eyes."""

    RAISED = "raised"
    STEP_STARTED = "step started"
    STEP_MET = "step met"
    STEP_UNMET = "step unmet"
    STEP_EMPTY = "step empty"
    STEP_REOPENED = "step reopened"
    STEP_SKIPPED = "step skipped"
    STEP_ADDED = "step added"
    WENT_BACK = "went back"
    GATE_REACHED = "gate reached"
    DECISION = "decision"
    UNREACHABLE = "unreachable"
    ANSWERED = "answered"
    ANSWERED_LATE = "answered late"
    CONFIRMED_BY_HAND = "confirmed by hand"
    FAILED = "failed"
    OPTED_OUT = "opted out"
    UNCLEAR = "unclear"
    CALLED_AGAIN = "called again"
    PERSON_ADDED = "person added"
    RELEASED = "released"
    CORRECTED = "corrected"
    CHAIN_MET = "chain met"
    CHAIN_UNMET = "chain unmet"
    CALLED_OFF = "called off"
    CLOSED = "closed"


LOUD = frozenset(
    {
        EventKind.STEP_UNMET,
        EventKind.STEP_EMPTY,
        EventKind.GATE_REACHED,
        EventKind.UNREACHABLE,
        EventKind.FAILED,
        EventKind.OPTED_OUT,
        EventKind.UNCLEAR,
        EventKind.CHAIN_UNMET,
    }
)


_places = count()


class AlarmEvent(Row):
    """A line in an alarm's log; append-only."""

    __tablename__ = "alarm_event"
    alarm_id: Mapped[UUID] = mapped_column(references("alarm.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    place: Mapped[int] = mapped_column(
        default_factory=_places.__next__
    )  # among those of one instant
    kind: Mapped[EventKind]
    who: Mapped[str] = mapped_column(default="")  # the operator; empty when the engine did it
    subject: Mapped[str] = mapped_column(default="")  # a step's title or a person's name
    detail: Mapped[str] = mapped_column(default="")


class EngineBeat(Row):
    """A sign of life of one engine, so that every node can tell whether alarms are looked after."""

    __tablename__ = "engine_beat"
    node: Mapped[str] = mapped_column(unique=True)
    beat_at: Mapped[datetime]
