"""Rules of an action plan: its body, and a crisis organisation of people who exist."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from alerting.plan import Target, TargetKind
from core.language import gettext as _
from playbooks.cards.document import Card
from playbooks.cards.rules import missing
from playbooks.document import Governed
from playbooks.findings import Finding
from playbooks.notation import write_target
from playbooks.organisation import Organisation
from playbooks.plans.document import ActionPlan, Appointment
from playbooks.reading import Place
from rosters.models import UnitKind

BODIES = frozenset({UnitKind.COUNCIL, UnitKind.BOARD, UnitKind.COMPANY, UnitKind.ASSOCIATION})


@dataclass(frozen=True, slots=True)
class PlanCase:
    """One plan to be judged, every playbook by code, and the organisation."""

    plan: ActionPlan
    known: Mapping[str, Governed]
    organisation: Organisation

    def appointments(self) -> Iterator[tuple[Place, Appointment]]:
        for at, each in enumerate(self.plan.organisation):
            yield ("organisation", at), each


def body_is_one(case: PlanCase) -> Iterator[Finding]:
    code = case.plan.body
    kind = case.organisation.units.get(code)
    if kind is None:
        yield Finding(("body",), _("Enheten {code} finns inte i organisationen.").format(code=code))
    elif kind not in BODIES:
        sentence = _("{code} är ingen nämnd, styrelse eller bolag.")
        yield Finding(("body",), sentence.format(code=code))


def body_has_one_plan(case: PlanCase) -> Iterator[Finding]:
    for code, other in case.known.items():
        same = isinstance(other, ActionPlan) and other.body == case.plan.body
        if same and code != case.plan.code:
            sentence = _("{body} har redan en plan: {code}.")
            yield Finding(("body",), sentence.format(body=case.plan.body, code=code))


def companies_decide(case: PlanCase) -> Iterator[Finding]:
    """A company is urged; only its own board can bind it."""
    company = case.organisation.units.get(case.plan.body) is UnitKind.COMPANY
    if company and case.plan.binding and not case.plan.decision:
        yield Finding(
            ("body",),
            _("Ett bolag binds av sin egen styrelse: skriv binding: false, eller ange decision."),
        )


def people_exist(case: PlanCase) -> Iterator[Finding]:
    places: list[tuple[Place, Target]] = [(("owner",), case.plan.owner)]
    for place, each in case.appointments():
        places.append(((*place, "holder"), each.holder))
        places += [((*place, "deputies", at), target) for at, target in enumerate(each.deputies)]
    several = len(case.plan.informed or ()) > 1
    for at, target in enumerate(case.plan.informed or ()):
        places.append((("informed", at) if several else ("informed",), target))
    for place, target in places:
        yield from missing(case.organisation, place, target)


def holders_are_people(case: PlanCase) -> Iterator[Finding]:
    for place, each in case.appointments():
        for field, target in (("holder", each.holder), *(("deputies", d) for d in each.deputies)):
            if target.kind is TargetKind.MANUAL:
                sentence = _("{field}: ange en person, roll, grupp eller jour.")
                yield Finding((*place, field), sentence.format(field=field))


def deputies_are_others(case: PlanCase) -> Iterator[Finding]:
    for place, each in case.appointments():
        named = [each.holder]
        for at, deputy in enumerate(each.deputies):
            if deputy in named or case.organisation.members(deputy) <= _first(case, each.holder):
                sentence = _("{target} är redan utsedd: en ersättare är någon annan.")
                words = sentence.format(target=write_target(deputy))
                if case.organisation.members(deputy):
                    yield Finding((*place, "deputies", at), words)
            named.append(deputy)


def _first(case: PlanCase, holder: Target) -> frozenset[str]:
    """Whoever of a role's holders comes first; the rest of them stand in."""
    if holder.kind is TargetKind.ROLE:
        return frozenset(case.organisation.roles.get(holder.code, ())[:1])
    return case.organisation.members(holder)


def functions_stand_once(case: PlanCase) -> Iterator[Finding]:
    seen: set[str] = set()
    for place, each in case.appointments():
        name = each.function.casefold()
        if name in seen:
            sentence = _("Funktionen ”{name}” finns redan.").format(name=each.function)
            yield Finding((*place, "function"), sentence)
        seen.add(name)


def cards_exist(case: PlanCase) -> Iterator[Finding]:
    for at, code in enumerate(case.plan.cards):
        if not isinstance(case.known.get(code), Card):
            yield Finding(("cards", at), _("Åtgärdskortet {code} finns inte.").format(code=code))


PlanRule = Callable[[PlanCase], Iterator[Finding]]
PLAN_RULES: tuple[PlanRule, ...] = (
    body_is_one,
    body_has_one_plan,
    companies_decide,
    people_exist,
    holders_are_people,
    deputies_are_others,
    functions_stand_once,
    cards_exist,
)
