"""How well a path is known by those it calls: the facts behind the second light."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound
from core.language import gettext as _
from playbooks.receipts.called import Called, called_by, meant_by
from playbooks.receipts.models import Acquaintance, Receipt
from playbooks.receipts.standing import asked_anew, read_at
from rosters.models import Person


@dataclass(frozen=True, slots=True)
class Knower:
    """Somebody a path calls today; protected people stand with their title."""

    ref: str
    name: str
    confirmed_at: datetime | None  # of the present part
    number_saved: bool
    introduced: bool
    anew: bool = False  # the version in force has changed what they had been asked to read before


@dataclass(frozen=True, slots=True)
class Knowing:
    """All whom a path calls at an instant, sub-paths included, each once."""

    people: tuple[Knower, ...]
    changed: int  # how many of them were asked anew by the version in force

    @property
    def confirmed(self) -> int:
        return sum(each.confirmed_at is not None for each in self.people)


async def knowing(session: AsyncSession, code: str, *, at: datetime, zone: ZoneInfo) -> Knowing:
    """How one path in force is known. NotFound when there is no such path."""
    found = await knowing_all(session, at=at, zone=zone)
    if code not in found:
        raise NotFound(_("Larmvägen {code} finns inte.").format(code=code))
    return found[code]


async def knowing_all(
    session: AsyncSession, *, at: datetime, zone: ZoneInfo
) -> Mapping[str, Knowing]:
    """How each path in force is known, by code: a handful of queries, however many there are."""
    meant = await meant_by(session, at=at, zone=zone)
    paths = await called_by(session, meant, at=at)
    receipts = await receipts_by(session, at=at)
    acquainted = await acquaintances(session)
    return {
        code: _knowing(called, meant.people, receipts, acquainted, at)
        for code, called in paths.items()
    }


Receipts = Mapping[tuple[UUID, UUID], Sequence[Receipt]]  # by playbook and person, oldest first


async def receipts_by(session: AsyncSession, *, at: datetime) -> Receipts:
    """All that people had been asked to read by an instant."""
    query = select(Receipt).where(Receipt.asked_at <= at).order_by(Receipt.asked_at, Receipt.id)
    found: defaultdict[tuple[UUID, UUID], list[Receipt]] = defaultdict(list)
    for each in await session.scalars(query):
        found[each.playbook_id, each.person_id].append(each)
    return found


async def acquaintances(session: AsyncSession) -> Mapping[UUID, Acquaintance]:
    """By person."""
    return {each.person_id: each for each in await session.scalars(select(Acquaintance))}


def shown_name(person: Person) -> str:
    """A protected person by title."""
    return person.title or person.ref if person.protected else person.name


def _knowing(
    called: Called,
    people: Mapping[UUID, Person],
    receipts: Receipts,
    acquainted: Mapping[UUID, Acquaintance],
    at: datetime,
) -> Knowing:
    version = called.loaded.version
    found = []
    for person, part in called.parts.items():
        own = receipts.get((version.playbook_id, person), ())
        confirmed_at, known = read_at(own, part), acquainted.get(person)
        found.append(
            Knower(
                ref=people[person].ref,
                name=shown_name(people[person]),
                confirmed_at=confirmed_at if confirmed_at and confirmed_at <= at else None,
                number_saved=_by(known.saved_at if known else None, at),
                introduced=_by(known.introduced_at if known else None, at),
                anew=asked_anew(own, part, version.number),
            )
        )
    return Knowing(tuple(found), sum(each.anew for each in found))


def _by(done_at: datetime | None, at: datetime) -> bool:
    return done_at is not None and done_at <= at
