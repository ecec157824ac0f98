"""What somebody leaves behind is shown before and after, and told to who plans the duty."""

from datetime import date, timedelta

from sqlalchemy import select

from core.models import Role
from rosters.duty.gaps import find_gaps
from rosters.duty.models import DutyRole, Rotation, RotationMember, Shift, ShiftState
from rosters.models import Person
from rosters.readiness.leaving import losses
from tests.visitors import Site, Visitor
from tests.world import ZONE, World

LAST = "2026-11-25"


async def office(world: World, *, protected: bool = False) -> str:
    """Alva has duty, a place in a rotation and in a list; Birk plans it. Alva's page."""
    alva = await world.person("alva", protected=protected, mobile=not protected)
    birk = await world.person("birk")
    await world.on_duty("TIB", "alva")
    await world.group("stab", "alva")
    async with world.database.transaction() as session:
        role = (await session.scalars(select(DutyRole))).one()
        role.manager_id = birk
        other = DutyRole(code="KIB", name="KIB", manager_id=alva)
        rotation = Rotation(
            duty_role_id=role.id, name="Veckor", turns="mon 12:00", starts_on=date(2026, 1, 1)
        )
        over = Rotation(
            duty_role_id=role.id,
            name="Sommar",
            turns="mon 12:00",
            starts_on=date(2026, 6, 1),
            ends_on=date(2026, 8, 1),
        )
        session.add_all([other, rotation, over])
        session.add_all(
            RotationMember(rotation_id=each.id, person_id=alva, position=0)
            for each in (rotation, over)
        )
        start = world.now + timedelta(days=8)
        session.add(
            Shift(
                duty_role_id=role.id,
                person_id=alva,
                starts_at=start,
                ends_at=start + timedelta(days=1),
                state=ShiftState.COVERED,
            )
        )
    return f"/people/{alva}"


async def test_losses_are_shown_before_and_after_and_the_manager_is_told(
    world: World, town: Site
) -> None:
    alva, planner = await office(world), await town.signed_in("pia", Role.PLANNER)
    await shown(planner, f"{alva}/end?last_day={LAST}")
    await planner.sees(f"{alva}/end?last_day={LAST}", "Avsluta Alva")
    async with world.database.reading() as session:
        assert (await session.get_one(Person, world.people["alva"])).active_to is None
    assert (await planner.post(f"{alva}/end", last_day=LAST)).headers["location"] == alva
    await shown(planner, alva)
    await world.advance(minutes=5 * 60)
    world.phone("birk").expect_sms("Alva slutar 2026-11-25 och lämnar TIB", "Pass efter det: 1")
    async with world.database.reading() as session:
        end = world.now + timedelta(days=5)
        gaps = await find_gaps(session, start=world.now, end=end)
    assert "TIB" in {gap.role.code for gap in gaps}  # the shift stays, and is a gap


async def shown(planner: Visitor, url: str) -> None:
    page = await planner.sees(url, "1 pass blir en lucka", "Veckor", "KIB", "stab", "Rotationer")
    assert "Sommar" not in page


async def test_a_last_day_in_the_form_tells_the_manager_once(world: World, town: Site) -> None:
    alva, planner = await office(world), await town.signed_in("pia", Role.PLANNER)
    form = {"ref": "alva", "name": "Alva", "language": "sv", "active_to": LAST}
    for title in ("a", "b"):
        await planner.post(f"{alva}/edit", **form, title=title)
    await world.advance(minutes=5 * 60)
    world.phone("birk").expect_sms("Alva slutar")


async def test_a_protected_leaver_is_not_named(world: World, town: Site) -> None:
    alva, planner = await office(world, protected=True), await town.signed_in("pia", Role.PLANNER)
    await planner.post(f"{alva}/end", last_day=LAST)
    await world.advance(minutes=5 * 60)
    assert "Alva" not in world.phone("birk").expect_sms("alva slutar")  # the number, "alva"


async def test_who_leaves_nothing_leaves_nothing(world: World, town: Site) -> None:
    birk = await world.person("birk")
    planner = await town.signed_in("pia", Role.PLANNER)
    await planner.sees(f"/people/{birk}/end", "Ingen jour, rotation eller larmlista")
    async with world.database.reading() as session:
        row = await session.get_one(Person, birk)
        assert not await losses(session, row, after=date(2026, 11, 25), zone=ZONE)


async def test_a_last_day_before_the_first_or_none_at_all_is_refused(
    world: World, town: Site
) -> None:
    alva, planner = await office(world), await town.signed_in("pia", Role.PLANNER)
    async with world.database.transaction() as session:
        (await session.get_one(Person, world.people["alva"])).active_from = date(2026, 1, 1)
    for day, sentence in (("2025-12-31", "före den första"), ("snart", "Skriv datumet")):
        for response in (
            await planner.get(f"{alva}/end?last_day={day}"),
            await planner.post(f"{alva}/end", last_day=day),
        ):
            assert response.status_code == 422
            assert sentence in response.text
    reader = await town.signed_in("rut")
    assert (await reader.get(f"{alva}/end")).status_code == 403
