from datetime import date, datetime

import pytest

from core.errors import Refused
from rosters.worktime.hours import hours_in_words, read_hours
from rosters.worktime.profiles.reading import read_profile, shipped
from rosters.worktime.profiles.rules import profile_on
from rosters.worktime.words import profile_in_words
from tests.rosters.shiftwork import basic


def test_every_shipped_profile_is_right_and_can_be_said_in_words() -> None:
    for text in shipped():
        profile, mistakes = read_profile(text)
        assert not mistakes
        assert profile is not None
        said = dict(profile_in_words(profile))
        assert said["Veckodagar"] == "mån–fre vardag, lör lördag, sön söndag och helgdag"
        assert said["Ordinarie arbetstid"] == "mån–fre 08:00–16:30"


def test_every_mistake_is_said_at_once_with_its_key() -> None:
    _profile, mistakes = read_profile(
        "code: a b\nvalid_from: 1999-01-01\nthreshold_hours: 745\nhej: 1\nholiday_like: [Fredag]\n"
        "office_hours: mon-fri 16-8\ncategories: {mon-fri: x, fri: vardag, holiday: vardag}\n"
        "storhelg: [{name: Jul, begins: {day: Jul, days: 99, at: 25:00}, ends: x}]\n"
    )
    assert {each.key for each in mistakes} >= {
        "code", "name", "source", "valid_from", "threshold_hours", "hej", "holiday_like",
        "office_hours", "categories", "categories, mon-fri", "categories, fri",
        "storhelg 1, begins, day", "storhelg 1, begins, days", "storhelg 1, begins, at",
        "storhelg 1, ends",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: [", "YAML"),
        ("a: &x 1\nb: *x", "alias"),
        ("a: " + "[" * 20 + "]" * 20, "nivåer"),
        ("x" * 20_001, "tecken"),
        ("- 1", "nycklar"),
        ("", "nycklar"),
    ],
)
def test_what_is_no_profile_is_said_in_a_sentence(text: str, sentence: str) -> None:
    profile, mistakes = read_profile(text)
    assert profile is None
    assert any(sentence in each.sentence for each in mistakes)


def test_the_latest_version_that_has_begun_holds() -> None:
    old, new = basic(), basic(valid_from="2027-01-01")
    assert profile_on((new, old), "AB", date(2026, 12, 31)) == old
    assert profile_on((new, old), "AB", date(2027, 1, 1)) == new
    assert profile_on((new, old), "HÖK", date(2027, 1, 1)) is None
    assert profile_on((new, old), "AB", date(2019, 12, 31)) is None


def test_a_great_holiday_can_last_until_the_next_weekday_that_is_no_holiday() -> None:
    profile = basic()
    later = '{day: Annandag jul, days: 1, at: "07:00", next: mon-fri}'
    (text,) = shipped()
    changed, _mistakes = read_profile(
        text.replace('{day: Annandag jul, days: 1, at: "07:00"}', later)
    )
    assert changed is not None
    sunday = datetime.fromisoformat("2026-12-27T12:00")
    assert profile.category(sunday).value == "sondag_helgdag"
    assert changed.category(sunday).value == "storhelg"
    assert changed.category(datetime.fromisoformat("2026-12-28T07:00")).value == "vardag"
    said = dict(profile_in_words(changed))["Storhelg: Jul"]
    assert said.endswith("1 dag efter Annandag jul, sedan första helgfria av mån–fre kl. 07:00")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("mon-fri 08:00-16:30", "mån–fre 08:00–16:30"),
        ("mån–tor 8-16.30, Fre 8:00–15:00", "mån–tor 08:00–16:30, fre 08:00–15:00"),
        ("mon-fri 8-12 13-17", "mån–fre 08:00–12:00 13:00–17:00"),
        ("mon 8-16, wed 8-16", "mån 08:00–16:00, ons 08:00–16:00"),
        ("", "inga"),
    ],
)
def test_hours_are_read_as_people_write_them(typed: str, said: str) -> None:
    assert hours_in_words(read_hours(typed)) == said


@pytest.mark.parametrize(
    "typed",
    ["8-16", "mon", "fri-mon 8-16", "mon 16-8", "mon 8-25", "mon 8-12 11-13", "mon 8-16" * 30],
)
def test_hours_that_make_no_sense_are_refused(typed: str) -> None:
    with pytest.raises(Refused):
        read_hours(typed)
