from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from core.database import Database
from core.models import Role, User
from core.passwords import is_right
from crisis.demo.roster import ROTAS
from crisis.demo.seed import ACCOUNTS, PASSWORD, seed
from playbooks.communication_tests.models import CommunicationTest
from playbooks.lights.models import Light, LightKind, PathRun, RunKind
from playbooks.lights.service import lights_at
from rosters.duty.gaps import find_gaps
from rosters.duty.models import Shift, Swap, SwapState
from rosters.duty.resolver import on_duty
from rosters.models import ContactPoint, Person
from rosters.notices.models import Notice
from rosters.numbers import reserved
from tests.clocks import NIGHT

ZONE = ZoneInfo("Europe/Stockholm")


@pytest.fixture
def demo(night: Database) -> Database:
    """Seeded once for all of them; on both kinds of database where it is seeded again."""
    return night


async def serving(database: Database, role: str, at: datetime) -> list[str]:
    async with database.reading() as session:
        return [each.person.ref for each in await on_duty(session, role, at=at)]


async def test_the_weeks_are_those_of_the_plan(demo: Database) -> None:
    for day, ref in (
        (date(2026, 11, 25), "P01"), (date(2026, 12, 2), "P02"), (date(2026, 12, 25), "P05"),
        (date(2027, 1, 1), "P06"), (date(2027, 1, 6), "P01"),
    ):  # fmt: skip
        at = datetime.combine(day, datetime.min.time(), UTC)
        assert await serving(demo, "TIB", at) == [ref], day
        assert await serving(demo, "TIB_bakjour", at) != [ref]


async def test_the_only_gap_is_half_a_week_of_kib_in_january(demo: Database) -> None:
    async with demo.reading() as session:
        gaps = await find_gaps(session, start=NIGHT, end=NIGHT + timedelta(weeks=20))
    assert [(gap.role.code, gap.start, gap.end) for gap in gaps] == [
        ("KIB", datetime(2027, 1, 14, 12, tzinfo=ZONE), datetime(2027, 1, 18, 12, tzinfo=ZONE))
    ]


async def test_every_number_and_address_belongs_to_nobody(demo: Database) -> None:
    async with demo.reading() as session:
        addresses = (await session.scalars(select(ContactPoint.address))).all()
        protected = (await session.scalars(select(Person.ref).where(Person.protected))).all()
    assert len(addresses) > 150
    assert all(reserved(address) for address in addresses)
    assert protected == ["P43"]


async def test_seeding_again_only_carries_the_roster_further(database: Database) -> None:
    async def counts() -> list[int]:
        async with database.reading() as session:
            tables = (Person, ContactPoint, User, Shift)
            return [await session.scalar(select(func.count()).select_from(t)) or 0 for t in tables]

    async with database.transaction() as session:
        await seed(session, now=NIGHT)
    before = await counts()
    async with database.transaction() as session:
        await seed(session, now=NIGHT + timedelta(weeks=2))
    after = await counts()
    assert before[:3] == after[:3]
    assert after[3] == before[3] + 2 * len(ROTAS)


@pytest.mark.parametrize("month", [3, 6, 12])
async def test_in_any_month_somebody_is_on_duty_now(sqlite_database: Database, month: int) -> None:
    """Also where the demo was made long ago, and is started again."""
    at = datetime(2031, month, 15, 9, tzinfo=ZONE)
    for now in (at - timedelta(weeks=70), at):
        async with sqlite_database.transaction() as session:
            await seed(session, now=now)
    for rota in ROTAS:
        assert await serving(sqlite_database, rota.code, at), rota.code


async def test_a_swap_waits_for_the_planner_and_nobody_is_told_of_how_it_was_made(
    demo: Database,
) -> None:
    async with demo.reading() as session:
        swap = (await session.scalars(select(Swap))).one()
        asked = [
            await session.get_one(Person, each) for each in (swap.asked_by_id, swap.asked_of_id)
        ]
        assert [person.ref for person in asked] == ["P03", "P05"]
        assert swap.state is SwapState.ACCEPTED
        assert (await session.scalars(select(Notice))).all() == []


async def test_the_promised_accounts_are_there(demo: Database) -> None:
    async with demo.reading() as session:
        users = {user.username: user for user in await session.scalars(select(User))}
    assert set(users) == {"admin", "tib", "kib", "planerare", "lasare"}
    assert users["tib"].may(Role.DUTY_OFFICER)
    assert not users["kib"].may(Role.DUTY_OFFICER)
    assert len(ACCOUNTS) == 5
    assert await is_right(PASSWORD, users["tib"].password_hash)


async def test_six_of_nine_paths_are_exercised_and_one_change_is_not_read_by_three(
    demo: Database,
) -> None:
    async with demo.reading() as session:
        found = await lights_at(session, at=NIGHT, now=NIGHT, zone=ZONE)
    exercised = {each.code: each.of(LightKind.EXERCISED).light for each in found}
    assert [code for code, light in exercised.items() if light is not Light.GREEN] == [
        "LV-02", "LV-05", "LV-07"
    ]  # fmt: skip
    posom = next(each for each in found if each.code == "LV-05")
    assert posom.loaded.version.number == 2
    assert "3 av de 12 som har fått en ändrad del" in posom.of(LightKind.KNOWN).why
    assert {each.light for path in found for each in path.standings} == set(Light)


async def test_what_one_page_says_was_tested_the_other_has_a_report_of(demo: Database) -> None:
    async with demo.reading() as session:
        runs = select(PathRun.began_at).where(PathRun.kind == RunKind.COMMUNICATION)
        assert (await session.scalars(runs)).all() == (
            await session.scalars(select(CommunicationTest.started_at))
        ).all()


async def test_a_year_turns_each_light_of_the_demo_as_its_rule_says(demo: Database) -> None:
    async with demo.reading() as session:
        looks = [
            await lights_at(session, at=NIGHT + timedelta(weeks=weeks), now=NIGHT, zone=ZONE)
            for weeks in range(0, 53, 2)  # notice is given a month before
        ]

    def turns(kind: LightKind) -> list[list[Light | None]]:
        """By path, the lights as they follow one another."""
        paths = zip(*([path.of(kind).light for path in look] for look in looks), strict=True)
        return [[light for light, _same in groupby(path)] for path in paths]

    def whys(kind: LightKind) -> dict[str, str]:
        return {path.code: path.of(kind).why for path in looks[-1]}

    green = [Light.GREEN, Light.AMBER, Light.RED]
    amber, red, kept = green[1:], green[2:], green[:1]
    assert turns(LightKind.DOCUMENTED) == [
        green,
        green,
        green,
        amber,
        green,
        green,
        red,
        red,
        amber,
    ]
    assert turns(LightKind.KNOWN) == [*[kept] * 4, [Light.AMBER], *[kept] * 4]  # nobody has moved
    assert turns(LightKind.EXERCISED) == [green, red, green, green, red, green, red, green, green]
    reviews, runs = whys(LightKind.DOCUMENTED), whys(LightKind.EXERCISED)
    assert "saknar datum" in reviews.pop("LV-07")
    assert "har inte godkänt den" in reviews.pop("LV-08")
    assert all("Skulle ha setts över senast" in why for why in reviews.values())
    assert "Målet nåddes inte i tid" in runs.pop("LV-02")
    assert "stegen har ändrats sedan dess" in runs.pop("LV-05")
    assert all("Skulle ha övats igen senast" in why for why in runs.values())


@pytest.mark.parametrize(
    "day", [datetime(2027, 1, 8, 9, tzinfo=UTC), datetime(2028, 4, 20, 20, tzinfo=UTC)]
)
async def test_the_lights_of_the_demo_are_the_same_whenever_it_is_started(
    sqlite_database: Database, day: datetime
) -> None:
    async with sqlite_database.transaction() as session:
        await seed(session, now=day)
        found = await lights_at(session, at=day, now=day, zone=ZONE)
    shown = {each.code: [light.light for light in each.standings] for each in found}
    green, amber, red = Light.GREEN, Light.AMBER, Light.RED
    assert shown == {
        "LV-01": [green, green, green],
        "LV-02": [green, green, red],
        "LV-03": [green, green, green],
        "LV-04": [amber, green, green],
        "LV-05": [green, amber, red],
        "LV-06": [green, green, green],
        "LV-07": [red, green, red],
        "LV-08": [red, green, green],
        "LV-09": [amber, green, green],
    }
