"""What a person needs when this system cannot be reached: plain words and numbers, ready to be shown."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from playbooks.sayings import Said


@dataclass(frozen=True, slots=True)
class Reachable:
    """Somebody to phone; of a protected person only a title and a switchboard."""

    ref: str
    name: str
    title: str
    numbers: tuple[str, ...]  # E.164, best first
    way: str = ""  # in words, when there is no number of their own


@dataclass(frozen=True, slots=True)
class Turn:
    """One shift of the coming weeks."""

    person: Reachable
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Duty:
    code: str
    name: str
    phone: str  # E.164; follows the duty, whoever has it
    now: tuple[Reachable, ...]
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class CallSheet:
    """People to phone from the top, and the paths that want them."""

    code: str
    name: str
    paths: tuple[str, ...]
    people: tuple[Reachable, ...]


@dataclass(frozen=True, slots=True)
class PathSheet:
    code: str
    version: int
    title: str
    entry: str
    goal: str
    assembly: str
    steps: tuple[Said, ...]
    texts: tuple[tuple[str, str, str], ...]  # steps they are of, "" for all; text to send; to say
    last_resort: tuple[str, ...]
    by_hand: bool  # every step is an operator's: it works when nothing can be sent


@dataclass(frozen=True, slots=True)
class CardLineSheet:
    text: str
    role: str
    within: str
    note: str


@dataclass(frozen=True, slots=True)
class CardSheet:
    code: str
    version: int
    title: str
    scenario: str
    principle: str
    paths: tuple[str, ...]
    parts: tuple[tuple[str, tuple[CardLineSheet, ...]], ...]  # section in words, its lines


@dataclass(frozen=True, slots=True)
class Contents:
    at: datetime
    organisation: str
    duties: tuple[Duty, ...]
    sheets: tuple[CallSheet, ...]
    paths: tuple[PathSheet, ...]
    cards: tuple[CardSheet, ...]

    @property
    def governed(self) -> tuple[PathSheet | CardSheet, ...]:
        """Paths and cards: what has versions."""
        return (*self.paths, *self.cards)

    @property
    def versions(self) -> Mapping[str, int]:
        return {each.code: each.version for each in self.governed}

    @property
    def reserve(self) -> tuple[PathSheet, ...]:
        """Paths that work when nothing can be sent."""
        return tuple(path for path in self.paths if path.by_hand)


def seal_of(sheets: tuple[CallSheet, ...]) -> str:
    """SHA-256 over who is to be phoned and with which numbers; titles and paths may change."""
    said = [
        [sheet.code, [[each.ref, each.name, *each.numbers] for each in sheet.people]]
        for sheet in sheets
    ]
    return sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
