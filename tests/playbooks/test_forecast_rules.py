"""The forecast's arithmetic: odds in words, habits from answers, and the closed form."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import comb
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from alerting.habits import MANNERS, ON_CALL, Habit, Manner
from alerting.plan import ChannelKind, Need, Order, Start, StartKind, StepPlan
from alerting.rehearsal.cast import Cast, Line, Player, Scene
from alerting.rehearsal.run import RunEnd, many
from playbooks.forecast.asking import Asked
from playbooks.forecast.assumptions import (
    PRIORS,
    Assumptions,
    Kind,
    Own,
    Tried,
    assumptions,
    kind_at,
)
from playbooks.forecast.curve import curve
from playbooks.forecast.odds import Odds, between, odds, wilson
from playbooks.forecast.reckoning import forecast, forecast_of, in_time, share
from playbooks.forecast.remedies import fewest, mend, more_people, newcomers, people_on_call
from playbooks.forecast.saying import basis, mended
from rosters.models import ContactKind
from tests.plans import MINUTE, plan, step, wave

ZONE = ZoneInfo("Europe/Stockholm")
AT = datetime(2026, 12, 25, 2, tzinfo=UTC)  # three in the night
SEED = 10_000  # fixed: one series in twenty lies outside a span that holds in nineteen
ONE_CALL = (wave(ChannelKind.VOICE, wait=3 * MINUTE),)


def players(count: int, **changed: object) -> tuple[Player, ...]:
    return tuple(
        Player(
            UUID(int=number),
            f"P{number}",
            (Line(ContactKind.MOBILE, f"+4670{number}"),),
            **changed,  # type: ignore[arg-type]
        )
        for number in range(count)
    )


def asked(
    *steps: StepPlan,
    manner: Manner,
    within: timedelta | None = None,
    runs: int = 300,
    draws: int = 1,
    **people: tuple[Player, ...],
) -> Asked:
    """A path with these people, all of the same habits."""
    habits = {**dict.fromkeys(Kind, manner), Kind.ON_CALL: ON_CALL}
    return Asked(
        plan=plan(*steps),
        goal_within=within,
        at=AT,
        zone=ZONE,
        cast=Cast((Scene(AT, people),)),
        own={},
        assumed=Assumptions(habits, (habits,) * draws),
        on_call=frozenset(),
        runs=runs,
    )


# The closed form


@pytest.mark.parametrize(("people", "need", "hears"), [(5, 3, 0.4), (7, 5, 0.7), (2, 1, 0.36)])
def test_one_step_all_at_once_is_the_tail_of_the_binomial(
    people: int, need: int, hears: float
) -> None:
    """One call to each, heard with probability p: P(at least k of n)."""
    karna = step("karna", "group:karna", need=need, waves=ONE_CALL)
    given = asked(karna, manner=Manner(hears_call=hears), runs=1000, karna=players(people))
    exact = sum(
        comb(people, k) * hears**k * (1 - hears) ** (people - k) for k in range(need, people + 1)
    )
    found = forecast_of(given, [_runs(given)], mending=False)
    assert found.met.holds(exact)
    held = found.steps[0].held
    assert held
    assert held.holds(exact)
    assert found.met.high - found.met.low < 0.07


def _runs(given: Asked) -> list[RunEnd]:
    return many(
        given.plan, given.cast, given.likely, at=AT, seeds=range(SEED, SEED + given.runs), zone=ZONE
    )


def test_two_waves_of_calls_and_people_who_are_away_reach_the_published_share() -> None:
    """Two calls at night reach 41 %: 0.7 * (1 - 0.643 ** 2)."""
    waves = (ONE_CALL[0], ONE_CALL[0])
    alone = step("en", "group:en", waves=waves)
    manner = MANNERS[Habit.NIGHT].model_copy(update={"comes": 1})
    given = asked(alone, manner=manner, runs=1000, en=players(1))
    assert share([_runs(given)], lambda end: end.met).holds(0.41)


def test_a_goal_is_held_to_its_time() -> None:
    """Two calls one after the other: within the first one's time only the first can be heard."""
    alone = step("en", "group:en", waves=(ONE_CALL[0], ONE_CALL[0]))
    manner = Manner(hears_call=0.5, voicemail=0, picks_up=(5, 6))
    given = asked(alone, manner=manner, within=timedelta(seconds=25), runs=1200, en=players(1))
    found = forecast_of(given, [_runs(given)], mending=False)
    assert found.in_goal
    assert found.in_goal.holds(0.5)
    assert found.met.holds(0.75)
    assert found.chief is found.in_goal


# More is never worse


def test_more_people_and_better_habits_are_never_worse() -> None:
    karna = step("karna", "group:karna", need=3, waves=ONE_CALL)
    shares = []
    for count in (3, 4, 6, 9):
        given = asked(karna, manner=Manner(hears_call=0.5), runs=200, karna=players(count))
        shares.append(share([_runs(given)], lambda end: end.met).share)
    assert shares == sorted(shares)
    deaf = asked(karna, manner=Manner(hears_call=0), runs=30, karna=players(5))
    assert forecast(deaf).met.share == 0


def test_the_curve_only_rises() -> None:
    karna = step("karna", "group:karna", need=2, waves=(wave(), wave(ChannelKind.VOICE)))
    given = asked(karna, manner=MANNERS[Habit.NIGHT], runs=120, draws=4, karna=players(6))
    found = forecast(given)
    shares = [each.odds.share for each in found.reached]
    assert shares == sorted(shares)
    drawn = curve(found.reached, goal=25)
    assert drawn.goal
    assert drawn.left < drawn.goal < drawn.right
    assert curve(found.reached, goal=999).goal is None


# Every kind of step


def _ends(*steps: StepPlan, manner: Manner, **people: tuple[Player, ...]) -> list[RunEnd]:
    given = asked(*steps, manner=manner, runs=20)
    return _runs(replace(given, cast=Cast((Scene(AT, people),))))


def test_the_protected_and_what_is_done_by_hand_take_the_operator_three_minutes() -> None:
    ends = _ends(
        step("en", "group:en"),
        step("rakel", "manual:Rakel till räddningstjänsten"),
        manner=Manner(away=1),
        en=players(1, protected=True),
    )
    assert {(each.held_s) for end in ends for each in end.steps} == {180}


def test_a_gate_waits_two_minutes_for_its_decision() -> None:
    ends = _ends(step("en", "group:en", gate="TIB beslutar"), manner=Manner(), en=players(1))
    assert {end.steps[0].started_s for end in ends} == {120}


def test_nobody_to_call_is_an_empty_step_and_no_numbers_an_unreachable_one() -> None:
    ends = _ends(
        step("tom", "group:tom"),
        step("stum", "group:stum"),
        manner=Manner(),
        stum=(Player(UUID(int=9), "P9", ()),),
    )
    assert [each.state.value for each in ends[0].steps] == ["empty", "unmet"]
    assert not any(end.met for end in ends)


def test_a_reserve_holds_the_step_it_stands_in_for_and_counts_in_total() -> None:
    reserve = step(
        "reserv",
        "group:reserv",
        need=Need(count=2, total_with=("karna",)),
        start=Start(kind=StartKind.IF_FAILS, step="karna"),
        waves=ONE_CALL,
    )
    ends = _ends(
        step("karna", "group:karna", need=2, waves=ONE_CALL),
        reserve,
        manner=Manner(voicemail=0),
        karna=players(1),
        reserv=(*players(1), Player(UUID(int=7), "P7", (Line(ContactKind.MOBILE, "+467"),))),
    )
    assert all(end.met and end.steps[0].held_s for end in ends)
    assert {end.steps[1].accepted for end in ends} == {1}


def test_one_by_one_goes_on_when_the_first_stays_silent() -> None:
    ends = _ends(
        step("en", "group:en", order=Order.ONE_BY_ONE, need=Need(percent=50), waves=ONE_CALL),
        manner=Manner(hears_call=0.5, voicemail=0),
        en=players(2),
    )
    assert {end.steps[0].need for end in ends} == {1}
    assert 0 < sum(end.met for end in ends) < 20 or all(end.met for end in ends)


# What would mend it


def test_the_fewest_that_are_enough_are_found_in_few_tries() -> None:
    tried: list[int] = []

    def enough(count: int) -> bool:
        tried.append(count)
        return count >= 11

    assert fewest(enough) == 11
    assert len(tried) <= 9
    assert fewest(lambda _count: False) is None
    assert fewest(lambda _count: True) == 1


def test_a_weak_step_is_mended_by_few_on_call_or_by_more_people() -> None:
    karna = step("karna", "group:karna", waves=(ONE_CALL[0], ONE_CALL[0]))
    given = asked(karna, manner=MANNERS[Habit.NIGHT], karna=players(2))
    found = mend(given, "karna", limit=None, target=0.95)
    assert found.more
    assert found.on_call == 1
    assert mended(found).startswith("1 person med beredskap räcker, eller ")
    cast, _crowd = more_people(given, "karna", 3)
    assert [each.ref for each in cast.first("karna")] == ["P0", "P1", "+1", "+2", "+3"]
    cast, crowd = people_on_call(given, "karna", 3)
    assert set(crowd.others) == {"P0", "P1", "+1"}
    assert len(cast.first("karna")) == 3


def test_it_is_said_when_nothing_mends_a_step() -> None:
    many_needed = step("karna", "group:karna", need=60, waves=ONE_CALL)
    given = asked(many_needed, manner=Manner(), karna=players(1))
    assert "Varken" in mended(mend(given, "karna", limit=None, target=0.95))
    by_hand = asked(step("h", "manual:Rakel"), manner=Manner())
    assert "för hand" in mended(mend(by_hand, "h", limit=None, target=0.95))


def test_the_step_that_breaks_the_chain_is_named_with_its_remedies() -> None:
    given = asked(
        step("lätt", "group:lätt", waves=ONE_CALL),
        step("svår", "group:svår", need=2, waves=ONE_CALL),
        manner=Manner(hears_call=0.6, voicemail=0),
        lätt=players(6),
        svår=players(2),
        runs=120,
    )
    found = forecast(given)
    assert found.breaking
    assert found.breaking.name == "svår"
    assert found.breaking.of_failures > 0.9
    assert found == forecast(given)


# Odds and words


def test_wilson_is_as_published() -> None:
    low, high = wilson(8, 10)
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)
    assert wilson(0, 0) == (0.0, 1.0)


def test_unsure_assumptions_widen_the_span_and_luck_alone_does_not() -> None:
    sure = odds([(10, 20)] * 10)
    unsure = odds([(3, 20), (17, 20)] * 5)
    assert sure.share == unsure.share == 0.5
    assert (sure.low, sure.high) == pytest.approx(wilson(100, 200))
    assert unsure.high - unsure.low > 2 * (sure.high - sure.low)
    assert between([(20, 20)] * 5) == 0


@pytest.mark.parametrize(
    ("share", "low", "high", "words"),
    [
        (0.7, 0.52, 0.79, "ungefär 7 av 10 (mellan 5 och 8)"),
        (0.7, 0.5, 0.8, "ungefär 7 av 10 (mellan 5 och 8)"),
        (0.3, 0.08, 0.6, "ungefär 30 av 100 (mellan 8 och 60)"),
        (1.0, 0.987, 1.0, "mer än 99 av 100 (minst 98)"),
        (0.0, 0.0, 0.013, "färre än 1 av 100 (högst 2)"),
        (0.97, 0.9, 1.0, "ungefär 97 av 100 (mellan 90 och 99)"),
    ],
)
def test_a_share_is_never_said_to_be_certain(
    share: float, low: float, high: float, words: str
) -> None:
    assert Odds(share, low, high, 300).words == words


# Habits from answers


def test_without_own_answers_the_published_figures_stand() -> None:
    found = assumptions({}, draws=5, seed=1)
    assert found.likely == {kind: prior.manner for kind, prior in PRIORS.items()}
    assert len({each[Kind.NIGHT].hears_call for each in found.draws}) == 5
    assert found == assumptions({}, draws=5, seed=1)


def test_own_answers_outweigh_the_published_figures_when_there_are_many() -> None:
    heard = Counter({Tried(answered_call=True): 180, Tried(calls=2, texts=1): 20})
    own = {Kind.NIGHT: Own(heard, comes=170, cannot=10)}
    likely = assumptions(own, draws=2, seed=1).likely[Kind.NIGHT]
    reached = (1 - likely.away) * (1 - (1 - likely.hears_call) ** 2)
    assert reached > 0.75
    assert likely.comes > 0.9
    few = {Kind.NIGHT: Own(Counter({Tried(answered_call=True): 2}))}
    slightly = assumptions(few, draws=2, seed=1).likely[Kind.NIGHT]
    assert slightly.hears_call < 0.45


def test_night_is_from_ten_to_six_local_time() -> None:
    assert kind_at(datetime(2026, 7, 1, 20, tzinfo=UTC), ZONE) is Kind.NIGHT
    assert kind_at(datetime(2026, 7, 1, 4, tzinfo=UTC), ZONE) is Kind.DAY


def test_the_basis_says_what_is_known_and_what_is_not() -> None:
    given = asked(step("en", "group:en"), manner=Manner(), en=players(1))
    assert basis(given) == "inga egna svar än, bara publicerade värden"


def test_newcomers_have_a_phone_each() -> None:
    refs = [each.ref for each in newcomers(3)]
    assert len(set(refs)) == 3
    assert not newcomers(0)


def test_a_chain_that_is_late_is_not_in_time() -> None:
    given = asked(step("en", "group:en"), manner=Manner(), en=players(1), runs=3)
    end = _runs(given)[0]
    assert in_time(end, None)
    assert not in_time(end, 1)
