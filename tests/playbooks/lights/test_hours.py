from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from playbooks.lights.hours import in_office_hours

ZONE = ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize(
    ("local", "works"),
    [
        ("2026-11-24 06:59", False),
        ("2026-11-24 07:00", True),
        ("2026-11-24 16:59", True),
        ("2026-11-24 17:00", False),
        ("2026-11-28 10:00", False),  # a Saturday
        ("2026-11-29 10:00", False),  # a Sunday
        ("2026-12-24 10:00", False),  # the eve of Christmas, a Thursday
        ("2026-12-25 10:00", False),  # Christmas Day, a Friday
        ("2027-01-06 10:00", False),  # Epiphany, a Wednesday
        ("2027-05-14 10:00", True),  # the Friday between is a working day
        ("2026-07-01 07:30", True),  # summer time
    ],
)
def test_office_hours_go_by_the_wall_clock_and_the_calendar(local: str, works: bool) -> None:
    at = datetime.fromisoformat(local).replace(tzinfo=ZONE)
    assert in_office_hours(at.astimezone(UTC), ZONE) is works
