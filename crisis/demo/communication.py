"""The demo's communication tests: one that was done, and when the next ones come."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.models import Via
from alerting.plan import ChannelKind
from crisis.demo.roster import ZONE
from playbooks import library
from playbooks.communication_tests.ending import asked_of, delays_of
from playbooks.communication_tests.gathering import gather
from playbooks.communication_tests.judging import Outcome, judge, median, outcome
from playbooks.communication_tests.models import (
    CommunicationSchedule,
    CommunicationState,
    CommunicationTest,
    CommunicationTestChannel,
    CommunicationTestPerson,
    Fault,
    Hours,
    Told,
)
from playbooks.communication_tests.schedules import LATE, MONTHS, NIGHT_AT, OFFICE_AT
from playbooks.communication_tests.service import LASTS
from playbooks.communication_tests.timing import DAY, OTHER, Clocks
from playbooks.lights.models import RunKind
from playbooks.lights.runs import record_run
from playbooks.marks import steps_mark
from playbooks.models import Playbook
from rosters.comparing import contact_points
from rosters.models import ContactKind, ContactPoint

CLOCKS = Clocks(OFFICE_AT, NIGHT_AT, ZONE)
DONE = "LV-03"
AGO = timedelta(days=16)
BY = "planerare"


async def seed_communication_tests(session: AsyncSession, *, now: datetime) -> None:
    """Add what is missing: a schedule for each path that calls people, and one report."""
    paths = await library.paths(session, at=now)
    kept = set(await session.scalars(select(CommunicationSchedule.playbook_id)))
    hours = Hours.OFFICE
    for place, (code, loaded) in enumerate(paths.items()):
        if code == "LV-09" or loaded.version.playbook_id in kept:
            continue
        day = (now + (5 + 4 * place) * DAY).astimezone(ZONE).date()
        turn, hours = CLOCKS.turn(day, hours), OTHER[hours]
        session.add(
            CommunicationSchedule(
                playbook_id=loaded.version.playbook_id,
                months=MONTHS,
                office_at=OFFICE_AT,
                night_at=NIGHT_AT,
                lasts=LASTS,
                late=LATE,
                next_at=turn.at,
                next_hours=turn.hours,
                changed_at=now,
                changed_by=BY,
            )
        )
    if not await session.scalar(select(CommunicationTest.id).limit(1)):
        await _done(session, now)


async def _done(session: AsyncSession, now: datetime) -> None:
    started = CLOCKS.turn((now - AGO).astimezone(ZONE).date(), Hours.OFFICE).at
    found = await gather(session, DONE, now=now, zone=ZONE)
    test = CommunicationTest(
        playbook_id=found.path.version.playbook_id,
        version_number=found.plan.version,
        plan=found.plan.model_dump_json(),
        goal_within=found.path.document.goal_within,
        state=CommunicationState.DONE,
        hours=Hours.OFFICE,
        planned_at=started,
        started_at=started,
        ends_at=started + LASTS,
        ended_at=started + LASTS,
        asked=len(found.asked),
    )
    session.add(test)
    points = await contact_points(session)
    rows = []
    for place, each in enumerate(found.people):
        row = CommunicationTestPerson(
            test_id=test.id, person_id=each.person.id, steps=each.steps, left_out=each.left_out
        )
        session.add(row)
        rows.append(row)
        if each.left_out is None:
            _answer(session, row, test, points, place)
    delays = delays_of(test, rows)
    test.answered, test.median = len(delays), median(delays.values())
    found_out = outcome(judge(found.plan, asked_of(rows), delays), test.goal_within)
    test.met = found_out.met
    await _lights(session, test, found_out, steps_mark(found.plan))


async def _lights(
    session: AsyncSession, test: CommunicationTest, found: Outcome, mark: str
) -> None:
    """The third light counts the test, as it counts those that are done."""
    await record_run(
        session,
        playbook=await session.get_one(Playbook, test.playbook_id),
        version_number=test.version_number,
        steps_mark=mark,
        kind=RunKind.COMMUNICATION,
        began_at=test.started_at,
        met=bool(found.met),
        took=found.took,
        now=test.started_at + LASTS,
        zone=ZONE,
    )


def _answer(
    session: AsyncSession,
    row: CommunicationTestPerson,
    test: CommunicationTest,
    points: Mapping[UUID, Sequence[ContactPoint]],
    place: int,
) -> None:
    """One is silent, one has a number that was wrong and is right by now; the others are quick."""
    draw = Random(place)  # noqa: S311  # the same demo each time
    mobile = next((p for p in points.get(row.person_id, ()) if p.kind is ContactKind.MOBILE), None)
    if mobile is None:
        row.unreachable = True
        return
    sent = test.started_at + timedelta(seconds=2)
    ways = {
        kind: CommunicationTestChannel(
            test_person_id=row.id,
            channel=kind,
            point_id=mobile.id,
            sent_at=sent,
            delivered_at=sent + timedelta(seconds=draw.randint(3, 20)),
        )
        for kind in (ChannelKind.VOICE, ChannelKind.SMS)
    }
    session.add_all(ways.values())
    if place in {2, 6}:
        called = ways[ChannelKind.VOICE]
        called.delivered_at, called.failed_at, called.reason = None, sent, "Inget svar."
        for way in ways.values() if place == 6 else ():
            way.delivered_at, way.failed_at, way.reason = None, sent, "Numret finns inte."
            way.fault, way.told = Fault.NO_SUCH_NUMBER, Told.PERSON
        return
    kind = draw.choice((ChannelKind.SMS, ChannelKind.SMS, ChannelKind.VOICE))
    answered = test.started_at + timedelta(seconds=round(draw.lognormvariate(4.7, 0.9)))
    row.answered_via = {ChannelKind.SMS: Via.SMS, ChannelKind.VOICE: Via.VOICE}[kind]
    row.answered_at = ways[kind].answered_at = answered
