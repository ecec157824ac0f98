"""An action card (åtgärdskort) as its planner writes it: the models of the YAML file, strict."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from playbooks.document import Code, DurationField, Governed, Line, Part, TargetField, Words

CARD = "action card"


class Section(StrEnum):
    """The common frame of every card, in this order."""

    TRIGGERS = "triggers"  # utlösare
    FIRST_MINUTES = "first minutes"  # TIB första 15 min
    FIRST_HOUR = "first hour"
    DECISIONS = "decisions"  # beslut att pröva
    COMMUNICATION = "communication"
    COOPERATION = "cooperation"  # samverkan, ISF
    LOG = "log"  # logga särskilt
    END = "end"  # avveckla när
    LEARNING = "learning"


class CardLine(Part):
    text: Line
    role: TargetField | None = None  # who does it; nobody in particular: the TIB shares it out
    within: DurationField | None = None  # from the alarm
    note: Words | None = None


class CardPart(Part):
    section: Annotated[Section, Field(strict=False)]
    lines: Annotated[tuple[CardLine, ...], Field(strict=False, min_length=1)]


class Card(Governed):
    kind: Literal["action card"]
    scenario: Words
    principle: Words | None = None  # what holds before all else: "polisen leder"
    paths: Annotated[
        tuple[Code, ...], Field(strict=False)
    ] = ()  # an alarm along one opens the card
    parts: Annotated[tuple[CardPart, ...], Field(strict=False, min_length=1)]
