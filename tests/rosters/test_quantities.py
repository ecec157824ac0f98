from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from rosters.named_days import is_public_holiday, named_days
from rosters.worktime.hours import read_hours
from rosters.worktime.profiles.rules import Category
from rosters.worktime.quantities import Kind, Quantity, StandBy, Worked, count
from tests.rosters.shiftwork import ZONE, at, basic, clocks, standby, terms, work

MINUTE = timedelta(minutes=1)
AB = basic()
STANDBY, WORKED = Kind.BEREDSKAP, Kind.ARBETAD_TID


def total(rows: list[Quantity] | tuple[Quantity, ...], kind: Kind = STANDBY) -> int:
    return sum(row.minutes for row in rows if row.kind == kind)


def test_a_day_is_cut_at_office_hours_and_at_midnight() -> None:
    counted = count([standby("2026-11-24T12:00", "2026-11-25T12:00")], [], terms())
    assert clocks(*counted.rows) == ["24/11 16:30 00:00 450 vardag", "25/11 00:00 08:00 480 vardag"]


def test_the_category_follows_the_day_also_where_no_office_hours_are() -> None:
    counted = count([standby("2026-10-30T18:00", "2026-11-02T08:00")], [], terms())
    assert [row.category.value for row in counted.rows] == [
        "vardag", "sondag_helgdag", "sondag_helgdag", "vardag",
    ]  # fmt: skip  # Saturday 31 October is All Saints' Day


def test_a_great_holiday_begins_and_ends_at_its_clock() -> None:
    counted = count([standby("2027-03-25T16:30", "2027-03-30T08:00")], [], terms())
    great = [row for row in counted.rows if row.category is Category.STORHELG]
    assert great[0].interval_start.isoformat() == "2027-03-25T18:00:00+01:00"
    assert great[-1].interval_end.isoformat() == "2027-03-30T07:00:00+02:00"
    assert total(great) == (6 + 4 * 24 + 7 - 1) * 60  # an hour less: 28 March


def test_the_hour_that_comes_twice_counts_twice_and_the_one_that_never_comes_does_not() -> None:
    long = count([standby("2026-10-25T00:00", "2026-10-26T00:00")], [], terms()).rows
    short = count([standby("2026-03-29T00:00", "2026-03-30T00:00")], [], terms()).rows
    assert (total(long), total(short)) == (25 * 60, 23 * 60)


def test_work_is_listed_apart_and_is_no_stand_by() -> None:
    found = count(
        [standby("2026-11-24T16:30", "2026-11-25T08:00")],
        [work("2026-11-24T23:10", "2026-11-25T01:40")],
        terms(),
    ).rows
    assert clocks(*found) == [
        "24/11 16:30 23:10 400 vardag",
        "24/11 23:10 00:00 50 vardag",
        "25/11 00:00 01:40 100 vardag",
        "25/11 01:40 08:00 380 vardag",
    ]
    assert [row.kind for row in found] == [STANDBY, WORKED, WORKED, STANDBY]
    assert [row.incident_ref for row in found] == ["", "H-1", "H-1", ""]
    assert [row.cumulative_minutes_in_month for row in found] == [400, 400, 400, 780]


def test_work_within_office_hours_is_ordinary_work() -> None:
    shift = standby("2026-11-24T00:00", "2026-11-25T00:00")
    found = count([shift], [work("2026-11-24T07:00", "2026-11-24T09:00")], terms()).rows
    assert total(found, WORKED) == 60


def test_who_takes_over_within_a_minute_leaves_no_minute_out_and_none_twice() -> None:
    takeover = datetime(2026, 11, 24, 2, 12, 47, tzinfo=UTC)
    first = standby("2026-11-23T22:00", "2026-11-24T08:00")
    other = replace(first, person="P02", shift="b", start=takeover)
    found = count([replace(first, end=takeover), other], [], terms()).rows
    assert total(found) == 10 * 60
    assert [each for each in clocks(*found) if "03:12" in each] == [
        "24/11 00:00 03:12 192 vardag",
        "24/11 03:12 08:00 288 vardag",
    ]


def test_the_threshold_runs_over_all_duties_and_the_row_is_cut_where_it_is_reached() -> None:
    terms_of_ten = terms(basic(threshold_hours="10"))
    shifts = [
        standby("2026-11-21T00:00", "2026-11-21T08:00"),
        standby("2026-11-22T00:00", "2026-11-22T08:00", role="KIB"),
    ]
    found = count(shifts, [], terms_of_ten).rows
    assert [(row.minutes, row.cumulative_minutes_in_month, row.over_threshold) for row in found] == [
        (480, 480, False), (120, 600, False), (360, 960, True),
    ]  # fmt: skip


def test_the_threshold_begins_anew_each_month_and_exactly_reaching_it_is_not_over_it() -> None:
    shift = standby("2026-10-31T14:00", "2026-11-01T11:00")
    found = count([shift], [], terms(basic(threshold_hours="10"))).rows
    assert [(row.minutes, row.over_threshold) for row in found] == [
        (600, False), (600, False), (60, True),
    ]  # fmt: skip


def test_two_duties_at_once_are_both_listed_and_count_once() -> None:
    shifts = [standby("2026-11-21T00:00", "2026-11-21T08:00", role=role) for role in ("TIB", "KIB")]
    found = count(shifts, [], terms(basic(threshold_hours="6"))).rows
    assert total(found) == 2 * 480
    assert Counter(row.over_threshold for row in found) == {False: 2, True: 2}
    assert max(row.cumulative_minutes_in_month for row in found) == 480


def test_work_takes_its_minutes_from_both_duties_and_is_listed_once() -> None:
    shifts = [standby("2026-11-21T00:00", "2026-11-21T08:00", role=role) for role in ("TIB", "KIB")]
    found = count(shifts, [work("2026-11-21T02:00", "2026-11-21T03:00")], terms()).rows
    assert (total(found), total(found, WORKED)) == (2 * 420, 60)
    assert {row.duty_role for row in found if row.kind is WORKED} == {"TIB"}


def test_work_for_a_duty_that_was_taken_over_since_is_listed_under_the_one_that_is_left() -> None:
    shift = standby("2026-11-21T00:00", "2026-11-21T08:00", role="KIB")
    found = count([shift], [work("2026-11-21T02:00", "2026-11-21T03:00")], terms())
    assert [row.duty_role for row in found.rows if row.kind is WORKED] == ["KIB"]
    assert not found.outside


def test_work_that_no_shift_holds_any_longer_is_said_and_not_lost_in_silence() -> None:
    shift = standby("2026-11-21T00:00", "2026-11-21T02:30")
    late = work("2026-11-21T02:00", "2026-11-21T03:00")
    found = count([shift], [late], terms())
    assert found.outside == (late,)
    assert total(found.rows, WORKED) == 30


def test_a_new_version_of_the_profile_holds_from_its_day_in_the_middle_of_a_shift() -> None:
    later = basic(valid_from="2026-11-22", office_hours="mon-fri 07:00-16:00")
    shift = standby("2026-11-21T12:00", "2026-11-23T12:00")
    found = count([shift], [], terms(AB, later)).rows
    assert [(row.agreement_profile, row.minutes) for row in found] == [
        ("AB 2020-01-01", 720), ("AB 2026-11-22", 1440), ("AB 2026-11-22", 420),
    ]  # fmt: skip


def test_days_before_any_profile_and_other_agreements_are_not_counted_but_said() -> None:
    late = basic(valid_from="2026-11-22")
    shift = standby("2026-11-21T12:00", "2026-11-22T12:00")
    found = count([shift, replace(shift, agreement="HÖK", role="KIB")], [], terms(late))
    assert total(found.rows) == 720
    assert [each.agreement for each in found.uncounted] == ["AB", "HÖK", "HÖK"]


def test_a_person_with_other_office_hours_has_them_from_their_day() -> None:
    own = ((date(2026, 11, 24), read_hours("")), (date(2026, 11, 1), read_hours("mån-fre 10-12")))
    with_own = replace(terms(), own_hours={"P01": own})
    found = count([standby("2026-11-23T00:00", "2026-11-25T00:00")], [], with_own).rows
    assert [row.minutes for row in found] == [600, 720, 1440]


def test_the_same_duty_twice_for_one_person_counts_once() -> None:
    shifts = [
        standby("2026-11-21T00:00", "2026-11-21T08:00"),
        standby("2026-11-21T06:00", "2026-11-21T10:00"),
    ]
    assert total(count(shifts, [], terms()).rows) == 600


# Properties, against a reckoning that goes minute by minute

FIRST, LAST = (datetime.fromisoformat(f"{year}-01-01") for year in (2020, 2030))
moments = st.datetimes(FIRST, LAST).map(lambda each: each.replace(tzinfo=ZONE).astimezone(UTC))


@st.composite
def on_duty(draw: st.DrawFn) -> tuple[StandBy, list[Worked]]:
    start = draw(moments)
    end = start + draw(st.integers(1, 12 * 1440)) * MINUTE
    shift = replace(standby("2026-11-21T00:00", "2026-11-21T08:00"), start=start, end=end)
    if not draw(st.booleans()):
        return shift, []
    begun = start + draw(st.floats(0, 0.9)) * (end - start)
    done = min(begun + draw(st.integers(1, 600)) * MINUTE, end)
    return shift, [Worked(person="P01", role="TIB", start=begun, end=done)]


@settings(max_examples=60, deadline=None)
@given(on_duty())
def test_stand_by_work_and_office_hours_make_up_the_shift_over_ten_years(
    case: tuple[StandBy, list[Worked]],
) -> None:
    shift, worked = case
    found = count([shift], worked, terms()).rows
    first, last = (each.replace(second=0, microsecond=0) for each in (shift.start, shift.end))
    minutes = [first + place * MINUTE for place in range((last - first) // MINUTE)]
    office = sum(in_office(each) for each in minutes)
    assert total(found) + total(found, WORKED) + office == len(minutes)
    listed = Counter((row.kind, row.category) for row in found for _minute in range(row.minutes))
    assert listed == Counter(
        (kind_at(each, worked), category_at(each)) for each in minutes if not in_office(each)
    )


@settings(max_examples=60, deadline=None)
@given(on_duty(), on_duty(), st.integers(1, 100))
def test_no_rows_of_a_duty_overlap_and_all_of_a_row_is_alike(
    one: tuple[StandBy, list[Worked]], two: tuple[StandBy, list[Worked]], hours: int
) -> None:
    shifts = [one[0], replace(two[0], role="KIB")]
    limit = basic(threshold_hours=str(hours))
    found = count(shifts, one[1], terms(limit)).rows
    for role in ("TIB", "KIB"):
        rows = [row for row in found if row.duty_role == role]
        for before, after in pairwise(rows):
            assert before.interval_end.astimezone(UTC) <= after.interval_start.astimezone(UTC)
    for row in found:
        last = (row.interval_end.astimezone(UTC) - MINUTE).astimezone(ZONE)
        assert row.interval_start.date() == last.date()
        assert category_at(last.astimezone(UTC)) == row.category
        already = row.cumulative_minutes_in_month - row.minutes
        if row.kind is STANDBY:
            assert already >= hours * 60 or row.cumulative_minutes_in_month <= hours * 60
            assert row.over_threshold == (row.cumulative_minutes_in_month > hours * 60)


def kind_at(instant: datetime, worked: list[Worked]) -> Kind:
    at_work = any(
        each.start.replace(second=0, microsecond=0)
        <= instant
        < each.end.replace(second=0, microsecond=0)
        for each in worked
    )
    return WORKED if at_work else STANDBY


def in_office(instant: datetime) -> bool:
    local = instant.astimezone(ZONE)
    day = local.date()
    days = named_days(day.year)
    eves = {days[name] for name in ("Midsommarafton", "Julafton", "Nyårsafton")}
    if local.weekday() > 4 or day in eves or is_public_holiday(day):
        return False
    return (8, 0) <= (local.hour, local.minute) < (16, 30)


GREAT = (
    ("Långfredagen", "Annandag påsk"),
    ("Midsommarafton", "Midsommardagen"),
    ("Julafton", "Annandag jul"),
    ("Nyårsafton", "Nyårsdagen"),
)


def category_at(instant: datetime) -> Category:
    local = instant.astimezone(ZONE).replace(tzinfo=None)
    for year in (local.year - 1, local.year):
        for first, last in GREAT:
            start = named_days(year)[first]
            end = named_days(year + (first == "Nyårsafton"))[last]
            begins = datetime.combine(start, datetime.min.time()) - timedelta(hours=6)
            if begins <= local < datetime.combine(end, datetime.min.time()) + timedelta(hours=31):
                return Category.STORHELG
    day = local.date()
    named = {named_days(day.year)[name] for name in ("Midsommarafton", "Julafton", "Nyårsafton")}
    if is_public_holiday(day) or day in named or day.weekday() == 6:
        return Category.SONDAG_HELGDAG
    return Category.LORDAG if day.weekday() == 5 else Category.VARDAG


def test_a_border_is_local_also_in_summer() -> None:
    found = count([standby("2026-06-18T16:30", "2026-06-18T20:00")], [], terms()).rows
    assert [row.interval_start for row in found] == [at("2026-06-18T16:30"), at("2026-06-18T18:00")]
