"""A profile's text read and checked: every mistake at once, with the key it stands at."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time
from importlib.resources import files

import yaml

from core.errors import Refused
from core.forms import within_reason
from core.language import gettext as _
from rosters.fields import code as clean_code
from rosters.named_days import known_names
from rosters.worktime.hours import ENGLISH, Hours, read_hours, weekdays
from rosters.worktime.profiles.rules import (
    FURTHEST,
    PUBLIC,
    Border,
    Category,
    GreatHoliday,
    Profile,
)

LARGEST = 20_000  # signs
DEEPEST = 6
EARLIEST = 2006  # the first whole year with the holidays of today
MOST_HOURS = 744  # a month of 31 days
REQUIRED = ("code", "name", "valid_from", "source", "threshold_hours", "categories")
ALSO = ("holiday_like", "storhelg", "office_hours", "no_office_hours")


@dataclass(frozen=True, slots=True)
class Mistake:
    key: str  # "storhelg 2, ends, at"
    sentence: str


class _Reading:
    """A mapping of the text, read key by key; mistakes go to one list."""

    def __init__(self, fields: object, mistakes: list[Mistake], place: str = "") -> None:
        self.mistakes, self._place = mistakes, place
        self.fields: dict[str, object] = fields if isinstance(fields, dict) else {}
        if not isinstance(fields, dict):
            self.wrong("", _("Här ska stå nycklar med värden."))

    def wrong(self, key: str, sentence: str) -> None:
        place = ", ".join(each for each in (self._place, key) if each)
        self.mistakes.append(Mistake(place, sentence))

    def known(self, *keys: str) -> None:
        for key in self.fields.keys() - set(keys):
            self.wrong(str(key), _("Nyckeln finns inte i en profil."))

    def inside(self, key: str) -> "_Reading":
        return _Reading(self.fields.get(key, {}), self.mistakes, self._under(key))

    def each(self, key: str) -> Iterator["_Reading"]:
        for number, item in enumerate(self._list(key), start=1):
            yield _Reading(item, self.mistakes, self._under(f"{key} {number}"))

    def text(self, key: str, *, longest: int = 500) -> str:
        value = self.fields.get(key, "")
        if not isinstance(value, str) or not value.strip():
            self.wrong(key, _("Saknas."))
            return ""
        if len(value) > longest:
            self.wrong(key, _("Högst {count} tecken.").format(count=longest))
        return " ".join(value.split())

    def day(self, key: str) -> date:
        try:
            found = within_reason(date.fromisoformat(self.text(key)))
        except ValueError:
            self._unless_missing(key, _("Skriv datumet som 2026-11-23."))
            return date.min
        if found.year < EARLIEST:
            self.wrong(key, _("Tidigast {year}.").format(year=EARLIEST))
        return found

    def number(self, key: str, low: int, high: int) -> int:
        value = str(self.fields.get(key, "0")).strip()
        whole = value.removeprefix("-").isdecimal() and len(value) < 6
        if not whole or not low <= int(value) <= high:
            sentence = _("Ska vara ett heltal från {low} till {high}.")
            self.wrong(key, sentence.format(low=low, high=high))
            return low
        return int(value)

    def clock(self, key: str) -> time:
        try:
            return time.fromisoformat(self.text(key)).replace(tzinfo=None)
        except ValueError:
            self._unless_missing(key, _("Skriv klockslaget som 08:00."))
            return time()

    def category(self, key: str) -> Category:
        value = self.fields.get(key, "")
        if value not in set(Category):
            known = ", ".join(Category)
            self.wrong(key, _("Ska vara någon av {known}.").format(known=known))
            return Category.VARDAG
        return Category(str(value))

    def names(self, key: str, *more: str) -> frozenset[str]:
        found = frozenset(str(each) for each in self._list(key))
        for name in sorted(found - known_names() - set(more)):
            self.wrong(key, _unknown(name, *more))
        return found

    def hours(self, key: str) -> Hours:
        try:
            return read_hours(str(self.fields.get(key, "")))
        except Refused as refusal:
            self.wrong(key, refusal.sentence)
            return Hours(())

    def _list(self, key: str) -> list[object]:
        value = self.fields.get(key) or []
        if not isinstance(value, list):
            self.wrong(key, _("Ska vara en lista."))
            return []
        return value

    def _unless_missing(self, key: str, sentence: str) -> None:
        if self.fields.get(key):
            self.wrong(key, sentence)

    def _under(self, key: str) -> str:
        return f"{self._place}, {key}" if self._place else key


def read_profile(text: str) -> tuple[Profile | None, tuple[Mistake, ...]]:
    """The profile, or None and all that is wrong with it."""
    try:
        plain = _plain(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = _("rad {line}").format(line=mark.line + 1) if mark else ""
        return None, (Mistake(line, _("Texten går inte att läsa som YAML.")),)
    except Refused as refusal:
        return None, (Mistake("", refusal.sentence),)
    mistakes: list[Mistake] = []
    profile = _profile(_Reading(plain, mistakes))
    return (None if mistakes else profile), tuple(mistakes)


def _plain(text: str) -> object:
    """Texts, lists and mappings only; without aliases and deep nests, nothing grows."""
    if len(text) > LARGEST:
        raise Refused(_("Högst {count} tecken.").format(count=LARGEST))
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise Refused(_("Ankare och alias (& och *) kan inte användas."))
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise Refused(_("För många nivåer i varandra."))
    # The base loader makes nothing but texts: to the others 18:00 is a number of seconds.
    return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506


def _profile(top: _Reading) -> Profile:
    top.known(*REQUIRED, *ALSO)
    days, holiday = _categories(top.inside("categories"))
    return Profile(
        code=_code(top),
        name=top.text("name", longest=120),
        valid_from=top.day("valid_from"),
        source=top.text("source"),
        threshold_minutes=top.number("threshold_hours", 1, MOST_HOURS) * 60,
        weekdays=days,
        holiday=holiday,
        holiday_like=top.names("holiday_like"),
        great_holidays=_great_holidays(top),
        office_hours=top.hours("office_hours"),
        no_office_hours=top.names("no_office_hours", PUBLIC),
    )


def _code(top: _Reading) -> str:
    try:
        return clean_code(top.text("code") or "-", field="code")
    except Refused as refusal:
        top.wrong("code", refusal.sentence)
        return ""


def _categories(reading: _Reading) -> tuple[tuple[Category, ...], Category]:
    found: dict[int, Category] = {}
    for key in reading.fields:
        if key == "holiday":
            continue
        try:
            days = weekdays(key)
        except ValueError:
            reading.wrong(key, _("Skriv veckodagar som mon-fri, sat eller sun."))
            continue
        if found.keys() & set(days):
            reading.wrong(key, _("En veckodag står två gånger."))
        found |= dict.fromkeys(days, reading.category(key))
    missing = [name for place, name in enumerate(ENGLISH) if place not in found]
    if missing:
        sentence = _("Veckodagar saknas: {days}.").format(days=", ".join(missing))
        reading.wrong("", sentence)
    week = tuple(found.get(place, Category.VARDAG) for place in range(7))
    return week, reading.category("holiday")


def _great_holidays(top: _Reading) -> tuple[GreatHoliday, ...]:
    found = []
    for each in top.each("storhelg"):
        each.known("name", "begins", "ends")
        name = each.text("name", longest=60)
        begins, ends = _border(each.inside("begins")), _border(each.inside("ends"))
        found.append(GreatHoliday(name, begins, ends))
    return tuple(found)


def _border(reading: _Reading) -> Border:
    reading.known("day", "days", "at", "next")
    day = reading.text("day")
    if day and day not in known_names():
        reading.wrong("day", _unknown(day))
    later: tuple[int, ...] = ()
    if "next" in reading.fields:
        try:
            later = weekdays(str(reading.fields["next"]))
        except ValueError:
            reading.wrong("next", _("Skriv veckodagar som mon-fri, sat eller sun."))
    return Border(day, reading.number("days", -FURTHEST, FURTHEST), reading.clock("at"), later)


def _unknown(name: str, *more: str) -> str:
    names = ", ".join(sorted((*known_names(), *more)))
    return _("”{name}” är ingen känd dag. Kända: {names}.").format(name=name, names=names)


def shipped() -> Iterable[str]:
    """The texts that come with the product, as a starting point."""
    folder = files("rosters.worktime.profiles")
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".yaml"):
            yield file.read_text(encoding="utf-8")
