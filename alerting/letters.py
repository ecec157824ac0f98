"""Reply letters: which letter the next question to a phone carries when several are open."""

from collections.abc import Sequence

# Not H M (hours, minutes), I L O Q Z (read as digits), J K N Y (answers), E ("e på väg").
LETTERS = "ABCDFGPRSTUVWX"


def next_letter(used: Sequence[str]) -> str:
    """A letter for a new question; `used` is this phone's last week, the oldest use first.

    When every letter has been used it is the one whose latest use is longest ago.
    """
    for letter in LETTERS:
        if letter not in used:
            return letter
    latest = {letter: at for at, letter in enumerate(used) if letter in LETTERS}
    return min(latest, key=lambda letter: latest[letter])
