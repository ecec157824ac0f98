"""Rules: YAML from strangers is read plainly, or refused with the line and a sentence."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.parsing import parse
from playbooks.reading import LARGEST, read

LAUGHS = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"

MISTAKES = [
    ("a: b: c\n", 1, "Kolon mitt i en text"),
    ("a: 1\n\tb: 2\n", 2, "tabb"),
    ("a: 1\nb: 'x\nc: 1\n", 2, "citattecken"),
    ("a: 1\nb: [1, 2\nc: 3\n", 3, "klammer"),
    ("a:\n  - b\n c: 1\n", 3, "Indraget"),
    ("a: 1\nb: 2\na: 3\n", 3, "”a” finns redan på rad 1"),
    ("a: 1\n---\nb: 2\n", 2, "en enda larmväg"),
    ("a: 1\nb: !!python/object/apply:os.system [ls]\n", 2, "Taggar"),
    (LAUGHS, 1, "Ankare och alias"),
    ("a: 1\nb: *a\n", 2, "Ankare och alias"),
    ("a: " + "[" * 60_000, 1, "för djupt"),
    ("? [a]\n: 1\n", 1, "fältnamn"),
    ("- a\n- b\n", 1, "fält"),
    ("", 1, "fält"),
    ("# bara en kommentar\n", 1, "fält"),
    ("a: 1\nb: \x00\n", 2, "U+0000"),
    ("a: 1\nb: @x\n", 2, "kan inte läsas"),
    ("a: 1\n" + "#" * LARGEST, 1, "för stor"),
]


@pytest.mark.parametrize(("text", "line", "words"), MISTAKES)
def test_broken_yaml_is_refused_with_its_line(text: str, line: int, words: str) -> None:
    (mistake,) = read("x.yaml", text.encode()).mistakes
    assert (mistake.file, mistake.line) == ("x.yaml", line)
    assert words in mistake.sentence


def test_what_is_not_utf8_is_refused() -> None:
    (mistake,) = read("x.yaml", "a: 1\nb: å".encode("latin-1")).mistakes
    assert mistake.line == 2


def test_words_and_clock_times_stay_text() -> None:
    source = read("x.yaml", b"a: no\nb: 12:30\nc: 0701740605\nd: 5\ne: true\nf: 2026-11-23\n")
    assert source.data == {
        "a": "no",
        "b": "12:30",
        "c": "0701740605",
        "d": 5,
        "e": True,
        "f": "2026-11-23",
    }


def test_each_value_knows_its_line() -> None:
    source = read("x.yaml", b"# first\na:\n  b: 1\n  c:\n    - x\n    - y\n")
    assert [source.line(place) for place in (("a",), ("a", "b"), ("a", "c", 1), ("a", "z"))] == [
        2,
        3,
        6,
        2,
    ]


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    parsed = parse("x.yaml", content)
    assert parsed.document is not None or parsed.source.mistakes


@pytest.mark.parametrize("start", ["[", "{", "- ", "a: {", "? ", "'", "&a ", "|\n "])
def test_a_bomb_is_put_out_at_once(start: str) -> None:
    began = perf_counter()
    read("x.yaml", (start * 300_000)[:LARGEST].encode())
    assert perf_counter() - began < 10
