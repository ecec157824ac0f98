"""Rules of a copy: when it is due to be exchanged, and what in it no longer holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.language import gettext as _
from core.language import ngettext
from rosters.qualifications.service import months_later
from rosters.seen import Look

AGAIN = timedelta(days=30)  # between reminders of a copy that is still not exchanged


@dataclass(frozen=True, slots=True)
class Outdated:
    """A path or card of which the copy has another version than holds now."""

    code: str
    has: int | None  # None: it is not in the copy
    holds: int | None  # None: it is no longer in force

    @property
    def words(self) -> str:
        if self.has is None:
            return _("saknar {code} v{holds}").format(code=self.code, holds=self.holds)
        if self.holds is None:
            return _("innehåller {code} v{has}, som inte längre gäller").format(
                code=self.code, has=self.has
            )
        return _("innehåller {code} v{has}, gäller v{holds}").format(
            code=self.code, has=self.has, holds=self.holds
        )


def outdated(contains: Mapping[str, int], in_force: Mapping[str, int]) -> tuple[Outdated, ...]:
    return tuple(
        Outdated(code, contains.get(code), in_force.get(code))
        for code in sorted({*contains, *in_force})
        if contains.get(code) != in_force.get(code)
    )


def due_on(exchanged_at: datetime, months: int, zone: ZoneInfo) -> date:
    """The local day on which a copy is to be exchanged."""
    return months_later(exchanged_at.astimezone(zone).date(), months)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a copy stands today."""

    age: timedelta
    due_on: date
    days_left: int  # negative when the day has been
    outdated: tuple[Outdated, ...]
    numbers_changed: bool

    @property
    def due(self) -> bool:
        return self.days_left <= 0

    @property
    def must_go(self) -> bool:
        return self.due or bool(self.outdated)

    @property
    def look(self) -> Look:
        """Its word and figure."""
        if self.due:
            late = -self.days_left
            words = ngettext(
                "Skulle ha bytts för {count} dag sedan",
                "Skulle ha bytts för {count} dagar sedan",
                late,
            )
            return Look("bad", words.format(count=late) if late else _("Ska bytas i dag"))
        if self.outdated:
            count = len(self.outdated)
            words = ngettext(
                "{count} sak gäller inte längre", "{count} saker gäller inte längre", count
            )
            return Look("bad", words.format(count=count))
        if self.numbers_changed:
            return Look("warn", _("Nummer har ändrats"))
        words = ngettext(
            "Gäller, byts om {count} dag", "Gäller, byts om {count} dagar", self.days_left
        )
        return Look("ok", words.format(count=self.days_left))

    @property
    def reason(self) -> str:
        """Changes when there is something new to remind of; "" when there is nothing."""
        because = [f"{each.code}:{each.holds}" for each in self.outdated]
        if self.due:
            because.append(f"due:{self.due_on}:{-self.days_left // AGAIN.days}")
        return ",".join(because)


def standing(
    contains: Mapping[str, int],
    in_force: Mapping[str, int],
    *,
    exchanged_at: datetime,
    months: int,
    numbers_changed: bool,
    now: datetime,
    zone: ZoneInfo,
) -> Standing:
    due = due_on(exchanged_at, months, zone)
    return Standing(
        age=now - exchanged_at,
        due_on=due,
        days_left=(due - now.astimezone(zone).date()).days,
        outdated=outdated(contains, in_force),
        numbers_changed=numbers_changed,
    )
