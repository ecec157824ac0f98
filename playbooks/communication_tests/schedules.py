"""Tests by themselves: set when, and begin those that are due, never beside a live alarm."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.means import Means
from core.audit import By, note
from core.errors import Refused
from core.language import N_
from core.language import gettext as _
from playbooks.communication_tests import service
from playbooks.communication_tests.gathering import RESTS
from playbooks.communication_tests.models import CommunicationSchedule, Hours
from playbooks.communication_tests.service import Wanted
from playbooks.communication_tests.timing import (
    DAY,
    Clocks,
    Turn,
    is_night_clock,
    is_office_clock,
    too_late,
)
from playbooks.models import Playbook

MONTHS = 3
OFFICE_AT, NIGHT_AT = time(10), time(3)
LATE = timedelta(hours=2)
MISSED = N_("Provet började inte i tid och flyttades.")
WAITED = N_("Ett skarpt larm pågick. Provet flyttades.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """When a planner wants a path tested."""

    months: int
    office_at: time
    night_at: time
    lasts: timedelta
    late: timedelta
    first_day: date
    first_hours: Hours
    paused: bool = False


def clocks_of(schedule: CommunicationSchedule | Terms, zone: ZoneInfo) -> Clocks:
    return Clocks(schedule.office_at, schedule.night_at, zone)


async def schedule_of(session: AsyncSession, playbook_id: UUID) -> CommunicationSchedule | None:
    return await session.scalar(
        select(CommunicationSchedule).where(CommunicationSchedule.playbook_id == playbook_id)
    )


async def set_terms(
    session: AsyncSession,
    playbook: Playbook,
    terms: Terms,
    *,
    by: By,
    now: datetime,
    zone: ZoneInfo,
) -> CommunicationSchedule:
    """Set when a path is tested by itself, from now on."""
    turn = _first(terms, now, zone)
    present = await schedule_of(session, playbook.id)
    schedule = await session.merge(
        CommunicationSchedule(
            id=present.id if present else uuid4(),
            playbook_id=playbook.id,
            months=terms.months,
            office_at=terms.office_at,
            night_at=terms.night_at,
            lasts=terms.lasts,
            late=terms.late,
            next_at=turn.at,
            next_hours=turn.hours,
            paused=terms.paused,
            changed_at=now,
            changed_by=by.name,
        )
    )
    detail = f"{turn.at.isoformat()} {turn.hours}" + (" paused" if terms.paused else "")
    await note(session, by, "Ändrade provets tider", playbook.code, now=now, detail=detail)
    return schedule


def _first(terms: Terms, now: datetime, zone: ZoneInfo) -> Turn:
    if not is_office_clock(terms.office_at):
        raise Refused(_("Kontorstid är mellan 07:00 och 18:00."), field="office_at")
    if not is_night_clock(terms.night_at):
        raise Refused(_("Natt är mellan 22:00 och 06:00."), field="night_at")
    turn = clocks_of(terms, zone).turn(terms.first_day, terms.first_hours)
    if turn.at <= now:
        raise Refused(_("Den tiden har redan varit."), field="first_day")
    return turn


async def free_day(session: AsyncSession, *, now: datetime, zone: ZoneInfo) -> date:
    """The first day from next week on that leaves the people of other paths' tests their rest."""
    taken = [
        each.astimezone(zone).date()
        for each in await session.scalars(
            select(CommunicationSchedule.next_at).where(CommunicationSchedule.paused.is_(False))
        )
    ]
    day = now.astimezone(zone).date() + 7 * DAY
    while any(abs(day - each) <= RESTS for each in taken):
        day += DAY
    return day


async def begin_due(session: AsyncSession, *, now: datetime, means: Means) -> int:
    """Begin the tests whose time has come; how many began."""
    query = select(CommunicationSchedule, Playbook.code).join(
        Playbook, Playbook.id == CommunicationSchedule.playbook_id
    )
    due = await session.execute(
        query.where(
            CommunicationSchedule.next_at <= now, CommunicationSchedule.paused.is_(False)
        ).order_by(CommunicationSchedule.next_at, Playbook.code)
    )
    return sum(
        [await _begin(session, each, code, now=now, means=means) for each, code in due.all()]
    )


async def _begin(
    session: AsyncSession,
    schedule: CommunicationSchedule,
    code: str,
    *,
    now: datetime,
    means: Means,
) -> bool:
    """True when the test began. It waits beside a live alarm, and is moved when it comes too late."""
    turn, clocks = Turn(schedule.next_at, schedule.next_hours), clocks_of(schedule, means.zone)
    live = await service.live_alarm(session)
    if too_late(turn, now, schedule.late):
        await _move(session, schedule, clocks.moved(turn, now), WAITED if live else MISSED)
        return False
    if live:
        return False
    wanted = Wanted(
        scheduled=True,
        planned_at=turn.at,
        lasts=schedule.lasts,
        once=f"{schedule.id}:{turn.at.isoformat()}",
    )
    try:
        async with session.begin_nested():
            if not await _move(session, schedule, clocks.after(turn, schedule.months), ""):
                return False
            await service.start(session, code, wanted, now=now, means=means)
    except Refused as refusal:
        await _move(session, schedule, clocks.moved(turn, now), refusal.sentence)
        return False
    return True


async def _move(
    session: AsyncSession, schedule: CommunicationSchedule, to: Turn, remark: str
) -> bool:
    """Set the next test, if nobody else has; the number of rows says who was first."""
    moved = await session.execute(
        update(CommunicationSchedule)
        .where(
            CommunicationSchedule.id == schedule.id,
            CommunicationSchedule.next_at == schedule.next_at,
        )
        .values(next_at=to.at, next_hours=to.hours, remark=remark)
        .returning(CommunicationSchedule.id)
        .execution_options(synchronize_session=False)
    )
    return moved.first() is not None
