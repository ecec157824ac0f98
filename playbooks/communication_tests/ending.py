"""How a test ends: by itself, by an operator, or by a live alarm; and what it leaves behind."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from alerting import service as alerting
from alerting.gateway import NO_CHANNEL, NOT_ALLOWED
from alerting.job import plan_of
from alerting.means import Means
from alerting.models import OPEN_ALARM, Alarm, AlarmState, Message
from alerting.service import lock_alarm
from core.audit import By, note
from core.errors import Refused
from core.language import N_, use_language
from core.language import gettext as _
from core.wakeups import wake
from playbooks.communication_tests import telling
from playbooks.communication_tests.judging import Asked, Delays, judge, median, outcome
from playbooks.communication_tests.measuring import measure, people_of, topic_of
from playbooks.communication_tests.models import (
    CommunicationSchedule,
    CommunicationState,
    CommunicationTest,
    CommunicationTestPerson,
    LeftOut,
)
from playbooks.communication_tests.schedules import clocks_of
from playbooks.communication_tests.service import SYSTEM, live_alarm
from playbooks.lights.models import RunKind
from playbooks.lights.runs import record_run
from playbooks.marks import steps_mark
from playbooks.models import Playbook
from rosters.notices.service import Teller

INTERRUPTED = N_("Testet är avbrutet: skarpt läge. Svara inte på testet.")
CALLED_OFF = N_("Testet är avbrutet. Du behöver inte svara.")
LIVE = N_("skarpt läge")
KEPT_BACK = N_("några meddelanden fick inte lämna systemet")


async def follow(session: AsyncSession, *, now: datetime, means: Means) -> int:
    """Look at every running test, and end those that are over; how many run."""
    query = select(CommunicationTest).where(CommunicationTest.state == CommunicationState.RUNNING)
    running = (await session.scalars(query.order_by(CommunicationTest.alarm_id))).all()
    live = bool(running) and await live_alarm(session)
    for test in running:
        await _look_at(session, test, live=live, now=now, means=means)
    return len(running)


async def _look_at(
    session: AsyncSession, test: CommunicationTest, *, live: bool, now: datetime, means: Means
) -> None:
    if test.alarm_id is None:
        await _finish(session, test, CommunicationState.CALLED_OFF, now=now, means=means)
        return
    alarm = await lock_alarm(session, test.alarm_id)
    if alarm.state not in OPEN_ALARM:  # an operator has ended it on its board
        ended = CommunicationState.DONE
        if alarm.state is AlarmState.CALLED_OFF:
            ended = CommunicationState.CALLED_OFF
        test.ended_by = alarm.closed_by or ""
        await _finish(session, test, ended, now=now, means=means)
    elif live:
        await _interrupt(session, test, alarm, now=now, means=means)
    elif alarm.state is AlarmState.MET or now >= test.ends_at:
        await alerting.close(session, alarm.id, by=SYSTEM.name, now=now, means=means)
        await _finish(session, test, CommunicationState.DONE, now=now, means=means)
    else:
        await measure(session, test, now=now)


async def _interrupt(
    session: AsyncSession, test: CommunicationTest, alarm: Alarm, *, now: datetime, means: Means
) -> None:
    """What is live goes first: no more is sent, and whoever was asked is told why."""
    text = both(INTERRUPTED)
    await alerting.call_off(session, alarm.id, by=SYSTEM.name, text=text, now=now, means=means)
    test.why = LIVE
    if not test.started_by:
        await _again(session, test, now=now, means=means)
    await _finish(session, test, CommunicationState.CALLED_OFF, now=now, means=means)


async def _again(
    session: AsyncSession, test: CommunicationTest, *, now: datetime, means: Means
) -> None:
    """A scheduled test that was interrupted is done later; its people must rest first."""
    schedule = await session.scalar(
        select(CommunicationSchedule).where(CommunicationSchedule.playbook_id == test.playbook_id)
    )
    if schedule is not None:
        turn = clocks_of(schedule, means.zone).turn(now.astimezone(means.zone).date(), test.hours)
        schedule.next_hours = turn.hours
        schedule.next_at = clocks_of(schedule, means.zone).moved(turn, now).at
        schedule.remark = N_("Det förra provet avbröts: skarpt läge.")


async def call_off(
    session: AsyncSession, test: CommunicationTest, *, by: By, now: datetime, means: Means
) -> None:
    """Before its time; whoever has been asked is told. Refused when it is over."""
    if test.alarm_id is None or test.state is not CommunicationState.RUNNING:
        raise Refused(_("Provet är redan slut."), status=409)
    text = both(CALLED_OFF)
    await alerting.call_off(session, test.alarm_id, by=by.name, text=text, now=now, means=means)
    test.ended_by = by.name
    await _finish(session, test, CommunicationState.CALLED_OFF, now=now, means=means)
    await note(session, by, "Avbröt kommunikationsprov", str(test.id), now=now)


def both(words: str) -> str:
    """In both languages at once: a notice is one text for all."""
    said = []
    for language in ("sv", "en"):
        with use_language(language):
            said.append(_(words))
    return " ".join(dict.fromkeys(said))


async def _finish(
    session: AsyncSession,
    test: CommunicationTest,
    state: CommunicationState,
    *,
    now: datetime,
    means: Means,
) -> None:
    """Once, whoever comes first: what has come is kept, judged, and acted on."""
    await session.flush()  # what was said of the end above must not be lost by the refresh below
    if not await _over(session, test, state, now):
        return
    await measure(session, test, now=now)
    wake(session, topic_of(test.id))
    people = await people_of(session, test.id)
    delays = delays_of(test, people)
    test.median = median(delays.values())
    await telling.tell_of_faults(Teller(session, now, means.zone), test)
    if state is CommunicationState.DONE:
        await _judge(session, test, people, delays, now=now, means=means)


async def _over(
    session: AsyncSession, test: CommunicationTest, state: CommunicationState, now: datetime
) -> bool:
    moved = await session.execute(
        update(CommunicationTest)
        .where(
            CommunicationTest.id == test.id,
            CommunicationTest.state == CommunicationState.RUNNING,
        )
        .values(state=state, ended_at=now)
        .returning(CommunicationTest.id)
        .execution_options(synchronize_session=False)
    )
    if moved.first() is None:
        return False
    await session.refresh(test)
    return True


def asked_of(people: Sequence[CommunicationTestPerson]) -> dict[str, Asked]:
    """By step of the path, who was asked and how many were left out."""
    steps = {step for each in people for step in each.steps}
    return {
        step: Asked(
            frozenset(
                each.person_id for each in people if step in each.steps and not each.left_out
            ),
            sum(step in each.steps and each.left_out is not None for each in people),
        )
        for step in steps
    }


def delays_of(test: CommunicationTest, people: Sequence[CommunicationTestPerson]) -> Delays:
    """Until the answer, of those who have answered."""
    found: dict[UUID, timedelta] = {
        each.person_id: max(each.answered_at - test.started_at, timedelta(0))
        for each in people
        if each.answered_at and each.left_out is None
    }
    return found


async def _kept_back(session: AsyncSession, test: CommunicationTest) -> bool:
    """True when our own settings let a message not leave: that says nothing of anybody."""
    kept = select(Message.id).where(
        Message.alarm_id == test.alarm_id, Message.code.in_((NOT_ALLOWED, NO_CHANNEL))
    )
    return await session.scalar(kept.limit(1)) is not None


async def _judge(
    session: AsyncSession,
    test: CommunicationTest,
    people: Sequence[CommunicationTestPerson],
    delays: Delays,
    *,
    now: datetime,
    means: Means,
) -> None:
    """For the path's third light; a test that left out too many says nothing of it."""
    plan = plan_of(test.plan)
    found = outcome(judge(plan, asked_of(people), delays), test.goal_within)
    if await _kept_back(session, test):
        test.why = KEPT_BACK
        return
    test.met = found.met
    if found.met is None:
        return
    rest = sum(each.left_out is LeftOut.RESTS for each in people)
    await record_run(
        session,
        playbook=await session.get_one(Playbook, test.playbook_id),
        version_number=test.version_number,
        steps_mark=steps_mark(plan),
        kind=RunKind.COMMUNICATION,
        began_at=test.started_at,
        met=found.met,
        took=found.took,
        alarm_id=test.alarm_id,
        by=test.started_by,
        remark=_("{count} provades inte.").format(count=rest) if rest else "",
        now=now,
        zone=means.zone,
    )
