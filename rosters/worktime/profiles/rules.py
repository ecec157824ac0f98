"""What a profile says of a day and of an hour: category, great holiday, office hours, threshold."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache

from rosters.named_days import is_public_holiday, named_days, names_on
from rosters.worktime.hours import Hours, Stint

DAY = timedelta(days=1)
PUBLIC = "helgdagar"  # in `no_office_hours`: all of them
FURTHEST = 30  # days from a named day to a border


class Category(StrEnum):
    VARDAG = "vardag"
    LORDAG = "lordag"
    SONDAG_HELGDAG = "sondag_helgdag"
    STORHELG = "storhelg"


@dataclass(frozen=True, slots=True)
class Border:
    """A local wall clock, so many days from a named day: the evening before Good Friday."""

    day: str
    days: int
    at: time
    next: tuple[int, ...] = ()  # then on to the first of these weekdays that is no public holiday

    def in_year(self, year: int) -> datetime:
        day = named_days(year)[self.day] + self.days * DAY
        while self.next and (day.weekday() not in self.next or is_public_holiday(day)):
            day += DAY
        return datetime.combine(day, self.at)


@dataclass(frozen=True, slots=True)
class GreatHoliday:
    name: str
    begins: Border
    ends: Border

    def beginning_in(self, year: int) -> tuple[datetime, datetime]:
        """Local wall clocks; New Year ends in the year after the one it begins in."""
        start = self.begins.in_year(year)
        end = self.ends.in_year(year)
        return start, end if end > start else self.ends.in_year(year + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    code: str
    name: str
    valid_from: date
    source: str
    threshold_minutes: int
    weekdays: tuple[Category, ...]  # Monday first
    holiday: Category
    holiday_like: frozenset[str]
    great_holidays: tuple[GreatHoliday, ...]
    office_hours: Hours
    no_office_hours: frozenset[str]

    @property
    def mark(self) -> str:
        """Which version a quantity was counted by."""
        return f"{self.code} {self.valid_from}"

    def borders_on(self, day: date) -> Iterator[datetime]:
        """The local clocks of a day at which a great holiday begins or ends."""
        for span in _great(self.great_holidays, day.year):
            yield from (each for each in span if each.date() == day)

    def category(self, at: datetime) -> Category:
        """Of a local wall clock."""
        if any(start <= at < end for start, end in _great(self.great_holidays, at.year)):
            return Category.STORHELG
        day = at.date()
        if is_public_holiday(day) or self.holiday_like & names_on(day):
            return self.holiday
        return self.weekdays[day.weekday()]

    def office(self, day: date, own: Hours | None) -> tuple[Stint, ...]:
        """The office hours of a day: the person's own, or else those of the profile."""
        closed = PUBLIC in self.no_office_hours and is_public_holiday(day)
        if closed or self.no_office_hours & names_on(day):
            return ()
        return (self.office_hours if own is None else own).on(day)


@cache
def _great(holidays: tuple[GreatHoliday, ...], year: int) -> tuple[tuple[datetime, datetime], ...]:
    return tuple(
        each.beginning_in(begun) for each in holidays for begun in (year - 1, year, year + 1)
    )


def profile_on(profiles: Iterable[Profile], code: str, day: date) -> Profile | None:
    """The version that holds on a local day: the latest that has begun."""
    begun = (each for each in profiles if each.code == code and each.valid_from <= day)
    return max(begun, key=lambda each: each.valid_from, default=None)
