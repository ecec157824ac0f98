from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from core.audit import By
from core.database import Database
from core.errors import Refused
from rosters.duty.gaps import Span, find_gaps, gaps_between, served_by
from rosters.duty.models import DutyRole, Shift, ShiftState
from rosters.duty.resolver import next_on_duty, on_duty
from rosters.duty.shifts import add_shift
from rosters.fields import moment
from rosters.models import Person
from tests.clocks import NIGHT

ZONE = ZoneInfo("Europe/Stockholm")
BY = By("test")
WEEK = timedelta(weeks=1)
HOUR = timedelta(hours=1)


def noon(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=ZONE).astimezone(UTC)


async def people(database: Database, *names: str) -> None:
    async with database.transaction() as session:
        session.add(DutyRole(code="TIB", name="Tjänsteman i beredskap"))
        session.add_all(Person(ref=name, name=name.title()) for name in names)


async def shift(database: Database, ref: str, start: datetime, end: datetime) -> None:
    async with database.transaction() as session:
        times = {"starts_at": start, "ends_at": end}
        await add_shift(session, role="TIB", ref=ref, by=BY, now=NIGHT, **times)


async def serving(database: Database, at: datetime) -> list[str]:
    async with database.reading() as session:
        return [each.person.ref for each in await on_duty(session, "TIB", at=at)]


async def test_the_one_who_takes_over_is_on_duty_from_that_very_second(database: Database) -> None:
    await people(database, "alva", "birk")
    handover = noon(2026, 11, 30)
    await shift(database, "alva", handover - WEEK, handover)
    await shift(database, "birk", handover, handover + WEEK)
    assert await serving(database, handover - timedelta(seconds=1)) == ["alva"]
    assert await serving(database, handover) == ["birk"]
    assert await serving(database, handover - WEEK - HOUR) == []
    async with database.reading() as session:
        following = await next_on_duty(session, "TIB", at=handover - HOUR)
        assert following is not None
        assert following.person.ref == "birk"
        assert await next_on_duty(session, "TIB", at=handover) is None


async def test_who_has_left_by_then_is_not_the_next(database: Database) -> None:
    await people(database, "alva", "birk")
    first = noon(2026, 11, 30)
    await shift(database, "alva", first, first + WEEK)
    await shift(database, "birk", first + WEEK, first + 2 * WEEK)
    async with database.transaction() as session:
        alva = (await session.scalars(select(Person).where(Person.ref == "alva"))).one()
        alva.active_to = date(2026, 11, 29)
    async with database.reading() as session:
        following = await next_on_duty(session, "TIB", at=first - HOUR)
        assert following
        assert following.person.ref == "birk"


async def test_two_on_duty_are_both_found_and_a_covered_shift_does_not_count(
    database: Database,
) -> None:
    await people(database, "alva", "birk", "cleo")
    for ref in ("birk", "alva", "cleo"):
        await shift(database, ref, NIGHT - HOUR, NIGHT + HOUR)
    async with database.transaction() as session:
        found = await on_duty(session, "TIB", at=NIGHT)
        found[2].shift.state = ShiftState.COVERED
    assert await serving(database, NIGHT) == ["alva", "birk"]


@pytest.mark.parametrize(
    ("monday", "hours"), [((2027, 3, 22), 167), ((2027, 10, 25), 169), ((2026, 11, 23), 168)]
)
async def test_a_week_is_from_clock_to_clock_also_when_the_clocks_change(
    database: Database, monday: tuple[int, int, int], hours: int
) -> None:
    await people(database, "alva", "birk")
    start = noon(*monday)
    end = noon(*(date(*monday) + WEEK).timetuple()[:3])
    assert end - start == timedelta(hours=hours)
    await shift(database, "alva", start, end)
    await shift(database, "birk", end, end + WEEK)
    async with database.reading() as session:
        assert not await find_gaps(session, start=start, end=end + WEEK)


def test_a_clock_that_does_not_exist_is_refused_and_one_that_comes_twice_is_the_first() -> None:
    with pytest.raises(Refused, match="ställs klockan fram"):
        moment("2027-03-28T02:30", ZONE, field="starts_at")
    twice = moment("2027-10-31T02:30", ZONE, field="starts_at")
    assert twice == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    for typed in (
        "",
        "i morgon",
        "2027-13-01T00:00",
        "12:00",
        "9999-12-31T23:59",
        "0001-01-01T00:00",
    ):
        with pytest.raises(Refused):
            moment(typed, ZONE, field="starts_at")


async def test_a_gap_is_where_nobody_serves_and_the_deactivated_serve_nobody(
    database: Database,
) -> None:
    await people(database, "alva")
    start = noon(2026, 11, 23)
    await shift(database, "alva", start, start + WEEK)
    async with database.transaction() as session:
        session.add(DutyRole(code="KIB", name="KIB", always_staffed=False))
        (alva,) = [each.person for each in await on_duty(session, "TIB", at=start)]
        alva.active_to = date(2026, 11, 26)
    async with database.reading() as session:
        gaps = await find_gaps(session, start=start, end=start + 2 * WEEK)
    midnight = datetime(2026, 11, 27, tzinfo=ZONE)
    assert [(gap.role.code, gap.start, gap.end) for gap in gaps] == [
        ("TIB", midnight, start + 2 * WEEK)
    ]


def test_nothing_is_served_outside_the_days_in_service() -> None:
    shift = Shift(duty_role_id=uuid4(), person_id=uuid4(), starts_at=NIGHT, ends_at=NIGHT + HOUR)
    person = Person(ref="a", name="A", active_from=date(2026, 11, 24), active_to=date(2026, 11, 24))
    assert served_by(shift, person, ZONE) == Span(NIGHT, NIGHT + HOUR)
    person.active_from = date(2026, 11, 25)
    assert served_by(shift, person, ZONE) is None


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        (1, 1, "Passet slutar innan det börjar."),
        (2, 1, "Passet slutar innan det börjar."),
        (0, 1, "har redan ett pass som överlappar"),
        (-5, 5, "har redan ett pass som överlappar"),
        (0.5, 2, "har redan ett pass som överlappar"),
    ],
)
async def test_a_backward_or_overlapping_shift_is_refused(
    database: Database, start: float, end: float, sentence: str
) -> None:
    await people(database, "alva")
    await shift(database, "alva", NIGHT, NIGHT + HOUR)
    with pytest.raises(Refused, match=sentence):
        await shift(database, "alva", NIGHT + start * HOUR, NIGHT + end * HOUR)


async def test_a_shift_for_nobody_or_nothing_is_refused(database: Database) -> None:
    await people(database, "alva")
    with pytest.raises(Refused, match="Personen finns inte"):
        await shift(database, "nobody", NIGHT, NIGHT + HOUR)
    async with database.transaction() as session:
        with pytest.raises(Refused, match="Jouren finns inte"):
            await add_shift(
                session,
                role="X",
                ref="alva",
                starts_at=NIGHT,
                ends_at=NIGHT + HOUR,
                by=BY,
                now=NIGHT,
            )


hours = st.integers(0, 60)


@given(st.lists(st.tuples(hours, hours).filter(lambda pair: pair[0] < pair[1])))
def test_gaps_are_exactly_the_hours_that_no_span_covers(pairs: list[tuple[int, int]]) -> None:
    spans = [Span(NIGHT + HOUR * start, NIGHT + HOUR * end) for start, end in pairs]
    gaps = gaps_between(spans, start=NIGHT + 5 * HOUR, end=NIGHT + 50 * HOUR)
    for number in range(5, 50):
        at = NIGHT + HOUR * number
        covered = any(span.start <= at < span.end for span in spans)
        assert covered is not any(gap.start <= at < gap.end for gap in gaps)
    assert all(NIGHT + 5 * HOUR <= gap.start < gap.end <= NIGHT + 50 * HOUR for gap in gaps)
