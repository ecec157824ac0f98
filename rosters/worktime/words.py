"""What the pages say of categories, kinds and warnings."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from core.language import gettext as _
from core.language import ngettext
from core.moments import filters, span
from rosters.worktime.hours import hours_in_words
from rosters.worktime.profiles.rules import PUBLIC, Border, Category, Profile
from rosters.worktime.quantities import Kind
from rosters.worktime.rest import DAILY_REST, Finding, Lack


def categories() -> Mapping[Category, str]:
    return {
        Category.VARDAG: _("Vardag"),
        Category.LORDAG: _("Lördag"),
        Category.SONDAG_HELGDAG: _("Söndag och helgdag"),
        Category.STORHELG: _("Storhelg"),
    }


def kinds() -> Mapping[Kind, str]:
    return {Kind.BEREDSKAP: _("Beredskap"), Kind.ARBETAD_TID: _("Arbetad tid")}


def amount(length: timedelta) -> str:
    return span(length) if length else _("0 min")


def finding_in_words(finding: Finding, zone: ZoneInfo) -> str:
    """A warning and where the rule stands."""
    bound = filters(str(zone))
    words = {
        Lack.WEEKLY: _(
            "Veckovilan saknas veckan från {start}: längst {rest} utan beredskap eller arbete, "
            "minst 36 timmar behövs (arbetstidslagen 14 §)."
        ),
        Lack.DAILY: _(
            "Dygnsvilan bröts dygnet från {start}: längst {rest} i följd utan arbete, minst "
            "11 timmar behövs (arbetstidslagen 13 §)."
        )
        if finding.rest is not None and finding.rest < DAILY_REST
        else _(
            "Dygnsvilan bröts dygnet från {start}: arbete mellan kl. 0 och 5, som den ska omfatta "
            "(arbetstidslagen 13 §)."
        ),
        Lack.LONG: _("Mer än en veckas beredskap i följd, från {start} till {end}."),
        Lack.DOUBLE: _(
            "Två jourer på samma gång, {roles}, från {start} till {end}. Tiden räknas en gång mot "
            "månadens gräns."
        ),
    }
    said: Mapping[str, str] = {
        "start": bound["moment"](finding.start),
        "end": bound["moment"](finding.end),
        "rest": amount(finding.rest or timedelta()),
        "roles": " + ".join(finding.roles),
    }
    return words[finding.lack].format_map(said)


def profile_in_words(profile: Profile) -> list[tuple[str, str]]:
    """What it says, as terms and sentences."""
    names = categories()
    week = ", ".join(
        f"{_days(sorted(place for place, _each in places))} {names[category].lower()}"
        for category, places in groupby(enumerate(profile.weekdays), key=lambda each: each[1])
    )
    closed = sorted(profile.no_office_hours - {PUBLIC})
    if PUBLIC in profile.no_office_hours:
        closed = [_("alla helgdagar"), *closed]
    great = [
        (
            each.name,
            _("{start} till {end}").format(start=_border(each.begins), end=_border(each.ends)),
        )
        for each in profile.great_holidays
    ]
    return [
        (_("Källa"), profile.source),
        (_("Gräns per månad"), span_of_threshold(profile)),
        (_("Veckodagar"), week),
        (_("Helgdagar"), names[profile.holiday]),
        (_("Räknas som helgdag"), ", ".join(sorted(profile.holiday_like)) or _("inga fler dagar")),
        (_("Ordinarie arbetstid"), hours_in_words(profile.office_hours)),
        (_("Ingen ordinarie arbetstid"), ", ".join(closed) or _("inga dagar")),
        *((_("Storhelg: {name}").format(name=name), text) for name, text in great),
    ]


def span_of_threshold(profile: Profile) -> str:
    return _("{count} timmar, alla jourer tillsammans").format(
        count=profile.threshold_minutes // 60
    )


def _days(places: Sequence[int]) -> str:
    """Weekdays in a row, from the first to the last."""
    names = [_("mån"), _("tis"), _("ons"), _("tor"), _("fre"), _("lör"), _("sön")]
    first, last = names[places[0]], names[places[-1]]
    return first if first == last else f"{first}–{last}"


def _border(border: Border) -> str:
    said = border.day
    if border.days:
        count = abs(border.days)
        before = ngettext("{count} dag före {day}", "{count} dagar före {day}", count)
        after = ngettext("{count} dag efter {day}", "{count} dagar efter {day}", count)
        said = (before if border.days < 0 else after).format(count=count, day=border.day)
    if border.next:
        said = _("{day}, sedan första helgfria av {days}").format(day=said, days=_days(border.next))
    return _("{day} kl. {clock}").format(day=said, clock=f"{border.at:%H:%M}")
