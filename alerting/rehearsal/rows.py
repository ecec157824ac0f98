"""What a rehearsal keeps instead of rows: steps, call-ins and messages of one run."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from alerting.chain import StepRow
from alerting.models import CallInState, Purpose, StepState
from alerting.plan import Ask, ChannelKind
from alerting.rehearsal.cast import Player


@dataclass(slots=True)
class RunStep:
    name: str
    position: int
    state: StepState = StepState.WAITING
    need: int | None = None
    asked: int = 0
    started_at: datetime | None = None
    deadline_at: datetime | None = None
    ended_at: datetime | None = None
    opened_at: datetime | None = None
    round: int = 0
    jumps: int = 0


@dataclass(slots=True)
class Note:
    """A message that has come to a phone."""

    id: UUID
    call_in: "RunCallIn"
    channel: ChannelKind
    address: str
    wave: int
    created_at: datetime
    failed: bool = False
    answered: bool = False
    alarm_id: UUID | None = None
    purpose: Purpose = Purpose.QUESTION
    body: str = ""  # nobody reads it: there is one alarm, so no letter is asked for


@dataclass(slots=True)
class RunCallIn:
    id: UUID
    step: StepRow
    player: Player | None  # None: something that an operator does
    position: int
    by_hand: bool
    ask: Ask
    state: CallInState = CallInState.QUEUED
    letter: str | None = None
    wave: int = 0
    due_at: datetime | None = None
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    notes: list[Note] = field(default_factory=list)

    @property
    def who(self) -> UUID:
        """Whom an acceptance counts as: the person once, what is done by hand as itself."""
        return self.player.id if self.player else self.id
