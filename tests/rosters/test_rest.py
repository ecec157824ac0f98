from datetime import timedelta

import pytest

from rosters.duty.gaps import Span
from rosters.worktime.rest import Duty, Lack, findings
from tests.rosters.shiftwork import ZONE, at

WEEK = Duty("TIB", at("2026-11-23T12:00"), at("2026-11-30T12:00"))


def lacks(*duties: Duty, work: tuple[Span, ...] = (), office: tuple[Span, ...] = ()) -> list[Lack]:
    return [each.lack for each in findings(duties, work, office, ZONE)]


def span(start: str, end: str) -> Span:
    return Span(at(start), at(end))


def test_a_week_of_stand_by_leaves_no_weekly_rest_in_its_calendar_week() -> None:
    (found,) = findings([WEEK], [], [], ZONE)
    assert (found.lack, found.rest) == (Lack.WEEKLY, timedelta(hours=12))
    assert (found.start, found.end) == (at("2026-11-23T00:00"), at("2026-11-30T00:00"))


@pytest.mark.parametrize(("end", "found"), [("2026-11-28T12:00", []), ("2026-11-28T12:01", [1])])
def test_thirty_six_hours_in_a_row_are_enough_and_a_minute_less_is_not(
    end: str, found: list[int]
) -> None:
    duty = Duty("TIB", at("2026-11-23T00:00"), at(end))
    assert lacks(duty) == [Lack.WEEKLY] * len(found)


def test_work_breaks_the_weekly_rest_too() -> None:
    duty = Duty("TIB", at("2026-11-23T00:00"), at("2026-11-28T12:00"))
    assert Lack.WEEKLY in lacks(duty, work=(span("2026-11-29T12:00", "2026-11-29T13:00"),))


def test_a_week_is_not_more_than_a_week_when_clocks_are_set_back_but_two_are() -> None:
    autumn = Duty("TIB", at("2026-10-19T12:00"), at("2026-10-26T12:00"))
    following = Duty("KIB", at("2026-10-26T12:00"), at("2026-11-02T12:00"))
    assert autumn.end - autumn.start == timedelta(hours=169)
    assert Lack.LONG not in lacks(autumn)
    assert Lack.LONG in lacks(autumn, following)


def test_two_duties_at_once_are_said_with_their_time() -> None:
    other = Duty("KIB", at("2026-11-29T12:00"), at("2026-12-01T12:00"))
    (double,) = [each for each in findings([WEEK, other], [], [], ZONE) if each.lack is Lack.DOUBLE]
    assert (double.start, double.end) == (other.start, WEEK.end)
    assert double.roles == ("KIB", "TIB")


@pytest.mark.parametrize(
    ("start", "end", "broken"),
    [
        ("2026-11-25T03:12", "2026-11-25T04:00", True),  # daily rest includes midnight to five
        ("2026-11-25T19:00", "2026-11-25T20:00", False),
        ("2026-11-25T05:00", "2026-11-25T06:00", False),
    ],
)
def test_work_at_night_breaks_the_daily_rest(start: str, end: str, broken: bool) -> None:
    assert (Lack.DAILY in lacks(WEEK, work=(span(start, end),))) is broken


def test_work_in_the_evening_breaks_the_rest_of_whoever_has_office_hours_of_their_own() -> None:
    office = (
        span("2026-11-25T08:00", "2026-11-25T16:30"),
        span("2026-11-26T08:00", "2026-11-26T16:30"),
    )
    late = (span("2026-11-25T21:00", "2026-11-25T22:00"),)
    (found,) = [each for each in findings([], late, office, ZONE) if each.lack is Lack.DAILY]
    assert found.rest == timedelta(hours=10)
    assert Lack.DAILY not in lacks(work=late)
    assert Lack.DAILY not in lacks(
        work=(span("2026-11-25T20:00", "2026-11-25T21:00"),), office=office
    )
