"""The named days of the Swedish calendar."""

from datetime import date
from functools import cache

import holidays

_LANGUAGES = {"sv": "sv", "en": "en_US"}


def holiday(day: date, language: str) -> str:
    """The name of a public holiday, or of an eve that is one in practice; "" for other days."""
    return str(_year(day.year, _LANGUAGES.get(language, "sv")).get(day, ""))


@cache
def _year(year: int, language: str) -> holidays.HolidayBase:
    return holidays.country_holidays(
        "SE", years=year, language=language, categories=("public", "de_facto"), expand=False
    )
