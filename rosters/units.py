"""The organisation as a tree, and the verbs that change it."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By, note
from core.errors import NotFound, Refused
from core.language import gettext as _
from rosters.fields import UnitFields, checked_unit
from rosters.models import Person, Unit, UnitKind


@dataclass(frozen=True, slots=True)
class Branch:
    """A unit at its depth in the tree."""

    unit: Unit
    depth: int


def kind_labels() -> dict[UnitKind, str]:
    return {
        UnitKind.COUNCIL: _("Fullmäktige"),
        UnitKind.BOARD: _("Nämnd eller styrelse"),
        UnitKind.DEPARTMENT: _("Förvaltning"),
        UnitKind.COMPANY: _("Bolag"),
        UnitKind.ASSOCIATION: _("Kommunalförbund"),
        UnitKind.SITE: _("Plats"),
        UnitKind.EXTERNAL: _("Extern aktör"),
    }


async def tree(session: AsyncSession) -> list[Branch]:
    """Every unit, each below its parent, neighbours by kind and name."""
    units = await session.scalars(select(Unit))
    below: dict[UUID | None, list[Unit]] = {}
    for unit in units:
        below.setdefault(unit.parent_id, []).append(unit)
    return list(_walk(below, None, 0))


def _walk(
    below: dict[UUID | None, list[Unit]], parent: UUID | None, depth: int
) -> Iterator[Branch]:
    kinds = list(UnitKind)
    for unit in sorted(below.get(parent, ()), key=lambda u: (kinds.index(u.kind), u.name)):
        yield Branch(unit, depth)
        yield from _walk(below, unit.id, depth + 1)


async def head_counts(session: AsyncSession) -> dict[UUID, int]:
    """How many people each unit has of its own; the protected are not counted."""
    rows = await session.execute(
        select(Person.unit_id, func.count())
        .where(Person.unit_id.is_not(None), Person.protected.is_(False))
        .group_by(Person.unit_id)
    )
    return {unit_id: count for unit_id, count in rows if unit_id is not None}


async def unit_of(session: AsyncSession, unit_id: UUID) -> Unit:
    unit = await session.get(Unit, unit_id)
    if unit is None:
        raise NotFound(_("Enheten finns inte."))
    return unit


async def add_unit(session: AsyncSession, fields: UnitFields, *, by: By, now: datetime) -> Unit:
    fields = await _checked(session, fields, own=None)
    unit = Unit(**asdict(fields))
    session.add(unit)
    await note(session, by, "Lade till enhet", fields.code, now=now)
    return unit


async def edit_unit(
    session: AsyncSession, unit: Unit, fields: UnitFields, *, by: By, now: datetime
) -> None:
    fields = await _checked(session, fields, own=unit.id)
    for name, value in asdict(fields).items():
        setattr(unit, name, value)
    await note(session, by, "Ändrade enhet", fields.code, now=now)


async def remove_unit(session: AsyncSession, unit: Unit, *, by: By, now: datetime) -> None:
    below = await session.scalar(select(Unit.id).where(Unit.parent_id == unit.id).limit(1))
    people = await session.scalar(select(Person.id).where(Person.unit_id == unit.id).limit(1))
    if below or people:
        raise Refused(_("Flytta först det som ligger under enheten, och dess personer."))
    await session.delete(unit)
    await note(session, by, "Tog bort enhet", unit.code, now=now)


async def _checked(session: AsyncSession, fields: UnitFields, *, own: UUID | None) -> UnitFields:
    fields = checked_unit(fields)
    taken = await session.scalar(select(Unit.id).where(Unit.code == fields.code))
    if taken is not None and taken != own:
        raise Refused(_("Koden används redan av en annan enhet."), field="code")
    parents = {
        row.id: row.parent_id for row in await session.execute(select(Unit.id, Unit.parent_id))
    }
    above: list[UUID] = []
    step = fields.parent_id
    while step is not None and step not in above:
        if step not in parents:
            raise Refused(_("Enheten finns inte längre."), field="parent_id")
        above.append(step)
        step = parents[step]
    if own in above:
        raise Refused(_("En enhet kan inte ligga under sig själv."), field="parent_id")
    return fields


def choices(branches: Sequence[Branch]) -> list[tuple[str, str]]:
    """For a select: the tree as text, indented."""
    return [("", "–")] + [
        (str(each.unit.id), f"{'  ' * each.depth}{each.unit.name}") for each in branches
    ]
