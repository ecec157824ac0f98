from datetime import date, datetime, timedelta

from dateutil.rrule import rrulestr
from hypothesis import example, given, note, settings
from hypothesis import strategies as st
from icalendar import vRecur

from rosters.absence.recurrences import rule_of, turns

WEEKDAYS = st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])
FIRST = datetime.fromisoformat("2024-02-29T08:00")


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Rules that both readers understand alike."""
    often = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={often}", f"INTERVAL={draw(st.integers(1, 5))}"]
    if draw(st.booleans()):
        days = draw(st.lists(WEEKDAYS, min_size=1, max_size=3, unique=True))
        if often in {"MONTHLY", "YEARLY"} and draw(st.booleans()):
            days = [f"{draw(st.sampled_from([1, 2, 4, -1, -2]))}{day}" for day in days]
        parts.append(f"BYDAY={','.join(days)}")
    if draw(st.booleans()):
        parts.append(f"BYMONTH={draw(st.integers(1, 12))}")
    if often in {"MONTHLY", "YEARLY"} and draw(st.booleans()):
        parts.append(f"BYMONTHDAY={draw(st.sampled_from([1, 15, 28, 31, -1, -5]))}")
    if often == "YEARLY" and draw(st.booleans()):
        parts.append(f"BYYEARDAY={draw(st.sampled_from([1, 60, 366, -1]))}")
    if often == "MONTHLY" and any(part.startswith("BYDAY") for part in parts):
        parts += draw(st.sampled_from([[], ["BYSETPOS=1"], ["BYSETPOS=-1"]]))
    parts += draw(st.sampled_from([[], ["COUNT=7"], ["UNTIL=20260601T080000"]]))
    return ";".join(parts)


@settings(deadline=None)
@given(rules())
@example("FREQ=MONTHLY;INTERVAL=1;BYDAY=MO,TH;BYSETPOS=1")
@example("FREQ=MONTHLY;INTERVAL=1;BYDAY=1MO,1TU,-1WE")
def test_a_rule_is_followed_as_the_usual_reader_follows_it(rule: str) -> None:
    note(rule)
    followed = turns(rule_of(vRecur.from_ical(rule), FIRST), FIRST, FIRST.date(), date(2028, 1, 1))
    bounded = rule if "UNTIL" in rule or "COUNT" in rule else f"{rule};UNTIL=20280101T235959"
    expected = rrulestr(bounded, dtstart=FIRST)
    assert followed == [at for at in expected if at.date() <= date(2028, 1, 1)]


@settings(deadline=None)
@given(rules(), st.integers(0, 900))
def test_a_later_look_sees_the_same_days(rule: str, later: int) -> None:
    parsed, end = rule_of(vRecur.from_ical(rule), FIRST), date(2027, 6, 1)
    start = FIRST.date() + timedelta(days=later)
    whole = turns(parsed, FIRST, FIRST.date(), end)
    assert turns(parsed, FIRST, start, end) == [at for at in whole if str(at) >= str(start)]
