"""What the roster does by itself about the time to come: reminds people, and tells of new gaps."""

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from rosters.duty.gaps import Gap, find_gaps
from rosters.duty.models import DutyRole, GapNote, Shift, ShiftState
from rosters.duty.telling import manager_of, remind_of, tell_of_gaps, teller_for
from rosters.models import Person
from rosters.notices.models import Notice, NoticeState
from rosters.notices.quiet import after_quiet, before_quiet, hours_of

REMIND_BEFORE = timedelta(hours=24)
REMINDERS_AHEAD = timedelta(hours=48)  # written down so long before the shift, sent in time
GAPS_AHEAD = timedelta(days=90)
NEAR = timedelta(days=14)  # a gap nearer than this is told of each day
DAILY = timedelta(hours=24)


async def remind(session: AsyncSession, *, now: datetime) -> None:
    """Everybody is reminded a day before a shift, outside their quiet hours."""
    rows = await session.execute(
        select(Shift, Person, DutyRole)
        .join(Person, Person.id == Shift.person_id)
        .join(DutyRole, DutyRole.id == Shift.duty_role_id)
        .where(
            Shift.starts_at > now,
            Shift.starts_at <= now + REMINDERS_AHEAD,
            Shift.state != ShiftState.COVERED,
        )
    )
    true = set()
    for shift, person, role in rows.all():
        if await _goes_on(session, shift):
            continue
        teller, quiet = teller_for(session, role, now), hours_of(person)
        at = before_quiet(shift.starts_at - REMIND_BEFORE, quiet, teller.zone)
        if at < now:  # it was planned late: after the night, if that is not too late
            morning = after_quiet(now, quiet, teller.zone)
            at = morning if morning < shift.starts_at else now
        true.add(await remind_of(teller, role, shift, person, at))
    # A shift may be moved, removed or given away by many verbs: what is no longer true is not said.
    await session.execute(
        update(Notice)
        .where(
            Notice.key.startswith("remind:"),
            Notice.key.not_in(true),
            Notice.state == NoticeState.DUE,
        )
        .values(state=NoticeState.WITHDRAWN)
    )


async def _goes_on(session: AsyncSession, shift: Shift) -> bool:
    """The person has the duty already: nothing begins."""
    before = select(Shift.id).where(
        Shift.duty_role_id == shift.duty_role_id,
        Shift.person_id == shift.person_id,
        Shift.ends_at == shift.starts_at,
        Shift.state != ShiftState.COVERED,
    )
    return await session.scalar(before.limit(1)) is not None


async def tell_gaps(session: AsyncSession, *, now: datetime) -> None:
    """The roster manager is told once of a new gap, and each day of one that is near."""
    news: defaultdict[UUID, list[Gap]] = defaultdict(list)
    managers: dict[UUID, Person] = {}
    notes = await _notes(session, now)
    for gap in await find_gaps(session, start=now, end=now + GAPS_AHEAD):
        manager = await manager_of(session, gap.role)
        if manager is None or not _is_news(session, gap, notes[gap.role.id], now):
            continue
        managers[manager.id] = manager
        news[manager.id].append(gap)
    for manager_id, gaps in news.items():
        await tell_of_gaps(session, managers[manager_id], gaps, now)


async def _notes(session: AsyncSession, now: datetime) -> defaultdict[UUID, list[GapNote]]:
    found: defaultdict[UUID, list[GapNote]] = defaultdict(list)
    for row in await session.scalars(select(GapNote).where(GapNote.ends_at > now)):
        found[row.duty_role_id].append(row)
    return found


def _is_news(session: AsyncSession, gap: Gap, told: list[GapNote], now: datetime) -> bool:
    """Writes down that it is told. A gap is the same when it begins within one that was told of."""
    same = next((row for row in told if row.starts_at <= gap.start < row.ends_at), None)
    if same is None:
        fresh = GapNote(duty_role_id=gap.role.id, starts_at=gap.start, ends_at=gap.end, told_at=now)
        session.add(fresh)
        told.append(fresh)
        return True
    same.ends_at = max(same.ends_at, gap.end)
    if gap.start - now >= NEAR or now - same.told_at < DAILY:
        return False
    same.told_at = now
    return True
