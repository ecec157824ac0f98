"""Every board and company with its plan: who holds what today, and the light of each."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.targets import resolve
from core.forms import harmless
from core.language import gettext as _
from core.language import ngettext
from playbooks import library
from playbooks.library import Loaded
from playbooks.lights.models import Light
from playbooks.plans.document import ActionPlan, Appointment
from playbooks.plans.light import Function, PlanLight, light_of, no_plan
from playbooks.reviewing import Review, ReviewState, review_of
from rosters.matters import Matter
from rosters.models import Person, Unit, UnitKind
from rosters.units import kind_labels

EXPECTED = (UnitKind.BOARD, UnitKind.COMPANY)  # of these a plan is expected


@dataclass(frozen=True, slots=True)
class Standing:
    """A plan as it stands today."""

    loaded: Loaded[ActionPlan]
    functions: tuple[Function, ...]
    review: Review
    light: PlanLight

    @property
    def bound(self) -> bool:
        return is_bound(self.loaded.document)


@dataclass(frozen=True, slots=True)
class Body:
    code: str
    name: str
    kind: str  # in words
    standing: Standing | None
    light: PlanLight


def is_bound(plan: ActionPlan) -> bool:
    return plan.binding or bool(plan.decision)


async def standing_of(
    session: AsyncSession,
    plan: Loaded[ActionPlan],
    *,
    now: datetime,
    zone: ZoneInfo,
    body_exists: bool = True,
) -> Standing:
    document = plan.document
    functions = tuple(
        [await _function(session, each, now=now, zone=zone) for each in document.organisation]
    )
    review = review_of(plan.version, months=document.review_months, now=now, zone=zone)
    light = light_of(review, functions, bound=is_bound(document), body_exists=body_exists)
    return Standing(plan, functions, review, light)


async def _function(
    session: AsyncSession, appointment: Appointment, *, now: datetime, zone: ZoneInfo
) -> Function:
    """Of a role or group the first holds the function, and the rest of it stands in."""
    holders = await resolve(session, (appointment.holder,), at=now, zone=zone)
    others = await resolve(session, appointment.deputies, at=now, zone=zone)
    deputies = {each.id: each for each in (*holders[1:], *others)}
    for person in holders[:1]:
        deputies.pop(person.id, None)
    return Function(
        appointment.function,
        shown(holders[0]) if holders else "",
        tuple(shown(each) for each in deputies.values()),
        appointment.note or "",
    )


def shown(person: Person) -> str:
    """A protected person is their title, never their name."""
    return (person.title or person.ref) if person.protected else person.name


async def bodies(session: AsyncSession, *, now: datetime, zone: ZoneInfo) -> list[Body]:
    """Boards first, then companies, and whatever else has a plan; each with its light."""
    plans = {each.document.body: each for each in (await library.plans(session, at=now)).values()}
    units = (await session.scalars(select(Unit).order_by(Unit.name))).all()
    words = kind_labels()
    kinds = list(UnitKind)
    wanted = [unit for unit in units if unit.kind in EXPECTED or unit.code in plans]
    found = []
    for unit in sorted(wanted, key=lambda unit: kinds.index(unit.kind)):
        plan = plans.pop(unit.code, None)
        standing = await standing_of(session, plan, now=now, zone=zone) if plan else None
        missing = no_plan(obliged=unit.kind is not UnitKind.COMPANY)
        light = standing.light if standing else missing
        found.append(Body(unit.code, unit.name, words[unit.kind], standing, light))
    for code, plan in plans.items():
        standing = await standing_of(session, plan, now=now, zone=zone, body_exists=False)
        found.append(
            Body(code, plan.document.title, _("Finns inte längre"), standing, standing.light)
        )
    return found


def counts(found: Iterable[Body]) -> dict[Light, int]:
    listed = [each.light.light for each in found]
    return {light: listed.count(light) for light in Light}


def bodies_as_csv(found: Sequence[Body]) -> str:
    """One row for each function; a body without a plan has one row."""
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(
        [
            *(_("Enhet"), _("Slag"), _("Status"), _("Brister"), _("Plan"), _("Version")),
            *(_("Antagen"), _("Genomgången"), _("Ses över senast"), _("Gäller genom")),
            *(_("Funktion"), _("Innehavare"), _("Ersättare")),
        ]
    )
    for body in found:
        for row in _csv_rows(body):
            writer.writerow([harmless(cell) for cell in row])
    return out.getvalue()


def _csv_rows(body: Body) -> list[list[str]]:
    why = " ".join(each.sentence for each in body.light.reasons)
    head = [body.name, body.kind, body.light.word, why]
    if body.standing is None:
        return [head + [""] * 9]
    plan, review = body.standing.loaded, body.standing.review
    adopted = plan.document.adopted
    head += [
        f"{plan.document.code} {plan.document.title}",
        str(plan.version.number),
        adopted.isoformat() if adopted else "",
        review.done_on.isoformat(),
        review.due_on.isoformat(),
        binding_words(plan.document),
    ]
    return [
        [*head, each.name, each.holder or _("vakant"), ", ".join(each.deputies)]
        for each in body.standing.functions
    ]


def binding_words(plan: ActionPlan) -> str:
    if plan.decision:
        return _("Eget beslut: {decision}").format(decision=plan.decision)
    return _("Programmet binder") if plan.binding else _("Uppmanad, inte beslutat")


async def waiting(session: AsyncSession, *, now: datetime, zone: ZoneInfo) -> list[Matter]:
    """Plans that should have been gone through, for the start page."""
    plans = (await library.plans(session, at=now)).values()
    late = [
        each
        for each in plans
        if review_of(each.version, months=each.document.review_months, now=now, zone=zone).state
        is ReviewState.OVERDUE
    ]
    if not late:
        return []
    words = ngettext(
        "{count} handlingsplan skulle ha setts över",
        "{count} handlingsplaner skulle ha setts över",
        len(late),
    )
    return [Matter("warn", words.format(count=len(late)), "/plans")]
