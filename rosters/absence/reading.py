"""Absence out of an iCalendar file that anybody may have written: quickly, or refused."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Event, vRecur

from core.errors import Refused
from core.language import gettext as _
from rosters.absence.recurrences import looked_at, refused, rule_of, turns
from rosters.duty.gaps import Span

LARGEST = 1_000_000  # bytes
MOST_PARTS = 2000
MOST_DATES = 2000  # named one by one, in all
MOST_LINES = 30_000
LONGEST_RULE = 1000  # bytes; each day of a year, one by one, would be no rule
MOST_DAYS = 300_000  # that rules have to be tried on
MOST_TURNS = 5000
_DAY = timedelta(days=1)
_LONGEST = timedelta(days=731)
# All that is read of a calendar: what it is about, and who is invited, is nobody's business here.
_NEEDED = re.compile(
    rb"(?i)(?:BEGIN|END|UID|DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE|EXRULE|RECURRENCE-ID|SEQUENCE|STATUS|TRANSP"
    rb"|X-MICROSOFT-CDO-BUSYSTATUS)[;:]"
)
_PARTS = re.compile(rb"(?im)^BEGIN:")
_DATES = re.compile(rb"(?im)^(?:RDATE|EXDATE)[^:]*:(.*)$")
_FREE = {"FREE", "WORKINGELSEWHERE"}
# What the readers raise on bytes that are no calendar; anything else would be a bug of ours.
_BROKEN = (
    ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, ArithmeticError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """A time away; `key` is the same for the same event each time that it is read."""

    key: str
    span: Span


def read_absence(content: bytes, *, start: datetime, end: datetime, zone: ZoneInfo) -> list[Found]:
    """The times in the window that are neither free nor cancelled. Days begin at midnight in `zone`."""
    try:
        found = _expanded(_events(content), start, end, zone)
    except _BROKEN as error:
        raise _unreadable() from error
    return sorted(found.values(), key=lambda each: (each.span.start, each.key))


def _expanded(
    events: list[Event], start: datetime, end: datetime, zone: ZoneInfo
) -> dict[str, Found]:
    series = {str(event["UID"]) for event in events if {"RRULE", "RDATE"} & event.keys()}
    whole, room = Calendar(), Room()
    for event in events:
        _spell_out(event, start, end, room)
        whole.add_component(event)
    found: dict[str, Found] = {}
    for each in recurring_ical_events.of(whole).between(start - _DAY, end + _DAY):
        read = _found(each, zone, recurs=str(each["UID"]) in series)
        if read and read.span.start < end and read.span.end > start:
            found[read.key] = read
    return found


@dataclass(slots=True)
class Room:
    """What is left of the work that one calendar may ask for."""

    days: int = MOST_DAYS
    turns: int = MOST_TURNS

    def take(self, *, days: int = 0, turns: int = 0) -> None:
        self.days, self.turns = self.days - days, self.turns - turns
        if self.days < 0 or self.turns < 0:
            raise Refused(_("Kalendern upprepar sig för många gånger. Korta av den."), field="file")


def _spell_out(event: Event, start: datetime, end: datetime, room: Room) -> None:
    """Turn the rule of an event into the days on which it comes, as far as the window goes."""
    written = event.pop("RRULE", None)
    if "EXRULE" in event or not isinstance(written, vRecur | None):
        raise refused()
    length = _length(event)
    if written is None:
        return
    first = _day_or_clock(event, "DTSTART")
    since = (start - length - 2 * _DAY).date()
    until = (end + 2 * _DAY).date()
    rule = rule_of(written, first)
    room.take(days=looked_at(rule, since, until))
    found = turns(rule, first, since, until)
    room.take(turns=len(found))
    if found:
        event.add("RDATE", found)


def _length(event: Event) -> timedelta:
    length = event.duration
    if length > _LONGEST:
        raise Refused(_("En händelse i kalendern är längre än två år."), field="file")
    return length


def _unreadable() -> Refused:
    return Refused(_("Kalendern går inte att läsa: den följer inte iCalendar."), field="file")


def _events(content: bytes) -> list[Event]:
    """The events as they stand. Zones that a file describes are not run: they can be rules too."""
    if len(content) > LARGEST:
        raise Refused(_("Kalendern är större än 1 MB."), field="file")
    content = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not content[:15].upper().startswith(b"BEGIN:VCALENDAR"):
        raise Refused(_("Det är ingen kalender (iCalendar, .ics)."), field="file")
    if len(_PARTS.findall(content)) > MOST_PARTS:
        raise Refused(_("Kalendern har fler än 2000 delar. Korta av den."), field="file")
    unfolded = re.sub(rb"\r?\n[ \t]", b"", content)
    dates = sum(line.count(b",") + 1 for line in _DATES.findall(unfolded))
    if dates > MOST_DATES:
        raise Refused(_("Kalendern räknar upp för många datum. Korta av den."), field="file")
    needed = list(_needed(unfolded))
    if len(needed) > MOST_LINES:
        raise Refused(_("Kalendern har fler än 2000 delar. Korta av den."), field="file")
    if any(len(each) > LONGEST_RULE for each in needed if each[:5].upper() == b"RRULE"):
        raise refused()
    calendar = Calendar.from_ical(b"\n".join(needed) + b"\n")
    return [_checked(each) for each in calendar.walk("VEVENT") if isinstance(each, Event)]


def _needed(unfolded: bytes) -> Iterator[bytes]:
    """The lines that are read, without those that describe a zone."""
    in_zone = False
    for line in unfolded.splitlines():
        said = line.strip().upper()
        if said == b"BEGIN:VTIMEZONE":
            in_zone = True
        elif said == b"END:VTIMEZONE":
            in_zone = False
        elif not in_zone and _NEEDED.match(line):
            yield line


def _checked(event: Event) -> Event:
    """With a start that is known, in a zone that exists, and an end that is not before it."""
    if "DTSTART" not in event:
        raise Refused(_("En händelse i kalendern saknar början."), field="file")
    for name in ("DTSTART", "DTEND", "RECURRENCE-ID", "RDATE", "EXDATE"):
        for value in _values(event, name):
            _known_zone(value)
    start = _day_or_clock(event, "DTSTART")
    end = _day_or_clock(event, "DTEND") if "DTEND" in event else start
    if not 1970 <= start.year <= 2200:
        raise Refused(_("En händelse i kalendern börjar före 1970 eller efter 2200."), field="file")
    if isinstance(end, datetime) is not isinstance(start, datetime) or _backward(start, end):
        raise Refused(_("En händelse i kalendern slutar innan den börjar."), field="file")
    if "UID" not in event:
        event.add("UID", f"{start}/{end}")
    return event


def _day_or_clock(event: Event, name: str) -> date:
    at = getattr(event.get(name), "dt", None)
    if not isinstance(at, date):
        raise _unreadable()
    return at


def _backward(start: date, end: date) -> bool:
    """Of two days or two clocks; clocks without a zone are compared as they stand."""
    if (isinstance(start, datetime) and isinstance(end, datetime)) and (
        start.tzinfo is None or end.tzinfo is None
    ):
        return end.replace(tzinfo=None) < start.replace(tzinfo=None)
    return end < start


def _values(event: Event, name: str) -> Iterator[object]:
    found = event.get(name, [])
    yield from found if isinstance(found, list) else [found]


def _known_zone(value: object) -> None:
    zone = getattr(value, "params", {}).get("TZID")
    for each in getattr(value, "dts", [value]):
        at = getattr(each, "dt", None)
        if zone and isinstance(at, datetime) and at.tzinfo is None:
            sentence = _("Kalendern har en tidszon som inte är känd: {zone}.")
            raise Refused(sentence.format(zone=str(zone)[:60]), field="file")


def _found(event: Event, zone: ZoneInfo, *, recurs: bool) -> Found | None:
    """None for what is cancelled, free, or takes no time."""
    free = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() in _FREE
    if free or str(event.get("TRANSP", "")).upper() == "TRANSPARENT":
        return None
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return None
    start, end = (_instant(_day_or_clock(event, name), zone) for name in ("DTSTART", "DTEND"))
    if end <= start:
        return None
    turn = _instant(_day_or_clock(event, "RECURRENCE-ID"), zone) if recurs else ""
    key = sha256(f"{event['UID']}\n{turn}".encode()).hexdigest()
    return Found(key, Span(start, end))


def _instant(at: date, zone: ZoneInfo) -> datetime:
    if not isinstance(at, datetime):
        at = datetime.combine(at, time())
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
