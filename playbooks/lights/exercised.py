"""The third light: run as it stands, by day and by night, and the goal was met."""

from dataclasses import dataclass
from datetime import date, timedelta

from core.language import gettext as _
from core.language import ngettext
from core.moments import span
from playbooks.lights.models import Light, LightKind
from playbooks.lights.standing import Next, Standing, in_words, months_after, soon


@dataclass(frozen=True, slots=True)
class RunFact:
    """One run; `same` when its steps were those of the version in force."""

    on: date
    number: int
    same: bool
    office_hours: bool
    met: bool
    took: timedelta | None


@dataclass(frozen=True, slots=True)
class Practice:
    """What the third light looks at: only what had happened at the instant that is asked about."""

    code: str
    number: int
    runs: tuple[RunFact, ...]  # latest first
    findings: tuple[str, ...]  # the open ones, oldest first
    exercise_months: int
    both_hours: bool
    notice_months: int

    @property
    def page(self) -> str:
        return f"/paths/{self.code}/lights"


def exercised(facts: Practice, today: date) -> Standing:
    """Red until a run of these steps has met the goal, and nothing that was found stands open."""
    counted = [run for run in facts.runs if run.same]
    if facts.findings:
        return _open_findings(facts)
    if not counted:
        return _never(facts)
    if standing := _not_retested(counted, both_hours=facts.both_hours):
        return _failed(facts, standing)
    ends = {
        hours: months_after(
            max(run.on for run in counted if run.met and run.office_hours is hours),
            facts.exercise_months,
        )
        for hours in (True, False)
        if any(run.met and run.office_hours is hours for run in counted)
    }
    return _by_age(facts, ends, counted[0], today)


def _not_retested(counted: list[RunFact], *, both_hours: bool) -> RunFact | None:
    """The latest run that failed, and that none has made good since.

    Where both hours count, whoever slept through it at night is not shown to wake by a run at noon.
    """
    good: set[bool] = set()
    for run in counted:
        hours = run.office_hours and both_hours
        if run.met:
            good.add(hours)
        elif hours not in good:
            return run
    return None


def _by_age(facts: Practice, ends: dict[bool, date], last: RunFact, today: date) -> Standing:
    """By the days until which the runs in office hours, and out of them, hold."""
    until = max(ends.values())
    say = {"day": in_words(until), "last": in_words(last.on)}
    if today > until:
        why = _("Senast övad {last}. Skulle ha övats igen senast {day}.").format(**say)
        return _standing(Light.RED, until.isoformat(), why, _again(facts))
    if facts.both_hours:
        held = [hours for hours, end in ends.items() if end >= today]
        if len(held) == 1:
            return _one_of_two(facts, office=held[0], until=until)
        until = min(ends.values())
        say["day"] = in_words(until)
    todo = Next(_("Öva senast {day}.").format(**say), facts.page)
    if soon(until, today, interval=facts.exercise_months, notice=facts.notice_months):
        why = _("Senast övad {last}. Ska övas igen senast {day}.").format(**say)
        return _standing(Light.AMBER, until.isoformat(), why, todo)
    why = (
        _("Övad både på och utanför kontorstid, senast {last}, och målet nåddes.")
        if facts.both_hours
        else _("Övad {last}, och målet nåddes.")
    )
    return _standing(Light.GREEN, until.isoformat(), why.format(**say), todo)


def _one_of_two(facts: Practice, *, office: bool, until: date) -> Standing:
    if office:
        why = _("Övad på kontorstid, och det håller till {day}, men inte utanför kontorstid.")
        todo = _("Öva utanför kontorstid.")
    else:
        why = _("Övad utanför kontorstid, och det håller till {day}, men inte på kontorstid.")
        todo = _("Öva på kontorstid.")
    figure, why = _("1 av 2 tider"), why.format(day=in_words(until))
    return _standing(Light.AMBER, figure, why, Next(todo, facts.page))


def _open_findings(facts: Practice) -> Standing:
    count = len(facts.findings)
    figure = ngettext("{count} brist", "{count} brister", count).format(count=count)
    why = ngettext(
        "Det här fungerade inte och är inte omtestat: {first}",
        "{count} saker fungerade inte och är inte omtestade, den äldsta: {first}",
        count,
    )
    todo = Next(_("Rätta bristen och öva igen."), f"{facts.page}#findings")
    return _standing(Light.RED, figure, why.format(count=count, first=facts.findings[0]), todo)


def _never(facts: Practice) -> Standing:
    if not facts.runs:
        why = _("Larmvägen har aldrig övats.")
        return _standing(Light.RED, _("0 körningar"), why, _again(facts))
    last = facts.runs[0]
    why = _("Senaste körningen, {day}, var av version {number}: stegen har ändrats sedan dess.")
    why = why.format(day=in_words(last.on), number=last.number)
    todo = Next(_("Öva version {number}.").format(number=facts.number), facts.page)
    return _standing(Light.RED, _("0 körningar"), why, todo)


def _failed(facts: Practice, last: RunFact) -> Standing:
    day = in_words(last.on)
    if last.took is None:
        why = _("Målet nåddes inte vid körningen {day}.").format(day=day)
        return _standing(Light.RED, _("mål ej nått"), why, _retest(facts, last))
    why = _("Målet nåddes inte i tid vid körningen {day}: det tog {took}.")
    why = why.format(day=day, took=span(last.took))
    return _standing(Light.RED, span(last.took), why, _retest(facts, last))


def _retest(facts: Practice, failed: RunFact) -> Next:
    """At the same hours, where those matter."""
    if not facts.both_hours:
        return _again(facts)
    todo = _("Öva på kontorstid.") if failed.office_hours else _("Öva utanför kontorstid.")
    return Next(todo, facts.page)


def _again(facts: Practice) -> Next:
    return Next(_("Öva larmvägen."), facts.page)


def _standing(light: Light, figure: str, why: str, todo: Next) -> Standing:
    return Standing(LightKind.EXERCISED, light, figure, why, todo)
