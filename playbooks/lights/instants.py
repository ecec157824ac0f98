"""The instant somebody asks about: a day, a day and a time, or now."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from core.errors import Refused
from core.forms import within_reason
from core.language import gettext as _

_LAST = time(23, 59, 59)


def instant(typed: str, *, now: datetime, zone: ZoneInfo) -> datetime:
    """A day stands for its end, or for now when it is today; a time without a zone is local."""
    text = typed.strip()
    if not text:
        return now
    try:
        if len(text) <= len("2026-03-01"):
            day = within_reason(date.fromisoformat(text))
            today = day == now.astimezone(zone).date()
            return now if today else datetime.combine(day, _LAST, zone)
        if "T" not in text:
            text = text.replace(" ", "T", 1)
        # A plus sign that was not escaped in an address arrives as a space.
        at = within_reason(datetime.fromisoformat(text.replace(" ", "+")))
    except ValueError as error:
        sentence = _("Skriv en dag som 2026-03-01, eller en tid som 2026-03-01 14:00.")
        raise Refused(sentence, field="at") from error
    return at if at.tzinfo else at.replace(tzinfo=zone)
