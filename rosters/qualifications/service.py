"""Qualifications: what a duty role demands of those who have it, and what each of them has done."""

import calendar
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By, note
from core.errors import NotFound, Refused
from core.forms import line
from core.language import gettext as _
from rosters.duty.models import (
    DutyRole,
    Qualification,
    QualificationKind,
    QualificationRule,
    Shift,
    ShiftState,
)
from rosters.models import Person

SOON = timedelta(days=60)
MOST_MONTHS = 120


class Standing(StrEnum):
    DONE = "done"
    ENDS_SOON = "ends soon"
    ENDED = "ended"  # done, but too long ago
    MISSING = "missing"

    @property
    def status(self) -> str:
        """As badges say it: ok, warn or bad."""
        if self is Standing.DONE:
            return "ok"
        return "warn" if self is Standing.ENDS_SOON else "bad"


@dataclass(frozen=True, slots=True)
class Held:
    """How one person stands to one rule."""

    rule: QualificationRule
    standing: Standing
    until: date | None = None  # the last day on which it holds; None: for ever, or never done

    @property
    def holds(self) -> bool:
        return self.standing in {Standing.DONE, Standing.ENDS_SOON}

    @property
    def words(self) -> str:
        """What is lacking, as "Övning TIB saknas"."""
        if self.holds:
            return ""
        if self.standing is Standing.ENDED:
            return _("{name} gällde till {day}").format(name=self.rule.name, day=self.until)
        return _("{name} saknas").format(name=self.rule.name)


@dataclass(frozen=True, slots=True)
class Unqualified:
    """A shift whose person lacks something when it begins."""

    role: DutyRole
    shift: Shift
    person: Person
    missing: Sequence[str]


def months_later(day: date, months: int) -> date:
    """By the calendar: half a year after 31 August is the last day of February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def held(rule: QualificationRule, records: Iterable[Qualification], on: date) -> Held:
    """Of one person's records, on a day; what is done after it does not count on it."""
    done = [
        each.done_on
        for each in records
        if each.name == rule.name and each.kind is rule.kind and each.done_on <= on
    ]
    if not done:
        return Held(rule, Standing.MISSING)
    if rule.months is None:
        return Held(rule, Standing.DONE)
    until = months_later(max(done), rule.months)
    if until < on:
        return Held(rule, Standing.ENDED, until)
    return Held(rule, Standing.ENDS_SOON if until <= on + SOON else Standing.DONE, until)


async def missing_for(
    session: AsyncSession, role_id: UUID, person_id: UUID, at: datetime
) -> list[str]:
    """What the person lacks for the duty role at an instant, in words; nothing when all is there."""
    role = await session.get_one(DutyRole, role_id)
    rules = await rules_of(session, role_id)
    if not rules:
        return []
    records = await session.scalars(
        select(Qualification).where(Qualification.person_id == person_id)
    )
    own, on = records.all(), at.astimezone(ZoneInfo(role.time_zone)).date()
    return [found.words for rule in rules if not (found := held(rule, own, on)).holds]


async def refuse_unqualified(
    session: AsyncSession, role: DutyRole, person: Person, at: datetime
) -> None:
    if missing := await missing_for(session, role.id, person.id, at):
        sentence = _("{name} får inte ha {role} då: {missing}.").format(
            name=person.ref if person.protected else person.name,
            role=role.code,
            missing=", ".join(missing),
        )
        raise Refused(sentence, field="person")


async def unqualified(
    session: AsyncSession, *, start: datetime, end: datetime
) -> list[Unqualified]:
    """Of the shifts that touch a time; it asks the database three times, however many they are."""
    rules, records = await rules_by_role(session), await records_by_person(session)
    rows = await session.execute(
        select(DutyRole, Shift, Person)
        .join(Shift, Shift.duty_role_id == DutyRole.id)
        .join(Person, Person.id == Shift.person_id)
        .where(Shift.ends_at > start, Shift.starts_at < end, Shift.state != ShiftState.COVERED)
        .order_by(Shift.starts_at, DutyRole.code, Person.ref)
    )
    found = []
    for role, shift, person in rows:
        on = shift.starts_at.astimezone(ZoneInfo(role.time_zone)).date()
        each = [held(rule, records.get(person.id, ()), on) for rule in rules.get(role.id, ())]
        if missing := [one.words for one in each if not one.holds]:
            found.append(Unqualified(role, shift, person, missing))
    return found


async def rules_of(session: AsyncSession, role_id: UUID) -> Sequence[QualificationRule]:
    return (await rules_by_role(session)).get(role_id, ())


async def rules_by_role(session: AsyncSession) -> Mapping[UUID, Sequence[QualificationRule]]:
    found: defaultdict[UUID, list[QualificationRule]] = defaultdict(list)
    query = select(QualificationRule).order_by(QualificationRule.kind, QualificationRule.name)
    for rule in await session.scalars(query):
        found[rule.duty_role_id].append(rule)
    return dict(found)


async def records_by_person(session: AsyncSession) -> Mapping[UUID, Sequence[Qualification]]:
    found: defaultdict[UUID, list[Qualification]] = defaultdict(list)
    for each in await session.scalars(select(Qualification).order_by(Qualification.done_on)):
        found[each.person_id].append(each)
    return dict(found)


async def add_rule(
    session: AsyncSession, *, role: str, kind: str, name: str, months: str, by: By, now: datetime
) -> QualificationRule:
    """`months` as typed: how long it holds; a course may hold for ever, an exercise may not."""
    # One at a time: the second then sees what the first has added.
    duty = await session.scalar(select(DutyRole).where(DutyRole.code == role).with_for_update())
    if duty is None:
        raise Refused(_("Jouren finns inte."), field="role")
    if kind not in set(QualificationKind):
        raise Refused(_("Välj kurs eller övning."), field="kind")
    name = line(name, field="name", longest=120, required=True)
    length = _months(months)
    if length is None and kind == QualificationKind.EXERCISE:
        raise Refused(_("Ange hur många månader en övning gäller."), field="months")
    taken = select(QualificationRule.id).where(
        QualificationRule.duty_role_id == duty.id, QualificationRule.name == name
    )
    if await session.scalar(taken):
        raise Refused(_("Jouren har redan ett krav med det namnet."), field="name")
    rule = QualificationRule(
        duty_role_id=duty.id, kind=QualificationKind(kind), name=name, months=length
    )
    session.add(rule)
    await note(session, by, "Lade till krav", duty.code, now=now, detail=name)
    return rule


def _months(typed: str) -> int | None:
    text = typed.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:9]) <= MOST_MONTHS:
        sentence = _("Ange antalet månader, 1 till {most}.").format(most=MOST_MONTHS)
        raise Refused(sentence, field="months")
    return int(text)


async def remove_rule(session: AsyncSession, rule_id: UUID, *, by: By, now: datetime) -> None:
    """What people have done stays noted."""
    rule = await session.get(QualificationRule, rule_id)
    if rule is None:
        raise NotFound(_("Kravet finns inte längre."))
    role = await session.get_one(DutyRole, rule.duty_role_id)
    await session.delete(rule)
    await note(session, by, "Tog bort krav", role.code, now=now, detail=rule.name)


async def add_record(
    session: AsyncSession, *, ref: str, what: str, done_on: date | None, by: By, now: datetime
) -> Qualification:
    """That somebody has done what a rule is about; `what` is the id of any rule about it."""
    known = select(Person).where(Person.ref == ref.strip().split(" ")[0])
    person = await session.scalar(known.with_for_update(key_share=True))
    if person is None:
        raise Refused(_("Personen finns inte. Välj ur listan."), field="person")
    rule = await _rule_named(session, what)
    role = await session.get_one(DutyRole, rule.duty_role_id)
    if done_on is None:
        raise Refused(_("Ange dagen då det gjordes."), field="done_on")
    if done_on > now.astimezone(ZoneInfo(role.time_zone)).date():
        raise Refused(_("Dagen har inte varit än."), field="done_on")
    taken = select(Qualification.id).where(
        Qualification.person_id == person.id,
        Qualification.name == rule.name,
        Qualification.done_on == done_on,
    )
    if await session.scalar(taken):
        raise Refused(_("Det står redan noterat för den dagen."), field="done_on")
    record = Qualification(
        person_id=person.id, kind=rule.kind, name=rule.name, done_on=done_on, noted_by=by.name
    )
    session.add(record)
    await note(
        session, by, "Noterade behörighet", person.ref, now=now, detail=f"{rule.name} {done_on}"
    )
    return record


async def _rule_named(session: AsyncSession, what: str) -> QualificationRule:
    try:
        rule = await session.get(QualificationRule, UUID(what))
    except ValueError:
        rule = None
    if rule is None:
        raise Refused(_("Välj kurs eller övning ur listan."), field="what")
    return rule


async def remove_record(session: AsyncSession, record_id: UUID, *, by: By, now: datetime) -> None:
    record = await session.get(Qualification, record_id)
    if record is None:
        raise NotFound(_("Noteringen finns inte längre."))
    person = await session.get_one(Person, record.person_id)
    await session.delete(record)
    detail = f"{record.name} {record.done_on}"
    await note(session, by, "Tog bort behörighet", person.ref, now=now, detail=detail)
