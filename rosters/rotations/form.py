"""The form of a rotation: what is typed, and the rotation that it means."""

from datetime import date

from pydantic import BaseModel

from core.errors import Refused
from core.language import gettext as _
from rosters.duty.models import Rotation
from rosters.fields import day, hour, whole
from rosters.models import Person
from rosters.rotations.fields import FARTHEST, RotationFields
from rosters.rotations.turns import DAYS, MOST_WEEKS, as_read, parse, written

SENT_AGAIN = (
    "role", "name", "period", "weekday", "clock", "turns", "every_weeks", "people", "starts_on", "ends_on",
    "temporary", "horizon_days",
)  # fmt: skip


class RotationForm(BaseModel):
    """As typed; rules look at it in `fields`. `mark` is of the plan that was shown."""

    role: str = ""
    name: str = ""
    period: str = ""
    weekday: str = ""
    clock: str = ""
    turns: str = ""
    every_weeks: str = ""
    people: str = ""
    starts_on: str = ""
    ends_on: str = ""
    temporary: str = ""
    horizon_days: str = ""
    mark: str = ""
    again: str = ""

    def fields(self) -> RotationFields:
        return RotationFields(
            name=self.name,
            turns=self._turns(),
            every_weeks=whole(self.every_weeks, field="every_weeks", lowest=1, highest=MOST_WEEKS),
            people=tuple(line.split()[0] for line in self.people.splitlines() if line.strip()),
            starts_on=day(self.starts_on, field="starts_on"),
            ends_on=day(self.ends_on, field="ends_on"),
            temporary=bool(self.temporary),
            horizon_days=whole(self.horizon_days, field="horizon_days", lowest=1, highest=FARTHEST),
        )

    def _turns(self) -> str:
        if self.period not in {"week", "day"}:
            return self.turns
        clock = hour(self.clock, field="clock")
        if clock is None:
            raise Refused(_("Ange ett klockslag."), field="clock")
        days = DAYS if self.period == "day" else (self.weekday,)
        return ", ".join(f"{each} {clock:%H:%M}" for each in days)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """For the form that carries out what was shown, or goes back to this one."""
        return [(name, getattr(self, name)) for name in SENT_AGAIN]


def untyped(*, role: str, today: date) -> RotationForm:
    """A new rotation as most are: a week each, Monday to Monday, from today."""
    return RotationForm(
        role=role,
        period="week",
        weekday="mon",
        clock="12:00",
        every_weeks="1",
        starts_on=str(today),
        horizon_days="365",
    )


def as_typed(row: Rotation, people: list[Person]) -> RotationForm:
    week = parse(row.turns, every_weeks=row.every_weeks)
    clock = f"{week[0].start.clock:%H:%M}"
    every_day = ", ".join(f"{each} {clock}" for each in DAYS)
    period = "custom"
    if len(week) == 1 and week[0].end is None:
        period = "week"
    elif written(week) == every_day:
        period = "day"
    return RotationForm(
        role=str(row.duty_role_id),
        name=row.name,
        period=period,
        weekday=DAYS[week[0].start.day],
        clock=clock,
        turns=as_read(week),
        every_weeks=str(row.every_weeks),
        people="\n".join(f"{person.ref} {person.name}" for person in people),
        starts_on=str(row.starts_on),
        ends_on=str(row.ends_on or ""),
        temporary="yes" if row.temporary else "",
        horizon_days=str(row.horizon_days),
    )
