"""Reply letters: never one that says something else, and rested for as long as there are others."""

from hypothesis import given
from hypothesis import strategies as st

from alerting.letters import LETTERS, next_letter
from alerting.plan import Meaning
from alerting.replies import understand


def test_the_first_question_is_a() -> None:
    assert next_letter([]) == "A"


def test_used_letters_rest() -> None:
    assert next_letter(["B", "A"]) == "C"


def test_when_all_are_used_the_longest_unused_comes_back() -> None:
    order = [*LETTERS[3:], *LETTERS[:3]]

    assert next_letter(order) == LETTERS[3]
    assert next_letter([*order, LETTERS[3]]) == LETTERS[4]


def test_no_letter_answers_anything_by_itself() -> None:
    for letter in LETTERS:
        [answer] = understand(letter, letters=frozenset())
        assert answer.meaning is Meaning.UNCLEAR, letter


@given(st.lists(st.sampled_from(LETTERS)))
def test_a_letter_comes_back_only_when_there_is_no_other(used: list[str]) -> None:
    letter = next_letter(used)

    assert letter in LETTERS
    assert letter not in used or set(used) == set(LETTERS)
