"""An action card (åtgärdskort) as its planner writes it: the models of the YAML file, strict."""

import datetime as dt
import re
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticKnownError

from core.language import gettext as _
from playbooks.document import Code, Governed, Line, Part, TargetField, Words
from playbooks.notation import write_duration

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

    @property
    def to_do(self) -> bool:
        """Triggers say when the card is used; all else is ticked off."""
        return self is not Section.TRIGGERS


DEADLINE = "([1-9][0-9]{0,3})(m|h)"
LONGEST = dt.timedelta(days=31)  # the month of the final report after a cyber attack


def read_deadline(value: object) -> dt.timedelta:
    """`15m` or `72h`; at most 31 days."""
    if not isinstance(value, str):
        raise PydanticKnownError("string_type")
    found = re.fullmatch(DEADLINE, value.strip())
    if not found:
        sentence = _("”{text}” är ingen frist: skriv till exempel 15m eller 72h.")
        raise ValueError(sentence.format(text=value))
    length = int(found[1]) * dt.timedelta(**{"minutes": 1} if found[2] == "m" else {"hours": 1})
    if length > LONGEST:
        raise ValueError(_("”{text}” är för lång tid: högst 744h.").format(text=value))
    return length


Deadline = Annotated[
    dt.timedelta,
    PlainValidator(read_deadline),
    PlainSerializer(write_duration),
    WithJsonSchema({"type": "string", "pattern": f"^{DEADLINE}$", "examples": ["15m", "72h"]}),
]


class CardLine(Part):
    text: Line
    role: TargetField | None = None  # who does it; nobody in particular: the TIB shares it out
    within: Deadline | None = None  # from the alarm
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
