"""Ten years of each kind of rotation, in zones whose clocks change in different ways."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Refused
from core.language import use_language
from rosters.rotations.turns import (
    DAYS,
    Pattern,
    as_read,
    extent,
    in_words,
    instant,
    midnight,
    parse,
    turns_in,
    written,
)

ZONES = ("Europe/Stockholm", "UTC", "America/New_York", "Australia/Lord_Howe")
CLOCKS = ("00:00", "02:00", "02:30", "02:59", "08:00", "12:00", "16:30", "23:45")
STOCKHOLM = ZoneInfo("Europe/Stockholm")
YEARS = 10

clocks = st.sampled_from(CLOCKS)
weekly = st.builds("{} {}".format, st.sampled_from(DAYS), clocks)
daily = clocks.map(lambda clock: ", ".join(f"{day} {clock}" for day in DAYS))
custom = st.lists(weekly, min_size=2, max_size=6, unique=True).map(", ".join)
starts = st.dates(date(2026, 1, 1), date(2028, 12, 31))


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(weekly, daily, custom),
    st.integers(1, 8),
    starts,
    st.sampled_from(ZONES),
    st.integers(1, 7),
)
def test_for_ten_years_one_person_follows_the_other_without_a_moment_between(
    typed: str, every_weeks: int, day: date, zone: str, people: int
) -> None:
    place = ZoneInfo(zone)
    week = parse(typed, every_weeks=every_weeks)
    pattern = Pattern(week=week, every_weeks=every_weeks, starts_on=day, zone=place)
    start = midnight(day, place)
    end = midnight(day.replace(year=day.year + YEARS, day=1), place)
    turns = list(turns_in(pattern, start, end))
    assert turns[0].number == 0
    assert midnight(day, place) <= turns[0].start <= start + timedelta(days=7 * every_weeks + 7)
    assert turns[-1].end >= end
    for one, other in pairwise(turns):
        assert one.start < one.end == other.start
    # A turn falls away only when both its clocks lie in the gap of a night: two points an hour apart.
    numbers = [turn.number for turn in turns]
    steps = [other - one for one, other in pairwise(numbers)]
    assert set(steps) <= {1, 2, 3}
    assert steps.count(1) >= len(steps) - 3 * YEARS
    if len(week) in {1, 7}:
        assert set(steps) == {1}
        order = [number % people for number in numbers]
        assert order == [place % people for place in range(len(order))]


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(weekly, daily, custom, st.just("fri 16:00-mon 08:00, tue 02:30-tue 02:45")),
    st.sampled_from(ZONES),
    st.integers(0, YEARS * 365),
    st.integers(0, 24 * 60),
    st.integers(1, 40),
)
def test_a_window_shows_the_same_turns_as_the_whole(
    typed: str, zone: str, days: int, minutes: int, length: int
) -> None:
    pattern = Pattern(week=parse(typed), starts_on=date(2026, 11, 23), zone=ZoneInfo(zone))
    begins = datetime(2026, 11, 20, tzinfo=UTC)
    start = begins + timedelta(days=days, minutes=minutes)
    end = start + timedelta(days=length)
    whole = turns_in(pattern, begins, begins + timedelta(days=(YEARS + 1) * 366))
    expected = [turn for turn in whole if turn.start < end and turn.end > start]
    assert list(turns_in(pattern, start, end)) == expected
    assert list(turns_in(pattern, start, end)) == expected, "it gives the same again"


@given(st.dates(date(2026, 1, 1), date(2036, 1, 1)), st.sampled_from(ZONES), clocks)
def test_a_local_clock_is_that_clock_unless_the_night_has_none(
    day: date, zone: str, clock: str
) -> None:
    place, wanted = ZoneInfo(zone), datetime.combine(day, time.fromisoformat(clock))
    local = instant(day, wanted.time(), place).astimezone(place)
    assert local.fold == 0
    if local.replace(tzinfo=None) != wanted:
        gap = local.replace(tzinfo=None) - wanted
        assert gap in {timedelta(hours=1), timedelta(minutes=30)}


@pytest.mark.parametrize(
    ("day", "zone", "utc"),
    [
        (date(2027, 3, 28), "Europe/Stockholm", datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        (date(2027, 10, 31), "Europe/Stockholm", datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        (date(2027, 3, 14), "America/New_York", datetime(2027, 3, 14, 7, 30, tzinfo=UTC)),
    ],
)
def test_half_past_two_on_the_odd_nights(day: date, zone: str, utc: datetime) -> None:
    assert instant(day, time(2, 30), ZoneInfo(zone)) == utc


@pytest.mark.parametrize(
    ("typed", "hours"),
    [(date(2027, 3, 22), 167), (date(2027, 10, 25), 169), (date(2027, 6, 7), 168)],
)
def test_a_week_is_an_hour_shorter_or_longer_when_the_clocks_change(
    typed: date, hours: int
) -> None:
    pattern = Pattern(week=parse("mon 12:00"), starts_on=typed, zone=STOCKHOLM)
    start = midnight(typed, STOCKHOLM)
    turn = next(turns_in(pattern, start, start + timedelta(days=1)))
    assert turn.end - turn.start == timedelta(hours=hours)


def test_points_that_change_places_in_a_gap_still_leave_no_moment_out() -> None:
    pattern = Pattern(
        week=parse("thu 12:00, sun 02:30, sun 03:15"), starts_on=date(2027, 3, 22), zone=STOCKHOLM
    )
    start = midnight(date(2027, 3, 25), STOCKHOLM) + timedelta(hours=12)
    turns = list(turns_in(pattern, start, start + timedelta(days=7)))
    assert [turn.number for turn in turns][:3] == [0, 2, 3]
    assert all(one.end == other.start for one, other in pairwise(turns))


def test_the_first_turn_is_the_first_point_on_or_after_the_day_it_starts() -> None:
    for day, first in (
        (date(2026, 11, 30), date(2026, 11, 30)),
        (date(2026, 12, 1), date(2026, 12, 14)),
    ):
        pattern = Pattern(
            week=parse("mon 12:00", every_weeks=2), every_weeks=2, starts_on=day, zone=STOCKHOLM
        )
        turn = next(
            turns_in(pattern, midnight(day, STOCKHOLM), midnight(date(2027, 2, 1), STOCKHOLM))
        )
        assert (turn.number, turn.start) == (0, instant(first, time(12), STOCKHOLM))
        assert turn.end == instant(first + timedelta(days=14), time(12), STOCKHOLM)


def test_the_last_turn_is_cut_at_the_midnight_it_ends() -> None:
    pattern = Pattern(
        week=parse("mon 12:00"),
        starts_on=date(2027, 6, 21),
        ends_on=date(2027, 7, 3),
        zone=STOCKHOLM,
    )
    first, last = (
        instant(date(2027, 6, 21), time(12), STOCKHOLM),
        midnight(date(2027, 7, 3), STOCKHOLM),
    )
    assert extent(pattern) == (first, last)
    turns = list(turns_in(pattern, first, last + timedelta(days=300)))
    assert [turn.number for turn in turns] == [0, 1]
    assert turns[-1].end == last


def test_a_rotation_that_ends_before_its_first_point_has_no_turn() -> None:
    pattern = Pattern(
        week=parse("fri 16:00-mon 08:00"),
        starts_on=date(2027, 6, 21),
        ends_on=date(2027, 6, 24),
        zone=STOCKHOLM,
    )
    assert extent(pattern) is None


@pytest.mark.parametrize(
    ("typed", "canonical", "words"),
    [
        ("Mon 12:00", "mon 12:00", "varje måndag 12:00"),
        ("fredag 16.00 – måndag 8:00", "fri 16:00-mon 08:00", "varje fredag 16:00–måndag 08:00"),
        (
            ",".join(f"{day} 8:00" for day in reversed(DAYS)),
            ", ".join(f"{day} 08:00" for day in DAYS),
            "varje dag 08:00",
        ),
        ("thu 12:00, mon 12:00,", "mon 12:00, thu 12:00", "varje måndag 12:00, torsdag 12:00"),
    ],
)
def test_turns_have_one_written_form_and_words(typed: str, canonical: str, words: str) -> None:
    week = parse(typed)
    assert written(week) == canonical
    assert parse(written(week)) == week
    assert in_words(week, 1) == words
    assert in_words(week, 2) == f"{words}, varannan vecka"
    assert in_words(week, 3) == f"{words}, var 3:e vecka"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "minst en tid"),
        (" , ", "minst en tid"),
        ("moonday 12:00", "ingen veckodag"),
        ("mon", "går inte att läsa"),
        ("mon 24:00", "inget klockslag"),
        ("mon 12:60", "inget klockslag"),
        ("mon 12:00, monday 12:00", "står två gånger"),
        ("fri 16:00-mon 08:00, sun 12:00", "överlappar"),
        ("mon 12:00, fri 16:00-mon 12:01", "överlappar"),
        ("mon 12:00-tue 12:00-wed 12:00", "går inte att läsa"),
    ],
)
def test_what_is_no_rotation_is_refused_with_a_sentence(typed: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence) as refusal:
        parse(typed)
    assert refusal.value.field == "turns"


def test_more_points_than_a_roster_can_need_are_refused() -> None:
    many = ", ".join(f"mon {minute // 60:02}:{minute % 60:02}" for minute in range(60))
    with pytest.raises(Refused, match="Högst 50"):
        parse(many)


def test_a_stretch_may_reach_into_a_week_that_is_off() -> None:
    assert parse("mon 12:00-tue 12:00, sun 12:00-mon 18:00", every_weeks=2)


def test_days_are_read_as_the_pages_shorten_them() -> None:
    assert written(parse("mån 08:00, tis 08:00, ons 08:00")) == "mon 08:00, tue 08:00, wed 08:00"
    assert written(parse("tors 12:00, sön 12:00")) == "thu 12:00, sun 12:00"
    week = parse("fri 16:00-mon 08:00")
    for language, shown in (("sv", "fre 16:00-mån 08:00"), ("en", "fri 16:00-mon 08:00")):
        with use_language(language):
            assert as_read(week) == shown
            assert parse(as_read(week)) == week
