from dataclasses import replace
from datetime import date

import pytest

from playbooks.lights.documented import Documentation, documented
from playbooks.lights.models import Light

FACTS = Documentation(
    code="LV-03",
    number=2,
    owner="Säkerhetschef",
    owner_url="/lists",
    held=True,
    approved_on=date(2026, 3, 1),
    reviewed_on=None,
    document="Plan för trygghet och säkerhet",
    document_date=date(2025, 6, 18),
    review_months=12,
    notice_months=1,
)


@pytest.mark.parametrize(
    ("today", "light", "figure"),
    [
        (date(2026, 3, 1), Light.GREEN, "365 dagar kvar"),
        (date(2027, 1, 31), Light.GREEN, "29 dagar kvar"),
        (date(2027, 2, 1), Light.AMBER, "28 dagar kvar"),
        (date(2027, 2, 28), Light.AMBER, "1 dag kvar"),
        (date(2027, 3, 1), Light.AMBER, "0 dagar kvar"),
        (date(2027, 3, 2), Light.RED, "1 dag över"),
    ],
)
def test_a_year_after_its_approval_a_path_is_no_longer_documented(
    today: date, light: Light, figure: str
) -> None:
    standing = documented(FACTS, today)
    assert (standing.light, standing.figure_on(today)) == (light, figure)


def test_a_review_carries_it_on_for_as_long_again() -> None:
    reviewed = replace(FACTS, reviewed_on=date(2027, 2, 10))
    assert documented(reviewed, date(2027, 12, 1)).light is Light.GREEN
    assert documented(reviewed, date(2028, 2, 10)).light is Light.AMBER  # the last day
    assert documented(reviewed, date(2028, 2, 11)).light is Light.RED


def test_a_review_before_the_approval_does_not_shorten_it() -> None:
    reviewed = replace(FACTS, reviewed_on=date(2026, 1, 1))
    assert documented(reviewed, date(2027, 1, 15)).light is Light.GREEN


@pytest.mark.parametrize(
    ("lacking", "figure", "url"),
    [
        ({"approved_on": None}, "version 2", "/paths/LV-03/versions/2"),
        ({"held": False}, "0 ägare", "/lists"),
        ({"document": "", "document_date": None}, "0 styrdokument", "/paths/LV-03"),
        ({"document_date": None}, "0 datum", "/paths/LV-03"),
    ],
)
def test_what_is_missing_makes_it_red_and_says_where_to_mend_it(
    lacking: dict[str, object], figure: str, url: str
) -> None:
    standing = documented(replace(FACTS, **lacking), date(2026, 6, 1))  # type: ignore[arg-type]
    assert (standing.light, standing.figure) == (Light.RED, figure)
    assert standing.next
    assert standing.next.url == url


def test_a_monthly_review_is_green_at_first_although_notice_is_given_a_month_before() -> None:
    monthly = replace(FACTS, review_months=1)
    assert documented(monthly, date(2026, 3, 2)).light is Light.GREEN
    assert documented(monthly, date(2026, 4, 2)).light is Light.RED


def test_the_last_of_a_long_month_is_the_last_of_a_short_one() -> None:
    facts = replace(FACTS, approved_on=date(2026, 8, 31), review_months=6)
    assert documented(facts, date(2027, 2, 28)).light is Light.AMBER
    assert documented(facts, date(2027, 3, 1)).light is Light.RED
