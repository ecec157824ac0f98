"""Office hours: when most of those a path calls are at work."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from rosters.named_days import holiday

BEGIN, END = time(7), time(17)
_SATURDAY = 5


def in_office_hours(at: datetime, zone: ZoneInfo) -> bool:
    """Monday to Friday, 07 to 17 by the clock on the wall; neither holidays nor their eves."""
    local = at.astimezone(zone)
    works = local.weekday() < _SATURDAY and not holiday(local.date(), "sv")
    return works and BEGIN <= local.time() < END
