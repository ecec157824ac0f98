"""Rules that hold whatever is written: letters, keys, and never a yes that was not one."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.letters import LETTERS
from alerting.plan import Ask, Meaning
from alerting.replies import LONGEST, Answer, fitting, normalised, understand, understand_key
from alerting.reply_words import COMING, NEGATIONS, OPT_IN, OPT_OUT, YES

AB = frozenset("AB")


def read(text: str) -> Answer:
    [answer] = understand(text, letters=frozenset())
    return answer


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("A JA", "A coming"),
        ("a ja", "A coming"),
        ("A: ja", "A coming"),
        ("A) 30", "A coming 30"),
        ("a30", "A coming 30"),
        ("A1", "A coming"),
        ("B: kan inte", "B cannot"),
        ("B2", "B cannot"),
        ("B mottaget", "B received"),
        ("ja a", "A coming"),
        ("A JA B NEJ", "A coming, B cannot"),
        ("A JA, B NEJ", "A coming, B cannot"),
        ("A 30\nB NEJ", "A coming 30, B cannot"),
        ("A: 30 och B: nej", "A coming 30, B cannot"),
        ("ja A, nej B", "A coming, B cannot"),
        ("A och B ja", "A coming, B coming"),
        ("A+B nej", "A cannot, B cannot"),
        ("nej A och B", "A cannot, B cannot"),
        ("A ja B", "A coming, B unclear"),
        ("B", "B unclear"),
        ("A ja A nej", "A unclear"),
        ("A hm B ja", "A unclear, B coming"),
        ("A ja stop", "A unclear"),
        ("ja", "- coming"),
        ("1a ", "- coming"),  # a finger beside the key, not a letter
        ("C JA", "- unclear"),  # a letter that was never given out
    ],
)
def test_letters_say_which_question(text: str, answers: str) -> None:
    said = [
        " ".join(str(part) for part in (each.letter or "-", each.meaning, each.eta_minutes) if part)
        for each in understand(text, letters=AB)
    ]

    assert ", ".join(said) == answers


def test_letters_that_are_answers_are_never_letters() -> None:
    assert understand("J", letters=frozenset("JN")) == (Answer(Meaning.COMING),)
    assert understand("N", letters=frozenset("JN")) == (Answer(Meaning.CANNOT),)


def test_keys() -> None:
    assert understand_key("1", Ask.COMING) == Answer(Meaning.COMING)
    assert understand_key("1", Ask.RECEIVED) == Answer(Meaning.RECEIVED)
    assert understand_key("2", Ask.COMING) == Answer(Meaning.CANNOT)
    for digit in ("3", "0", "9", "*", "#", "", "12", "hangup"):
        assert understand_key(digit, Ask.COMING) is None


def test_any_yes_to_information_says_that_it_was_received() -> None:
    assert fitting(Answer(Meaning.COMING, 30, "A"), Ask.RECEIVED) == Answer(
        Meaning.RECEIVED, None, "A"
    )
    assert fitting(Answer(Meaning.RECEIVED), Ask.COMING) == Answer(Meaning.RECEIVED)


@pytest.mark.parametrize(
    "text",
    [
        "ja " * 4000,
        "9" * 10_000,
        " " * 10_000 + "ja",
        "a\u0301\u0327" * 5000,
        "på " * 3000,
        "﷽" * 5000,
    ],
)
def test_ten_kilobytes_are_read_at_once_and_are_no_answer(text: str) -> None:
    begun = perf_counter()

    assert read(text) == Answer(Meaning.UNCLEAR)
    assert read(text[:LONGEST]).meaning in Meaning
    assert perf_counter() - begun < 0.5


WORDS = st.sampled_from(sorted(YES | COMING | NEGATIONS | OPT_OUT | OPT_IN | set(LETTERS.lower())))
CHATTER = st.one_of(
    WORDS,
    st.sampled_from(
        ["jag", "om", "30", "1", "2", "min", "h", "och", "\n", "?", "kan", "komma", "kl"]
    ),
    st.text(max_size=6),
)
SENTENCES = st.lists(CHATTER, max_size=8).map(" ".join)


@given(st.one_of(st.text(), SENTENCES), st.frozensets(st.sampled_from(LETTERS)))
def test_every_text_has_a_meaning(text: str, letters: frozenset[str]) -> None:
    answers = understand(text, letters=letters)

    assert answers
    for answer in answers:
        assert answer.letter is None or answer.letter in letters
        assert answer.eta_minutes is None or 1 <= answer.eta_minutes <= 240
        assert answer.eta_minutes is None or answer.meaning is Meaning.COMING
    assert len({answer.letter for answer in answers}) == len(answers)


@given(SENTENCES, st.sampled_from(sorted(NEGATIONS)), SENTENCES)
def test_a_text_with_a_negation_is_never_a_yes(before: str, negation: str, after: str) -> None:
    assert read(f"{before} {negation} {after}").meaning is not Meaning.COMING


@given(SENTENCES, st.sampled_from(sorted(OPT_OUT | OPT_IN)), SENTENCES)
def test_a_carrier_word_is_never_ours(before: str, word: str, after: str) -> None:
    meaning = read(f"{before} {word} {after}").meaning

    assert meaning in {Meaning.UNCLEAR, Meaning.OPTED_OUT, Meaning.OPTED_IN}


@given(st.one_of(st.text(), SENTENCES))
def test_a_normalised_text_means_the_same(text: str) -> None:
    once = normalised(text)

    assert normalised(once) == once
    assert understand(once, letters=AB) == understand(text, letters=AB) or len(once) > LONGEST


@given(SENTENCES)
def test_capitals_spaces_and_quotes_change_nothing(text: str) -> None:
    assert understand(f'  "{text.upper()}"  ', letters=AB)[0].meaning in Meaning
    assert read(f"  “{text}” ") == read(text)
