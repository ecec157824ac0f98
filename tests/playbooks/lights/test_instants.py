from datetime import UTC, datetime

import pytest

from core.errors import Refused
from playbooks.lights.instants import instant
from tests.clocks import NIGHT
from tests.playbooks.conftest import ZONE


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("", NIGHT),
        ("2026-11-24", NIGHT),  # today is now
        ("2026-03-01", datetime(2026, 3, 1, 22, 59, 59, tzinfo=UTC)),
        ("2027-07-01", datetime(2027, 7, 1, 21, 59, 59, tzinfo=UTC)),
        ("2026-03-01 14:00", datetime(2026, 3, 1, 13, tzinfo=UTC)),
        ("2026-03-01T14:00:00Z", datetime(2026, 3, 1, 14, tzinfo=UTC)),
        ("2026-03-01T14:00:00 01:00", datetime(2026, 3, 1, 13, tzinfo=UTC)),  # a bare plus sign
    ],
)
def test_a_day_is_its_end_and_a_time_is_local(typed: str, at: datetime) -> None:
    assert instant(typed, now=NIGHT, zone=ZONE) == at


@pytest.mark.parametrize("typed", ["i går", "2026-13-01", "0001-01-01", "9999-12-31T23:59"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(Refused):
        instant(typed, now=NIGHT, zone=ZONE)
