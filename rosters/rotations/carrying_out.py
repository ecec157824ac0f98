"""A plan into the roster: shifts made, moved and removed, and their people told."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Refused
from core.language import current_language
from core.language import gettext as _
from rosters.duty.models import DutyRole, Shift, ShiftState
from rosters.duty.resolver import in_service
from rosters.models import Person
from rosters.notices.service import Teller
from rosters.rotations.planning import Change, Kind, Plan

TOLD_WITHIN = timedelta(days=60)
MOST_LINES = 12  # of a notice
_AT_A_TIME = 500  # rows in a statement: databases bound the parameters


async def carry_out(session: AsyncSession, role: DutyRole, plan: Plan, *, now: datetime) -> None:
    """Exactly what the plan says; Refused when somebody changed one of its shifts meanwhile."""
    for change in plan.of(Kind.REMOVED):
        await _remove(session, change)
    for change in plan.of(Kind.MOVED):
        await _move(session, change, now)
    await make(session, role, plan.of(Kind.ADDED), now=now)


async def make(
    session: AsyncSession, role: DutyRole, changes: Sequence[Change], *, now: datetime
) -> int:
    """New shifts, each at a place of its rotation that nobody has filled; how many there were."""
    rows = [
        {
            "id": uuid4(),
            "duty_role_id": role.id,
            "person_id": change.slot.person_id,
            "starts_at": change.slot.start,
            "ends_at": change.slot.end,
            "state": ShiftState.PLANNED,
            "rotation_id": change.layer.rotation_id,
            "slot_at": change.slot.start,
            "by_hand": False,
            "uid": uuid4(),
            "sequence": 0,
            "changed_at": now,
        }
        for change in changes
        if change.slot
    ]
    embedded = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if embedded else postgresql.insert
    made = 0
    for first in range(0, len(rows), _AT_A_TIME):
        stored = await session.execute(
            insert(Shift)
            .values(rows[first : first + _AT_A_TIME])
            .on_conflict_do_nothing(index_elements=["rotation_id", "slot_at"])
            .returning(Shift.id)
        )
        made += len(stored.all())
    return made


async def _remove(session: AsyncSession, change: Change) -> None:
    if change.shift:
        statement = delete(Shift).where(*_untouched(change.shift)).returning(Shift.id)
        _insist((await session.scalars(statement)).all())


async def _move(session: AsyncSession, change: Change, now: datetime) -> None:
    """In calendars the event moves; with another person it is another event."""
    shift, slot = change.shift, change.slot
    if not shift or not slot:
        return
    values = {
        "person_id": slot.person_id,
        "starts_at": slot.start,
        "ends_at": slot.end,
        "slot_at": slot.start,
        "sequence": shift.sequence + 1,
        "changed_at": now,
    }
    if slot.person_id != shift.person_id:
        values["uid"] = uuid4()
    statement = update(Shift).where(*_untouched(shift)).values(values).returning(Shift.id)
    _insist((await session.scalars(statement)).all())


def _untouched(shift: Shift) -> tuple[ColumnElement[bool], ...]:
    return (
        Shift.id == shift.id,
        Shift.person_id == shift.person_id,
        Shift.state == ShiftState.PLANNED,
        Shift.by_hand.is_(False),
    )


def _insist(changed: Sequence[UUID]) -> None:
    if not changed:
        raise Refused(_("Schemat ändrades samtidigt. Se efter igen."))


async def tell(
    session: AsyncSession, role: DutyRole, rotation_id: UUID, plan: Plan, *, now: datetime
) -> None:
    """One notice to each person whose shifts in the coming weeks change."""
    concerned: defaultdict[UUID, list[Change]] = defaultdict(list)
    for change in plan.changes:
        if change.kind is not Kind.KEPT:
            for person_id in _whose(change, now):
                concerned[person_id].append(change)
    zone = ZoneInfo(role.time_zone)
    teller = Teller(session, now, zone)
    people = await session.scalars(
        select(Person).where(Person.id.in_(concerned)).order_by(Person.ref)
    )
    for person in people.all():
        if in_service(person, at=now, zone=zone):
            words = _Words(role, person, concerned[person.id], zone)
            key = f"rotation:{rotation_id}:{now.isoformat()}:{person.ref}"
            await teller.tell(person, words, key=key)


def _whose(change: Change, now: datetime) -> set[UUID]:
    found = set()
    if change.shift and change.shift.starts_at < now + TOLD_WITHIN:
        found.add(change.shift.person_id)
    if change.slot and change.slot.start < now + TOLD_WITHIN:
        found.add(change.slot.person_id)
    return found


class _Words:
    """What a person is told, in the language that is in use when it is called."""

    def __init__(
        self, role: DutyRole, person: Person, changes: Sequence[Change], zone: ZoneInfo
    ) -> None:
        self._role, self._person, self._changes, self._zone = role, person, changes, zone

    def __call__(self) -> tuple[str, str]:
        lines = list(self._lines())
        more = len(lines) - MOST_LINES
        if more > 0:
            lines = [*lines[:MOST_LINES], _("och {count} till").format(count=more)]
        subject = _("Dina pass har ändrats: {role}").format(role=self._role.name)
        beginning = _("Schemat för {role} har ändrats. Det här gäller dig:").format(
            role=self._role.name
        )
        return subject, "\n".join([beginning, *lines, "", "{link}"])

    def _lines(self) -> Iterator[str]:
        for change in self._changes:
            old = change.shift and change.shift.person_id == self._person.id and change.shift
            new = change.slot and change.slot.person_id == self._person.id and change.slot
            if old and new:
                sentence = _("{before} blir {after}")
                yield sentence.format(
                    before=self._said(old.starts_at, old.ends_at),
                    after=self._said(new.start, new.end),
                )
            elif new:
                yield _("Nytt: {when}").format(when=self._said(new.start, new.end))
            elif old:
                yield _("Inte längre: {when}").format(when=self._said(old.starts_at, old.ends_at))

    def _said(self, start: datetime, end: datetime) -> str:
        first, last = (
            format_datetime(at, "EEE d MMM HH:mm", tzinfo=self._zone, locale=current_language())
            for at in (start, end)
        )
        return f"{first} – {last}"
