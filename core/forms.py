"""What people type, made clean before any rule looks at it, and before a spreadsheet does."""

from datetime import date
from typing import TypeVar

from core.errors import Refused
from core.language import gettext as _

MOST = 2_147_483_647  # that a column of whole numbers holds
Day = TypeVar("Day", bound=date)  # a datetime is a date too
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def line(value: str, *, field: str, longest: int = 200, required: bool = False) -> str:
    """One line of text with single spaces; refused when too long, or empty and required."""
    text = " ".join("".join(sign if sign.isprintable() else " " for sign in value).split())
    if required and not text:
        raise Refused(_("Fyll i det här fältet."), field=field)
    if len(text) > longest:
        raise Refused(_("Högst {count} tecken.").format(count=longest), field=field)
    return text


def harmless(cell: str) -> str:
    """A spreadsheet runs a cell that begins like a formula; an apostrophe makes it text."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def within_reason(day: Day) -> Day:
    """A date or instant that clocks and databases can reckon with; ValueError for the others."""
    if not 1900 <= day.year <= 2200:
        raise ValueError("a year from 1900 to 2200")
    return day
