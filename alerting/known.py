"""What must be known of a batch of call-ins before they are asked, read in a handful of queries."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from alerting.job import Job
from alerting.models import OPEN_ALARM, Alarm, CallIn, CallInState, Message, Step
from alerting.plan import ChannelKind
from alerting.reach import pick, usable
from core.database import Row
from rosters.models import ContactPoint, Person, Unit

SomeRow = TypeVar("SomeRow", bound=Row)


@dataclass(slots=True)
class Known:
    """What must be known of a batch of call-ins, read in a handful of queries."""

    people: dict[UUID, Person]
    points: dict[UUID, list[ContactPoint]]
    tries: dict[UUID, Counter[tuple[ChannelKind, str]]]
    dead: set[tuple[UUID, str]]
    rivals: set[UUID]  # people with an open question in another alarm
    first_asked: dict[UUID, UUID]  # person -> the call-in of this alarm that carries the question
    forbidden: set[str]
    site_name: str

    @classmethod
    async def of(cls, job: Job, call_ins: Sequence[CallIn]) -> "Known":
        session = job.session
        await session.flush()  # the queries below must see call-ins that were just asked
        people = {each.person_id for each in call_ins if each.person_id}
        points: dict[UUID, list[ContactPoint]] = defaultdict(list)
        for point in await rows_where(session, ContactPoint, ContactPoint.person_id, people):
            points[point.person_id].append(point)
        tries: dict[UUID, Counter[tuple[ChannelKind, str]]] = defaultdict(Counter)
        dead: set[tuple[UUID, str]] = set()
        again = {each.id for each in call_ins if each.wave}
        for message in await rows_where(session, Message, Message.call_in_id, again):
            if message.call_in_id:
                tries[message.call_in_id][message.channel, message.address] += 1
                if message.dead:
                    dead.add((message.call_in_id, message.address + message.channel))
        return cls(
            people={each.id: each for each in await rows_where(session, Person, Person.id, people)},
            points=points,
            tries=tries,
            dead=dead,
            rivals=await _rivals(job, people),
            first_asked=await _first_asked(job, people),
            forbidden=await job.forbidden(),
            site_name=await _site_name(session, job.alarm.site),
        )

    def person(self, call_in: CallIn) -> Person:
        """Whom a call-in that is not done by hand asks; KeyError for one that is."""
        if call_in.person_id is None:
            raise KeyError(call_in.name)
        return self.people[call_in.person_id]

    def asked_elsewhere(self, call_in: CallIn) -> bool:
        """True when another step of this alarm has already put the question to this person."""
        if call_in.person_id is None:
            return False
        return self.first_asked.get(call_in.person_id, call_in.id) != call_in.id

    def next_point(self, job: Job, call_in: CallIn, channel: ChannelKind) -> ContactPoint | None:
        if call_in.person_id is None:
            return None
        candidates = [
            point
            for point in usable(
                self.points[call_in.person_id],
                channel,
                at=job.now,
                zone=job.means.zone,
                forbidden=self.forbidden,
            )
            if (call_in.id, point.address + channel) not in self.dead
        ]
        counts = self.tries[call_in.id]
        return pick(
            candidates, {each.address: counts[channel, each.address] for each in candidates}
        )


async def rows_where(
    session: AsyncSession,
    kind: type[SomeRow],
    column: InstrumentedAttribute[Any],
    ids: Collection[UUID],
) -> Sequence[SomeRow]:
    """The rows whose column holds one of the ids; no query when there are none."""
    if not ids:
        return ()
    return (await session.scalars(select(kind).where(column.in_(ids)))).all()


async def _rivals(job: Job, people: Collection[UUID]) -> set[UUID]:
    if not people:
        return set()
    query = (
        select(CallIn.person_id)
        .join(Alarm, Alarm.id == CallIn.alarm_id)
        .where(
            CallIn.person_id.in_(people),
            CallIn.state == CallInState.ASKED,
            CallIn.alarm_id != job.alarm.id,
            Alarm.state.in_(OPEN_ALARM),
        )
    )
    return {each for each in await job.session.scalars(query) if each}


async def _first_asked(job: Job, people: Collection[UUID]) -> dict[UUID, UUID]:
    if not people:
        return {}
    query = (
        select(CallIn.person_id, CallIn.id)
        .join(Step, Step.id == CallIn.step_id)
        .where(
            CallIn.alarm_id == job.alarm.id,
            CallIn.person_id.in_(people),
            CallIn.state == CallInState.ASKED,
            CallIn.by_hand.is_(False),
        )
        .order_by(CallIn.asked_at.desc(), Step.position.desc())
    )
    # Later rows overwrite: what remains is the one asked first.
    return {person: call_in for person, call_in in await job.session.execute(query) if person}


async def _site_name(session: AsyncSession, code: str | None) -> str:
    if code is None:
        return ""
    return await session.scalar(select(Unit.name).where(Unit.code == code)) or code
