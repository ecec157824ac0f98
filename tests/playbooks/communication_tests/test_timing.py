"""When paths are tested: alternately, on working days, over the days on which the clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from playbooks.communication_tests.models import Hours
from playbooks.communication_tests.timing import (
    Clocks,
    Turn,
    hours_at,
    is_night_clock,
    is_office_clock,
    months_later,
    too_late,
    works,
)

ZONE = ZoneInfo("Europe/Stockholm")
CLOCKS = Clocks(time(10), time(3), ZONE)


def local(turn: Turn) -> str:
    return turn.at.astimezone(ZONE).strftime("%a %Y-%m-%d %H:%M")


def test_tests_alternate_between_office_hours_and_night() -> None:
    turn = CLOCKS.turn(date(2026, 11, 24), Hours.OFFICE)
    said = []
    for _ in range(4):
        said.append(local(turn))
        turn = CLOCKS.after(turn, 3)
    assert said == [
        "Tue 2026-11-24 10:00",
        "Wed 2027-02-24 03:00",
        "Mon 2027-05-24 10:00",
        "Tue 2027-08-24 03:00",
    ]


@pytest.mark.parametrize(
    ("day", "begins"),
    [
        (date(2026, 11, 28), "Mon 2026-11-30 10:00"),  # a Saturday
        (date(2026, 12, 24), "Mon 2026-12-28 10:00"),  # Christmas Eve, and the weekend after it
        (date(2026, 6, 19), "Mon 2026-06-22 10:00"),  # Midsummer Eve
        (date(2027, 1, 6), "Thu 2027-01-07 10:00"),  # Epiphany
    ],
)
def test_office_hours_are_never_on_a_holiday_an_eve_or_a_weekend(day: date, begins: str) -> None:
    assert local(CLOCKS.turn(day, Hours.OFFICE)) == begins


def test_a_night_is_any_night() -> None:
    assert local(CLOCKS.turn(date(2026, 12, 24), Hours.NIGHT)) == "Thu 2026-12-24 03:00"


def test_the_wall_clock_stays_when_summer_time_begins_and_ends() -> None:
    winter, summer = date(2026, 10, 25), date(2026, 3, 29)  # the days on which it changes
    assert CLOCKS.turn(winter, Hours.NIGHT).at == datetime(2026, 10, 25, 2, tzinfo=UTC)
    assert CLOCKS.turn(summer, Hours.NIGHT).at == datetime(2026, 3, 29, 1, tzinfo=UTC)
    half_past_two = Clocks(time(10), time(2, 30), ZONE)
    assert (
        local(half_past_two.turn(summer, Hours.NIGHT)) == "Sun 2026-03-29 03:30"
    )  # there is no 02:30
    first = half_past_two.turn(winter, Hours.NIGHT)  # there are two
    assert first.at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_last_day_of_a_month_stays_the_last() -> None:
    assert months_later(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert months_later(date(2026, 12, 31), 12) == date(2027, 12, 31)
    assert months_later(date(2023, 11, 30), 3) == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("hours", "now", "again"),
    [
        (Hours.OFFICE, "2026-11-27 13:00", "Mon 2026-11-30 10:00"),  # Friday: not on Saturday
        (Hours.NIGHT, "2026-11-27 13:00", "Sat 2026-11-28 03:00"),
        (Hours.NIGHT, "2026-11-29 01:00", "Sun 2026-11-29 03:00"),  # down for two days: tonight
    ],
)
def test_a_missed_test_is_moved_to_the_next_such_hour(hours: Hours, now: str, again: str) -> None:
    turn = CLOCKS.turn(date(2026, 11, 27), hours)
    at = datetime.fromisoformat(now).replace(tzinfo=ZONE)
    assert local(CLOCKS.moved(turn, at)) == again


def test_a_night_test_before_midnight_is_moved_to_the_coming_evening() -> None:
    evening = Clocks(time(10), time(23), ZONE)
    turn = evening.turn(date(2026, 11, 27), Hours.NIGHT)
    morning_after = datetime(2026, 11, 28, 10, tzinfo=ZONE)
    assert local(evening.moved(turn, morning_after)) == "Sat 2026-11-28 23:00"


def test_a_start_may_be_delayed_and_not_for_long() -> None:
    turn = CLOCKS.turn(date(2026, 11, 27), Hours.NIGHT)
    assert not too_late(turn, turn.at + timedelta(hours=2), timedelta(hours=2))
    assert too_late(turn, turn.at + timedelta(hours=2, seconds=1), timedelta(hours=2))


def test_what_counts_as_office_hours() -> None:
    assert hours_at(datetime(2026, 11, 24, 10, tzinfo=ZONE), ZONE) is Hours.OFFICE
    assert hours_at(datetime(2026, 11, 24, 18, tzinfo=ZONE), ZONE) is Hours.NIGHT
    assert hours_at(datetime(2026, 12, 24, 10, tzinfo=ZONE), ZONE) is Hours.NIGHT
    assert not works(date(2026, 11, 29))
    assert is_office_clock(time(7))
    assert not is_office_clock(time(18))
    assert is_night_clock(time(22))
    assert is_night_clock(time(5, 59))
    assert not is_night_clock(time(6))
