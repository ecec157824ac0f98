from dataclasses import replace
from datetime import date, timedelta

import pytest

from playbooks.lights.exercised import Practice, RunFact, exercised
from playbooks.lights.models import Light


def run(
    day: str,
    *,
    office: bool = True,
    met: bool = True,
    same: bool = True,
    number: int = 2,
    minutes: int | None = 5,
) -> RunFact:
    return RunFact(
        on=date.fromisoformat(day),
        number=number,
        same=same,
        office_hours=office,
        met=met,
        took=timedelta(minutes=minutes) if minutes else None,
    )


def practice(*runs: RunFact, findings: tuple[str, ...] = ()) -> Practice:
    """Runs are given as they happened."""
    return Practice(
        code="LV-03",
        number=2,
        runs=tuple(reversed(runs)),
        findings=findings,
        exercise_months=12,
        both_hours=True,
        notice_months=1,
    )


BOTH = practice(run("2026-02-01", office=False), run("2026-03-01"))


@pytest.mark.parametrize(
    ("today", "light", "figure"),
    [
        ("2026-03-01", Light.GREEN, "337 dagar kvar"),
        ("2026-12-31", Light.GREEN, "32 dagar kvar"),
        ("2027-01-01", Light.AMBER, "31 dagar kvar"),  # soon
        ("2027-02-01", Light.AMBER, "0 dagar kvar"),
        ("2027-02-02", Light.AMBER, "1 av 2 tider"),  # the night has lapsed
        ("2027-03-02", Light.RED, "1 dag över"),
    ],
)
def test_within_a_year_a_path_that_was_exercised_no_longer_is(
    today: str, light: Light, figure: str
) -> None:
    day = date.fromisoformat(today)
    standing = exercised(BOTH, day)
    assert (standing.light, standing.figure_on(day)) == (light, figure)


def test_one_of_the_two_hours_is_not_enough_unless_the_path_says_so() -> None:
    today = date(2026, 4, 1)
    day_only = practice(run("2026-03-01"))
    standing = exercised(day_only, today)
    assert standing.light is Light.AMBER
    assert standing.next
    assert standing.next.sentence == "Öva utanför kontorstid."
    assert exercised(replace(day_only, both_hours=False), today).light is Light.GREEN
    night_only = exercised(practice(run("2026-03-01", office=False)), today)
    assert night_only.next
    assert night_only.next.sentence == "Öva på kontorstid."


def test_runs_of_other_steps_do_not_count() -> None:
    standing = exercised(practice(run("2026-03-01", same=False, number=1)), date(2026, 4, 1))
    assert standing.light is Light.RED
    assert "var av version 1: stegen har ändrats sedan dess" in standing.why


def test_a_run_of_another_version_with_equal_steps_counts() -> None:
    runs = (run("2026-02-01", number=1), run("2026-02-02", number=1, office=False))
    assert exercised(practice(*runs), date(2026, 4, 1)).light is Light.GREEN


def test_never_exercised_is_red() -> None:
    assert exercised(practice(), date(2026, 4, 1)).why == "Larmvägen har aldrig övats."


def test_a_failed_run_keeps_it_red_until_a_retest_succeeds() -> None:
    failed = (*BOTH.runs[::-1], run("2026-04-01", met=False, minutes=27))
    standing = exercised(practice(*failed), date(2026, 4, 2))
    assert (standing.light, standing.figure) == (Light.RED, "27 min")
    again = practice(*failed, run("2026-04-20"))
    assert exercised(again, date(2026, 4, 20)).light is Light.GREEN


def test_a_run_at_noon_does_not_make_good_what_failed_at_night() -> None:
    runs = (
        run("2026-02-01", office=False),
        run("2026-04-01", office=False, met=False, minutes=27),
        run("2026-04-20"),
    )
    standing = exercised(practice(*runs), date(2026, 4, 21))
    assert (standing.light, standing.figure) == (Light.RED, "27 min")
    assert standing.next
    assert standing.next.sentence == "Öva utanför kontorstid."
    again = practice(*runs, run("2026-05-01", office=False))
    assert exercised(again, date(2026, 5, 2)).light is Light.GREEN
    anyhow = replace(practice(*runs), both_hours=False)
    assert exercised(anyhow, date(2026, 4, 21)).light is Light.GREEN


def test_a_failed_run_without_a_time_says_that_the_goal_was_not_met() -> None:
    standing = exercised(practice(run("2026-04-01", met=False, minutes=None)), date(2026, 4, 2))
    assert standing.figure == "mål ej nått"


def test_an_open_finding_keeps_it_red() -> None:
    found = replace(BOTH, findings=("Två nummer var fel", "Ingen hade nyckel"))
    standing = exercised(found, date(2026, 4, 1))
    assert (standing.light, standing.figure) == (Light.RED, "2 brister")
    assert "Två nummer var fel" in standing.why
