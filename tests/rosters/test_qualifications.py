"""Who is qualified for a duty role: courses once, exercises within some months, by the calendar."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By
from core.errors import Refused
from core.models import Role
from rosters.duty.models import (
    DutyRole,
    Qualification,
    QualificationKind,
    QualificationRule,
)
from rosters.models import Person
from rosters.qualifications import service as rules
from rosters.qualifications.service import Standing, held, months_later
from tests.rosters.office import ID, find
from tests.visitors import Site, Visitor
from tests.world import World

COURSE, EXERCISE = QualificationKind.COURSE, QualificationKind.EXERCISE
PAGE = "/duty/qualifications"


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-11-30", 12, "2027-11-30"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-01-15", 1, "2026-02-15"),
        ("2026-12-01", 1, "2027-01-01"),
    ],
)
def test_months_are_those_of_the_calendar(day: str, months: int, later: str) -> None:
    assert months_later(date.fromisoformat(day), months) == date.fromisoformat(later)


@pytest.mark.parametrize(
    ("on", "standing"),
    [
        ("2026-08-30", Standing.MISSING),  # done the day after
        ("2026-08-31", Standing.DONE),
        ("2026-12-29", Standing.DONE),
        ("2026-12-30", Standing.ENDS_SOON),  # 60 days are left
        ("2027-02-28", Standing.ENDS_SOON),  # the last day counts
        ("2027-03-01", Standing.ENDED),
    ],
)
def test_an_exercise_holds_for_its_months_and_warns_before(on: str, standing: Standing) -> None:
    rule = QualificationRule(duty_role_id=uuid4(), kind=EXERCISE, name="Stabsövning", months=6)
    found = held(rule, [done("Stabsövning", "2026-08-31")], date.fromisoformat(on))
    assert found.standing is standing
    assert bool(found.words) is (standing in {Standing.MISSING, Standing.ENDED})


def test_a_course_is_for_ever_and_only_the_same_kind_and_name_count() -> None:
    rule = QualificationRule(duty_role_id=uuid4(), kind=COURSE, name="Grundkurs")
    assert held(rule, [done("Grundkurs", "1999-01-01", COURSE)], date(2026, 1, 1)).words == ""
    assert not held(rule, [done("Grundkurs", "1999-01-01", EXERCISE)], date(2026, 1, 1)).holds
    assert not held(rule, [done("Grundkurs 2", "1999-01-01", COURSE)], date(2026, 1, 1)).holds


def done(name: str, on: str, kind: QualificationKind = EXERCISE) -> Qualification:
    return Qualification(
        person_id=uuid4(), kind=kind, name=name, done_on=date.fromisoformat(on), noted_by="pia"
    )


async def test_what_is_missing_is_said_by_the_local_day(world: World) -> None:
    alva = await world.person("alva")
    await world.on_duty("TIB", "alva")
    by, now = By("pia"), world.now
    async with world.database.transaction() as session:
        for kind, name, months in ((COURSE, "Grundkurs", ""), (EXERCISE, "Övning", "6")):
            await rules.add_rule(
                session, role="TIB", kind=kind, name=name, months=months, by=by, now=now
            )
        role = await role_of(session)
        person = await session.get_one(Person, alva)
        assert await rules.missing_for(session, role.id, alva, now) == [
            "Grundkurs saknas",
            "Övning saknas",
        ]
        with pytest.raises(Refused, match="Alva får inte ha TIB då: Grundkurs saknas, Övning"):
            await rules.refuse_unqualified(session, role, person, now)
        for name, on in (("Grundkurs", "2026-05-01"), ("Övning", "2026-05-24")):
            session.add(
                Qualification(
                    person_id=alva,
                    kind=COURSE if name == "Grundkurs" else EXERCISE,
                    name=name,
                    done_on=date.fromisoformat(on),
                    noted_by="pia",
                )
            )
    last = datetime(2026, 11, 24, 22, 59, tzinfo=UTC)  # 23:59 in Lund
    async with world.database.reading() as session:
        assert await rules.missing_for(session, role.id, alva, last) == []
        await rules.refuse_unqualified(session, role, person, last)
        after = last + timedelta(minutes=1)
        assert await rules.missing_for(session, role.id, alva, after) == [
            "Övning gällde till 2026-11-24"
        ]
        found = await rules.unqualified(session, start=now, end=now + timedelta(days=1))
        assert found == []  # when the shift began, all was there


async def role_of(session: AsyncSession) -> DutyRole:
    return (await session.scalars(select(DutyRole))).one()


async def test_a_page_shows_who_has_done_what(site: Site, planner: Visitor) -> None:
    reader = await site.signed_in("rut")
    await reader.sees(PAGE, "Inga krav ännu")
    await planner.post("/duty/roles", code="TIB", name="Tjänsteman i beredskap")
    times = {"starts_at": "2026-11-30T12:00", "ends_at": "2026-12-07T12:00"}
    for ref in ("P01", "P43"):
        await planner.post("/duty/shifts", role="TIB", person=ref, **times)
    await planner.post(f"{PAGE}/rules", role="TIB", kind="course", name="Grundkurs")
    await planner.post(f"{PAGE}/rules", role="TIB", kind="exercise", name="Övning", months="6")
    page = await reader.sees(
        PAGE, "Grundkurs", "inom 6 månader", "Alva Ek", "Saknas", "Skyddad person",
        "2 kommande pass har någon som då saknar behörighet",
    )  # fmt: skip
    assert "Ri Sten" not in page
    assert "Notera" not in page
    for what, on in (("Grundkurs", "2020-01-01"), ("Övning", "2026-07-01")):
        rule = await option(planner, what)
        added = await planner.post(f"{PAGE}/records", person="P01 Alva Ek", what=rule, done_on=on)
        assert added.status_code == 303
    await reader.sees(PAGE, "Klar", "Går snart ut", "1 kommande pass har någon")
    record = await find(planner, PAGE, f"{PAGE}/records/{ID}/remove")
    assert (await reader.post(record)).status_code == 403
    await planner.post(record)
    assert (await planner.post(record)).status_code == 404
    demand = await find(planner, PAGE, f"{PAGE}/rules/{ID}/remove")
    await planner.post(demand)
    assert (await planner.post(demand)).status_code == 404


async def option(planner: Visitor, name: str) -> str:
    return (await find(planner, PAGE, f'value="{ID}">{name}<')).split('"')[1]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("role", "KIB", "Jouren finns inte."),
        ("kind", "film", "Välj kurs eller övning."),
        ("name", " ", "Fyll i det här fältet."),
        ("name", "Grundkurs", "redan ett krav med det namnet"),
        ("months", "0", "Ange antalet månader, 1 till 120."),
        ("months", "-3", "Ange antalet månader, 1 till 120."),
        ("months", "1" * 5000, "Ange antalet månader, 1 till 120."),
        ("months", "", "hur många månader en övning gäller"),
    ],
)
async def test_a_demand_that_makes_no_sense_is_refused(
    planner: Visitor, field: str, value: str, sentence: str
) -> None:
    await planner.post("/duty/roles", code="TIB", name="TIB")
    await planner.post(f"{PAGE}/rules", role="TIB", kind="course", name="Grundkurs")
    good = {"role": "TIB", "kind": "exercise", "name": "Övning", "months": "6"}
    response = await planner.post(f"{PAGE}/rules", **good | {field: value})
    assert (response.status_code, sentence in response.text) == (422, True)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("person", "P99", "Personen finns inte."),
        ("what", "x", "Välj kurs eller övning ur listan."),
        ("what", str(UUID(int=1)), "Välj kurs eller övning ur listan."),
        ("done_on", "", "Ange dagen då det gjordes."),
        ("done_on", "2026-11-25", "Dagen har inte varit än."),
        ("done_on", "2026-11-01", "Det står redan noterat för den dagen."),
    ],
)
async def test_a_record_that_makes_no_sense_is_refused(
    planner: Visitor, field: str, value: str, sentence: str
) -> None:
    await planner.post("/duty/roles", code="TIB", name="TIB")
    await planner.post(f"{PAGE}/rules", role="TIB", kind="course", name="Grundkurs")
    good = {"person": "P01", "what": await option(planner, "Grundkurs"), "done_on": "2026-11-24"}
    await planner.post(f"{PAGE}/records", **good | {"done_on": "2026-11-01"})
    response = await planner.post(f"{PAGE}/records", **good | {field: value})
    assert (response.status_code, sentence in response.text) == (422, True)


async def test_only_planners_say_what_is_demanded(site: Site) -> None:
    tib = await site.signed_in("tib", Role.DUTY_OFFICER)
    assert (await tib.post(f"{PAGE}/rules", role="TIB", name="x")).status_code == 403
    assert (await tib.post(f"{PAGE}/records", person="P01")).status_code == 403
