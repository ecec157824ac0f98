"""Reads "LARMA LV-03 123456 gasläcka i Dalby", and hides the PIN in whatever resembles it."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from difflib import SequenceMatcher
from unicodedata import normalize

from alerting.plan import Mode

RAISE_WORDS = ("larma", "raise")
PIN_LENGTH = 6
LONGEST_NOTE = 200
HIDDEN = "••••••"
ALIKE = 0.75  # "lrama" is, "larmet" and "klarar" are not: their numbers are for an operator to ring
_MODES = {
    "skarpt": Mode.LIVE,
    "live": Mode.LIVE,
    "övning": Mode.EXERCISE,
    "ovning": Mode.EXERCISE,
    "exercise": Mode.EXERCISE,
    "test": Mode.TEST,
}
_TRIMMED = " \t.,:;!?\"'”’“‘»«()[]"
_CODE = r"[^\W\d_]{1,6}(?:[\-–]?\d{1,3}|\s\d{1,2})(?!\d)\W+(?:[^\W\d_]+\W+)?"
# A code is kept only where a whole PIN follows: else what looks like one may be half of a PIN.
_HEAD = re.compile(rf"(\W*\w+\W+(?:[^\W\d_]+\W+)?{_CODE})\d(?:[\W_]*\d){{5}}")
_DIGITS = re.compile(r"\d(?:[\W_]*\d){3,}")
# Six digits by themselves: "JA 30, ring 070-123 45 67" is an answer, and an operator has to ring.
_CODE_AND_PIN = re.compile(rf"\b{_CODE}\d{{3}}[\W_]{{0,2}}\d{{3}}(?![\W_]?\d)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text in the form; `pin` is never shown or kept."""

    path: str
    pin: str
    mode: Mode
    note: str

    def __repr__(self) -> str:
        return f"Wanted({self.path}, {self.mode})"


@dataclass(frozen=True, slots=True)
class Unclear:
    """It wants an alarm, but not in the form."""


def is_request(text: str) -> bool:
    """True when its first word wants an alarm: whatever else it says, it is no answer to one."""
    return next(iter(_words(text)), "").lower() in RAISE_WORDS


def _words(text: str) -> list[str]:
    return [word for part in normalize("NFKC", text).split() if (word := part.strip(_TRIMMED))]


def read(text: str, codes: Collection[str]) -> Wanted | Unclear:
    """What a request asks for. `codes` are the paths there are."""
    rest = _words(text)[1:]
    mode, rest = _mode(rest)
    path, rest = _path(rest, codes)
    if mode is None:
        mode, rest = _mode(rest)
    pin, rest = _pin(rest)
    if not path or not pin:
        return Unclear()
    if mode is None:  # also after the PIN: an exercise must never go out as real
        mode, rest = _mode(rest)
    note = " ".join("".join(sign for sign in " ".join(rest) if sign.isprintable()).split())
    return Wanted(path, pin, mode or Mode.LIVE, note[:LONGEST_NOTE])


def _mode(words: list[str]) -> tuple[Mode | None, list[str]]:
    found = _MODES.get(words[0].lower()) if words else None
    return found, words[1:] if found else words


def _path(words: list[str], codes: Collection[str]) -> tuple[str, list[str]]:
    """The code in one word or two: "LV-03", "lv 3"."""
    known = {plain(code): code for code in codes}
    for taken in (2, 1):
        if len(words) >= taken and (code := known.get(plain("".join(words[:taken])))):
            return code, words[taken:]
    return "", words


def plain(code: str) -> str:
    """Less case, signs and leading zeros: "lv3" for "LV-03"."""
    parts = re.findall(r"[^\W\d_]+|\d+", normalize("NFKC", code).lower())
    return "".join(part.lstrip("0") or "0" if part.isdecimal() else part for part in parts)


def _pin(words: list[str]) -> tuple[str, list[str]]:
    """Six digits, in one word or with a space or sign between."""
    digits = ""
    for taken, word in enumerate(words[:PIN_LENGTH], start=1):
        bare = re.sub(r"[.\-–]", "", word)
        if not bare.isdecimal() or len(digits) + len(bare) > PIN_LENGTH:
            break
        digits += bare
        if len(digits) == PIN_LENGTH:
            return digits, words[taken:]
    return "", words


def masked(text: str) -> str:
    """The text as it may be kept. What is only like a request may hold a PIN too."""
    if not _may_hold_pin(text):
        return text
    head = _HEAD.match(text)
    kept = head.end(1) if head else 0
    return text[:kept] + _DIGITS.sub(HIDDEN, text[kept:])


def _may_hold_pin(text: str) -> bool:
    first = next(iter(re.findall(r"[^\W\d_]+", normalize("NFKC", text).lower())), "")
    alike = max(SequenceMatcher(None, first, word).ratio() for word in RAISE_WORDS)
    return alike >= ALIKE or bool(_CODE_AND_PIN.search(text))
