"""Verbs: approve a person's month, or everybody's, as it stands."""

from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By, note
from core.errors import Refused
from core.language import gettext as _
from rosters.models import Person
from rosters.worktime.ground import PersonMonth, month_by_person, time_of
from rosters.worktime.models import Approval


def digest_of(months: Sequence[PersonMonth]) -> str:
    """What a planner saw, and what is approved only while it is still so."""
    said = "".join(f"{each.person.ref}{each.digest}" for each in months)
    return sha256(said.encode()).hexdigest()


async def approve(
    session: AsyncSession,
    person: Person,
    month: date,
    *,
    shown: str,
    by: By,
    now: datetime,
    zone: ZoneInfo,
) -> None:
    """One person's month; `shown` is the digest of what the planner has seen."""
    found = await month_by_person(session, month, zone=zone, person=person.id)
    await _approve(session, found, month, shown=shown, by=by, now=now, zone=zone)


async def approve_all(
    session: AsyncSession, month: date, *, shown: str, by: By, now: datetime, zone: ZoneInfo
) -> None:
    found = await month_by_person(session, month, zone=zone)
    await _approve(session, found, month, shown=shown, by=by, now=now, zone=zone)


async def _approve(
    session: AsyncSession,
    months: Sequence[PersonMonth],
    month: date,
    *,
    shown: str,
    by: By,
    now: datetime,
    zone: ZoneInfo,
) -> None:
    if time_of(month, zone).end > now:
        raise Refused(_("Månaden är inte slut. Godkänn den när den är det."))
    if digest_of(months) != shown:
        raise Refused(
            _("Underlaget har ändrats sedan sidan visades. Läs det igen, och godkänn då.")
        )
    for each in months:
        if (each.rows or each.approval) and not each.approved:
            await _sign(session, each, by=by, now=now)


async def _sign(session: AsyncSession, found: PersonMonth, *, by: By, now: datetime) -> None:
    again = await session.scalar(
        update(Approval)
        .where(Approval.person_id == found.person.id, Approval.month == found.month)
        .values(digest=found.digest, approved_by=by.name, approved_at=now)
        .returning(Approval.id)
    )
    if again is None:
        row = Approval(
            person_id=found.person.id,
            month=found.month,
            digest=found.digest,
            approved_by=by.name,
            approved_at=now,
        )
        try:
            async with session.begin_nested():
                session.add(row)
        except IntegrityError as error:  # two planners at the same moment
            raise Refused(_("Någon annan godkände månaden just nu.")) from error
    subject, month = found.person.ref, f"{found.month:%Y-%m}"
    await note(session, by, "Godkände arbetstid", subject, now=now, detail=month)
