from datetime import timedelta
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from core.database import Database
from core.models import Role
from rosters.duty.models import DutyRole, Shift, ShiftState
from rosters.models import Person
from rosters.worktime.fairness import Turn, share_out
from tests.clocks import NIGHT
from tests.rosters.shiftwork import ZONE, at
from tests.visitors import Site

ALVA, BIRK = uuid4(), uuid4()
WEEK = timedelta(weeks=1)


def test_weeks_weekends_and_named_days_are_counted_past_and_planned_apart() -> None:
    turns = [
        Turn(ALVA, at("2026-11-16T12:00"), at("2026-11-23T12:00")),
        Turn(ALVA, at("2026-12-21T12:00"), at("2026-12-28T12:00")),
        Turn(BIRK, at("2026-11-23T12:00"), at("2026-11-30T12:00")),
    ]
    fairness = share_out(turns, 2026, ZONE, now=at("2026-11-27T00:00"))
    alva, birk = (next(s for s in fairness.shares if s.person == who) for who in (ALVA, BIRK))
    assert (alva.past.weeks, alva.planned.weeks) == (1, 1)
    assert (alva.past.weekends, alva.planned.weekends) == (1, 1)
    assert alva.planned.days == ("Julafton", "Juldagen", "Annandag jul")
    assert birk.past.weeks == 0.5
    assert (birk.past.weekends, birk.planned.weekends) == (0, 1)
    assert fairness.mean_weeks == 1.5


def test_exactly_half_a_weekend_is_nobodys_and_the_new_year_cuts_a_week() -> None:
    turns = [
        Turn(ALVA, at("2026-11-21T00:00"), at("2026-11-22T00:00")),
        Turn(BIRK, at("2026-11-22T00:00"), at("2026-11-23T00:00")),
        Turn(ALVA, at("2026-12-28T12:00"), at("2027-01-04T12:00")),
    ]
    fairness = share_out(turns, 2026, ZONE, now=at("2027-06-01T00:00"))
    assert [each.weekends for each in fairness.shares] == [0, 0]
    assert fairness.shares[0].days == ("Nyårsafton",)
    assert round(fairness.shares[0].weeks * 7, 2) == 4.5
    following = share_out(turns, 2027, ZONE, now=at("2027-06-01T00:00"))
    assert following.shares[0].days == ("Nyårsdagen",)
    assert following.shares[0].weekends == 1


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 51), max_size=20), st.integers(0, 400))
def test_the_shares_add_up_to_the_time_that_was_staffed(weeks: list[int], passed: int) -> None:
    first = at("2026-01-05T12:00")
    turns = [
        Turn(ALVA if place % 2 else BIRK, first + week * WEEK, first + (week + 1) * WEEK)
        for place, week in enumerate(sorted(set(weeks)))
    ]
    found = share_out(turns, 2026, ZONE, now=first + timedelta(days=passed))
    end = at("2027-01-01T00:00")
    staffed = sum(((min(t.end, end) - t.start) / WEEK for t in turns), 0.0)
    assert abs(sum(each.weeks for each in found.shares) - staffed) < 1e-6


async def test_the_page_shows_shares_in_words_without_who_is_protected(site: Site) -> None:
    await duty_of(site.database)
    reader = await site.signed_in("lisa")
    text = await reader.sees(
        "/duty/fairness?year=2026", "Alva Ek", "2,0 veckor (1,0 gjorda, 1,0 planerade)",
        "0,5 veckor mer än snittet", "Skyddad person", "0,5 veckor mindre än snittet", "Julafton",
    )  # fmt: skip
    assert "Ri Sten" not in text
    planner = await site.signed_in("pia", Role.PLANNER)
    await planner.sees("/duty/fairness?year=2026", "Ri Sten")
    await reader.sees("/duty/fairness?year=2031", "Ingen jour det här året")
    assert (await reader.get("/duty/fairness?year=1")).status_code == 422


async def duty_of(database: Database) -> None:
    """Alva a week before and one after; Ri, who is protected, one, and one that was taken over."""
    role = DutyRole(code="TIB", name="Tjänsteman i beredskap")
    alva = Person(ref="P01", name="Alva Ek")
    ri = Person(ref="P43", name="Ri Sten", protected=True)
    christmas = at("2026-12-21T12:00")
    weeks = (
        (alva, at("2026-11-16T12:00"), ShiftState.PLANNED),
        (alva, christmas, ShiftState.CONFIRMED),
        (ri, at("2026-11-30T12:00"), ShiftState.PLANNED),
        (ri, christmas, ShiftState.COVERED),
    )
    assert weeks[0][1] + WEEK < NIGHT
    async with database.transaction() as session:
        session.add_all([role, alva, ri])
        session.add_all(
            Shift(
                duty_role_id=role.id,
                person_id=person.id,
                starts_at=start,
                ends_at=start + WEEK,
                state=state,
            )
            for person, start, state in weeks
        )
