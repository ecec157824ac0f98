"""Duty roles: add, and decide how each of them works."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By, note
from core.errors import NotFound, Refused
from core.forms import line
from core.language import gettext as _
from rosters.duty.models import DutyRole
from rosters.fields import code as clean_code
from rosters.models import Person
from rosters.numbers import phone_number

MOST_AT_ONCE = 9
MOST_ITEMS = 20
LONGEST_TRAVEL = 600  # minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleFields:
    name: str
    always_staffed: bool = True
    needed: int = 1
    time_zone: str = "Europe/Stockholm"
    backs_up_id: UUID | None = None
    manager_id: UUID | None = None
    phone: str | None = None
    max_travel_minutes: int | None = None
    hands_over: bool = False
    equipment: str = ""
    approves_swaps: bool = False
    agreement: str = "AB"


async def duty_roles(session: AsyncSession) -> Sequence[DutyRole]:
    return (await session.scalars(select(DutyRole).order_by(DutyRole.code))).all()


async def role_of(session: AsyncSession, role_id: UUID) -> DutyRole:
    role = await session.get(DutyRole, role_id)
    if role is None:
        raise NotFound(_("Jouren finns inte."))
    return role


async def add_duty_role(
    session: AsyncSession, *, code: str, name: str, always_staffed: bool, by: By, now: datetime
) -> DutyRole:
    code = clean_code(code, field="code")
    if await session.scalar(select(DutyRole.id).where(DutyRole.code == code)):
        raise Refused(_("Koden används redan av en annan jour."), field="code")
    name = line(name, field="name", longest=120, required=True)
    role = DutyRole(code=code, name=name, always_staffed=always_staffed)
    session.add(role)
    await note(session, by, "Lade till jour", code, now=now)
    return role


async def edit_duty_role(
    session: AsyncSession, role_id: UUID, fields: RoleFields, *, by: By, now: datetime
) -> DutyRole:
    """All but the code, which paths and files name it by."""
    role = await role_of(session, role_id)
    fields = checked_role(fields)
    await _stands_behind(session, role, fields.backs_up_id)
    if fields.manager_id and await session.get(Person, fields.manager_id) is None:
        raise Refused(_("Personen finns inte. Välj ur listan."), field="manager")
    changed = []
    for name, value in asdict(fields).items():
        if getattr(role, name) != value:
            changed.append(name)
            setattr(role, name, value)
    if changed:
        await note(session, by, "Ändrade jour", role.code, now=now, detail=", ".join(changed))
    return role


def checked_role(fields: RoleFields) -> RoleFields:
    """The fields made clean; Refused with the field that is wrong."""
    if not 1 <= fields.needed <= MOST_AT_ONCE:
        raise Refused(_("Välj 1 till {count}.").format(count=MOST_AT_ONCE), field="needed")
    if fields.time_zone not in available_timezones():
        sentence = _("Tidszonen finns inte. Skriv till exempel Europe/Stockholm.")
        raise Refused(sentence, field="time_zone")
    return replace(
        fields,
        name=line(fields.name, field="name", longest=120, required=True),
        phone=phone_number(fields.phone, field="phone") if fields.phone else None,
        equipment="\n".join(_items(fields.equipment)),
        agreement=clean_code(fields.agreement, field="agreement"),
    )


def _items(typed: str) -> list[str]:
    items = [line(each, field="equipment", longest=120) for each in typed.splitlines()]
    found = list(dict.fromkeys(filter(None, items)))
    if len(found) > MOST_ITEMS:
        raise Refused(_("Högst {count} rader.").format(count=MOST_ITEMS), field="equipment")
    return found


async def _stands_behind(session: AsyncSession, role: DutyRole, other_id: UUID | None) -> None:
    """Backups behind backups end somewhere: never at the role itself."""
    behind = {each.id: each.backs_up_id for each in await duty_roles(session)}
    if other_id and other_id not in behind:
        raise Refused(_("Jouren finns inte."), field="backs_up")
    ahead = other_id
    while ahead:
        if ahead == role.id:
            sentence = _("En jour kan inte vara bakjour till sig själv, inte heller genom andra.")
            raise Refused(sentence, field="backs_up")
        ahead = behind.get(ahead)
