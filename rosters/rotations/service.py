"""Rotations: add, edit and end them, and make their shifts; shown first, then done the same."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By, note
from core.errors import NotFound, Refused
from core.language import gettext as _
from rosters.duty.models import OPEN_SWAP, DutyRole, Rotation, RotationMember, Shift, Swap
from rosters.models import Person
from rosters.rotations.carrying_out import carry_out, make, tell
from rosters.rotations.fields import RotationFields, checked, people_of
from rosters.rotations.planning import Change, Kind, Layer, Plan, Situation, compare
from rosters.rotations.turns import Pattern, parse

BY_ITSELF = By("krislarm")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be: the rotation as a layer, its people, and all that changes in the roster."""

    role: DutyRole
    layer: Layer
    fields: RotationFields
    plan: Plan


async def propose(
    session: AsyncSession,
    role_id: UUID,
    fields: RotationFields,
    *,
    rotation_id: UUID | None = None,
    now: datetime,
) -> Proposal:
    """What adding the rotation, or making it so, changes; nobody else plans the role meanwhile."""
    role = await _locked(session, role_id)
    zone = ZoneInfo(role.time_zone)
    fields = checked(fields, today=now.astimezone(zone).date())
    people = await people_of(session, fields, today=now.astimezone(zone).date())
    layer = Layer(
        rotation_id=rotation_id or uuid4(),
        name=fields.name,
        pattern=pattern_of(fields, zone),
        people=tuple(person.id for person in people),
        temporary=fields.temporary,
        horizon_days=fields.horizon_days,
    )
    before = await layers_of(session, role)
    others = [each for each in before if each.rotation_id != layer.rotation_id]
    situation = await _situation(session, role, [*others, layer], now)
    was = {each.temporary for each in before if each.rotation_id == layer.rotation_id}
    concerned = [layer, *others] if layer.temporary or True in was else [layer]
    changes = [change for each in concerned for change in compare(each, situation)]
    plan = Plan(tuple(sorted(changes, key=lambda each: (each.start, each.layer.name))))
    return Proposal(role, layer, fields, plan)


async def add_rotation(
    session: AsyncSession, role_id: UUID, fields: RotationFields, *, by: By, now: datetime
) -> Rotation:
    proposal = await propose(session, role_id, fields, now=now)
    layer, fields = proposal.layer, proposal.fields
    row = Rotation(
        id=layer.rotation_id,
        duty_role_id=role_id,
        name=fields.name,
        turns=fields.turns,
        every_weeks=fields.every_weeks,
        starts_on=layer.pattern.starts_on,
        ends_on=fields.ends_on,
        temporary=fields.temporary,
        horizon_days=fields.horizon_days,
        made_until=max((each.start for each in proposal.plan.of(Kind.ADDED)), default=None),
    )
    session.add(row)
    await _write_members(session, layer)
    await _done(session, proposal, "Lade till rotation", by, now)
    return row


async def edit_rotation(
    session: AsyncSession, rotation_id: UUID, fields: RotationFields, *, by: By, now: datetime
) -> Rotation:
    row = await rotation_of(session, rotation_id)
    role_id = row.duty_role_id
    proposal = await propose(session, role_id, fields, rotation_id=rotation_id, now=now)
    fields = proposal.fields
    row.name, row.turns, row.every_weeks = fields.name, fields.turns, fields.every_weeks
    row.starts_on, row.ends_on = proposal.layer.pattern.starts_on, fields.ends_on
    row.temporary, row.horizon_days = fields.temporary, fields.horizon_days
    row.made_until = None  # what was removed by hand is filled again
    for member in await session.scalars(
        select(RotationMember).where(RotationMember.rotation_id == row.id)
    ):
        await session.delete(member)
    await session.flush()  # the places are unique: the old order has to be gone first
    await _write_members(session, proposal.layer)
    await _done(session, proposal, "Ändrade rotation", by, now)
    return row


async def ended(session: AsyncSession, row: Rotation, ends_on: date) -> RotationFields:
    """The rotation as it stands, but for its end."""
    fields = await fields_of(session, row)
    return replace(fields, ends_on=ends_on, starts_on=min(row.starts_on, ends_on))


async def end_rotation(
    session: AsyncSession, rotation_id: UUID, ends_on: date, *, by: By, now: datetime
) -> Rotation:
    """No turns from that local midnight on; the one that lasts then is cut there."""
    fields = await ended(session, await rotation_of(session, rotation_id), ends_on)
    return await edit_rotation(session, rotation_id, fields, by=by, now=now)


async def extend_rotations(session: AsyncSession, now: datetime) -> int:
    """Make the shifts that have come within each rotation's horizon; how many there were.

    Only what comes after the last one made: a shift that somebody has removed stays away. Safe to
    call at any time, also from two nodes at once.
    """
    made = 0
    # All at once and in one order: whoever plans a role holds it while the audit trail is written.
    with_rotations = DutyRole.id.in_(select(Rotation.duty_role_id))
    found = await session.scalars(_for_planning().where(with_rotations).order_by(DutyRole.id))
    for role in found.all():
        layers = await layers_of(session, role)
        situation = await _situation(session, role, layers, now)
        added: list[Change] = []
        for layer in layers:
            row = await session.get_one(Rotation, layer.rotation_id)
            places = [each.slot_at for each in situation.of(layer) if each.slot_at]
            last = max((*places, row.made_until or now), default=now)
            new = [
                each
                for each in compare(layer, situation)
                if each.kind is Kind.ADDED and each.start > last
            ]
            row.made_until = max((each.start for each in new), default=last)
            added += new
        count = await make(session, role, added, now=now)
        if count:
            detail = f"{count} pass"
            await note(
                session, BY_ITSELF, "Fyllde på rotationer", role.code, now=now, detail=detail
            )
        made += count
    return made


async def rotation_of(session: AsyncSession, rotation_id: UUID) -> Rotation:
    row = await session.get(Rotation, rotation_id)
    if row is None:
        raise NotFound(_("Rotationen finns inte."))
    return row


async def members_of(
    session: AsyncSession, rotation_ids: Sequence[UUID]
) -> dict[UUID, list[Person]]:
    """The people of rotations, in their order."""
    found: defaultdict[UUID, list[Person]] = defaultdict(list)
    rows = await session.execute(
        select(RotationMember.rotation_id, Person)
        .join(Person, Person.id == RotationMember.person_id)
        .where(RotationMember.rotation_id.in_(rotation_ids))
        .order_by(RotationMember.position)
    )
    for rotation_id, person in rows:
        found[rotation_id].append(person)
    return found


async def fields_of(session: AsyncSession, row: Rotation) -> RotationFields:
    people = (await members_of(session, [row.id])).get(row.id, [])
    return RotationFields(
        name=row.name,
        turns=row.turns,
        every_weeks=row.every_weeks,
        people=tuple(person.ref for person in people),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        temporary=row.temporary,
        horizon_days=row.horizon_days,
    )


async def layers_of(session: AsyncSession, role: DutyRole) -> list[Layer]:
    """The role's rotations, with their people; one without people wants nothing."""
    rows = await session.scalars(
        select(Rotation)
        .where(Rotation.duty_role_id == role.id)
        .order_by(Rotation.name, Rotation.id)
    )
    rotations = rows.all()
    people = await members_of(session, [row.id for row in rotations])
    zone = ZoneInfo(role.time_zone)
    return [
        Layer(
            rotation_id=row.id,
            name=row.name,
            pattern=pattern_of(row, zone),
            people=tuple(person.id for person in people[row.id]),
            temporary=row.temporary,
            horizon_days=row.horizon_days,
        )
        for row in rotations
        if row.id in people
    ]


def _for_planning() -> Select[DutyRole]:
    """Roles that nobody else plans until this transaction is over; SQLite has one writer anyway."""
    return select(DutyRole).with_for_update(key_share=True)  # shifts may still be added by hand


async def _locked(session: AsyncSession, role_id: UUID) -> DutyRole:
    role = await session.scalar(_for_planning().where(DutyRole.id == role_id))
    if role is None:
        raise Refused(_("Jouren finns inte."), field="role")
    return role


async def _situation(
    session: AsyncSession, role: DutyRole, layers: Sequence[Layer], now: datetime
) -> Situation:
    present: defaultdict[UUID, list[Shift]] = defaultdict(list)
    shifts = select(Shift).where(
        Shift.duty_role_id == role.id, Shift.rotation_id.is_not(None), Shift.ends_at > now
    )
    for shift in await session.scalars(shifts.order_by(Shift.starts_at)):
        if shift.rotation_id:
            present[shift.rotation_id].append(shift)
    asked = await session.execute(
        select(Swap.shift_id, Swap.return_shift_id)
        .join(Shift, or_(Shift.id == Swap.shift_id, Shift.id == Swap.return_shift_id))
        .where(Swap.state.in_(OPEN_SWAP), Shift.duty_role_id == role.id)
    )
    return Situation(layers, present, {each for pair in asked for each in pair if each}, now)


def pattern_of(rotation: Rotation | RotationFields, zone: ZoneInfo) -> Pattern:
    return Pattern(
        week=parse(rotation.turns, every_weeks=rotation.every_weeks),
        every_weeks=rotation.every_weeks,
        starts_on=rotation.starts_on or date.min,
        ends_on=rotation.ends_on,
        zone=zone,
    )


async def _write_members(session: AsyncSession, layer: Layer) -> None:
    session.add_all(
        RotationMember(rotation_id=layer.rotation_id, person_id=person, position=position)
        for position, person in enumerate(layer.people)
    )


async def _done(
    session: AsyncSession, proposal: Proposal, what: str, by: By, now: datetime
) -> None:
    role, plan = proposal.role, proposal.plan
    await tell(session, role, proposal.layer.rotation_id, plan, now=now)
    await carry_out(session, role, plan, now=now)
    counts = ", ".join(f"{len(plan.of(kind))} {kind}" for kind in Kind)
    detail = f"{proposal.fields.name}: {proposal.fields.turns}; {counts}"
    await note(session, by, what, role.code, now=now, detail=detail)
