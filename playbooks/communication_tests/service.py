"""The verbs of a communication test: start it, call it off, end it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting import service as alerting
from alerting.means import Means
from alerting.models import OPEN_ALARM, Alarm
from alerting.plan import Mode
from alerting.service import Trigger
from core.audit import By, note
from core.errors import NotFound, Refused
from core.language import gettext as _
from playbooks.communication_tests.gathering import Candidate, Gathered, gather
from playbooks.communication_tests.models import (
    CommunicationState,
    CommunicationTest,
    CommunicationTestPerson,
    LeftOut,
)
from playbooks.communication_tests.planning import plan_of_test
from playbooks.communication_tests.timing import hours_at

LASTS = timedelta(minutes=60)
SYSTEM = By("Krislarm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How a test is started; by the schedule it must not leave anybody out who was just tested."""

    by: By = SYSTEM
    scheduled: bool = False
    planned_at: datetime | None = None
    lasts: timedelta = LASTS
    once: str = ""  # of the form, or of the turn: the same again is the same test


async def start(
    session: AsyncSession, code: str, wanted: Wanted, *, now: datetime, means: Means
) -> CommunicationTest:
    """Ask everybody whom the path calls today for a sign of life, along the real engine."""
    once = f"communication-test:{wanted.once}" if wanted.once else None
    if once and (begun := await _begun(session, once)):
        return begun
    if await live_alarm(session):
        raise Refused(_("Ett skarpt larm pågår. Prova när det är avslutat."), status=409)
    gathered = await gather(session, code, now=now, zone=means.zone, locking=True)
    await _refuse(session, gathered, wanted)
    plan = plan_of_test(gathered.plan, gathered.by_step, lasts=wanted.lasts)
    trigger = Trigger(mode=Mode.TEST, by=wanted.by.name, once=once, address=wanted.by.address)
    alarm = await alerting.raise_alarm(session, plan, trigger, now=now, means=means)
    if once and (begun := await _begun(session, once)):  # the same form at the same moment
        return begun
    test = CommunicationTest(
        playbook_id=gathered.path.version.playbook_id,
        version_number=gathered.plan.version,
        plan=gathered.plan.model_dump_json(),
        goal_within=gathered.path.document.goal_within,
        alarm_id=alarm.id,
        hours=hours_at(now, means.zone),
        started_by="" if wanted.scheduled else wanted.by.name,
        planned_at=wanted.planned_at or now,
        started_at=now,
        ends_at=now + wanted.lasts,
        asked=len(gathered.asked),
    )
    session.add(test)
    session.add_all(_row(test, each) for each in gathered.people)
    await note(
        session, wanted.by, "Började kommunikationsprov", code, now=now, detail=str(test.asked)
    )
    return test


def _row(test: CommunicationTest, candidate: Candidate) -> CommunicationTestPerson:
    rests = candidate.left_out is LeftOut.RESTS
    return CommunicationTestPerson(
        test_id=test.id,
        person_id=candidate.person.id,
        steps=candidate.steps,
        left_out=candidate.left_out,
        tested_at=candidate.tested_at if rests else None,
    )


async def _begun(session: AsyncSession, once: str) -> CommunicationTest | None:
    query = select(CommunicationTest).join(Alarm, Alarm.id == CommunicationTest.alarm_id)
    return await session.scalar(query.where(Alarm.once == once))


async def _refuse(session: AsyncSession, gathered: Gathered, wanted: Wanted) -> None:
    running = select(CommunicationTest.id).where(
        CommunicationTest.playbook_id == gathered.path.version.playbook_id,
        CommunicationTest.state == CommunicationState.RUNNING,
    )
    if await session.scalar(running.limit(1)):
        raise Refused(_("Larmvägen provas redan."), status=409)
    if wanted.scheduled and gathered.resting:
        raise Refused(_("Några provades för mindre än 48 timmar sedan."))
    if gathered.asked:
        return
    if gathered.resting:
        raise Refused(_("Alla provades för mindre än 48 timmar sedan. Ingen är kvar att prova."))
    raise Refused(_("Larmvägen når ingen som kan provas."))


async def live_alarm(session: AsyncSession) -> bool:
    """True while one is open: then nobody is tested."""
    query = select(Alarm.id).where(Alarm.mode == Mode.LIVE, Alarm.state.in_(OPEN_ALARM))
    return await session.scalar(query.limit(1)) is not None


async def communication_test(session: AsyncSession, test_id: UUID) -> CommunicationTest:
    test = await session.get(CommunicationTest, test_id)
    if test is None:
        raise NotFound(_("Provet finns inte."))
    return test
