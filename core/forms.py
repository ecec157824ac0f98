"""What people type, made clean before any rule looks at it, and before a spreadsheet does."""

from core.errors import Refused
from core.language import gettext as _

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
