"""The red days of the Swedish calendar and the eves that are treated like them, by name."""

from collections.abc import Mapping
from datetime import date
from functools import cache

from holidays import DE_FACTO, PUBLIC, country_holidays

_LANGUAGES = {"sv": "sv", "en": "en_US"}
CALENDAR = 2026  # any year: every year has the same names


@cache
def named_days(year: int) -> Mapping[str, date]:
    """Holidays and eves: "Julafton" and its day. Two names may share a day."""
    found = country_holidays(
        "SE", years=year, categories=(PUBLIC, DE_FACTO), include_sundays=False, language="sv"
    )
    return {name: day for day in sorted(found) for name in found.get_list(day)}


@cache
def public_holidays(year: int) -> frozenset[date]:
    """Those of lag (1989:253), less the ordinary Sundays."""
    found = country_holidays("SE", years=year, categories=(PUBLIC,), include_sundays=False)
    return frozenset(found)


@cache
def holiday(day: date, language: str) -> str:
    """What the day is called; "" for other days than holidays and eves."""
    found = country_holidays(
        "SE",
        years=day.year,
        categories=(PUBLIC, DE_FACTO),
        include_sundays=False,
        language=_LANGUAGES.get(language, "sv"),
    )
    return str(found.get(day, ""))


def named_in(name: str, year: int, language: str) -> str:
    """A day of `named_days`, as another language calls it."""
    return name if language == "sv" else holiday(named_days(year)[name], language)


@cache
def names_on(day: date) -> frozenset[str]:
    return frozenset(name for name, each in named_days(day.year).items() if each == day)


def is_public_holiday(day: date) -> bool:
    return day in public_holidays(day.year)


def known_names() -> frozenset[str]:
    return frozenset(named_days(CALENDAR))
