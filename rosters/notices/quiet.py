"""Quiet hours: when a notice that can wait, or could have come before, is sent instead."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from rosters.models import Person

USUAL = (time(21), time(7))  # local; who has said nothing else


def hours_of(person: Person) -> tuple[time, time]:
    """From and to, by the local clock; equal when no hour is quiet."""
    if person.quiet_from is None or person.quiet_to is None:
        return USUAL
    return person.quiet_from, person.quiet_to


def before_quiet(at: datetime, quiet: tuple[time, time], zone: ZoneInfo) -> datetime:
    """The instant, or the beginning of the quiet hours that it falls in: for reminders."""
    night = _night_around(at, quiet, zone)
    return night[0] if night else at


def after_quiet(at: datetime, quiet: tuple[time, time], zone: ZoneInfo) -> datetime:
    """The instant, or the end of the quiet hours that it falls in: for what can wait."""
    night = _night_around(at, quiet, zone)
    return night[1] if night else at


def _night_around(
    at: datetime, quiet: tuple[time, time], zone: ZoneInfo
) -> tuple[datetime, datetime] | None:
    first, last = quiet
    today = at.astimezone(zone).date()
    for day in (today - timedelta(days=1), today):
        start = datetime.combine(day, first, zone).astimezone(at.tzinfo)
        end_day = day if first < last else day + timedelta(days=1)
        end = datetime.combine(end_day, last, zone).astimezone(at.tzinfo)
        if first != last and start <= at < end:
            return start, end
    return None
