"""All there is to know about reading at an instant: whom paths call, and what each has read."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from playbooks.receipts.called import Called, called_by, meant_by
from playbooks.receipts.models import Acquaintance, Asking, Receipt
from playbooks.receipts.parts import Part
from playbooks.receipts.standing import asked_anew, present, read_at
from rosters.models import Person


@dataclass(frozen=True, slots=True)
class Standing:
    """One person and their part of one path."""

    person: Person
    called: Called
    part: Part
    receipts: Sequence[Receipt]  # for this path, oldest first
    acquaintance: Acquaintance | None
    at: datetime

    @property
    def asked(self) -> Receipt | None:
        """The receipt of the part as it is now."""
        return present(self.receipts, self.part)

    @property
    def read_at(self) -> datetime | None:
        found = read_at(self.receipts, self.part)
        return found if found and found <= self.at else None

    @property
    def anew(self) -> bool:
        """The version in force has changed what the person was asked to read before."""
        return asked_anew(self.receipts, self.part, self.called.loaded.version.number)

    @property
    def number_saved(self) -> bool:
        saved_at = self.acquaintance and self.acquaintance.saved_at
        return bool(saved_at and saved_at <= self.at)

    @property
    def introduced(self) -> bool:
        introduced_at = self.acquaintance and self.acquaintance.introduced_at
        return bool(introduced_at and introduced_at <= self.at)

    @property
    def name(self) -> str:
        """A protected person by title."""
        person = self.person
        return person.title or person.ref if person.protected else person.name


@dataclass(frozen=True, slots=True)
class Scene:
    at: datetime
    people: Mapping[UUID, Person]
    paths: Mapping[str, Called]  # in force, by code
    receipts: Mapping[tuple[UUID, UUID], Sequence[Receipt]]  # by playbook and person
    acquaintances: Mapping[UUID, Acquaintance]
    asking: Mapping[UUID, Asking]  # by playbook

    def of_path(self, code: str) -> Iterator[Standing]:
        """Everybody the path can call, by name."""
        called = self.paths[code]
        for person in called.parts:
            yield self._standing(called, person)

    def of_person(self, person: UUID) -> Iterator[Standing]:
        """All paths that can call the person."""
        for called in self.paths.values():
            if person in called.parts:
                yield self._standing(called, person)

    def asks(self, called: Called) -> bool:
        """Whether those whom the path calls are asked to read."""
        return called.loaded.version.playbook_id in self.asking

    def _standing(self, called: Called, person: UUID) -> Standing:
        return Standing(
            self.people[person],
            called,
            called.parts[person],
            self.receipts.get((called.loaded.version.playbook_id, person), ()),
            self.acquaintances.get(person),
            self.at,
        )


async def look(
    session: AsyncSession, *, at: datetime, zone: ZoneInfo, only: UUID | None = None
) -> Scene:
    """Everything, or what concerns one person `only`: a handful of queries, however much it is."""
    meant = await meant_by(session, at=at, zone=zone, only=only)
    known = select(Acquaintance).execution_options(populate_existing=True)
    if only:
        known = known.where(Acquaintance.person_id == only)
    return Scene(
        at=at,
        people=meant.people,
        paths=await called_by(session, meant, at=at),
        receipts=await _receipts(session, at, only),
        acquaintances={each.person_id: each for each in await session.scalars(known)},
        asking={each.playbook_id: each for each in await session.scalars(select(Asking))},
    )


async def _receipts(
    session: AsyncSession, at: datetime, only: UUID | None
) -> Mapping[tuple[UUID, UUID], Sequence[Receipt]]:
    query = select(Receipt).where(Receipt.asked_at <= at).order_by(Receipt.asked_at, Receipt.id)
    query = query.execution_options(populate_existing=True)  # verbs change rows past the session
    if only:
        query = query.where(Receipt.person_id == only)
    found: defaultdict[tuple[UUID, UUID], list[Receipt]] = defaultdict(list)
    for each in await session.scalars(query):
        found[each.playbook_id, each.person_id].append(each)
    return dict(found)
