"""Alarms become runs by themselves, as soon as their log says how they went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.models import Alarm, AlarmEvent, AlarmState, EventKind
from alerting.plan import Mode, Plan
from playbooks import library
from playbooks.communication_tests.models import CommunicationTest
from playbooks.document import Document
from playbooks.lights.models import PathRun, RunKind
from playbooks.lights.outcome import Ended, Outcome, outcome_of
from playbooks.lights.runs import record_run
from playbooks.marks import steps_mark
from playbooks.models import Playbook, PlaybookVersion

KINDS = {
    Mode.LIVE: RunKind.ALARM,
    Mode.EXERCISE: RunKind.EXERCISE,
    Mode.TEST: RunKind.TEST,
}
LOOKED_BACK = timedelta(days=30)  # at alarms that are closed; longer than any engine stands still


@dataclass(frozen=True, slots=True)
class _Seen:
    alarm: Alarm
    met_at: datetime | None
    exhausted: bool


async def record_alarms(session: AsyncSession, *, now: datetime, zone: ZoneInfo) -> int:
    """Record the alarms that have ended since the last time. How many became runs.

    An alarm counts for the path along which it was raised, not for the paths that this one runs:
    those begin late, leave out the people of a site, and their own goal is not measured.
    """
    count = await _met_late(session, now)
    for seen in await _without_run(session, now):
        plan = Plan.model_validate_json(seen.alarm.plan)
        outcome = outcome_of(_ended(seen, await _goal_of(session, plan)))
        playbook = await session.scalar(select(Playbook).where(Playbook.code == plan.code))
        if outcome is None or playbook is None:
            continue
        await _record(session, seen.alarm, plan, playbook, outcome, now=now, zone=zone)
        count += 1
    return count


def _ended(seen: _Seen, goal_within: timedelta | None) -> Ended:
    return Ended(
        state=seen.alarm.state,
        raised_at=seen.alarm.raised_at,
        met_at=seen.met_at,
        exhausted=seen.exhausted,
        closed_at=seen.alarm.closed_at,
        goal_within=goal_within,
    )


async def _record(
    session: AsyncSession,
    alarm: Alarm,
    plan: Plan,
    playbook: Playbook,
    outcome: Outcome,
    *,
    now: datetime,
    zone: ZoneInfo,
) -> None:
    await record_run(
        session,
        playbook=playbook,
        version_number=plan.version,
        steps_mark=steps_mark(plan),
        kind=KINDS[alarm.mode],
        began_at=alarm.raised_at,
        met=outcome.met,
        took=outcome.took,
        alarm_id=alarm.id,
        now=now,
        zone=zone,
    )


async def _verdicts(session: AsyncSession, alarms: Sequence[Alarm]) -> list[_Seen]:
    """What the log of each says of the whole chain."""
    rows = await session.execute(
        select(AlarmEvent.alarm_id, AlarmEvent.kind, func.min(AlarmEvent.at))
        .where(
            AlarmEvent.alarm_id.in_([alarm.id for alarm in alarms]),
            AlarmEvent.kind.in_((EventKind.CHAIN_MET, EventKind.CHAIN_UNMET)),
        )
        .group_by(AlarmEvent.alarm_id, AlarmEvent.kind)
    )
    first = {(alarm, kind): at for alarm, kind, at in rows}
    return [
        _Seen(
            alarm,
            first.get((alarm.id, EventKind.CHAIN_MET)),
            (alarm.id, EventKind.CHAIN_UNMET) in first,
        )
        for alarm in alarms
    ]


async def _without_run(session: AsyncSession, now: datetime) -> list[_Seen]:
    alarms = await session.scalars(
        select(Alarm)
        .where(
            Alarm.state != AlarmState.RUNNING,
            or_(Alarm.closed_at.is_(None), Alarm.closed_at > now - LOOKED_BACK),
            ~exists().where(PathRun.alarm_id == Alarm.id),
            # Communication tests are judged by the path's own plan, and record their run themselves.
            ~exists().where(CommunicationTest.alarm_id == Alarm.id),
        )
        .order_by(Alarm.raised_at)
    )
    found = alarms.all()
    return await _verdicts(session, found) if found else []


async def _met_late(session: AsyncSession, now: datetime) -> int:
    """A late yes has met the need of an alarm that had failed: it says so, and when."""
    failed = await session.execute(
        select(PathRun, Alarm)
        .join(Alarm, Alarm.id == PathRun.alarm_id)
        .where(
            PathRun.met.is_(False),
            PathRun.took.is_(None),
            PathRun.kind.in_(KINDS.values()),
            or_(Alarm.closed_at.is_(None), Alarm.closed_at > now - LOOKED_BACK),
        )
    )
    runs = {alarm.id: (run, alarm) for run, alarm in failed}
    count = 0
    for seen in await _verdicts(session, [alarm for _run, alarm in runs.values()]):
        if seen.met_at is None:
            continue
        plan = Plan.model_validate_json(seen.alarm.plan)
        outcome = outcome_of(_ended(seen, await _goal_of(session, plan)))
        if outcome is None:
            continue
        await session.execute(
            update(PathRun)
            .where(PathRun.id == runs[seen.alarm.id][0].id, PathRun.took.is_(None))
            .values(met=outcome.met, took=outcome.took)
        )
        count += 1
    return count


async def _goal_of(session: AsyncSession, plan: Plan) -> timedelta | None:
    """The time of the goal in the version that the alarm froze."""
    version = await session.get(PlaybookVersion, plan.version_id)
    document = library.document_of(version) if version else None
    return document.goal_within if isinstance(document, Document) else None
