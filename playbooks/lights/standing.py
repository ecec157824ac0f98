"""How one light stands: what it shows, why, and the one next thing to do about it."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from core.language import current_language, ngettext
from core.language import gettext as _
from playbooks.lights.models import Light, LightKind

SEVERITY = {Light.RED: 0, Light.AMBER: 1, Light.GREEN: 3}
UNKNOWN = 2  # between what is soon due and what is well


@dataclass(frozen=True, slots=True)
class Next:
    """What to do, in one sentence, and where."""

    sentence: str
    url: str


@dataclass(frozen=True, slots=True)
class Standing:
    """One light at one instant; `light` is None where nothing is known of it."""

    kind: LightKind
    light: Light | None
    figure: str  # as it is kept: words, or the ISO day until which it holds
    why: str
    next: Next | None = None

    @property
    def severity(self) -> int:
        return UNKNOWN if self.light is None else SEVERITY[self.light]

    @property
    def pressing(self) -> date:
        """Among green lights the first that will not be."""
        return (day_of(self.figure) or date.max) if self.light is Light.GREEN else date.min

    @property
    def word(self) -> str:
        return word_of(self.kind, self.light)

    def figure_on(self, today: date) -> str:
        """The figure in words: "214 dagar kvar"."""
        until = day_of(self.figure)
        return days_left(until, today) if until else self.figure


def word_of(kind: LightKind, light: Light | None) -> str:
    if light is None:
        return _("Okänd")
    words = {
        LightKind.DOCUMENTED: {
            Light.GREEN: _("Dokumenterad"),
            Light.AMBER: _("Ses över snart"),
            Light.RED: _("Inte dokumenterad"),
        },
        LightKind.KNOWN: {
            Light.GREEN: _("Känd"),
            Light.AMBER: _("Nästan känd"),
            Light.RED: _("Inte känd"),
        },
        LightKind.EXERCISED: {
            Light.GREEN: _("Övad"),
            Light.AMBER: _("Delvis övad"),
            Light.RED: _("Inte övad"),
        },
    }
    return words[kind][light]


def day_of(figure: str) -> date | None:
    try:
        return date.fromisoformat(figure)
    except ValueError:
        return None


def days_left(until: date, today: date) -> str:
    left = (until - today).days
    if left >= 0:
        return ngettext("{count} dag kvar", "{count} dagar kvar", left).format(count=left)
    return ngettext("{count} dag över", "{count} dagar över", -left).format(count=-left)


def months_after(day: date, months: int) -> date:
    """So many calendar months later: from 31 January, one month later is the last of February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def soon(until: date, today: date, *, interval: int, notice: int) -> bool:
    """Within the notice; that is always shorter than the interval, or nothing were ever green."""
    return today >= months_after(until, -min(notice, interval - 1))


def in_words(day: date) -> str:
    return format_date(day, "d MMM yyyy", locale=current_language())


def month_short(day: date) -> str:
    return format_date(day, "LLL", locale=current_language())
