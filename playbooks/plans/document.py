"""An action plan (handlingsplan) of one board or company: the models of the YAML file, strict."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from playbooks.document import Code, Governed, Line, Part, TargetField, Targets, Words

PLAN = "action plan"


class Appointment(Part):
    """A place in the crisis organisation: who holds it and who stands in, in order."""

    function: Line
    holder: TargetField
    deputies: Annotated[tuple[TargetField, ...], Field(strict=False)] = ()
    note: Words | None = None


class Chapter(Part):
    heading: Line
    text: Words


class ActionPlan(Governed):
    kind: Literal["action plan"]
    body: Line  # code of the unit: a board or a company
    adopted: Annotated[dt.date | None, Field(strict=False)] = None
    binding: bool = True  # a company is urged, not obliged, until its own board has decided
    decision: Line | None = None  # of the body itself, when it is not bound by the plan
    organisation: Annotated[tuple[Appointment, ...], Field(strict=False, min_length=1)]
    informed: Targets | None = None  # who else is told when the plan is used
    cards: Annotated[tuple[Code, ...], Field(strict=False)] = ()
    chapters: Annotated[tuple[Chapter, ...], Field(strict=False)] = ()
