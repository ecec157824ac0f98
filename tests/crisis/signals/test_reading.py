"""The readers: what SR and SMHI say in the recorded shapes, and in broken ones."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Refused
from crisis.signals import smhi, sr
from crisis.signals.areas import Nearness, nearness
from crisis.signals.heard import Reading
from crisis.signals.mail import read_raw
from crisis.signals.models import SignalAct, SignalKind, SignalLevel
from tests.crisis.signals.recorded import (
    FIRE,
    SIX,
    alert,
    area,
    feed,
    info,
    reference,
    warning,
    warnings,
)

OURS = ("1281", "12", "00")
SKANE = ("12",)
Read = Callable[[bytes, tuple[str, ...]], Reading]


def test_the_six_scenarios_of_sr_are_read() -> None:
    reading = sr.read(feed(*SIX), OURS)
    assert reading.unread == 0
    assert [(each.kind.value, each.act.value) for each in reading.heard] == [
        ("actual", "alert"), ("actual", "alert"), ("actual", "cancel"), ("test", "alert"),
        ("test", "alert"), ("exercise", "alert"),
    ]  # fmt: skip
    fire, gas, cancellation = reading.heard[:3]
    assert (fire.area, fire.level, fire.own_area) == ("Lunds kommun", SignalLevel.SEVERE, True)
    assert fire.sent_at == datetime(2026, 12, 3, 2, 1, tzinfo=UTC)
    assert "Gå inomhus." in fire.text
    assert gas.headline == "VMA: gasutsläpp"
    assert cancellation.refers_to == (fire.identity,)
    assert (cancellation.headline, cancellation.placed) == ("", False)


def test_an_empty_feed_is_no_fault() -> None:
    assert sr.read(feed(), OURS) == Reading()
    assert smhi.read(warnings(), SKANE) == Reading()


def test_a_reference_is_the_whole_triple_with_the_time_in_any_offset() -> None:
    named = f"{FIRE['sender']},{FIRE['identifier']},2026-12-03T02:01:00Z other,thing"
    update = alert(9, msgType="Update", references=f"{reference(FIRE)} {named}")
    first, second = sr.read(feed(FIRE, update), OURS).heard
    assert set(second.refers_to) == {first.identity}
    assert second.act is SignalAct.UPDATE


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ({"1281"}, Nearness.OWN), ({"12"}, Nearness.OWN), ({"00"}, Nearness.OWN),
        ({"1285"}, Nearness.NEAR), ({"0180"}, Nearness.ELSEWHERE), ({"01"}, Nearness.ELSEWHERE),
        ({"0180", "1281"}, Nearness.OWN), (set(), Nearness.OWN),
    ],
)  # fmt: skip
def test_where_a_message_is(codes: set[str], expected: Nearness) -> None:
    assert nearness(codes, OURS) is expected
    assert nearness(codes, ()) is Nearness.OWN, "a service without codes hears all of Sweden"


def test_what_is_elsewhere_a_draft_or_a_receipt_is_left_out() -> None:
    elsewhere = alert(1, info=[info("Stockholm", "0180")])
    unwanted = (elsewhere, alert(2, status="Draft"), alert(3, msgType="Ack"))
    assert sr.read(feed(*unwanted), OURS) == Reading()


def test_the_swedish_text_is_chosen_and_an_unknown_word_counts_as_real() -> None:
    english = info(language="en-US", event="Important", description="Fire")
    both = alert(1, info=[english, info()], status="Somethingelse", msgType="New")
    [heard] = sr.read(feed(both), OURS).heard
    assert heard.headline.startswith("Viktigt")
    assert (heard.kind, heard.act) == (SignalKind.ACTUAL, SignalAct.ALERT)


def test_the_levels_of_smhi_are_read() -> None:
    told = warnings(
        warning(area("YELLOW", 1), area("ORANGE", 2), area("RED", 3)),
        warning(area("MESSAGE", 4), area("VIOLET", 5), area("RED", 6, county=1), number=502),
    )
    heard = {each.identity.split(",")[1]: each for each in smhi.read(told, SKANE).heard}
    assert {number: each.level for number, each in heard.items()} == {
        "1": SignalLevel.MODERATE, "2": SignalLevel.SEVERE, "3": SignalLevel.EXTREME,
        "4": SignalLevel.MINOR, "5": SignalLevel.UNKNOWN,
    }  # fmt: skip
    orange = heard["2"]
    assert (orange.headline, orange.area, orange.event) == ("Vind", "Skåne län", "501,2")
    assert orange.text == "Händelsebeskrivning: Byar på 30 m/s.\nVad kan hända: Träd faller."
    assert orange.expires_at == datetime(2026, 12, 4, 3, tzinfo=UTC)


BROKEN = {
    "html": b"<!doctype html><title>502</title>",
    "truncated": feed(FIRE)[:-40],
    "charset": json.dumps({"alerts": ["åäö"]}, ensure_ascii=False).encode("latin-1"),
    "nothing": b"",
    "deep": b"[" * 200_000,
    "number": b"17",
    "null": b"null",
    "error": b'{"error": "internal"}',
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("read", [sr.read, smhi.read], ids=["sr", "smhi"])
def test_an_answer_of_another_shape_is_refused_in_words(read: Read, name: str) -> None:
    with pytest.raises(Refused, match="Svaret"):
        read(BROKEN[name], OURS)


@pytest.mark.parametrize(
    "broken",
    [
        None, 7, "alert", [], {}, alert(identifier=None), alert(sent="yesterday"), alert(sent=None),
        alert(sent="2026-12-03T03:00:00"), alert(sent=True), alert(sent="9999-12-31T23:59:59-14:00"),
    ],
)  # fmt: skip
def test_an_alert_without_identity_is_counted_and_stops_no_other(broken: object) -> None:
    reading = sr.read(feed(broken, FIRE), OURS)
    assert (len(reading.heard), reading.unread) == (1, 1)


@pytest.mark.parametrize(
    "odd",
    [
        {"info": "text"}, {"info": [None]}, {"info": [7, []]}, {"info": info()}, {"status": 1},
        {"references": ["a"]}, {"incidents": None}, {"info": [info(area="Lund")]},
        {"info": [info(severity=None, description=["x"], expires=5)]}, {"sender": {}},
        {"info": [{"area": [{"geocode": {"value": 1281}}]}]}, {"info": [info() | {"area": [None]}]},
    ],
)  # fmt: skip
def test_fields_of_the_wrong_type_are_read_as_missing(odd: dict[str, Any]) -> None:
    assert len(sr.read(feed(alert(1, **odd)), OURS).heard) == 1


@pytest.mark.parametrize(
    "broken",
    [
        None, 7, {}, {"warningAreas": None}, {"warningAreas": "Skåne"}, warning(None), warning("x"),
        warning(area(published=None)), warning(area(id=None)),
        warning(area(eventDescription=None)) | {"event": None},
    ],
)  # fmt: skip
def test_a_warning_that_cannot_be_read_is_counted_and_stops_no_other(broken: object) -> None:
    reading = smhi.read(warnings(broken, warning(area())), SKANE)
    assert (len(reading.heard), reading.unread) == (1, 1)


_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["alerts", "identifier", "sent", "info", "area", "geocode", "warningAreas", "id"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@settings(max_examples=50, deadline=None)
@given(_anything)
def test_no_tree_whatsoever_breaks_a_reader(tree: object) -> None:
    for read, content in (
        (sr.read, json.dumps({"alerts": [tree]})),
        (smhi.read, json.dumps([tree, {"id": 1, "warningAreas": [tree]}])),
    ):
        assert isinstance(read(content.encode(), OURS), Reading)


@pytest.mark.parametrize("header", ["From", "Content-Type", "Message-ID"])
def test_a_mail_that_breaks_pythons_parser_is_refused(header: str) -> None:
    mail = f"{header}: {'<(' * 3000}\nSubject: Larm\n\nHej"
    with pytest.raises(Refused):
        read_raw(mail.encode())


def test_of_a_header_without_end_the_beginning_is_read() -> None:
    """Python's parser takes time by the square of its length: 14 seconds for this one."""
    mail = f"From: {'a@b.se, ' * 20_000}\nSubject: Larm\n\nHej"
    read = read_raw(mail.encode())
    assert (read.subject, read.text) == ("Larm", "Hej")
