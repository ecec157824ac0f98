"""What an answer means: "JA", " 1a ", "jag kommer om 30 min", "A JA B NEJ", or something for a human.

The rule behind the rules: never a false yes. An answer comes first in its text; what follows is
tolerated unless it takes the answer back. What is not plain is unclear, and an operator reads it.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from alerting.letters import LETTERS
from alerting.plan import Ask, Meaning
from alerting.reply_words import (
    ABLE,
    ABOUT,
    AFTER_COMING,
    AFTER_IF,
    AFTER_NUMBER,
    CANNOT,
    CLOCK,
    COMING,
    CONTRADICTS_NO,
    DOUBT,
    HOURS,
    LEADING,
    MINUTES,
    NEGATIONS,
    NEW_LINE,
    NO,
    NOT,
    OPT_IN,
    OPT_OUT,
    PHRASES,
    RECEIVED,
    SIGNATURE,
    SOFT,
    YES,
)

LONGEST = 1600  # no phone sends more in one message, and no answer needs it
SHORTEST_ETA, LONGEST_ETA = 3, 240

_TOKEN = re.compile(r"\d+(?:[.:,/]\d+| ?- ?\d+)*%?|[^\W\d_]+|[?\n👍👎]")
_SLIP = re.compile(rf"(?<=\d)[{LETTERS.casefold()}]\b")  # "1a": a finger beside the key
_PHRASE = re.compile(rf"\b(?:{'|'.join(PHRASES)})\b")
_RANGE = re.compile(r"([1-9]\d{0,2}) ?- ?([1-9]\d{0,2})")
_DASHES = str.maketrans("‐‑‒–—−", "------", "'’`´")
_UNSEEN = {"Cf", "Cs", "Me", "Mn", "Mc"}  # joiners, skin of emoji, keycaps, stacked accents


@dataclass(frozen=True, slots=True)
class Answer:
    meaning: Meaning
    eta_minutes: int | None = None
    letter: str | None = None  # of the question it is for, when the text said so


UNCLEAR = Answer(Meaning.UNCLEAR)


def understand(text: str, *, letters: frozenset[str]) -> tuple[Answer, ...]:
    """What a text answers; more than one answer only when it names several of `letters`.

    `letters` are all that this phone has been given in the last week, open or not, so that a late
    "B JA" is never taken for an answer to A.
    """
    tokens = _tokens(text) if len(text) <= LONGEST else []
    words = [word for word in tokens if word not in NEW_LINE]
    if words and OPT_OUT.issuperset(words):
        return (Answer(Meaning.OPTED_OUT),)
    if words and OPT_IN.issuperset(words):
        return (Answer(Meaning.OPTED_IN),)
    return tuple(replace(_answer(part), letter=name) for name, part in _parts(tokens, letters))


def understand_key(digit: str, ask: Ask) -> Answer | None:
    """What a pressed key answers; None for a key that answers nothing, such as 3 to hear again."""
    if digit == "1":
        return fitting(Answer(Meaning.COMING), ask)
    return Answer(Meaning.CANNOT) if digit == "2" else None


def fitting(answer: Answer, ask: Ask) -> Answer:
    """The answer as the question meant it: any yes to information says that it was received."""
    if ask is Ask.RECEIVED and answer.meaning is Meaning.COMING:
        return replace(answer, meaning=Meaning.RECEIVED, eta_minutes=None)
    return answer


def normalised(text: str) -> str:
    """One spelling for all: width, case, accents, dashes, spaces, and nothing invisible."""
    for _ in range(2):  # taking away what is unseen can bring together what belongs together
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
        text = "".join(c for c in text if unicodedata.category(c) not in _UNSEEN)
    lines = (" ".join(line.split()) for line in text.translate(_DASHES).splitlines())
    return "\n".join(line for line in lines if line)


def _tokens(text: str) -> list[str]:
    text = _SLIP.sub("", normalised(text))
    return _TOKEN.findall(_PHRASE.sub("kommer", text))


def _parts(tokens: list[str], letters: frozenset[str]) -> list[tuple[str | None, list[str]]]:
    """The text cut at its reply letters, which stand before the answers or after them."""
    names = {letter.casefold() for letter in letters if letter in LETTERS}
    if tokens and tokens[0] in names:
        return list(_cut(tokens, names).items())
    if tokens and tokens[-1] in names:
        backwards = _cut(tokens[::-1], names)
        return [(name, part[::-1]) for name, part in reversed(backwards.items())]
    return [(None, tokens)]


def _cut(tokens: list[str], names: set[str]) -> dict[str | None, list[str]]:
    parts: dict[str | None, list[str]] = {}
    now: list[str] = []
    answered = False
    for token in tokens:
        if token in names:
            now = [token.upper()] if answered else [*now, token.upper()]
            answered = False
            parts.setdefault(token.upper(), [])
        elif answered or token not in {"och", "and", "samt", "\n"}:
            answered = True
            for name in now:
                parts[name].append(token)
    return parts


def _answer(said: list[str]) -> Answer:
    words = _from(said, LEADING)
    if not words or not DOUBT.isdisjoint(said) or _conditional(said):
        return UNCLEAR
    if _cannot(said):
        return UNCLEAR if _any_minutes(said) else Answer(Meaning.CANNOT)
    if words[0] in NO or _digit(words, "2"):
        plain = CONTRADICTS_NO.isdisjoint(said) and not _any_minutes(said)
        return Answer(Meaning.CANNOT) if plain else UNCLEAR
    if not NEGATIONS.isdisjoint(said):
        return UNCLEAR
    return _received(words) if words[0] in RECEIVED else _coming(words)


def _received(words: list[str]) -> Answer:
    """Received, and what else is said: "mottaget, kommer om 20"."""
    rest = _from(words, RECEIVED | YES | LEADING)
    answer = _coming(rest) if rest else UNCLEAR
    return answer if answer.meaning is Meaning.COMING else Answer(Meaning.RECEIVED)


def _coming(words: list[str]) -> Answer:
    first, rest = words[0], words[1:]
    if first in YES:
        rest = _from(rest, LEADING | YES)
        if rest and rest[0] in COMING:
            return _coming(rest)
        return Answer(Meaning.RECEIVED) if RECEIVED & set(rest) else _in_minutes(rest)
    if first in COMING:
        return UNCLEAR if rest and rest[0] in AFTER_COMING else _in_minutes(rest)
    if _digit(words, "1"):
        return _in_minutes(rest)
    answer = _in_minutes(words)
    one_time = sum(map(_is_number, words)) == 1 or not HOURS.isdisjoint(words)
    plain = answer.eta_minutes and one_time and _nothing_more(words)
    return answer if plain else UNCLEAR


def _in_minutes(words: list[str]) -> Answer:
    """Coming, with the time that is said; unclear when that time makes no sense."""
    at = len(words) - len(_from(words, LEADING))
    times = [time for i in range(len(words)) if (time := _time(words, i, bare=i == at)) is not None]
    if not times:
        return Answer(Meaning.COMING)
    time = max(times) if HOURS.isdisjoint(words) else sum(times)  # "1 h 30 min"
    return Answer(Meaning.COMING, time) if min(times) > 0 and time <= LONGEST_ETA else UNCLEAR


def _time(words: Sequence[str], at: int, *, bare: bool) -> int | None:
    """Minutes from now, if that is what this word says; `bare`: it needs no unit there."""
    number = _number(words[at])
    if number is None or (at and words[at - 1] in CLOCK):
        return None
    after = words[at + 1] if at + 1 < len(words) else "\n"
    if after in HOURS:
        return round(number * 60)
    if not number.is_integer():
        return None
    if after in MINUTES:
        return int(number)
    if not bare or number == 1 or not (after in AFTER_NUMBER or _number(after)):
        return None
    return int(number) if number >= SHORTEST_ETA else 0


def _number(word: str) -> float | None:
    """The number of a word, the later end of a range; None for phone numbers and clock times."""
    if span := _RANGE.fullmatch(word):
        return float(max(span.groups(), key=int))
    if re.fullmatch(r"[1-9]\d{0,3}", word) or re.fullmatch(r"\d[.,]\d", word):
        return float(word.replace(",", "."))
    return None


def _is_number(word: str) -> bool:
    return _number(word) is not None


def _any_minutes(tokens: Sequence[str]) -> bool:
    numbers = [number for token in tokens if (number := _number(token))]
    return any(SHORTEST_ETA <= number <= LONGEST_ETA for number in numbers) or any(
        _time(tokens, i, bare=False) for i in range(len(tokens))
    )


def _cannot(tokens: Sequence[str]) -> bool:
    """True for "kan inte", "kommer tyvärr inte", "not able", but not for any "inte"."""
    words = [token for token in tokens if token not in SOFT]
    return not CANNOT.isdisjoint(words) or any(
        (a in NOT and b in ABLE) or (a in ABLE and b in NOT) for a, b in pairwise(words)
    )


def _conditional(tokens: Sequence[str]) -> bool:
    """True for "om jag hinner", not for "om 30" or "om en timme"."""
    return any(
        word == "om" and _number(after) is None and after not in AFTER_IF
        for word, after in pairwise([*tokens, "\n"])
    )


def _digit(words: Sequence[str], digit: str) -> bool:
    """True for "2", not for "2 timmar" or "2 barn skadade"."""
    unit = words[1] if len(words) > 1 else ""
    return words[0] == digit and unit not in HOURS | MINUTES and _nothing_more(words)


def _nothing_more(words: Sequence[str]) -> bool:
    """True when numbers are the whole answer."""
    for word in words:
        if word in SIGNATURE:
            return True
        alone = len(word) == 1 and word.isalpha()
        if not alone and not _is_number(word) and word not in AFTER_NUMBER | ABOUT | CLOCK:
            return False
    return True


def _from(words: list[str], skipped: frozenset[str]) -> list[str]:
    """The words from the first that is not skipped."""
    for at, word in enumerate(words):
        if word not in skipped:
            return words[at:]
    return []
