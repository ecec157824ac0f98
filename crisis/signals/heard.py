"""What a source said, once read: the same shape for all of them, and the tools to read it with."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias

from core.errors import Refused
from core.language import gettext as _
from crisis.signals.models import SignalAct, SignalKind, SignalLevel

LONGEST_LINE, LONGEST_TEXT, LONGEST_IDENTITY = 300, 4000, 400
Tree: TypeAlias = object  # what JSON gives: anything at all may stand anywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One message of a source."""

    identity: str
    event: str = ""  # empty: that of what it refers to, or its own
    refers_to: tuple[str, ...] = ()
    kind: SignalKind = SignalKind.ACTUAL
    act: SignalAct = SignalAct.ALERT
    level: SignalLevel = SignalLevel.UNKNOWN
    headline: str = ""
    text: str = ""
    area: str = ""
    own_area: bool = True
    elsewhere: bool = False  # it names areas, and none of them is ours or near
    placed: bool = True  # it says where it is; a cancellation may not
    sender: str = ""
    link: str = ""
    sent_at: datetime
    expires_at: datetime | None = None


@dataclass(slots=True)
class Reading:
    """All that an answer says, and how much of it could not be read."""

    heard: list[Heard] = field(default_factory=list)
    unread: int = 0


def parsed(content: bytes) -> Tree:
    """The JSON in an answer; Refused when it is none."""
    try:
        return json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Refused(_("Svaret är inte skrivet i UTF-8.")) from error
    except (ValueError, RecursionError) as error:
        page = content.lstrip()[:1] == b"<"
        sentence = _("Svaret är en webbsida, inte JSON.") if page else _("Svaret är inte hel JSON.")
        raise Refused(sentence) from error


def at(tree: Tree, *path: str) -> Tree:
    """What stands there, or None."""
    for name in path:
        tree = tree.get(name) if isinstance(tree, dict) else None
    return tree


def words(tree: Tree, *path: str, longest: int = LONGEST_LINE) -> str:
    """A text there, on one line; empty when there is none. Numbers are read as their digits."""
    found = at(tree, *path)
    if isinstance(found, bool) or not isinstance(found, (str, int)):
        return ""
    printable = "".join(sign if sign.isprintable() else " " for sign in str(found))
    return shorter(" ".join(printable.split()), longest)


def prose(tree: Tree, *path: str) -> str:
    """A text there, its lines kept."""
    found = at(tree, *path)
    if not isinstance(found, str):
        return ""
    lines = (
        "".join(sign if sign.isprintable() else " " for sign in line).strip()
        for line in found.splitlines()
    )
    return shorter("\n".join(lines).strip(), LONGEST_TEXT)


def shorter(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def several(tree: Tree, *path: str) -> list[Tree]:
    """The things there; a lone one counts as a list of one, nothing as none."""
    found = at(tree, *path)
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def instant(tree: Tree, *path: str) -> datetime | None:
    """The time there, which must say its offset; None when it is none."""
    try:
        moment = datetime.fromisoformat(words(tree, *path))
        if moment.tzinfo is None or not 1990 <= moment.year <= 2200:
            return None
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def address(tree: Tree, *path: str) -> str:
    """A web address there; empty when it is anything else."""
    found = words(tree, *path, longest=1000)
    return found if found.startswith(("https://", "http://")) and " " not in found else ""


def texts(trees: list[Tree]) -> Iterator[str]:
    yield from filter(None, (words(each) for each in trees))
