"""JSON: who is on duty, the roster and its gaps; and changing it."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By
from core.errors import NotFound
from core.forms import within_reason
from core.language import gettext as _
from core.models import ApiToken
from core.permissions import requires_scope
from core.problems import problems
from core.web import Now, Session
from rosters.duty import shifts
from rosters.duty.gaps import GapKind, find_gaps
from rosters.duty.models import DutyRole, Shift, ShiftState
from rosters.duty.overrides import take_over
from rosters.duty.resolver import OnDuty, next_on_duty, on_duty
from rosters.duty.telling import role_of
from rosters.lists import person_named
from rosters.models import Person

MAY_READ = requires_scope("duty:read")
MAY_WRITE = requires_scope("duty:write")
router = APIRouter(prefix="/api/v1", tags=["duty"], responses=problems(401, 403, 422))
Instant = Annotated[AwareDatetime, AfterValidator(within_reason)]
AHEAD = timedelta(days=90)


class DutyPerson(BaseModel):
    ref: str
    name: str | None  # null for a person with protected identity
    starts_at: datetime
    ends_at: datetime
    until_accepted: bool = False  # the shift is over, and the next one has not accepted it


class Duty(BaseModel):
    role: str
    at: datetime
    on_duty: list[DutyPerson]
    next: DutyPerson | None


class ShiftOut(BaseModel):
    id: UUID
    role: str
    person: DutyPerson
    state: ShiftState


class Shifts(BaseModel):
    shifts: list[ShiftOut]


class GapOut(BaseModel):
    role: str
    starts_at: datetime
    ends_at: datetime
    kind: GapKind
    shift: UUID | None  # of the one who is absent


class Gaps(BaseModel):
    gaps: list[GapOut]


class ShiftIn(BaseModel):
    role: str
    person: str  # the organisation's own number
    starts_at: Instant
    ends_at: Instant


class TakeOver(BaseModel):
    """Without times: from now, and to the end of the shift."""

    person: str
    starts_at: Instant | None = None
    ends_at: Instant | None = None


@router.get("/duty", dependencies=[Depends(MAY_READ)], responses=problems(404))
async def duty(
    session: Session,
    now: Now,
    role: Annotated[str, Query(max_length=40)],
    at: Instant | None = None,
) -> Duty:
    """Who has the duty at an instant (now, when none is given), and who has it next."""
    if await session.scalar(select(DutyRole.id).where(DutyRole.code == role)) is None:
        raise NotFound(_("Jouren finns inte."))
    instant = at or now
    following = await next_on_duty(session, role, at=instant)
    return Duty(
        role=role,
        at=instant,
        on_duty=[_said(each) for each in await on_duty(session, role, at=instant)],
        next=_said(following) if following else None,
    )


@router.get("/shifts", dependencies=[Depends(MAY_READ)])
async def roster(
    session: Session,
    now: Now,
    role: Annotated[str, Query(max_length=40)] = "",
    start: Instant | None = None,
    end: Instant | None = None,
) -> Shifts:
    """The shifts that touch a time (the coming 90 days, when none is given), by their start."""
    first = start or now
    found = await shifts.planned(
        session, start=first, end=end or first + AHEAD, role=role, covered=True
    )
    return Shifts(
        shifts=[_shift_out(each.shift, each.role.code, each.person) for each in found[:5000]]
    )


@router.get("/gaps", dependencies=[Depends(MAY_READ)])
async def gaps(session: Session, now: Now, days: Annotated[int, Query(ge=1, le=366)] = 90) -> Gaps:
    """When duty roles that must always be staffed are not, in the coming days."""
    found = await find_gaps(session, start=now, end=now + timedelta(days=days))
    return Gaps(
        gaps=[
            GapOut(
                role=gap.role.code,
                starts_at=gap.start,
                ends_at=gap.end,
                kind=gap.kind,
                shift=gap.shift.id if gap.shift else None,
            )
            for gap in found
        ]
    )


@router.post("/shifts", status_code=201, responses=problems(400, 415))
async def add_shift(
    given: ShiftIn, session: Session, now: Now, token: Annotated[ApiToken, Depends(MAY_WRITE)]
) -> ShiftOut:
    """A person has the duty for a time."""
    shift = await shifts.add_shift(
        session,
        role=given.role,
        ref=given.person,
        starts_at=given.starts_at,
        ends_at=given.ends_at,
        by=signed(token),
        now=now,
    )
    return await described(session, shift)


@router.delete("/shifts/{shift_id}", status_code=204, responses=problems(404))
async def remove_shift(
    shift_id: UUID, session: Session, now: Now, token: Annotated[ApiToken, Depends(MAY_WRITE)]
) -> None:
    await shifts.remove_shift(session, shift_id, by=signed(token), now=now)


@router.post("/shifts/{shift_id}/take-over", responses=problems(400, 404, 409, 415))
async def override(
    shift_id: UUID,
    given: TakeOver,
    session: Session,
    now: Now,
    token: Annotated[ApiToken, Depends(MAY_WRITE)],
) -> ShiftOut:
    """Somebody else has the shift, or a part of it; both are told."""
    taken = await take_over(
        session,
        shift_id,
        await person_named(session, given.person),
        start=given.starts_at or now,
        end=given.ends_at,
        even_unqualified=True,
        by=signed(token),
        now=now,
    )
    return await described(session, taken)


def signed(token: ApiToken) -> By:
    """How an act of a program is signed in the audit trail."""
    return By(f"API: {token.name}")


async def described(session: AsyncSession, shift: Shift) -> ShiftOut:
    person = await session.get_one(Person, shift.person_id)
    return _shift_out(shift, (await role_of(session, shift)).code, person)


def _shift_out(shift: Shift, role: str, person: Person) -> ShiftOut:
    return ShiftOut(id=shift.id, role=role, person=_said(OnDuty(person, shift)), state=shift.state)


def _said(each: OnDuty) -> DutyPerson:
    return DutyPerson(
        ref=each.person.ref,
        name=None if each.person.protected else each.person.name,
        starts_at=each.shift.starts_at,
        ends_at=each.shift.ends_at,
        until_accepted=each.until_accepted,
    )
