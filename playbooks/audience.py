"""Who would be called right now, along each step of a plan, and through what."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.plan import ChannelKind, Order, Plan, StartKind, StepPlan, TargetKind
from alerting.reach import usable
from alerting.targets import addresses_at, resolve
from rosters.models import ContactPoint, Person, Unit


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody as the step would reach them; a protected person has neither name nor number here."""

    ref: str
    name: str
    title: str
    channels: tuple[ChannelKind, ...]
    by_hand: bool  # through the switchboard, or because the step is an operator's task
    switchboard: str = ""

    @property
    def unreachable(self) -> bool:
        return not self.channels and not self.by_hand

    @property
    def one_way_only(self) -> bool:
        """Only one channel works: if it fails there is no second."""
        return len(self.channels) == 1


@dataclass(frozen=True, slots=True)
class Asked:
    """One step with the people it would ask now, and the tasks an operator would do."""

    step: StepPlan
    people: tuple[Reached, ...]
    tasks: tuple[str, ...]

    @property
    def size(self) -> int:
        return len(self.people) + len(self.tasks)

    @property
    def need(self) -> int:
        return self.step.need.of(self.size)

    @property
    def empty(self) -> bool:
        return not self.size

    @property
    def able(self) -> int:
        """How many can be reached at all."""
        return self.size - sum(person.unreachable for person in self.people)

    @property
    def starts_now(self) -> bool:
        return self.step.start.kind is StartKind.AT_ONCE and not self.step.gate

    @property
    def callable(self) -> frozenset[str]:
        """Refs of those the system itself calls or texts."""
        return frozenset(person.ref for person in self.people if person.channels)

    @property
    def first(self) -> frozenset[str]:
        """Refs of those called when the step begins."""
        if self.step.order is Order.ALL_AT_ONCE:
            return self.callable
        return frozenset([person.ref for person in self.people if person.channels][:1])


@dataclass(frozen=True, slots=True)
class Audience:
    steps: tuple[Asked, ...]

    @property
    def called_now(self) -> frozenset[str]:
        """Refs of those whose phones ring in the first second."""
        return frozenset().union(*(asked.first for asked in self.steps if asked.starts_now))

    @property
    def called_later(self) -> frozenset[str]:
        """Refs of those who are called only if the chain goes that far."""
        everybody = frozenset().union(*(asked.callable for asked in self.steps))
        return everybody - self.called_now

    @property
    def unreachable(self) -> tuple[Reached, ...]:
        return tuple({each.ref: each for each in self._people() if each.unreachable}.values())

    @property
    def one_way_only(self) -> tuple[Reached, ...]:
        return tuple({each.ref: each for each in self._people() if each.one_way_only}.values())

    def _people(self) -> Iterator[Reached]:
        for asked in self.steps:
            yield from asked.people


async def audience_of(
    session: AsyncSession, plan: Plan, *, at: datetime, zone: ZoneInfo, site: str | None = None
) -> Audience:
    """Who each step would ask if the alarm were raised at that instant, away from a site."""
    forbidden = await addresses_at(session, site) if site else set()
    found = [
        await resolve(
            session,
            step.targets,
            at=at,
            zone=zone,
            away_from=site if step.exclude else None,
        )
        for step in plan.steps
    ]
    people = {person.id: person for each in found for person in each}
    points = await _points(session, people)
    boards = await _switchboards(session, people.values())

    def ways(person: Person, step: StepPlan) -> tuple[ChannelKind, ...]:
        wanted = {channel for wave in step.waves for channel in wave.channels}
        own = points[person.id]
        return tuple(
            channel
            for channel in ChannelKind
            if channel in wanted and usable(own, channel, at=at, zone=zone, forbidden=forbidden)
        )

    return Audience(
        tuple(
            Asked(
                step,
                tuple(_reached(person, step, ways(person, step), boards) for person in each),
                tuple(each.code for each in step.targets if each.kind is TargetKind.MANUAL),
            )
            for step, each in zip(plan.steps, found, strict=True)
        )
    )


async def _points(
    session: AsyncSession, people: Collection[UUID]
) -> Mapping[UUID, Sequence[ContactPoint]]:
    points: dict[UUID, list[ContactPoint]] = {person: [] for person in people}
    query = select(ContactPoint).where(ContactPoint.person_id.in_(people))
    for point in await session.scalars(query):
        points[point.person_id].append(point)
    return points


def _reached(
    person: Person, step: StepPlan, ways: tuple[ChannelKind, ...], boards: Mapping[UUID, str]
) -> Reached:
    if person.protected:
        board = boards.get(person.unit_id, "") if person.unit_id else ""
        return Reached(
            person.ref, person.title or person.ref, "", (), by_hand=True, switchboard=board
        )
    return Reached(person.ref, person.name, person.title, ways, by_hand=step.by_hand)


async def _switchboards(session: AsyncSession, people: Iterable[Person]) -> Mapping[UUID, str]:
    """Where to ring for those whose own numbers are never shown."""
    units = {person.unit_id for person in people if person.protected and person.unit_id}
    if not units:
        return {}
    rows = await session.execute(
        select(Unit.id, Unit.switchboard, Unit.name).where(Unit.id.in_(units))
    )
    return {unit: board or name for unit, board, name in rows}
