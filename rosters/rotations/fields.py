"""What may stand in the fields of a rotation, whether typed in a form or said by a program."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Refused
from core.forms import line
from core.language import gettext as _
from rosters.models import Person
from rosters.rotations.turns import MOST_WEEKS, parse, written

FARTHEST = 1100  # days ahead that shifts are made at most
MOST_PEOPLE = 200
YEARS_AHEAD = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationFields:
    """As typed in a form, or as a program says it; `people` are refs in their order."""

    name: str
    turns: str
    every_weeks: int = 1
    people: tuple[str, ...]
    starts_on: date | None
    ends_on: date | None = None
    temporary: bool = False
    horizon_days: int = 365


def checked(fields: RotationFields, *, today: date) -> RotationFields:
    """The fields made clean; Refused with the field that is wrong."""
    if not 1 <= fields.every_weeks <= MOST_WEEKS:
        raise Refused(_("Välj var 1:a till var 8:e vecka."), field="every_weeks")
    if not 1 <= fields.horizon_days <= FARTHEST:
        sentence = _("Välj 1 till {count} dagar.").format(count=FARTHEST)
        raise Refused(sentence, field="horizon_days")
    if fields.starts_on is None:
        raise Refused(_("Ange en dag."), field="starts_on")
    if fields.starts_on.year > today.year + YEARS_AHEAD:
        sentence = _("Dagen är mer än {count} år bort.").format(count=YEARS_AHEAD)
        raise Refused(sentence, field="starts_on")
    if fields.ends_on and fields.ends_on < fields.starts_on:
        raise Refused(_("Slutet kommer före början."), field="ends_on")
    if fields.temporary and not fields.ends_on:
        raise Refused(_("En tillfällig rotation behöver ett slut."), field="ends_on")
    week = parse(fields.turns, every_weeks=fields.every_weeks)
    name = line(fields.name, field="name", longest=120, required=True)
    return replace(fields, name=name, turns=written(week))


async def people_of(session: AsyncSession, fields: RotationFields, *, today: date) -> list[Person]:
    """In their order; one who has left may stand in a rotation that is over, no longer in others."""
    refs = fields.people
    if not refs:
        raise Refused(_("Ange minst en person."), field="people")
    if len(refs) > MOST_PEOPLE:
        raise Refused(_("Högst {count} personer.").format(count=MOST_PEOPLE), field="people")
    rows = await session.scalars(select(Person).where(Person.ref.in_(refs)))
    found = {person.ref: person for person in rows}
    for ref in refs:
        if ref not in found:
            sentence = _("Det finns ingen person med numret {ref}.").format(ref=ref)
            raise Refused(sentence, field="people")
        last = found[ref].active_to
        if last and last < today and (fields.ends_on is None or fields.ends_on > today):
            sentence = _("{ref} är inte längre i tjänst.").format(ref=ref)
            raise Refused(sentence, field="people")
    return [found[ref] for ref in refs]
