"""The form of a request by text, what is hidden of it, and which PINs are too easy."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerting.plan import Meaning, Mode
from alerting.replies import understand
from core.errors import Refused
from playbooks.ways_in.pins import refuse_easy
from playbooks.ways_in.reading import HIDDEN, Unclear, Wanted, is_request, masked, read

CODES = ("LV-01", "LV-03", "LV-12")


@pytest.mark.parametrize(
    "text",
    [
        "LARMA LV-03 481516 gasläcka i Dalby", "larma lv03 481516 gasläcka i Dalby",
        "  Larma   LV 03   481516   gasläcka  i Dalby ", "LARMA LV-3, 481 516: gasläcka i Dalby",
        "\"Larma lv-03 481-516 gasläcka i Dalby\"", "LARMA LV-03 ４８１５１６ gasläcka i Dalby",
        "larma skarpt LV-03 481516 gasläcka i Dalby", "raise lv-03 481516 gasläcka i Dalby",
    ],
)  # fmt: skip
def test_the_form_is_read_however_it_is_typed(text: str) -> None:
    assert read(text, CODES) == Wanted("LV-03", "481516", Mode.LIVE, "gasläcka i Dalby")


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("LARMA ÖVNING LV-03 481516", Mode.EXERCISE), ("larma lv-03 övning 481516", Mode.EXERCISE),
        ("LARMA LV-03 481516 övning gas", Mode.EXERCISE), ("LARMA TEST LV-03 481516", Mode.TEST),
    ],
)  # fmt: skip
def test_the_mode_may_stand_anywhere_before_the_note(text: str, mode: Mode) -> None:
    wanted = read(text, CODES)
    assert isinstance(wanted, Wanted)
    assert wanted.mode is mode


@pytest.mark.parametrize(
    "text", ["LARMA", "larma LV-03", "LARMA LV-99 481516", "LARMA LV-03 4815", "LARMA 481516 LV-03"]
)
def test_what_wants_an_alarm_in_another_form_is_unclear(text: str) -> None:
    assert read(text, CODES) == Unclear()


@pytest.mark.parametrize(
    "text", ["JA", "30", "A NEJ", "ja tack, larma gärna", "Kommer 481516", "", "👍", "larmade du?"]
)
def test_an_answer_is_no_request(text: str) -> None:
    assert not is_request(text)


def test_a_request_is_no_answer() -> None:
    [answer] = understand("LARMA LV-03 481516 gasläcka", letters=frozenset())
    assert answer.meaning is Meaning.UNCLEAR


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("LARMA LV-03 481516 gasläcka", f"LARMA LV-03 {HIDDEN} gasläcka"),
        ("larma övning lv03 481 516 x", f"larma övning lv03 {HIDDEN} x"),
        ("LRAMA LV-03 481516", f"LRAMA LV-03 {HIDDEN}"),
        ("LARMA LV-03481516", f"LARMA LV-{HIDDEN}"),
        ("Larma LV 03 48-15-16", f"Larma LV 03 {HIDDEN}"),
        ("Hej LV-03 481516", f"Hej LV-03 {HIDDEN}"),
        ("Larma LV-03 481  516 x", f"Larma LV-03 {HIDDEN} x"),
        ("LARMA LV-03 481 ,516", f"LARMA LV-03 {HIDDEN}"),
        ("LARMA LV-03 481/516", f"LARMA LV-03 {HIDDEN}"),
        ("LARMA STAB 481 516", f"LARMA STAB {HIDDEN}"),
        ("Ring 046-355000", "Ring 046-355000"), ("JA", "JA"), ("30", "30"),
    ],
)  # fmt: skip
def test_a_pin_is_hidden(text: str, kept: str) -> None:
    assert masked(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "JA 30 ring mig på 0701234567", "A JA 15, nås på 070-123 45 67", "Klarar inte det, ring 046-355000",
        "Larmet kom fram. Byt till 070-174 06 05", "Kan ej förrän kl 12, ring 046 123 456 78",
    ],
)  # fmt: skip
def test_the_number_in_an_answer_is_kept_for_whoever_rings_it(text: str) -> None:
    assert masked(text) == text


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["LARMA", "larma", "Raise", "LARM", "LRAMA", "larma:"]),
    st.sampled_from(["LV-03", "lv03", "LV 3", "", "ÖVNING LV-03"]),
    st.sampled_from(
        ["481516", "481 516", "48 15 16", "481-516", "4.8.1.5.1.6", "481  516", "481, 516"]
    ),
    st.text(max_size=12),
)
def test_no_form_of_a_request_lets_a_pin_through(word: str, code: str, pin: str, note: str) -> None:
    kept = masked(f"{word} {code} {pin} {note}")
    assert "481516" not in "".join(sign for sign in kept if sign.isdecimal())


@pytest.mark.parametrize(
    "pin",
    [
        "123456", "654321", "111111", "121212", "123123", "890123", "480317", "170348", "031785",
        "740605", "112211", "12345", "1234567", "12a456", "", "１２３４５６",
    ],
)  # fmt: skip
def test_an_easy_pin_is_refused(pin: str) -> None:
    with pytest.raises(Refused):
        refuse_easy(pin, ["+46701740605"])


@pytest.mark.parametrize("pin", ["481516", "907315", "660943"])
def test_other_pins_are_taken(pin: str) -> None:
    refuse_easy(pin, ["+46701740605"])
