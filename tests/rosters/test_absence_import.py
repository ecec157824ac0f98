from datetime import UTC, date, datetime, timedelta
from time import process_time

import pytest

from core.errors import Refused
from rosters.absence.reading import LARGEST, Found, read_absence
from tests.clocks import NIGHT
from tests.rosters.roster import ZONE, local

ONCE = (
    "DTSTART;TZID=Europe/Stockholm:20261201T080000",
    "DTEND;TZID=Europe/Stockholm:20261201T170000",
)
LONG_AGO = "DTSTART;TZID=Europe/Stockholm:19700101T080000"
START, END = NIGHT - timedelta(days=1), NIGHT + timedelta(days=400)


def event(uid: str, *lines: str) -> str:
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", "SUMMARY:Läkare", *lines, "END:VEVENT"])


def calendar(*parts: str) -> bytes:
    whole = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test", *parts, "END:VCALENDAR", ""]
    return "\r\n".join(whole).encode()


def read(*parts: str) -> list[Found]:
    return read_absence(calendar(*parts), start=START, end=END, zone=ZONE)


def spans(*parts: str) -> list[tuple[datetime, datetime]]:
    return [(each.span.start, each.span.end) for each in read(*parts)]


def test_an_event_is_absence_from_clock_to_clock() -> None:
    assert spans(event("a", *ONCE)) == [(local("2026-12-01T08:00"), local("2026-12-01T17:00"))]


def test_whole_days_begin_at_local_midnight_and_one_without_an_end_is_one_day() -> None:
    days = event("a", "DTSTART;VALUE=DATE:20270327", "DTEND;VALUE=DATE:20270329")
    alone = event("b", "DTSTART;VALUE=DATE:20261224")
    assert spans(days, alone) == [
        (local("2026-12-24T00:00"), local("2026-12-25T00:00")),
        (local("2027-03-27T00:00"), local("2027-03-29T00:00")),
    ]


@pytest.mark.parametrize(
    "line",
    ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"],
)
def test_what_is_free_or_cancelled_is_no_absence(line: str) -> None:
    assert not read(event("a", *ONCE, line))


def test_what_takes_no_time_or_lies_outside_the_window_is_no_absence() -> None:
    assert not read(event("a", ONCE[0]))
    assert not read(event("a", "DTSTART:20260101T080000Z", "DTEND:20260101T090000Z"))
    assert not read(event("a", "DTSTART:20290101T080000Z", "DTEND:20290101T090000Z"))


def test_floating_clocks_and_the_zones_of_windows_are_understood() -> None:
    floating = event("a", "DTSTART:20261201T080000", "DTEND:20261201T170000")
    windows = event(
        "b", *(line.replace("Europe/Stockholm", "W. Europe Standard Time") for line in ONCE)
    )
    assert len(set(spans(floating, windows))) == 1


def test_exceptions_and_moved_turns_of_a_series_are_followed() -> None:
    series = event(
        "a", *ONCE, "RRULE:FREQ=DAILY;COUNT=4", "EXDATE;TZID=Europe/Stockholm:20261202T080000"
    )
    moved = event(
        "a",
        "RECURRENCE-ID;TZID=Europe/Stockholm:20261203T080000",
        "DTSTART;TZID=Europe/Stockholm:20261203T120000",
        "DTEND;TZID=Europe/Stockholm:20261203T130000",
    )
    off = event(
        "a",
        "RECURRENCE-ID;TZID=Europe/Stockholm:20261204T080000",
        *(line.replace("1201T", "1204T") for line in ONCE),
        "STATUS:CANCELLED",
    )
    assert spans(series, moved, off) == [
        (local("2026-12-01T08:00"), local("2026-12-01T17:00")),
        (local("2026-12-03T12:00"), local("2026-12-03T13:00")),
    ]


def test_a_series_keeps_its_clock_when_the_clocks_change() -> None:
    found = spans(event("a", *ONCE, "RRULE:FREQ=WEEKLY"))
    assert {start.astimezone(ZONE).hour for start, _end in found} == {8}
    assert len(found) == 57


def test_the_key_of_an_event_stays_when_it_moves() -> None:
    (before,) = read(event("a", *ONCE))
    (after,) = read(event("a", *(line.replace("1201T", "1208T") for line in ONCE)))
    assert before.key == after.key
    turns = read(event("a", *ONCE, "RRULE:FREQ=DAILY;COUNT=3"))
    assert len({each.key for each in turns}) == 3


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "ingen kalender"),
        (b"\x00\xff" * 99, "ingen kalender"),
        (b"<html>BEGIN:VCALENDAR", "ingen kalender"),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:2026", "följer inte iCalendar"),
        (b"BEGIN:VCALENDAR" + b" " * LARGEST, "större än 1 MB"),
        (calendar(*[event("a", *ONCE)] * 2001), "fler än 2000"),
        (calendar(event("a", "DTEND:20261201T080000Z")), "saknar början"),
        (calendar(event("a", *reversed([ONCE[0].replace("START", "END"), ONCE[1].replace("END", "START")]))), "slutar innan"),
        (calendar(event("a", *(line.replace("Europe/Stockholm", "Mars/Olympus") for line in ONCE))), "Mars/Olympus"),
        (calendar(event("a", "DTSTART:19691231T080000Z")), "före 1970"),
        (calendar(event("a", "DTSTART:20261201T080000Z", "DURATION:P9999D")), "längre än två år"),
        (calendar(event("a", *ONCE, "RRULE:FREQ=HOURLY")), "tätast en gång om dagen"),
        (calendar(event("a", *ONCE, "RRULE:FREQ=SECONDLY;COUNT=1")), "tätast en gång om dagen"),
        (calendar(event("a", *ONCE, "RRULE:FREQ=DAILY;BYHOUR=1,2")), "tätast en gång om dagen"),
        (calendar(event("a", *ONCE, "RRULE:FREQ=DAILY;BYSECOND=1")), "tätast en gång om dagen"),
        (calendar(event("a", *ONCE, "RRULE:FREQ=DAILY;INTERVAL=100000")), "tätast en gång om dagen"),
        (calendar(event("a", *ONCE, "RRULE:FREQ=DAILY;COUNT=99999999")), "tätast en gång om dagen"),
        (calendar(event("a", *ONCE, "RRULE:FREQ=DAILY;BYSETPOS=" + ",".join(map(str, range(1, 150_000))))), "tätast en gång om dagen"),
        (calendar(event("a", *ONCE, "RRULE:FREQ=DAILY;BYDAY=" + ",".join(["MO"] * 300_000))), "tätast en gång om dagen"),
        (calendar(event("a", *ONCE, "EXRULE:FREQ=DAILY")), "tätast en gång om dagen"),
        (calendar(*(event(f"{n}", *ONCE, "RRULE:FREQ=DAILY") for n in range(20))), "för många gånger"),
        (calendar(event("a", *ONCE, "RDATE:" + ",".join(["20261201T080000Z"] * 2001))), "för många datum"),
    ],
)  # fmt: skip
def test_what_is_no_calendar_or_a_bomb_is_refused_at_once(content: bytes, sentence: str) -> None:
    since = process_time()
    with pytest.raises(Refused, match=sentence):
        read_absence(content, start=START, end=END, zone=ZONE)
    assert process_time() - since < 2


@pytest.mark.parametrize(
    "content",
    [
        calendar(event("a", *ONCE), *["BEGIN:VTIMEZONE"] * 1900, "UID:" + "x" * 900_000, "END:VTIMEZONE"),
        calendar(*(event(f"{n}", *ONCE) for n in range(1990))),
        calendar(*(event(f"{n}", *ONCE, "RRULE:FREQ=WEEKLY;COUNT=12") for n in range(410))),
        calendar(*(event(f"{n}", LONG_AGO, "RRULE:FREQ=MONTHLY;BYDAY=-1FR,2MO") for n in range(100))),
        calendar(*(event(f"{n}", LONG_AGO, "RRULE:FREQ=YEARLY;BYMONTHDAY=31;BYMONTH=2;BYDAY=MO;COUNT=9") for n in range(14))),
        calendar(event("a", LONG_AGO, "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")),
        calendar(*(event(f"{n}", LONG_AGO, "RRULE:FREQ=DAILY;BYSETPOS=" + ",".join(map(str, range(100, 340)))) for n in range(100))),
        calendar(event("a", *ONCE, *["X-A:b"] * 120_000)),
        calendar(event("a", *ONCE, "CATEGORIES:" + "a," * 450_000)),
        calendar(event("a", *ONCE, "DESCRIPTION:" + "x\r\n " * 200_000)),
        calendar("BEGIN:VTIMEZONE", "TZID:X", *["BEGIN:STANDARD", "DTSTART:16010101T000000", "RRULE:FREQ=SECONDLY", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0100", "END:STANDARD"] * 900, "END:VTIMEZONE"),
    ],
    ids=["open zones", "many", "turns", "monthly", "never, counted", "never", "places", "lines", "list", "folds", "zone"],
)  # fmt: skip
def test_the_worst_that_is_taken_takes_less_than_two_seconds(content: bytes) -> None:
    since = process_time()
    read_absence(content, start=START, end=END, zone=ZONE)
    assert process_time() - since < 2


def test_years_far_ahead_are_no_trouble() -> None:
    assert not read(event("a", "DTSTART;VALUE=DATE:21990101"))
    assert date(2199, 1, 1) > END.astimezone(UTC).date()
