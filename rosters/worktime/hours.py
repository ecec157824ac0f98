"""Weekly hours as people write them: "mon-fri 08:00-16:30", or "mån-tor 8-16.30, fre 8-15"."""

import re
from dataclasses import dataclass
from datetime import date, time
from itertools import pairwise

from core.errors import Refused
from core.language import gettext as _

ENGLISH = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SWEDISH = ("mån", "tis", "ons", "tor", "fre", "lör", "sön")
_PLACES = {
    name: place for names in (ENGLISH, SWEDISH) for place, name in enumerate(names)
}  # Monday is 0
_SPAN = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*[-–]\s*(\d{1,2})(?:[:.](\d{2}))?")
_PART = re.compile(rf"(\S+)((?:\s+{_SPAN.pattern})+)")
LONGEST = 200


@dataclass(frozen=True, slots=True, order=True)
class Stint:
    """A stretch of one weekday; the end is not part of it."""

    weekday: int  # Monday is 0
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Hours:
    stints: tuple[Stint, ...]

    def on(self, day: date) -> tuple[Stint, ...]:
        return tuple(each for each in self.stints if each.weekday == day.weekday())


def weekdays(typed: str) -> tuple[int, ...]:
    """Days as "mon-fri" or "sat", as numbers; ValueError for what is neither."""
    first, dash, last = typed.strip().lower().replace("–", "-").partition("-")
    if first not in _PLACES or (dash and last not in _PLACES):
        raise ValueError(typed)
    start, end = _PLACES[first], _PLACES[last or first]
    if end < start:
        raise ValueError(typed)
    return tuple(range(start, end + 1))


def read_hours(typed: str, *, field: str = "hours") -> Hours:
    """Weekdays with clocks, comma between; empty for no hours. Refused with the part at fault."""
    if len(typed) > LONGEST:
        raise Refused(_("Högst {count} tecken.").format(count=LONGEST), field=field)
    stints = sorted(
        stint for part in typed.split(",") if part.strip() for stint in _part(part.strip(), field)
    )
    for one, other in pairwise(stints):
        if one.weekday == other.weekday and other.start < one.end:
            raise Refused(_("Två tider på samma dag går i varandra."), field=field)
    return Hours(tuple(stints))


def _part(part: str, field: str) -> list[Stint]:
    found = _PART.fullmatch(part)
    try:
        days = weekdays(found[1] if found else "")
        spans = [
            (time(int(a), int(b or 0)), time(int(c), int(d or 0)))
            for a, b, c, d in _SPAN.findall(found[2] if found else "")
        ]
    except ValueError as error:
        sentence = _("”{part}” går inte att läsa. Skriv som mån-fre 08:00-16:30.")
        raise Refused(sentence.format(part=part), field=field) from error
    if any(end <= start for start, end in spans):
        raise Refused(_("”{part}” slutar innan det börjar.").format(part=part), field=field)
    return [Stint(day, start, end) for day in days for start, end in spans]


def hours_in_words(hours: Hours) -> str:
    """As a planner would write them: "mån–fre 08:00–16:30"."""
    by_day: dict[int, str] = {}
    for each in hours.stints:
        span = f"{each.start:%H:%M}–{each.end:%H:%M}"
        by_day[each.weekday] = f"{by_day[each.weekday]} {span}" if each.weekday in by_day else span
    parts: list[tuple[int, int, str]] = []
    for day, spans in sorted(by_day.items()):
        if parts and parts[-1][1] == day - 1 and parts[-1][2] == spans:
            parts[-1] = (parts[-1][0], day, spans)
        else:
            parts.append((day, day, spans))
    names = [_("mån"), _("tis"), _("ons"), _("tor"), _("fre"), _("lör"), _("sön")]
    return ", ".join(
        f"{names[first]}{f'–{names[last]}' if last > first else ''} {spans}"
        for first, last, spans in parts
    ) or _("inga")
