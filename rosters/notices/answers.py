"""What a text to a question of the roster means: "R1 JA", or a bare "nej tack" where that is enough."""

import re
from dataclasses import dataclass

YES = frozenset({"ja", "j", "ok", "okej", "yes", "y", "jajamän", "👍"})
NO = frozenset({"nej", "n", "nä", "no", "kan inte", "👎"})
_TAGGED = re.compile(r"^(r\d{1,3})[\s.:,-]*(.*)$", re.DOTALL)
_AFTER = frozenset({"", "tack", "thanks", "det går bra", "gärna"})


@dataclass(frozen=True, slots=True)
class Said:
    yes: bool
    tag: str = ""  # "R1" when the text names its question


def understand(text: str) -> Said | None:
    """A plain yes or no; None for all else, for a yes is never guessed."""
    words = " ".join(text.casefold().strip(" \t\r\n\"'”’.!").split())
    tagged = _TAGGED.match(words)
    tag, words = (tagged[1].upper(), tagged[2]) if tagged else ("", words)
    for answers, yes in ((YES, True), (NO, False)):
        for answer in answers:
            if words.startswith(answer) and words[len(answer) :].strip(" ,.!") in _AFTER:
                rest = words[len(answer) :]
                if not rest or not rest[0].isalnum():
                    return Said(yes, tag)
    return None
