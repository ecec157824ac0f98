"""When a path is tested next: so many months on, alternately in office hours and at night."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from playbooks.communication_tests.models import Hours
from rosters.named_days import names_on

DAY = timedelta(days=1)
OFFICE_FROM, OFFICE_TO = time(7), time(18)
NIGHT_FROM, NIGHT_TO = time(22), time(6)
OTHER = {Hours.OFFICE: Hours.NIGHT, Hours.NIGHT: Hours.OFFICE}


@dataclass(frozen=True, slots=True)
class Turn:
    """One test to come."""

    at: datetime  # UTC
    hours: Hours


@dataclass(frozen=True, slots=True)
class Clocks:
    """At what local hours a path is tested."""

    office_at: time
    night_at: time
    zone: ZoneInfo

    def turn(self, day: date, hours: Hours) -> Turn:
        """The first test from that local day on; in office hours never on a weekend or holiday."""
        while hours is Hours.OFFICE and not works(day):
            day += DAY
        clock = self.office_at if hours is Hours.OFFICE else self.night_at
        # A clock that does not exist when summer time begins is an hour later on the wall.
        return Turn(datetime.combine(day, clock, self.zone).astimezone(UTC), hours)

    def after(self, turn: Turn, months: int) -> Turn:
        """The next test in its order: so many months later, in the other hours."""
        return self.turn(months_later(self._day(turn.at), months), OTHER[turn.hours])

    def moved(self, turn: Turn, now: datetime) -> Turn:
        """The same test on the first day after today's, or after its own if that is yet to come."""
        day = max(self._day(turn.at), self._day(now)) + DAY
        if turn.hours is Hours.NIGHT and self.turn(day - DAY, turn.hours).at > max(now, turn.at):
            day -= DAY  # what was missed last night comes tonight
        return self.turn(day, turn.hours)

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()


def works(day: date) -> bool:
    """True for a day on which people are at work: no weekend, holiday or eve."""
    return day.weekday() < 5 and not names_on(day)


def months_later(day: date, months: int) -> date:
    """The same day so many months on, or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def hours_at(at: datetime, zone: ZoneInfo) -> Hours:
    local = at.astimezone(zone)
    in_office = works(local.date()) and OFFICE_FROM <= local.time() < OFFICE_TO
    return Hours.OFFICE if in_office else Hours.NIGHT


def is_office_clock(clock: time) -> bool:
    return OFFICE_FROM <= clock < OFFICE_TO


def is_night_clock(clock: time) -> bool:
    return clock >= NIGHT_FROM or clock < NIGHT_TO


def too_late(turn: Turn, now: datetime, late: timedelta) -> bool:
    """True when a start was missed by more than it may be: the service was down, or an alarm ran."""
    return now > turn.at + late
