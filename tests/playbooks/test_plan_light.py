"""Rules: a body's light, and how it fades by itself as time goes by."""

from datetime import date, timedelta

import pytest

from playbooks.lights.models import Light
from playbooks.plans.light import Function, light_of, no_plan
from playbooks.reviewing import ReviewState, judge, months_after

APPROVED = date(2026, 5, 8)
LEADS = Function("Leder", "Mio", ("Cleo",))
DAY = timedelta(days=1)


def light(
    *functions: Function,
    today: date = APPROVED,
    approved: bool = True,
    bound: bool = True,
    exists: bool = True,
) -> Light:
    review = judge(APPROVED, months=12, approved=approved, today=today)
    return light_of(review, functions or (LEADS,), bound=bound, body_exists=exists).light


def test_a_body_without_a_plan_is_red() -> None:
    assert (no_plan().light, no_plan().next) == (Light.RED, "Skriv en handlingsplan.")


def test_a_company_without_a_plan_is_urged_and_not_obliged() -> None:
    urged = no_plan(obliged=False)
    assert urged.light is Light.AMBER
    assert "uppmanat, inte skyldigt" in urged.reasons[0].sentence


@pytest.mark.parametrize(
    ("days", "expected", "state"),
    [
        (0, Light.GREEN, ReviewState.FRESH),
        (335, Light.GREEN, ReviewState.FRESH),
        (336, Light.AMBER, ReviewState.SOON),
        (365, Light.AMBER, ReviewState.SOON),
        (366, Light.RED, ReviewState.OVERDUE),
    ],
)
def test_within_a_year_a_green_light_turns_amber_and_then_red(
    days: int, expected: Light, state: ReviewState
) -> None:
    today = APPROVED + days * DAY
    assert light(today=today) is expected
    assert judge(APPROVED, months=12, approved=True, today=today).state is state


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (LEADS, Light.GREEN),
        (Function("Logg", "Rut", ()), Light.AMBER),
        (Function("Logg", "", ("Bodil",)), Light.RED),
        (Function("Logg", "", ()), Light.RED),
    ],
)
def test_every_function_is_held_and_has_a_deputy(function: Function, expected: Light) -> None:
    assert light(LEADS, function) is expected


def test_what_is_not_approved_or_not_decided_is_amber() -> None:
    assert light(approved=False) is Light.AMBER
    assert light(bound=False) is Light.AMBER
    assert light(approved=False, today=APPROVED + 400 * DAY) is Light.RED


def test_a_body_that_is_gone_is_red() -> None:
    assert light(exists=False) is Light.RED


def test_the_worst_comes_first_and_the_figure_counts_functions() -> None:
    review = judge(APPROVED, months=12, approved=False, today=APPROVED)
    found = light_of(review, (LEADS, Function("Logg", "", ())), bound=False)
    assert [each.light for each in found.reasons] == [Light.RED, Light.AMBER, Light.AMBER]
    assert found.next == "Utse någon till Logg."
    assert found.figure == "1 av 2 funktioner har innehavare och ersättare"


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 1), 13, date(2028, 1, 1)),
    ],
)
def test_months_end_where_months_end(day: date, months: int, expected: date) -> None:
    assert months_after(day, months) == expected
