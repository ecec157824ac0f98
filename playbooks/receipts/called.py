"""Whom each target can mean in the coming weeks, and so whose part of a path is which."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.plan import Plan, Target, TargetKind
from core.errors import NotFound
from playbooks import library
from playbooks.document import Document
from playbooks.library import Loaded
from playbooks.receipts.parts import Part, part_of
from playbooks.service import compiled
from rosters.duty.resolver import in_service
from rosters.models import CallList, CallListEntry, CallListKind, Person
from rosters.readiness.service import duties

_KINDS = {CallListKind.ROLE: TargetKind.ROLE, CallListKind.GROUP: TargetKind.GROUP}


@dataclass(frozen=True, slots=True)
class Meant:
    """Everybody in service, and the targets that can mean each of them."""

    people: Mapping[UUID, Person]  # by name
    targets: Mapping[UUID, frozenset[Target]]


async def meant_by(
    session: AsyncSession, *, at: datetime, zone: ZoneInfo, only: UUID | None = None
) -> Meant:
    """Who can be called by what; `only` one person, or everybody.

    A duty role means everybody with a shift in the coming weeks or a place in a rotation: who is
    on duty in three weeks has to know the path before that.
    """
    query = select(Person).order_by(Person.name, Person.ref)
    rows = (await session.scalars(query.where(Person.id == only) if only else query)).all()
    people = {each.id: each for each in rows if in_service(each, at=at, zone=zone)}
    found: defaultdict[UUID, set[Target]] = defaultdict(set)
    for each in people.values():
        found[each.id].add(Target(kind=TargetKind.PERSON, code=each.ref))
    for person, codes in (await duties(session, now=at, zone=zone)).items():
        found[person] |= {Target(kind=TargetKind.DUTY, code=code) for code in codes}
    entries = await session.execute(
        select(CallListEntry.person_id, CallList.kind, CallList.code).join(
            CallList, CallList.id == CallListEntry.call_list_id
        )
    )
    for person, kind, code in entries:
        found[person].add(Target(kind=_KINDS[kind], code=code))
    return Meant(people, {each: frozenset(found[each]) for each in people})


@dataclass(frozen=True, slots=True)
class Called:
    """A path in force, and everybody's part of it."""

    loaded: Loaded[Document]
    plan: Plan
    parts: Mapping[UUID, Part]


async def called_by(session: AsyncSession, meant: Meant, *, at: datetime) -> Mapping[str, Called]:
    """All paths in force at an instant, by code, with the parts of those they can call."""
    paths = await library.paths(session, at=at)
    found = ((code, _called(code, paths, meant)) for code in paths)
    return {code: called for code, called in found if called}


def _called(code: str, paths: Mapping[str, Loaded[Document]], meant: Meant) -> Called | None:
    """None for a path that runs one which is not in force yet."""
    try:
        plan = compiled(paths, code)
    except NotFound:
        return None
    documents = library.documents(paths)
    used = {target for step in plan.steps for target in step.targets}
    known: dict[frozenset[Target], Part | None] = {}  # hundreds of people share a few parts
    parts = {}
    for person, targets in meant.targets.items():
        why = targets & used
        if why not in known:
            known[why] = part_of(plan, documents, why)
        if part := known[why]:
            parts[person] = part
    return Called(paths[code], plan, parts)
