"""A body's light: has it a plan that holds, with people for every function? Pure rules."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.language import gettext as _
from core.language import ngettext
from playbooks.lights.models import Light
from playbooks.lights.standing import in_words
from playbooks.reviewing import Review, ReviewState

STATUS = {Light.GREEN: "ok", Light.AMBER: "warn", Light.RED: "bad"}


@dataclass(frozen=True, slots=True)
class Function:
    """A place in the crisis organisation as it is held today, in words that may be shown."""

    name: str
    holder: str  # "" when vacant
    deputies: tuple[str, ...]
    note: str = ""

    @property
    def vacant(self) -> bool:
        return not self.holder


@dataclass(frozen=True, slots=True)
class Reason:
    light: Light
    sentence: str
    to_do: str


@dataclass(frozen=True, slots=True)
class PlanLight:
    light: Light
    word: str
    figure: str  # "4 av 5 funktioner har innehavare och ersättare"
    reasons: tuple[Reason, ...]

    @property
    def status(self) -> str:
        return STATUS[self.light]

    @property
    def next(self) -> str:
        """The one thing to do next; "" when nothing is wanting."""
        return self.reasons[0].to_do if self.reasons else ""


def no_plan(*, obliged: bool = True) -> PlanLight:
    """A company is urged to have one, not obliged: its own board decides."""
    reason = Reason(Light.RED, _("Det finns ingen plan."), _("Skriv en handlingsplan."))
    if not obliged:
        reason = Reason(
            Light.AMBER,
            _("Det finns ingen plan. Bolaget är uppmanat, inte skyldigt, att ha en."),
            _("Be bolagets styrelse besluta om en plan."),
        )
    return PlanLight(reason.light, _("Saknas"), _("ingen plan"), (reason,))


def light_of(
    review: Review, functions: tuple[Function, ...], *, bound: bool, body_exists: bool = True
) -> PlanLight:
    """`bound`: the programme binds the body, or its own board has decided."""
    order = [Light.RED, Light.AMBER, Light.GREEN]
    found = [
        *_of_body(exists=body_exists, bound=bound),
        *_of_review(review),
        *_of_functions(functions),
    ]
    reasons = tuple(sorted(found, key=lambda reason: order.index(reason.light)))
    light = reasons[0].light if reasons else Light.GREEN
    words = {Light.GREEN: _("Klar"), Light.AMBER: _("Brister"), Light.RED: _("Håller inte")}
    staffed = sum(not each.vacant and bool(each.deputies) for each in functions)
    figure = ngettext(
        "{staffed} av {count} funktion har innehavare och ersättare",
        "{staffed} av {count} funktioner har innehavare och ersättare",
        len(functions),
    )
    return PlanLight(
        light, words[light], figure.format(staffed=staffed, count=len(functions)), reasons
    )


def _of_body(*, exists: bool, bound: bool) -> Iterator[Reason]:
    if not exists:
        yield Reason(
            Light.RED,
            _("Enheten finns inte längre i organisationen."),
            _("Ändra planens enhet, eller lägg upp enheten igen."),
        )
    if not bound:
        yield Reason(
            Light.AMBER,
            _("Bolagets egen styrelse har inte beslutat om planen."),
            _("Be bolagets styrelse besluta."),
        )


def _of_review(review: Review) -> Iterator[Reason]:
    day = in_words(review.due_on)
    if review.state is ReviewState.OVERDUE:
        yield Reason(
            Light.RED,
            _("Planen skulle ha setts över {day}.").format(day=day),
            _("Gå igenom planen och godkänn den."),
        )
    if review.state is ReviewState.UNAPPROVED:
        yield Reason(Light.AMBER, _("Planen är inte godkänd."), _("Be ägaren godkänna planen."))
    if review.state is ReviewState.SOON:
        yield Reason(
            Light.AMBER,
            _("Planen ska ses över senast {day}.").format(day=day),
            _("Gå igenom planen."),
        )


def _of_functions(functions: tuple[Function, ...]) -> Iterator[Reason]:
    vacant = [each.name for each in functions if each.vacant]
    alone = [each.name for each in functions if not each.vacant and not each.deputies]
    if vacant:
        yield Reason(
            Light.RED,
            _("Vakant: {functions}.").format(functions=", ".join(vacant)),
            _("Utse någon till {function}.").format(function=vacant[0]),
        )
    if alone:
        yield Reason(
            Light.AMBER,
            _("Ingen ersättare: {functions}.").format(functions=", ".join(alone)),
            _("Utse en ersättare till {function}.").format(function=alone[0]),
        )
