"""Instants as people read them: local clock, day, and how long ago."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time, format_timedelta

from core.language import current_language


def filters(time_zone: str) -> dict[str, Callable[..., Any]]:
    """Jinja filters bound to the municipality's time zone; None gives an empty string."""
    zone = ZoneInfo(time_zone)

    def clock(at: datetime | None) -> str:
        return at.astimezone(zone).strftime("%H:%M") if at else ""

    def clock_seconds(at: datetime | None) -> str:
        return format_time(at, "HH:mm:ss", tzinfo=zone, locale=current_language()) if at else ""

    def day(at: datetime | None) -> str:
        if at is None:
            return ""
        local = at.astimezone(zone) if isinstance(at, datetime) else at
        return format_date(local, "EEE d MMM yyyy", locale=current_language())

    def moment(at: datetime | None) -> str:
        if at is None:
            return ""
        return format_datetime(at, "EEE d MMM HH:mm", tzinfo=zone, locale=current_language())

    def iso(at: datetime | None) -> str:
        return at.astimezone(zone).isoformat(timespec="seconds") if at else ""

    def ago(at: datetime | None, now: datetime) -> str:
        if at is None:
            return ""
        return format_timedelta(at - now, add_direction=True, locale=current_language())

    return {
        "clock": clock,
        "clock_seconds": clock_seconds,
        "day": day,
        "moment": moment,
        "iso": iso,
        "ago": ago,
        "span": span,
    }


def span(length: timedelta | None) -> str:
    """A duration in words: "3 min", "45 s", "1 h 30 min"."""
    if length is None:
        return ""
    seconds = round(length.total_seconds())
    if seconds < 60 or seconds % 60 and seconds < 120:
        return f"{seconds} s"
    hours, minutes = divmod(seconds // 60, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
