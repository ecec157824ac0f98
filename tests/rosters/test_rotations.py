"""Rotations into shifts: planned for ten years, shown before they are done, and kept by hand."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By
from core.database import Database
from core.errors import Refused
from rosters.duty.gaps import find_gaps
from rosters.duty.models import DutyRole, Rotation, Shift, ShiftState, Swap
from rosters.duty.resolver import on_duty
from rosters.models import Person
from rosters.notices.models import Notice
from rosters.rotations.fields import RotationFields
from rosters.rotations.planning import Kind, Plan
from rosters.rotations.service import (
    add_rotation,
    edit_rotation,
    end_rotation,
    extend_rotations,
    fields_of,
    propose,
)
from rosters.rotations.turns import DAYS, Pattern, instant, parse, turns_in
from tests.clocks import NIGHT

ZONE = ZoneInfo("Europe/Stockholm")
BY = By("test")
MONDAY = date(2026, 11, 30)
DAILY = ", ".join(f"{day} 08:00" for day in DAYS)
WEEKLY = RotationFields(
    name="Grund",
    turns="mon 12:00",
    people=("alva", "birk", "cleo"),
    starts_on=MONDAY,
    horizon_days=100,
)
Row = tuple[str, datetime, datetime]


def at(day: date, hour: int = 12) -> datetime:
    return instant(day, time(hour), ZONE)


def week(number: int) -> date:
    return MONDAY + timedelta(weeks=number)


async def office(database: Database, *, needed: int = 1) -> UUID:
    """A duty role and its people; the role's id."""
    role = DutyRole(code="TIB", name="Tjänsteman i beredskap", needed=needed)
    names = ("alva", "birk", "cleo", "dante", "edda", "frej")
    async with database.transaction() as session:
        session.add(role)
        session.add_all(Person(ref=name, name=name.title()) for name in names)
    return role.id


async def added(database: Database, role: UUID, fields: RotationFields = WEEKLY) -> Rotation:
    async with database.transaction() as session:
        return await add_rotation(session, role, fields, by=BY, now=NIGHT)


async def roster(session: AsyncSession) -> list[Row]:
    rows = await session.execute(
        select(Person.ref, Shift.starts_at, Shift.ends_at)
        .join(Person, Person.id == Shift.person_id)
        .order_by(Shift.starts_at, Person.ref)
    )
    return [(ref, start, end) for ref, start, end in rows]


async def shift_at(session: AsyncSession, start: datetime) -> Shift:
    return (await session.scalars(select(Shift).where(Shift.starts_at == start))).one()


def counts(plan: Plan) -> dict[str, int]:
    return {kind: len(plan.of(kind)) for kind in Kind if plan.of(kind)}


@pytest.mark.parametrize(
    ("turns", "every_weeks"),
    [
        ("mon 12:00", 1),
        (DAILY, 1),
        ("mon 02:30, thu 12:00, sat 23:00, sun 02:30", 1),
        ("fri 16:00", 2),
    ],
)
async def test_for_ten_years_exactly_the_planned_people_are_on_duty(
    database: Database, turns: str, every_weeks: int
) -> None:
    role = await office(database, needed=2)
    layers = {"ett": ("alva", "birk", "cleo"), "två": ("dante", "edda", "frej", "dante")}
    for name, people in layers.items():
        fields = replace(
            WEEKLY,
            name=name,
            people=people,
            turns=turns,
            every_weeks=every_weeks,
            horizon_days=1100,
        )
        await added(database, role, fields)
    for days in range(1000, 10 * 366, 1000):
        async with database.transaction() as session:
            assert await extend_rotations(session, NIGHT + timedelta(days=days))
    pattern = Pattern(
        week=parse(turns, every_weeks=every_weeks),
        every_weeks=every_weeks,
        starts_on=MONDAY,
        zone=ZONE,
    )
    start, end = at(week(2)), at(date(2036, 11, 30))
    async with database.reading() as session:
        assert await find_gaps(session, start=start, end=end) == []
        for moment in moments(start, end):
            (turn,) = turns_in(pattern, moment, moment + timedelta(microseconds=1))
            planned = {people[turn.number % len(people)] for people in layers.values()}
            found = await on_duty(session, "TIB", at=moment)
            assert len(found) == 2
            assert {each.person.ref for each in found} == planned
            assert {each.shift.ends_at for each in found} == {turn.end}
        if turns == "mon 12:00":
            lengths = {last - first for _ref, first, last in await roster(session)}
            assert {each / timedelta(hours=1) for each in lengths} == {167, 168, 169}


def moments(start: datetime, end: datetime) -> list[datetime]:
    """Random instants, and every half hour around each change of the clocks."""
    random = Random(2027)
    found = [start + random.random() * (end - start) for _ in range(60)]
    for year in range(2027, 2036):
        for month in (3, 10):
            last = date(year, month, 31)
            sunday = last - timedelta(days=(last.weekday() + 1) % 7)
            night = datetime(year, month, sunday.day, 0, 30, tzinfo=UTC)
            found += [night + half * timedelta(minutes=30) for half in range(4)]
            found.append(at(sunday + timedelta(days=1)) - timedelta(microseconds=1))
            found.append(at(sunday + timedelta(days=1)))
    return found


async def test_a_new_rotation_makes_what_is_to_come_and_nothing_that_has_begun(
    database: Database,
) -> None:
    role = await office(database)
    await added(database, role, replace(WEEKLY, starts_on=MONDAY - timedelta(weeks=3)))
    async with database.reading() as session:
        rows = await roster(session)
    assert rows[0] == ("alva", at(week(0)), at(week(1))), "the fourth turn, so the first person"
    assert [ref for ref, _start, _end in rows[:4]] == ["alva", "birk", "cleo", "alva"]
    assert rows[-1][1] < NIGHT + timedelta(days=101) <= rows[-1][2] + timedelta(days=1)


async def test_extending_twice_changes_nothing_and_extending_later_adds_at_the_end(
    database: Database,
) -> None:
    role = await office(database)
    await added(database, role)
    async with database.transaction() as session:
        before = await roster(session)
        assert await extend_rotations(session, NIGHT) == 0
        assert await extend_rotations(session, NIGHT + timedelta(days=15)) == 2
        assert await extend_rotations(session, NIGHT + timedelta(days=15)) == 0
        after = await roster(session)
        assert after[: len(before)] == before
        assert after[-2][1] == before[-1][2]


async def test_a_shift_that_somebody_removed_does_not_come_back_by_itself(
    database: Database,
) -> None:
    role = await office(database)
    row = await added(database, role)
    async with database.transaction() as session:
        await session.delete(await shift_at(session, at(week(3))))
    async with database.transaction() as session:
        assert await extend_rotations(session, NIGHT) == 0
        fields = await fields_of(session, row)
        proposal = await propose(session, role, fields, rotation_id=row.id, now=NIGHT)
        assert counts(proposal.plan) == {"added": 1}, "but an edit shows it, and fills it"


async def test_what_is_shown_is_what_happens(database: Database) -> None:
    role = await office(database)
    row = await added(database, role)
    fields = replace(WEEKLY, turns="mon 13:00, thu 08:00", people=("birk", "dante"))
    async with database.transaction() as session:
        proposal = await propose(session, role, fields, rotation_id=row.id, now=NIGHT)
        again = await propose(
            session, role, fields, rotation_id=row.id, now=NIGHT + timedelta(hours=1)
        )
        assert proposal.plan.digest == again.plan.digest
        expected = {
            (change.slot.person_id, change.slot.start, change.slot.end)
            for change in proposal.plan.changes
            if change.slot
        }
        gone = {change.shift.id for change in proposal.plan.of(Kind.REMOVED) if change.shift}
        await edit_rotation(session, row.id, fields, by=BY, now=NIGHT)
    async with database.reading() as session:
        shifts = (await session.scalars(select(Shift))).all()
        assert {(each.person_id, each.starts_at, each.ends_at) for each in shifts} == expected
        assert not gone & {each.id for each in shifts}
        nothing = await propose(session, role, fields, rotation_id=row.id, now=NIGHT)
        assert nothing.plan.changes == ()


async def test_an_event_moves_with_its_person_and_is_another_for_another_person(
    database: Database,
) -> None:
    role = await office(database)
    row = await added(database, role)
    async with database.reading() as session:
        first, second = [await shift_at(session, at(week(number))) for number in (0, 1)]
        events = first.event, second.event
    people = ("alva", "dante", "cleo")
    async with database.transaction() as session:
        fields = replace(WEEKLY, turns="mon 13:00", people=people)
        await edit_rotation(session, row.id, fields, by=BY, now=NIGHT)
    async with database.reading() as session:
        later = [await shift_at(session, at(week(number), 13)) for number in (0, 1)]
        assert (later[0].event, later[0].sequence, later[0].changed_at) == (events[0], 1, NIGHT)
        assert later[0].slot_at == at(week(0), 13)
        assert later[1].event != events[1]
    async with database.transaction() as session:
        fields = replace(fields, people=("edda", "dante", "cleo"))
        await edit_rotation(session, row.id, fields, by=BY, now=NIGHT)
        moved = await shift_at(session, at(week(0), 13))
        assert moved.id == later[0].id
        assert (moved.sequence, moved.event != events[0]) == (2, True)


@pytest.mark.parametrize("how", ["by hand", "confirmed", "covered", "swap"])
async def test_what_somebody_has_changed_is_kept_and_shown_as_kept(
    database: Database, how: str
) -> None:
    role = await office(database)
    row = await added(database, role)
    async with database.transaction() as session:
        shift = await shift_at(session, at(week(2)))
        shift.by_hand = how == "by hand"
        shift.state = {"confirmed": ShiftState.CONFIRMED, "covered": ShiftState.COVERED}.get(
            how, ShiftState.PLANNED
        )
        if how == "swap":
            session.add(Swap(shift_id=shift.id, asked_by_id=shift.person_id, asked_at=NIGHT))
    fields = replace(WEEKLY, people=("dante", "edda"))
    async with database.transaction() as session:
        proposal = await propose(session, role, fields, rotation_id=row.id, now=NIGHT)
        (kept,) = proposal.plan.of(Kind.KEPT)
        assert kept.shift is not None
        assert (kept.shift.id, bool(kept.why)) == (shift.id, True)
        await edit_rotation(session, row.id, fields, by=BY, now=NIGHT)
    async with database.reading() as session:
        rows = await roster(session)
    assert ("cleo", at(week(2)), at(week(3))) in rows
    assert {ref for ref, _start, _end in rows} == {"cleo", "dante", "edda"}


async def test_turns_give_way_to_a_shift_that_is_kept(database: Database) -> None:
    role = await office(database)
    row = await added(database, role)
    async with database.transaction() as session:
        (await shift_at(session, at(week(2)))).by_hand = True
    async with database.transaction() as session:
        await edit_rotation(session, row.id, replace(WEEKLY, turns="thu 12:00"), by=BY, now=NIGHT)
    async with database.reading() as session:
        rows = await roster(session)
        around = [each for each in rows if at(week(1)) < each[2] and each[1] < at(week(4))]
        assert all(one[2] == other[1] for one, other in pairwise(around))
        assert ("cleo", at(week(2)), at(week(3))) in around
        assert not await find_gaps(session, start=at(week(1)), end=at(week(6)))


async def test_the_shift_that_lasts_is_left_alone_and_the_next_turn_follows_it(
    database: Database,
) -> None:
    role = await office(database)
    row = await added(database, role)
    now = at(week(1)) + timedelta(days=1)
    fields = replace(WEEKLY, turns="wed 08:00", people=("dante", "edda"))
    async with database.transaction() as session:
        await edit_rotation(session, row.id, fields, by=BY, now=now)
    async with database.reading() as session:
        rows = await roster(session)
        assert rows[:2] == [("alva", at(week(0)), at(week(1))), ("birk", at(week(1)), at(week(2)))]
        assert rows[2][1] == at(week(2))
        assert not await find_gaps(session, start=at(week(0)), end=at(week(8)))
    async with database.transaction() as session:
        later = at(week(2)) + timedelta(hours=1)
        proposal = await propose(session, role, fields, rotation_id=row.id, now=later)
        assert not proposal.plan.of(Kind.MOVED)
        assert not proposal.plan.of(Kind.REMOVED)


async def test_what_was_taken_out_of_the_shift_that_lasts_is_not_filled_again(
    database: Database,
) -> None:
    role = await office(database)
    row = await added(database, role)
    async with database.transaction() as session:
        shift = await shift_at(session, at(week(0)))
        shift.by_hand, shift.ends_at = True, at(week(0)) + timedelta(days=3)
    now = at(week(0)) + timedelta(days=1)
    async with database.transaction() as session:
        proposal = await propose(session, role, WEEKLY, rotation_id=row.id, now=now)
        assert not [each for each in proposal.plan.changes if each.start < at(week(1))]


async def test_a_summer_rotation_goes_before_the_ordinary_one_while_it_lasts(
    database: Database,
) -> None:
    role = await office(database)
    await added(database, role)
    first, last = week(3) + timedelta(days=2), week(5) + timedelta(days=3)
    summer = RotationFields(
        name="Jul",
        turns=DAILY,
        people=("dante", "edda"),
        starts_on=first,
        ends_on=last,
        temporary=True,
        horizon_days=1,
    )
    row = await added(database, role, summer)
    async with database.reading() as session:
        rows = await roster(session)
        assert not await find_gaps(session, start=at(week(0)), end=at(week(8)))
        for number in range(1, 8 * 7):
            moment = at(MONDAY + timedelta(days=number), 9)
            (found,) = await on_duty(session, "TIB", at=moment)
            inside = at(first, 8) <= moment < at(last, 0)
            assert (found.person.ref in {"dante", "edda"}) is inside
    assert ("alva", at(week(3)), at(first, 8)) in rows
    assert ("cleo", at(last, 0), at(week(6))) in rows, "the turn goes on after the temporary one"
    async with database.transaction() as session:
        await end_rotation(session, row.id, MONDAY, by=BY, now=NIGHT)
    async with database.reading() as session:
        assert {ref for ref, _start, _end in await roster(session)} == {"alva", "birk", "cleo"}
        expected = [(at(week(number)), at(week(number + 1))) for number in range(6)]
        assert [(start, end) for _ref, start, end in await roster(session)][:6] == expected


async def test_a_temporary_rotation_in_the_middle_of_a_turn_leaves_a_piece_on_either_side(
    database: Database,
) -> None:
    role = await office(database)
    await added(database, role)
    day = week(1) + timedelta(days=2)
    party = replace(
        WEEKLY,
        name="Helg",
        turns="wed 08:00-thu 08:00",
        people=("dante",),
        starts_on=day,
        ends_on=day + timedelta(days=2),
        temporary=True,
    )
    await added(database, role, party)
    async with database.reading() as session:
        rows = [each for each in await roster(session) if at(week(1)) <= each[1] < at(week(2))]
    assert rows == [
        ("birk", at(week(1)), at(day, 8)),
        ("dante", at(day, 8), at(day + timedelta(days=1), 8)),
        ("birk", at(day + timedelta(days=1), 8), at(week(2))),
    ]


async def test_ending_a_rotation_cuts_its_last_turn_and_removes_what_follows(
    database: Database,
) -> None:
    role = await office(database)
    row = await added(database, role)
    async with database.transaction() as session:
        await end_rotation(session, row.id, week(2) + timedelta(days=1), by=BY, now=NIGHT)
    async with database.transaction() as session:
        assert await extend_rotations(session, NIGHT + timedelta(days=20)) == 0
        rows = await roster(session)
    assert rows[-1] == ("cleo", at(week(2)), at(week(2) + timedelta(days=1), 0))


async def test_those_whose_coming_shifts_change_are_told_once_each(database: Database) -> None:
    role = await office(database)
    row = await added(database, role)
    async with database.transaction() as session:
        for notice in await session.scalars(select(Notice)):
            await session.delete(notice)
    async with database.transaction() as session:
        fields = replace(WEEKLY, people=("alva", "dante", "cleo"))
        await edit_rotation(session, row.id, fields, by=BY, now=NIGHT)
    async with database.reading() as session:
        rows = await session.execute(
            select(Person.ref, Notice.body).join(Person, Person.id == Notice.person_id)
        )
        told = dict(iter(rows))
        assert await session.scalar(select(func.count()).select_from(Notice)) == len(told)
    assert told.keys() == {"birk", "dante"}
    assert "Inte längre: mån 7 dec. 12:00 – mån 14 dec. 12:00" in told["birk"]
    assert "Nytt: mån 7 dec. 12:00" in told["dante"]


async def test_two_nodes_that_extend_at_once_make_each_shift_once(database: Database) -> None:
    role = await office(database)
    await added(database, role)
    await added(database, role, replace(WEEKLY, name="Två", people=("dante", "edda")))
    later = NIGHT + timedelta(days=50)

    async def node() -> int:
        async with database.transaction() as session:
            return await extend_rotations(session, later)

    made = await asyncio.gather(*(node() for _ in range(3)))
    assert sorted(made) == [0, 0, 14]
    async with database.reading() as session:
        places = (await session.execute(select(Shift.rotation_id, Shift.slot_at))).all()
    assert len(places) == len(set(places))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"turns": "mon"}, "turns"),
        ({"every_weeks": 9}, "every_weeks"),
        ({"every_weeks": 0}, "every_weeks"),
        ({"people": ()}, "people"),
        ({"people": ("alva", "nobody")}, "people"),
        ({"people": ("alva", "gone")}, "people"),
        ({"people": ("alva",) * 201}, "people"),
        ({"horizon_days": 0}, "horizon_days"),
        ({"horizon_days": 1101}, "horizon_days"),
        ({"starts_on": None}, "starts_on"),
        ({"starts_on": date(2032, 1, 1)}, "starts_on"),
        ({"ends_on": MONDAY - timedelta(days=1)}, "ends_on"),
        ({"temporary": True}, "ends_on"),
    ],
)
async def test_a_rotation_that_cannot_be_is_refused_and_nothing_is_done(
    database: Database, wrong: dict[str, object], field: str
) -> None:
    role = await office(database)
    async with database.transaction() as session:
        session.add(Person(ref="gone", name="Gone", active_to=date(2026, 11, 1)))
        fields = replace(WEEKLY, **wrong)  # type: ignore[arg-type]
        with pytest.raises(Refused) as refusal:
            await add_rotation(session, role, fields, by=BY, now=NIGHT)
        assert refusal.value.field == field
        assert await session.scalar(select(func.count()).select_from(Shift)) == 0


async def test_one_who_has_left_does_not_stand_in_the_way_of_ending_a_rotation(
    database: Database,
) -> None:
    role = await office(database)
    row = await added(database, role)
    async with database.transaction() as session:
        birk = (await session.scalars(select(Person).where(Person.ref == "birk"))).one()
        birk.active_to = date(2026, 11, 1)
    async with database.transaction() as session:
        await end_rotation(session, row.id, date(2026, 11, 24), by=BY, now=NIGHT)
        assert await roster(session) == []
