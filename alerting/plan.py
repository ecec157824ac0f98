"""The frozen plan of an alarm: what a documented path says, ready to be carried out."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class Mode(StrEnum):
    LIVE = "live"
    EXERCISE = "exercise"
    TEST = "test"


class ChannelKind(StrEnum):
    VOICE = "voice"
    SMS = "sms"
    MAIL = "mail"


class Ask(StrEnum):
    COMING = "coming"  # yes, in so many minutes, or no
    RECEIVED = "received"  # information: got it
    SPOKEN = "spoken"  # only an operator who has talked with the person can accept


class Meaning(StrEnum):
    """What somebody's answer says."""

    COMING = "coming"
    CANNOT = "cannot"
    RECEIVED = "received"
    UNCLEAR = "unclear"  # an operator reads it
    UNKNOWN_SENDER = "unknown sender"
    OPTED_OUT = "opted out"
    OPTED_IN = "opted in"


class Order(StrEnum):
    ALL_AT_ONCE = "all at once"
    ONE_BY_ONE = "one by one"


class TargetKind(StrEnum):
    DUTY = "duty"  # whoever is on shift now
    ROLE = "role"  # ordered holders
    GROUP = "group"
    PERSON = "person"
    EXTERNAL = "external"  # an operator phones and ticks off
    MANUAL = "manual"  # Rakel, a runner: an operator ticks off; the code is the sentence shown


class StartKind(StrEnum):
    AT_ONCE = "at once"
    AFTER = "after"  # the named step is met or exhausted
    IF_FAILS = "if fails"  # the named step is exhausted without its need
    WITH = "with"  # when the named step starts
    AFTER_TIME = "after time"  # so long after the alarm was raised
    BY_HAND = "by hand"  # an operator starts it


class OtherwiseKind(StrEnum):
    NEXT = "next"
    GO_TO = "go to"


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Target(Frozen):
    kind: TargetKind
    code: str


class Wave(Frozen):
    """Channels used side by side, and how long to wait before the next wave."""

    channels: tuple[ChannelKind, ...]
    wait: timedelta


class Need(Frozen):
    """How many must accept: a number, a percentage of those asked, or everyone (percent 100).

    `total_with` names earlier steps of the same alarm whose acceptances count as well.
    """

    count: int | None = None
    percent: int | None = None
    total_with: tuple[str, ...] = ()

    def of(self, asked: int) -> int:
        """The number of acceptances needed when so many were asked (percentages round up)."""
        if self.percent is not None:
            return -(-asked * self.percent // 100)
        return self.count or 0


class Start(Frozen):
    kind: StartKind
    step: str | None = None
    delay: timedelta | None = None


class Otherwise(Frozen):
    """What an exhausted step does; `times` bounds a jump backwards."""

    kind: OtherwiseKind = OtherwiseKind.NEXT
    step: str | None = None
    times: int = 1


class Texts(Frozen):
    """What is said, in one language, with named fields in braces, not yet filled in."""

    sms: str
    voice: str
    subject: str
    mail: str


class StepPlan(Frozen):
    name: str  # unique in the plan, e.g. "stab_karna"; "LV-05/ledning" for a sub-path's step
    title: str
    targets: tuple[Target, ...]
    order: Order
    waves: tuple[Wave, ...]  # empty for external and manual steps
    need: Need
    within: timedelta | None
    start: Start
    otherwise: Otherwise
    ask: Ask
    gate: str | None = None  # the decision an operator must record before the step starts
    exclude: bool = False  # leave out people of the site chosen when the alarm was raised
    note: str = ""  # shown to the operator
    texts: str = ""  # key in Plan.texts

    @property
    def by_hand(self) -> bool:
        """True when an operator ticks the step off and no message is sent."""
        return any(t.kind in {TargetKind.EXTERNAL, TargetKind.MANUAL} for t in self.targets)


class Plan(Frozen):
    """One alarm path at one version, sub-paths included; everything that is frozen at the trigger."""

    code: str
    title: str
    version: int
    version_id: UUID
    goal: str
    assembly: str  # where to go, "" when the path has none
    steps: Annotated[tuple[StepPlan, ...], Field(min_length=1)]
    texts: dict[str, dict[Literal["sv", "en"], Texts]]  # key -> language -> texts
    last_resort: tuple[Target, ...] = ()

    def step(self, name: str) -> StepPlan:
        """The step of that name; KeyError if there is none."""
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)
