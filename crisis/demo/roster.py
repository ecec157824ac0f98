"""The demo's duty roster: a week each, Monday to Monday at 12:00; a swap to approve, a gap to fill."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By
from rosters.duty.models import DutyRole, Handover, HandoverState, Shift, Swap
from rosters.models import Person
from rosters.notices.models import Notice
from rosters.qualifications.service import add_record, add_rule
from rosters.rotations.fields import RotationFields
from rosters.rotations.service import add_rotation, extend_rotations
from rosters.swaps import service as swaps

ZONE = ZoneInfo("Europe/Stockholm")
FIRST_WEEK = date(2026, 11, 23)  # week 48: the first of each rota has it
# Twelve weeks before that the first of each rota had it too: they are one, two, four or six.
BEGINS = FIRST_WEEK - timedelta(weeks=12)
BEHIND, AHEAD = timedelta(weeks=8), timedelta(weeks=38)  # what there are shifts for, from then
BY = By("demo")


@dataclass(frozen=True, slots=True)
class Rota:
    code: str
    name: str
    refs: Sequence[str]
    settings: Mapping[str, object] = field(default_factory=dict)


ACCEPTED = {"hands_over": True, "manager": "P14"}
ROTAS = (
    Rota(
        "TIB",
        "Tjänsteman i beredskap",
        ("P01", "P02", "P03", "P04", "P05", "P06"),
        ACCEPTED
        | {
            "approves_swaps": True,
            "max_travel_minutes": 60,
            "equipment": "TIB-telefon, laddad\nRakelenhet, laddad\nDator\nNycklar\nUtskrivna larmvägar",
        },
    ),
    # Backed up by the one whose own week comes next.
    Rota(
        "TIB_bakjour",
        "TIB bakjour",
        ("P02", "P03", "P04", "P05", "P06", "P01"),
        {"manager": "P14", "backs_up": "TIB"},
    ),
    Rota(
        "KIB",
        "Kommunikatör i beredskap",
        ("P07", "P08", "P09", "P10"),
        ACCEPTED | {"equipment": "KIB-telefon, laddad\nDator\nInloggning till kanalerna"},
    ),
    Rota("POSOM", "POSOM-jour", ("P42", "P43"), {"manager": "P14"}),
    Rota("IT", "IT-beredskap", ("P44",), {"manager": "P14"}),
)


async def seed_roster(session: AsyncSession, refs: Mapping[str, Person], *, now: datetime) -> None:
    """Add the duty roles and their rotations, and carry the shifts on to some months from `now`."""
    roles = {role.code: role for role in await session.scalars(select(DutyRole))}
    began = now - BEHIND
    for rota in ROTAS:
        if rota.code not in roles:
            roles[rota.code] = _role(rota, refs, roles)
            session.add(roles[rota.code])
            await session.flush()  # the rotation's verb looks for it in the database
            await add_rotation(session, roles[rota.code].id, _fields(rota), by=BY, now=began)
    await extend_rotations(session, began)
    await _cut_the_gap(session, roles["KIB"], now)
    if await session.scalar(select(Swap.id).limit(1)) is None:
        await _demand(session, roles["TIB"], now)
        await _ask_for_a_swap(session, roles["TIB"], refs, now)
        for code in ("TIB", "KIB"):
            await _hand_over(session, roles[code], now)
        await session.execute(delete(Notice))  # nobody has to be told of how the demo was made


def _role(rota: Rota, refs: Mapping[str, Person], roles: Mapping[str, DutyRole]) -> DutyRole:
    settings = dict(rota.settings)
    manager, behind = settings.pop("manager", ""), settings.pop("backs_up", "")
    return DutyRole(
        code=rota.code,
        name=rota.name,
        manager_id=refs[str(manager)].id if manager else None,
        backs_up_id=roles[str(behind)].id if behind else None,
        **settings,  # type: ignore[arg-type]  # the fields of the role, as the rota names them
    )


def _fields(rota: Rota) -> RotationFields:
    return RotationFields(
        name="Ordinarie",
        turns="mon 12:00",
        people=tuple(rota.refs),
        starts_on=BEGINS,
        horizon_days=AHEAD.days,
    )


async def _demand(session: AsyncSession, role: DutyRole, now: datetime) -> None:
    """A course once, and the start exercise of 14 October within a year; P06 was not there."""
    course = await add_rule(
        session, role=role.code, kind="course", name="Grundkurs TIB", months="", by=BY, now=now
    )
    exercise = await add_rule(
        session, role=role.code, kind="exercise", name="Övning Vinter", months="12", by=BY, now=now
    )
    await session.flush()  # a record names its rule by what stands in the database
    for ref in ROTAS[0].refs:
        taken = now.date() - timedelta(weeks=60)
        await add_record(session, ref=ref, what=str(course.id), done_on=taken, by=BY, now=now)
        if ref != "P06":
            done = now.date() - timedelta(weeks=6)
            await add_record(session, ref=ref, what=str(exercise.id), done_on=done, by=BY, now=now)


async def _cut_the_gap(session: AsyncSession, role: DutyRole, now: datetime) -> None:
    """The second half of the second whole week of January is nobody's."""
    rows = await session.scalars(
        select(Shift).where(
            Shift.duty_role_id == role.id, Shift.starts_at > now, Shift.by_hand.is_(False)
        )
    )
    for shift in rows.all():
        monday = shift.starts_at.astimezone(ZONE)
        if monday.month == 1 and 8 <= monday.day <= 14:
            shift.ends_at = (monday + timedelta(days=3)).astimezone(UTC)
            shift.by_hand = True


async def _ask_for_a_swap(
    session: AsyncSession, role: DutyRole, refs: Mapping[str, Person], now: datetime
) -> None:
    """P03 has asked P05, who has said yes: it waits for the planner."""
    asker, other = refs["P03"], refs["P05"]
    theirs, mine = [
        await session.scalar(
            select(Shift)
            .where(
                Shift.duty_role_id == role.id,
                Shift.person_id == person.id,
                Shift.starts_at > now + timedelta(days=7),
            )
            .order_by(Shift.starts_at)
            .limit(1)
        )
        for person in (other, asker)
    ]
    if mine is None or theirs is None:
        return
    swap = await swaps.ask_swap(
        session,
        mine.id,
        asker,
        other=other,
        return_shift_id=theirs.id,
        message="Kan du ta min vecka? Jag tar din över julen.",
        by=BY,
        now=now - timedelta(hours=20),
    )
    await session.flush()  # the answer looks for it in the database
    await swaps.accept(session, swap.id, other, by=BY, now=now - timedelta(hours=15))


async def _hand_over(session: AsyncSession, role: DutyRole, now: datetime) -> None:
    """How this week began: written by the outgoing, accepted by the incoming."""
    incoming = await session.scalar(
        select(Shift).where(
            Shift.duty_role_id == role.id, Shift.starts_at <= now, Shift.ends_at > now
        )
    )
    outgoing = incoming and await session.scalar(
        select(Shift).where(Shift.duty_role_id == role.id, Shift.ends_at == incoming.starts_at)
    )
    if incoming is None or outgoing is None:
        return
    session.add(
        Handover(
            incoming_shift_id=incoming.id,
            outgoing_shift_id=outgoing.id,
            duty_role_id=role.id,
            incoming_id=incoming.person_id,
            outgoing_id=outgoing.person_id,
            due_at=incoming.starts_at,
            state=HandoverState.ACCEPTED,
            matters="Inget öppet. Gul varning för vind väntas till helgen.",
            equipment=role.equipment,
            test_call_at=incoming.starts_at - timedelta(minutes=10),
            signed_at=incoming.starts_at - timedelta(minutes=5),
            accepted_at=min(incoming.starts_at + timedelta(minutes=4), now),
            accepted_via="sms",
        )
    )
