"""Rotations that go on by themselves: what somebody removed stays away, also the last shift made."""

from datetime import date

from sqlalchemy import select

from rosters.duty.models import DutyRole, Shift
from rosters.duty.shifts import remove_shift
from rosters.rotations.fields import RotationFields
from rosters.rotations.service import add_rotation, extend_rotations
from tests.rosters.duty.town import BY, Town


async def test_the_last_shift_made_does_not_come_back_when_it_was_removed(town: Town) -> None:
    await town.has_role(always_staffed=False)
    for name in ("alva", "birk"):
        await town.person(name)
    fields = RotationFields(
        name="Ordinarie",
        turns="thu 12:00",
        horizon_days=20,
        people=("alva", "birk"),
        starts_on=date(2026, 11, 25),
    )
    async with town.database.transaction() as session:
        role = (await session.scalars(select(DutyRole))).one()
        await add_rotation(session, role.id, fields, by=BY, now=town.now)
    async with town.database.transaction() as session:
        last = (await session.scalars(select(Shift).order_by(Shift.starts_at.desc()))).first()
        assert last is not None
        await remove_shift(session, last.id, by=BY, now=town.now)
    async with town.database.transaction() as session:
        assert await extend_rotations(session, town.now) == 0
    town.clock.move(last.ends_at - last.starts_at)
    async with town.database.transaction() as session:
        assert await extend_rotations(session, town.now) == 1, "the next one is made"
    town.ignore_messages()
