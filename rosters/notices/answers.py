"""What a text to a question of the roster means: "R1 JA", or a bare "nej tack" where that is enough."""

import re
from dataclasses import dataclass

YES = frozenset({"ja", "j", "y", "jajamän"})  # "yes" belongs to the carriers
POLITE = frozenset({"ok", "okej", "👍"})
NO = frozenset({"nej", "n", "nä", "no", "kan inte"})
_TAGGED = re.compile(r"^(r\d{1,3})[\s.:,-]*(.*)$", re.DOTALL)
_AFTER = frozenset({"", "tack", "thanks", "det går bra", "gärna"})


@dataclass(frozen=True, slots=True)
class Said:
    yes: bool
    tag: str = ""  # "R1" when the text names its question


def understand(text: str) -> Said | None:
    """A plain yes or no; None for all else, for a yes is never guessed.

    An "ok" is a yes only where it names its question: alone it may be meant for any notice.
    """
    words = " ".join(text.casefold().strip(" \t\r\n\"'”’.!").split())
    tagged = _TAGGED.match(words)
    tag, words = (tagged[1].upper(), tagged[2]) if tagged else ("", words)
    answer, _space, rest = words.partition(" ")
    if words in NO:
        return Said(yes=False, tag=tag)
    if rest.strip(" ,.!") not in _AFTER:
        return None
    answer = answer.strip(" ,.!")
    if answer in NO:
        return Said(yes=False, tag=tag)
    return Said(yes=True, tag=tag) if answer in (YES | POLITE if tag else YES) else None
