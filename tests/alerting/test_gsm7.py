"""The alphabet of text messages, against the tables of 3GPP TS 23.038."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting import gsm7
from alerting.gsm7 import Encoding, Parts


def test_the_alphabet_is_complete() -> None:
    # 128 codes less the escape; nine of the extension table, and the form feed.
    assert len(gsm7.BASIC) == 127
    assert len(gsm7.EXTENDED) == 10
    assert not gsm7.BASIC & gsm7.EXTENDED


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", Parts(Encoding.GSM7, 0, 1)),
        ("Åäö é €", Parts(Encoding.GSM7, 8, 1)),
        ("a" * 160, Parts(Encoding.GSM7, 160, 1)),
        ("a" * 161, Parts(Encoding.GSM7, 161, 2)),
        ("a" * 306, Parts(Encoding.GSM7, 306, 2)),
        ("a" * 307, Parts(Encoding.GSM7, 307, 3)),
        ("{" * 80, Parts(Encoding.GSM7, 160, 1)),
        ("{" * 81, Parts(Encoding.GSM7, 162, 2)),
        ("{" * 153, Parts(Encoding.GSM7, 306, 3)),  # an escape is not torn from its letter
        ("ж" * 70, Parts(Encoding.UCS2, 70, 1)),
        ("ж" * 71, Parts(Encoding.UCS2, 71, 2)),
        ("ж" * 134, Parts(Encoding.UCS2, 134, 2)),
        ("ж" * 135, Parts(Encoding.UCS2, 135, 3)),
        ("🔥" * 35, Parts(Encoding.UCS2, 70, 1)),
        ("🔥" * 67, Parts(Encoding.UCS2, 134, 3)),  # nor a surrogate from its other half
        ("a" * 69 + "–", Parts(Encoding.UCS2, 70, 1)),
        ("a" * 70 + "–", Parts(Encoding.UCS2, 71, 2)),
    ],
)
def test_parts_are_counted_as_the_network_does(text: str, parts: Parts) -> None:
    assert gsm7.parts(text) == parts


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("kl 3–4 — ”nu” ’då’ …", "kl 3-4 - \"nu\" 'då' ..."),
        ("a\u00a0b\u2009c\td", "a b c d"),
        ("rad 1\r\nrad 2\rrad 3", "rad 1\nrad 2\nrad 3"),
        ("Dvořák, Łódź, œuvre", "Dvorak, Lodz, oeuvre"),
        ("Kulissén Åke Ängla Örjan à è ü", "Kulissén Åke Ängla Örjan à è ü"),
        ("A\u030ake", "Åke"),
        ("100 m² ½ → №", "100 m2 1/2 -> No"),
        ("J\u200bA\u0000\u202e", "JA"),
        ("• punkt", "- punkt"),
    ],
)
def test_typography_becomes_plain(text: str, plain: str) -> None:
    assert gsm7.normalise(text) == plain
    assert gsm7.foreign(text) == ()


def test_foreign_characters_are_named_once_each() -> None:
    assert gsm7.foreign("Brand 🔥 i Дalby 🔥 – nu") == ("🔥", "Д")


def test_what_cannot_be_said_shows_that_it_is_missing() -> None:
    assert gsm7.squeezed("Brand🔥 i Дalby") == "Brand i ?alby"


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = gsm7.normalise(text)

    assert gsm7.normalise(once) == once


@given(st.text())
def test_a_squeezed_text_is_always_seven_bit(text: str) -> None:
    squeezed = gsm7.squeezed(text)

    assert gsm7.parts(squeezed) == Parts(
        Encoding.GSM7, gsm7.septets(squeezed), gsm7.parts(squeezed).count
    )
    if not gsm7.foreign(text):
        assert squeezed == gsm7.normalise(text)


@given(st.text(min_size=1))
def test_parts_hold_what_they_are_given(text: str) -> None:
    parts = gsm7.parts(text)
    room = 153 if parts.encoding is Encoding.GSM7 else 67

    assert parts.count == 1 or (parts.count - 1) * (room - 1) < parts.characters
    assert parts.count == 1 or parts.characters <= parts.count * room
