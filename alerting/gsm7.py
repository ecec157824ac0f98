"""The alphabet of text messages, and how many parts a text takes on air.

Source: 3GPP TS 23.038, tables 6.2.1 (default alphabet) and 6.2.1.1 (extension), and TS 23.040 for
the six bytes that each part of a long text gives away to its header.
"""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")  # sent as two: an escape and a letter

_SPELT = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−•·●▪", "-"),
        **dict.fromkeys("‘’‚‛′´`ʼ", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("\t\v\f\u2028\u2029", " "),
        **dict(zip("×⁄łŁđĐðÐ", "x/lLdDdD", strict=True)),
        **dict(zip("→þÞœŒ", ("->", "th", "Th", "oe", "OE"), strict=True)),
    }
)
_UNSEEN = {"Cc", "Cf", "Cs", "Cn", "Co", "Mn", "Me"}


class Encoding(StrEnum):
    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


@dataclass(frozen=True, slots=True)
class Parts:
    encoding: Encoding
    characters: int  # as the network counts: one of the extension table is two
    count: int


def normalise(text: str) -> str:
    """The same text in the alphabet of text messages, as far as it has the letters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if BASIC.issuperset(text):
        return text
    text = unicodedata.normalize("NFC", text).translate(_SPELT)
    return "".join(c if _fits(c) else _plainer(c) for c in text)


def foreign(text: str) -> tuple[str, ...]:
    """The characters that would make the text UCS-2 even when normalised, each once, in order."""
    return tuple(dict.fromkeys(c for c in normalise(text) if not _fits(c)))


def squeezed(text: str) -> str:
    """Normalised, symbols without a letter left out and foreign letters shown as "?"."""
    return "".join(
        c if _fits(c) else "?" if unicodedata.category(c)[0] in "LN" else ""
        for c in normalise(text)
    )


def septets(text: str) -> int:
    """The length of a text that is all GSM-7."""
    return len(text) + sum(c in EXTENDED for c in text)


def parts(text: str) -> Parts:
    """How the text, exactly as it is, travels."""
    if (BASIC | EXTENDED).issuperset(text):
        sizes = [2 if c in EXTENDED else 1 for c in text]
        return Parts(Encoding.GSM7, sum(sizes), _count(sizes, single=160, joined=153))
    sizes = [2 if ord(c) > 0xFFFF else 1 for c in text]
    return Parts(Encoding.UCS2, sum(sizes), _count(sizes, single=70, joined=67))


def _count(sizes: list[int], *, single: int, joined: int) -> int:
    if sum(sizes) <= single:
        return 1
    count, filled = 1, 0
    for size in sizes:  # what takes two places is never cut in half
        if filled + size > joined:
            count, filled = count + 1, 0
        filled += size
    return count


def _fits(character: str) -> bool:
    return character in BASIC or character in EXTENDED


def _plainer(character: str) -> str:
    """The letter without its accent, nothing for what cannot be seen; else the character itself."""
    if unicodedata.category(character) in _UNSEEN:
        return ""
    letters = unicodedata.normalize("NFKD", character).translate(_SPELT)
    plain = "".join(c for c in letters if not unicodedata.combining(c))
    return plain if plain and all(_fits(c) for c in plain) else character
