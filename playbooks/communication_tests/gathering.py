"""Whom a test would ask right now, and who is left out of it and why."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.gateway import may_train
from alerting.plan import ChannelKind, Plan
from playbooks import library, service
from playbooks.audience import audience_of
from playbooks.communication_tests.models import (
    CommunicationTest,
    CommunicationTestPerson,
    LeftOut,
)
from playbooks.communication_tests.planning import called_steps, channels_of
from playbooks.document import Document
from playbooks.library import Loaded
from rosters.models import ContactPoint, Person

RESTS = timedelta(hours=48)  # nobody is tested more often


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody whom the path calls today."""

    person: Person
    steps: frozenset[str]
    channels: frozenset[ChannelKind]  # that would be tried; none for who cannot be reached
    tested_at: datetime | None
    left_out: LeftOut | None


@dataclass(frozen=True, slots=True)
class Gathered:
    path: Loaded[Document]
    plan: Plan
    people: tuple[Candidate, ...]  # in the order of the path, each once
    not_tested: tuple[str, ...] = field(default=())  # titles of steps that a test leaves alone

    @property
    def asked(self) -> tuple[Candidate, ...]:
        return tuple(each for each in self.people if each.left_out is None)

    @property
    def resting(self) -> tuple[Candidate, ...]:
        return tuple(each for each in self.people if each.left_out is LeftOut.RESTS)

    @property
    def protected(self) -> tuple[Candidate, ...]:
        return tuple(each for each in self.people if each.left_out is LeftOut.PROTECTED)

    @property
    def by_step(self) -> Mapping[str, list[str]]:
        """The refs of those who are asked."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for each in self.asked:
            for step in each.steps:
                found[step].append(each.person.ref)
        return found

    @property
    def channels(self) -> tuple[ChannelKind, ...]:
        return channels_of(self.plan)


async def gather(
    session: AsyncSession, code: str, *, now: datetime, zone: ZoneInfo, locking: bool = False
) -> Gathered:
    """Along the path's version in force; NotFound when there is none.

    With `locking`, nobody else can begin a test of any of these people until this one stands.
    """
    paths = await library.paths(session, at=now)
    plan = service.compiled(paths, code)
    steps = called_steps(plan)
    audience = await audience_of(session, plan, at=now, zone=zone)
    chosen: defaultdict[str, set[str]] = defaultdict(set)
    ways: defaultdict[str, set[ChannelKind]] = defaultdict(set)
    for asked in audience.steps:
        for reached in asked.people if asked.step in steps else ():
            chosen[reached.ref].add(asked.step.name)
            ways[reached.ref].update(reached.channels)
    people = await _people(session, chosen, locking=locking)
    last = await last_tested(session, [each.id for each in people.values()])
    return Gathered(
        path=paths[code],
        plan=plan,
        people=tuple(
            Candidate(
                person=people[ref],
                steps=frozenset(names),
                channels=frozenset(ways[ref]),
                tested_at=last.get(people[ref].id),
                left_out=_left_out(people[ref], last.get(people[ref].id), now),
            )
            for ref, names in chosen.items()
        ),
        not_tested=tuple(step.title for step in plan.steps if step not in steps),
    )


def _left_out(person: Person, tested_at: datetime | None, now: datetime) -> LeftOut | None:
    if person.protected:
        return LeftOut.PROTECTED
    return LeftOut.RESTS if tested_at and tested_at > now - RESTS else None


async def barred(
    session: AsyncSession, gathered: Gathered, allowed: Sequence[str]
) -> Sequence[str]:
    """Names of those with a number or address that a test may not reach, by our own settings."""
    rows = await session.execute(
        select(Person.name, ContactPoint.address)
        .join(ContactPoint, ContactPoint.person_id == Person.id)
        .where(Person.id.in_([each.person.id for each in gathered.asked]))
        .order_by(Person.name)
    )
    return list(dict.fromkeys(name for name, address in rows if not may_train(address, allowed)))


async def _people(
    session: AsyncSession, refs: Collection[str], *, locking: bool
) -> dict[str, Person]:
    query = select(Person).where(Person.ref.in_(refs)).order_by(Person.id)
    if locking:
        query = query.with_for_update(key_share=True)
    return {person.ref: person for person in await session.scalars(query)}


async def last_tested(session: AsyncSession, people: Collection[UUID]) -> dict[UUID, datetime]:
    """When each was last asked in a test of any path; those who never were are missing."""
    rows = await session.execute(
        select(CommunicationTestPerson.person_id, func.max(CommunicationTest.started_at))
        .join(CommunicationTest, CommunicationTest.id == CommunicationTestPerson.test_id)
        .where(
            CommunicationTestPerson.person_id.in_(people),
            CommunicationTestPerson.left_out.is_(None),
        )
        .group_by(CommunicationTestPerson.person_id)
    )
    return {row[0]: row[1] for row in rows}
