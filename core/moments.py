"""Instants as people read them: local clock, day, and how long ago."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time, format_timedelta

from core.language import current_language


def filters(time_zone: str) -> dict[str, Callable[..., Any]]:
    """Jinja filters bound to the municipality's time zone; None gives an empty string."""
    zone = ZoneInfo(time_zone)

    def bound(written: Callable[[Any, ZoneInfo], str]) -> Callable[[Any], str]:
        return lambda at: "" if at is None else written(at, zone)

    return {
        "clock": bound(_clock),
        "clock_seconds": bound(_clock_seconds),
        "day": bound(_day),
        "weekday_short": weekday_short,
        "month_name": month_name,
        "moment": bound(_moment),
        "iso": bound(_iso),
        "ago": ago,
        "span": span,
    }


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%H:%M")


def _clock_seconds(at: datetime, zone: ZoneInfo) -> str:
    return format_time(at, "HH:mm:ss", tzinfo=zone, locale=current_language())


def _day(at: date | datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone) if isinstance(at, datetime) else at
    return format_date(local, "EEE d MMM yyyy", locale=current_language())


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return format_datetime(at, "EEE d MMM HH:mm", tzinfo=zone, locale=current_language())


def _iso(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(timespec="seconds")


def weekday_short(day: date) -> str:
    return format_date(day, "EEE", locale=current_language())


def month_name(day: date) -> str:
    return format_date(day, "LLLL", locale=current_language())


def ago(at: datetime | None, now: datetime) -> str:
    """How long since, or until, in words: "för 3 minuter sedan"."""
    if at is None:
        return ""
    return format_timedelta(at - now, add_direction=True, locale=current_language())


def span(length: timedelta | None) -> str:
    """A duration in words: "3 min", "45 s", "1 h 30 min"."""
    if length is None:
        return ""
    seconds = round(length.total_seconds())
    if seconds < 120 and (seconds < 60 or seconds % 60):
        return f"{seconds} s"
    hours, minutes = divmod(seconds // 60, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
