"""How well a path is known by those it calls: the facts behind the second light."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound
from core.language import gettext as _
from playbooks.receipts.scene import Standing, look


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
    scene = await look(session, at=at, zone=zone)
    return {code: _known(scene.of_path(code)) for code in scene.paths}


def _known(standings: Iterable[Standing]) -> Knowing:
    people = tuple(
        Knower(
            ref=each.person.ref,
            name=each.name,
            confirmed_at=each.read_at,
            number_saved=each.number_saved,
            introduced=each.introduced,
            anew=each.anew,
        )
        for each in standings
    )
    return Knowing(people, sum(each.anew for each in people))
