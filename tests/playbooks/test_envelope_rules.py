"""Rules of paper: what no longer holds in a copy, when it is due, and what the routine says."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from core.language import use_language
from playbooks.paper.contents import CallSheet, Contents, seal_of
from playbooks.paper.routine import routine
from playbooks.paper.saying import say
from playbooks.paper.standing import Standing, due_on, outdated, standing
from tests.clocks import NIGHT
from tests.playbooks.envelope import ALVA, HIDDEN, IMPRINT, ZONE, contents


def stands(
    days: int, has: dict[str, int] | None = None, *, numbers_changed: bool = False
) -> Standing:
    """A copy that was exchanged so many days ago, while LV-03 v3 holds."""
    return standing(
        has or {"LV-03": 3},
        {"LV-03": 3},
        exchanged_at=NIGHT - timedelta(days=days),
        months=3,
        numbers_changed=numbers_changed,
        now=NIGHT,
        zone=ZONE,
    )


def test_what_has_another_version_is_new_or_is_gone_no_longer_holds() -> None:
    found = outdated({"LV-03": 2, "LV-04": 1, "AK-01": 1}, {"LV-03": 3, "LV-04": 1, "LV-05": 1})
    with use_language("sv"):
        assert [each.words for each in found] == [
            "innehåller AK-01 v1, som inte längre gäller",
            "innehåller LV-03 v2, gäller v3",
            "saknar LV-05 v1",
        ]


@pytest.mark.parametrize(
    ("exchanged", "months", "due"),
    [
        ("2026-08-31", 3, "2026-11-30"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-01-15", 12, "2027-01-15"),
    ],
)
def test_a_copy_is_due_by_the_calendar(exchanged: str, months: int, due: str) -> None:
    at = datetime.fromisoformat(exchanged).replace(hour=23, tzinfo=ZONE)
    assert due_on(at, months, ZONE).isoformat() == due


@pytest.mark.parametrize(
    ("stand", "status", "word"),
    [
        (stands(20), "ok", "Gäller, byts om 72 dagar"),
        (stands(20, numbers_changed=True), "warn", "Nummer har ändrats"),
        (stands(20, {"LV-03": 2}), "bad", "1 sak gäller inte längre"),
        (stands(92), "bad", "Ska bytas i dag"),
        (stands(102), "bad", "Skulle ha bytts för 10 dagar sedan"),
    ],
)
def test_a_copy_says_how_it_stands_in_a_word_and_a_figure(
    stand: Standing, status: str, word: str
) -> None:
    with use_language("sv"):
        assert (stand.look.status, stand.look.word) == (status, word)


def test_there_is_something_new_to_remind_of_when_the_reason_changes() -> None:
    assert stands(20).reason == ""
    assert stands(20, {"LV-03": 2}).reason == "LV-03:3"
    months = [stands(days).reason.rpartition(":")[2] for days in (93, 110, 130)]
    assert months == ["0", "0", "1"], "and once a month while nobody does it"


def test_another_number_or_another_person_breaks_the_seal_and_a_new_title_does_not() -> None:
    first = seal_of((CallSheet("stab", "Stab", ("LV-03",), (ALVA, HIDDEN)),))
    assert seal_of((CallSheet("stab", "Staben", (), (ALVA, HIDDEN)),)) == first
    assert seal_of((CallSheet("stab", "Stab", ("LV-03",), (HIDDEN, ALVA)),)) != first


def test_the_routine_names_who_is_on_duty_and_the_path_that_needs_no_phones() -> None:
    with use_language("sv"):
        said = dict(routine(contents()))
        bare = dict(routine(Contents(NIGHT, "", (), (), (), ())))
    assert "070-174 06 99 (Alva Exempelsson 070-174 06 05)" in said["Ring den som har jour"]
    assert "LV-09" in said["Telefon och mobilnät är nere"]
    assert "Skicka bud" in bare["Telefon och mobilnät är nere"]


def test_a_training_service_says_so_on_the_cover_and_on_every_page() -> None:
    with use_language("sv"):
        said = say(contents(), IMPRINT)
        trained = say(contents(), replace(IMPRINT, training=True))
    assert said["notice"] == ""
    assert "ÖVNINGSMILJÖ" in trained["notice"]
    assert "ÖVNINGSMILJÖ" in trained["printed"]
