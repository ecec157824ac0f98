"""Rules of recurrence in calendars that anybody may have written: made to end, or refused."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from dateutil.rrule import rrulestr
from icalendar import Event, vRecur

from core.errors import Refused
from core.language import gettext as _

MOST_TURNS = 30_000  # of all rules of a calendar, from their start to the end of what is looked at
_DAYS = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}  # at least, in a period
_KNOWN = {
    "FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST",
    "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS",
}  # fmt: skip


def tame(event: Event, first: date, end: datetime) -> int:
    """Let the event's recurrence end with the window; how many turns it takes to get there."""
    found = event.get("RRULE")
    if found is None and "EXRULE" not in event:
        return 0
    if not isinstance(found, vRecur) or "EXRULE" in event:
        raise _refused()
    turns = _turns(found, first, end)
    if turns <= MOST_TURNS:
        _end(found, first, end)
    return turns


def _refused() -> Refused:
    sentence = _(
        "Kalendern har en upprepning som inte tas emot. En regel per händelse, som oftast varje dag."
    )
    return Refused(sentence, field="file")


def _turns(rule: vRecur, first: date, end: datetime) -> int:
    """How many days or periods a reader has to look at, at most."""
    often, names = str(_one(rule, "FREQ", "")).upper(), set(rule)
    if often not in _DAYS or not names <= _KNOWN or any(len(each) > 400 for each in rule.values()):
        raise _refused()
    every = _number(rule, "INTERVAL")
    if not (1 <= every <= 1000 and 1 <= _number(rule, "COUNT") <= 10_000):
        raise _refused()
    days = max((end.date() - _day(first)).days, 0) + 1
    chosen = {name for name in names if name.startswith("BY")}
    if chosen and often != "DAILY" and (often, chosen) != ("WEEKLY", {"BYDAY"}):
        return days  # of each period, any day
    picked: int = len(rule.get("BYDAY", [1]))
    return (days // (_DAYS[often] * every) + 1) * picked


def _end(rule: vRecur, first: date, end: datetime) -> None:
    """COUNT and no end become UNTIL: a rule that never matches would be tried until the year 9999."""
    last = datetime.combine(end.date() + timedelta(days=1), time())
    until = _one(rule, "UNTIL", None)
    if isinstance(until, date) and _day(until) <= last.date() and "COUNT" not in rule:
        return
    if "COUNT" in rule:
        last = _last_counted(rule, first, last)
        del rule["COUNT"]
    rule["UNTIL"] = [_as_end(last, first)]


def _last_counted(rule: vRecur, first: date, last: datetime) -> datetime:
    """The turn at which the count is reached, if that is before the last."""
    plain = vRecur({name: rule[name] for name in rule if name not in {"COUNT", "UNTIL"}})
    text = plain.to_ical()  # type: ignore[no-untyped-call]
    written = f"{text.decode()};UNTIL={last:%Y%m%dT%H%M%S}"
    start = first if isinstance(first, datetime) else datetime.combine(first, time())
    turns: Iterator[datetime] = iter(rrulestr(written, dtstart=start.replace(tzinfo=None)))
    for number, turn in enumerate(turns, 1):
        if number == _number(rule, "COUNT"):
            return turn
    return last


def _as_end(last: datetime, first: date) -> date:
    """As the standard wants it: a day for days, UTC for clocks in a zone, else a clock."""
    if not isinstance(first, datetime):
        return last.date()
    return last.replace(tzinfo=first.tzinfo).astimezone(UTC) if first.tzinfo else last


def _number(rule: vRecur, name: str) -> int:
    return int(str(_one(rule, name, 1)))


def _one(rule: vRecur, name: str, default: object) -> object:
    values = rule.get(name, default)
    return values[0] if isinstance(values, list) and values else values


def _day(at: date) -> date:
    return at.date() if isinstance(at, datetime) else at
