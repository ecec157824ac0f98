"""How well a path is known by those it calls: the facts behind the second light."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Knower:
    """Somebody a path calls today; protected people stand with their title."""

    ref: str
    name: str
    confirmed_at: datetime | None  # of the present part
    number_saved: bool
    introduced: bool


@dataclass(frozen=True, slots=True)
class Knowing:
    """All whom a path calls at an instant, sub-paths included, each once."""

    people: tuple[Knower, ...]
    changed: int  # how many of them were asked anew by the version in force

    @property
    def confirmed(self) -> int:
        return sum(each.confirmed_at is not None for each in self.people)
