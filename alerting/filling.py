"""Texts with named fields: filled in once, cleaned of what cannot be seen, cut where there is no room."""

import re
import unicodedata
from collections.abc import Mapping

from alerting.gsm7 import septets

MAY_BE_CUT = ("note", "place")  # typed by the operator of the night, who cannot count characters

_FIELD = re.compile(r"\{(\w+)\}([.,:;]?)")
_UNSEEN = {"Cc", "Cf", "Cs", "Cn", "Co"}


def clean(text: str) -> str:
    """One line without control characters, direction marks and half characters."""
    return " ".join("".join(" " if unicodedata.category(c) in _UNSEEN else c for c in text).split())


def clean_lines(text: str) -> str:
    """As `clean`, with its lines kept and at most one empty line between them."""
    lines = "\n".join(clean(line) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its fields filled in, in one pass: what a value says is never a field.

    A field without a value leaves nothing behind, nor the full stop of a sentence that was only it.
    """

    def value(match: re.Match[str]) -> str:
        said, stop = values.get(match[1], ""), match[2]
        before = text[: match.start()].rstrip()[-1:]
        if stop and ((not said and before in ".,:;!?") or (stop == "." and said[-1:] in ".!?")):
            return said
        return said + stop

    return _FIELD.sub(value, text)


def fitted(text: str, values: Mapping[str, str], room: int) -> str:
    """One line, filled in; what may be cut is cut until the line is no longer than `room` septets."""
    said = sentence(clean(filled(text, values)))
    for name in MAY_BE_CUT:
        excess = septets(said) - room
        if excess > 0 and values.get(name):
            each = -(-excess // max(1, text.count(f"{{{name}}}")))
            shorter = shortened(values[name], septets(values[name]) - each)
            values = {**values, name: shorter}
            said = sentence(clean(filled(text, values)))
    return said


def shortened(text: str, room: int) -> str:
    """The text, or as much of its start as `room` septets hold, and three dots."""
    if septets(text) <= room:
        return text
    left, end = room - 3, 0
    for character in text:
        left -= septets(character)
        if left < 0:
            break
        end += 1
    start = text[:end].rstrip()
    return f"{start}..." if start else ""


def sentence(text: str) -> str:
    """The text with a full stop, unless something ends it already."""
    return text if not text or text[-1] in ".!?:" else f"{text}."
