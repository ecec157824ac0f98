"""What tests of working time are made of: the shipped profile, local clocks, and rows in words."""

from datetime import UTC, datetime
from itertools import chain
from zoneinfo import ZoneInfo

from rosters.worktime.profiles.reading import read_profile, shipped
from rosters.worktime.profiles.rules import Profile
from rosters.worktime.quantities import Quantity, StandBy, Terms, Worked

ZONE = ZoneInfo("Europe/Stockholm")


def basic(**changed: str) -> Profile:
    """The shipped profile, with other texts after some of its keys."""
    (text,) = shipped()
    for key, value in changed.items():
        lines = [line for line in text.splitlines() if not line.startswith(f"{key}:")]
        text = "\n".join((*lines, f"{key}: {value}"))
    profile, mistakes = read_profile(text)
    assert profile is not None, mistakes
    return profile


def terms(*profiles: Profile) -> Terms:
    return Terms(profiles=profiles or (basic(),), zone=ZONE, own_hours={})


def at(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=ZONE).astimezone(UTC)


def standby(start: str, end: str, *, person: str = "P01", role: str = "TIB") -> StandBy:
    shift = f"{role} {start}"
    return StandBy(
        person=person, role=role, agreement="AB", shift=shift, start=at(start), end=at(end)
    )


def work(start: str, end: str, *, role: str = "TIB") -> Worked:
    return Worked(person="P01", role=role, start=at(start), end=at(end), incident="H-1")


def clocks(*rows: Quantity) -> list[str]:
    """Start and end as the local clock shows them, with minutes and category."""
    parts = ((f"{row.interval_start:%d/%m %H:%M}", f"{row.interval_end:%H:%M}") for row in rows)
    return [
        " ".join(chain(part, (str(row.minutes), row.category.value)))
        for part, row in zip(parts, rows, strict=True)
    ]
