"""What a review page showed, and what has changed since."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.plan import Plan
from core.language import gettext as _
from playbooks.audience import Audience
from playbooks.document import Document
from playbooks.library import Loaded
from rosters.models import Person


class Seen(BaseModel):
    """The paths and people that somebody looked at; it travels with the form."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    paths: dict[str, UUID]  # code -> version
    steps: dict[str, tuple[str, ...]]  # step -> refs

    @classmethod
    def read(cls, text: str) -> "Seen | None":
        """What the form brought back; None when it is not ours."""
        try:
            return cls.model_validate_json(text)
        except ValidationError:
            return None


@dataclass(frozen=True, slots=True)
class Change:
    """People of one step who have come or gone since the page was shown."""

    step: str  # its title
    come: tuple[str, ...]  # refs
    gone: tuple[str, ...]


def seen(plan: Plan, paths: Mapping[str, Loaded[Document]], audience: Audience) -> Seen:
    """What a page with this plan and audience shows."""
    codes = {plan.code, *(step.name.split("/")[-2] for step in plan.steps if "/" in step.name)}
    return Seen(
        paths={code: paths[code].version.id for code in sorted(codes)},
        steps={
            asked.step.name: tuple(person.ref for person in asked.people)
            for asked in audience.steps
        },
    )


def changed_paths(before: Seen, after: Seen) -> list[str]:
    """Codes of the paths that have another version now."""
    both = before.paths.keys() | after.paths.keys()
    return sorted(code for code in both if before.paths.get(code) != after.paths.get(code))


def changed_people(before: Seen, after: Seen, plan: Plan) -> list[Change]:
    """Who has come and gone, step by step; steps of a changed path are not compared."""
    changes = []
    for step in plan.steps:
        was, now = before.steps.get(step.name), after.steps[step.name]
        if was is None or was == now:
            continue
        come = tuple(ref for ref in now if ref not in was)
        gone = tuple(ref for ref in was if ref not in now)
        changes.append(Change(step.title, come, gone))
    return changes


async def what_changed(
    session: AsyncSession, before: Seen | None, after: Seen, plan: Plan
) -> list[str]:
    """A sentence for each change; empty when the page still holds."""
    if before is None:
        return [_("Sidan kom inte fram hel. Granska den igen.")]
    changes = changed_people(before, after, plan)
    names = await _names(session, (ref for each in changes for ref in (*each.come, *each.gone)))
    sentences = [
        _("{code} har fått en ny version.").format(code=code)
        for code in changed_paths(before, after)
    ]
    return sentences + [_say(change, names) for change in changes]


def _say(change: Change, names: Mapping[str, str]) -> str:
    said = {
        "step": change.step,
        "come": ", ".join(names.get(ref, ref) for ref in change.come),
        "gone": ", ".join(names.get(ref, ref) for ref in change.gone),
    }
    if change.come and change.gone:
        return _("{step}: nu {come}, inte längre {gone}.").format(**said)
    if change.come:
        return _("{step}: {come} har tillkommit.").format(**said)
    if change.gone:
        return _("{step}: {gone} är inte med längre.").format(**said)
    return _("{step}: ordningen är en annan.").format(**said)


async def _names(session: AsyncSession, refs: Iterable[str]) -> Mapping[str, str]:
    wanted = set(refs)
    if not wanted:
        return {}
    people = await session.scalars(select(Person).where(Person.ref.in_(wanted)))
    return {
        person.ref: (person.title or person.ref) if person.protected else person.name
        for person in people
    }
