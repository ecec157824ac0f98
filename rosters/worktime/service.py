"""Verbs: agreement profiles, office hours and worked time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By, note
from core.errors import NotFound, Refused
from core.forms import line
from core.language import gettext as _
from rosters.duty.gaps import served_by
from rosters.duty.models import DutyRole, Shift, ShiftState
from rosters.models import Person
from rosters.worktime.ground import terms_of
from rosters.worktime.hours import read_hours
from rosters.worktime.models import AgreementProfile, OfficeHours, WorkedTime
from rosters.worktime.profiles.reading import read_profile, shipped
from rosters.worktime.quantities import Kind, StandBy, Worked, count, minute

BASIC = By("grundprofil")


async def profiles_of(session: AsyncSession) -> Sequence[AgreementProfile]:
    """Newest version of each code first."""
    found = await session.scalars(
        select(AgreementProfile).order_by(AgreementProfile.code, AgreementProfile.valid_from.desc())
    )
    return found.all()


async def load_profile(
    session: AsyncSession, text: str, *, by: By, now: datetime
) -> AgreementProfile:
    """A new version; one that has been loaded is never changed."""
    profile, mistakes = read_profile(text)
    if profile is None:
        said = "; ".join(f"{each.key}: {each.sentence}" for each in mistakes)
        raise Refused(said, field="rules")
    taken = await session.scalar(
        select(AgreementProfile.id).where(
            AgreementProfile.code == profile.code,
            AgreementProfile.valid_from == profile.valid_from,
        )
    )
    if taken is not None:
        sentence = _("{code} har redan en version från den {day}. Ge den nya ett annat datum.")
        raise Refused(sentence.format(code=profile.code, day=profile.valid_from), field="rules")
    row = AgreementProfile(
        code=profile.code,
        name=profile.name,
        valid_from=profile.valid_from,
        rules=text,
        loaded_at=now,
        loaded_by=by.name,
    )
    session.add(row)
    await note(session, by, "Läste in avtalsprofil", profile.mark, now=now)
    return row


async def ensure_profiles(session: AsyncSession, now: datetime, by: By = BASIC) -> int:
    """Load the profiles that come with the product, where no version of the code is there."""
    present = set(await session.scalars(select(AgreementProfile.code)))
    loaded = 0
    for text in shipped():
        profile, _mistakes = read_profile(text)
        if profile is not None and profile.code not in present:
            await load_profile(session, text, by=by, now=now)
            loaded += 1
    return loaded


async def hours_of(session: AsyncSession, person: UUID) -> Sequence[OfficeHours]:
    found = await session.scalars(
        select(OfficeHours)
        .where(OfficeHours.person_id == person)
        .order_by(OfficeHours.valid_from.desc())
    )
    return found.all()


async def set_office_hours(
    session: AsyncSession,
    person: Person,
    hours: str,
    *,
    valid_from: date | None,
    by: By,
    now: datetime,
) -> OfficeHours:
    """The person's own, from a day on; none at all is a week without office hours."""
    if valid_from is None:
        raise Refused(_("Skriv datumet som 2026-11-23."), field="valid_from")
    text = " ".join(hours.split())
    read_hours(text)
    await session.execute(
        select(Person.id).where(Person.id == person.id).with_for_update(key_share=True)
    )
    row = await session.scalar(
        select(OfficeHours).where(
            OfficeHours.person_id == person.id, OfficeHours.valid_from == valid_from
        )
    )
    if row is None:
        row = OfficeHours(person_id=person.id, valid_from=valid_from, hours=text)
        session.add(row)
    row.hours = text
    detail = f"{valid_from}: {text or '-'}"
    await note(session, by, "Ändrade arbetstid", person.ref, now=now, detail=detail)
    return row


async def remove_office_hours(
    session: AsyncSession, person: Person, hours_id: UUID, *, by: By, now: datetime
) -> None:
    row = await session.get(OfficeHours, hours_id)
    if row is None or row.person_id != person.id:
        raise NotFound(_("Arbetstiden finns inte längre."))
    await session.delete(row)
    await note(session, by, "Tog bort arbetstid", person.ref, now=now, detail=str(row.valid_from))


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """Work as somebody notes it; without a duty role, that of the shift it was done in."""

    starts_at: datetime
    ends_at: datetime
    role: str = ""  # DutyRole.code
    incident_ref: str = ""


async def note_worked_time(
    session: AsyncSession, person: Person, noted: Noted, *, by: By, now: datetime, zone: ZoneInfo
) -> WorkedTime:
    """Work during stand-by, in whole minutes."""
    incident_ref = line(noted.incident_ref, field="incident_ref", longest=60)
    start, end = minute(noted.starts_at), minute(noted.ends_at)
    if end <= start:
        raise Refused(_("Arbetet slutar innan det börjar."), field="worked_to")
    if end > now:
        sentence = _("Arbetet ligger i framtiden. Anteckna det när det är gjort.")
        raise Refused(sentence, field="worked_to")
    shifts = await _shifts_around(session, person, start, end)
    within = [each for each in shifts if each[1].start <= start and end <= each[1].end]
    chosen = [each for each in within if noted.role in ("", each[0].code)]
    if not chosen:
        sentence = _("Arbetet ligger inte inom något pass. Dela det vid passets gräns.")
        raise Refused(sentence, field="worked_from")
    duty, standby = chosen[0]
    await _free(session, person, start, end)
    await _counts(session, standby, start, end, zone)
    row = WorkedTime(
        person_id=person.id,
        duty_role_id=duty.id,
        starts_at=start,
        ends_at=end,
        incident_ref=incident_ref,
        noted_by=by.name,
        noted_at=now,
    )
    session.add(row)
    await note(session, by, "Antecknade arbetad tid", person.ref, now=now, detail=_said(row))
    return row


async def remove_worked_time(
    session: AsyncSession, person: Person, worked_id: UUID, *, by: By, now: datetime
) -> None:
    row = await session.get(WorkedTime, worked_id)
    if row is None or row.person_id != person.id:
        raise NotFound(_("Anteckningen finns inte längre."))
    await session.delete(row)
    await note(session, by, "Tog bort arbetad tid", person.ref, now=now, detail=_said(row))


async def worked_by(
    session: AsyncSession, person: UUID, *, start: datetime, end: datetime
) -> Sequence[tuple[WorkedTime, DutyRole]]:
    """In a time, latest first."""
    rows = await session.execute(
        select(WorkedTime, DutyRole)
        .join(DutyRole, DutyRole.id == WorkedTime.duty_role_id)
        .where(
            WorkedTime.person_id == person,
            WorkedTime.ends_at > start,
            WorkedTime.starts_at < end,
        )
        .order_by(WorkedTime.starts_at.desc())
    )
    return [(worked, role) for worked, role in rows]


async def _shifts_around(
    session: AsyncSession, person: Person, start: datetime, end: datetime
) -> list[tuple[DutyRole, StandBy]]:
    rows = await session.execute(
        select(Shift, DutyRole)
        .join(DutyRole, DutyRole.id == Shift.duty_role_id)
        .where(
            Shift.person_id == person.id,
            Shift.state != ShiftState.COVERED,
            Shift.starts_at < end,
            Shift.ends_at > start,
        )
        .order_by(DutyRole.code)
    )
    found = []
    for shift, role in rows:
        served = served_by(shift, person, ZoneInfo(role.time_zone))
        if served:
            standby = StandBy(
                person=person.ref,
                role=role.code,
                agreement=role.agreement,
                shift=str(shift.id),
                start=minute(served.start),
                end=served.end,
            )
            found.append((role, standby))
    return found


async def _free(session: AsyncSession, person: Person, start: datetime, end: datetime) -> None:
    # One at a time for a person: SQLite has one writer anyway.
    await session.execute(
        select(Person.id).where(Person.id == person.id).with_for_update(key_share=True)
    )
    clash = await session.scalar(
        select(WorkedTime.id)
        .where(
            WorkedTime.person_id == person.id,
            WorkedTime.starts_at < end,
            WorkedTime.ends_at > start,
        )
        .limit(1)
    )
    if clash is not None:
        raise Refused(_("Tiden går in i arbete som redan är antecknat."), field="worked_from")


async def _counts(
    session: AsyncSession, standby: StandBy, start: datetime, end: datetime, zone: ZoneInfo
) -> None:
    """Refused when all of it lies within office hours, on which there is no stand-by."""
    terms = await terms_of(session, zone)
    work = Worked(person=standby.person, role=standby.role, start=start, end=end)
    counted = count([standby], [work], terms)
    if not counted.uncounted and not any(row.kind is Kind.ARBETAD_TID for row in counted.rows):
        sentence = _("Det är ordinarie arbetstid: då finns ingen beredskap att arbeta under.")
        raise Refused(sentence, field="worked_from")


def _said(row: WorkedTime) -> str:
    return f"{row.starts_at.isoformat()} – {row.ends_at.isoformat()}"
