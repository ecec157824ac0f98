"""Whom each step would call, and when that changes: all that a rehearsal must know of people."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.plan import Plan, TargetKind
from alerting.targets import resolve
from rosters.duty.models import DutyRole, Handover, Shift
from rosters.models import ContactKind, ContactPoint, Person


@dataclass(slots=True)
class Line:
    """A number or address, without the row it stands in."""

    kind: ContactKind
    address: str
    position: int = 0
    usable_from: time | None = None
    usable_to: time | None = None
    opted_out_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody who may be called."""

    id: UUID
    ref: str
    lines: tuple[Line, ...]
    protected: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """From an instant on: whom each step calls, by its name, in calling order."""

    since: datetime
    players: Mapping[str, tuple[Player, ...]]


@dataclass(frozen=True, slots=True)
class Cast:
    """The first scene begins when the alarm is raised."""

    scenes: tuple[Scene, ...]

    def of(self, step: str, *, at: datetime) -> tuple[Player, ...]:
        place = bisect_right([scene.since for scene in self.scenes], at)
        return self.scenes[max(0, place - 1)].players.get(step, ())

    def first(self, step: str) -> tuple[Player, ...]:
        return self.scenes[0].players.get(step, ())

    def everybody(self) -> dict[str, Player]:
        """Everyone whom some step may call, by reference."""
        found: dict[str, Player] = {}
        for scene in self.scenes:
            for players in scene.players.values():
                found.update({each.ref: each for each in players})
        return found


async def cast_of(
    session: AsyncSession, plan: Plan, *, at: datetime, lasts: timedelta, zone: ZoneInfo
) -> Cast:
    """Whom the plan would call from an instant on, resolved anew whenever duty or day changes."""
    moments = await _changes(session, plan, at=at, ends=at + lasts, zone=zone)
    found = [
        (
            moment,
            {
                step.name: await resolve(session, step.targets, at=moment, zone=zone)
                for step in plan.steps
            },
        )
        for moment in moments
    ]
    people = {each.id for _at, steps in found for called in steps.values() for each in called}
    lines = await _lines(session, people)
    return Cast(
        tuple(
            Scene(moment, {name: _players(called, lines) for name, called in steps.items()})
            for moment, steps in found
        )
    )


async def _changes(
    session: AsyncSession, plan: Plan, *, at: datetime, ends: datetime, zone: ZoneInfo
) -> list[datetime]:
    """The instants at which somebody else may be called."""
    moments = {at}
    midnight = datetime.combine(at.astimezone(zone).date() + timedelta(days=1), time(), zone)
    if midnight < ends:
        moments.add(midnight.astimezone(at.tzinfo))
    codes = [
        target.code
        for step in plan.steps
        for target in step.targets
        if target.kind is TargetKind.DUTY
    ]
    for column in (Shift.starts_at, Shift.ends_at):
        query = (
            select(column)
            .join(DutyRole, DutyRole.id == Shift.duty_role_id)
            .where(DutyRole.code.in_(codes), column > at, column < ends)
        )
        moments.update(await session.scalars(query))
    due = select(Handover.due_at).where(Handover.due_at > at, Handover.due_at < ends)
    moments.update(await session.scalars(due) if codes else ())
    return sorted(moments)


async def _lines(
    session: AsyncSession, people: Collection[UUID]
) -> Mapping[UUID, tuple[Line, ...]]:
    found: dict[UUID, tuple[Line, ...]] = defaultdict(tuple)
    query = select(ContactPoint).where(ContactPoint.person_id.in_(people))
    for each in await session.scalars(query):
        found[each.person_id] += (
            Line(
                each.kind,
                each.address,
                each.position,
                each.usable_from,
                each.usable_to,
                each.opted_out_at,
            ),
        )
    return found


def _players(
    people: Iterable[Person], lines: Mapping[UUID, tuple[Line, ...]]
) -> tuple[Player, ...]:
    return tuple(Player(each.id, each.ref, lines[each.id], each.protected) for each in people)


def with_more(cast: Cast, step: str, extra: Sequence[Player]) -> Cast:
    """The same people, and these last in one step."""
    return Cast(
        tuple(
            Scene(
                scene.since,
                {**scene.players, step: (*scene.players.get(step, ()), *extra)},
            )
            for scene in cast.scenes
        )
    )
