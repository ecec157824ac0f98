"""What somebody does about a call or a text, and when: rules of the simulated people."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from alerting.habits import RINGS_FOR, Mood
from alerting.models import Purpose
from alerting.plan import Ask, ChannelKind, Meaning

ON_THE_AIR = timedelta(seconds=7)  # a text takes 6-8 s (ETSI)
LISTENS_FOR = timedelta(seconds=12)  # from picking up to pressing a key
GREETING = timedelta(seconds=20)  # when voicemail picks up
CLEARER_AFTER = timedelta(minutes=1)


class Act(StrEnum):
    GETS = "gets"  # the text is on the handset
    WRITES = "writes"
    PICKS_UP = "picks up"
    PRESSES = "presses"
    RINGS_OUT = "rings out"
    VOICEMAIL = "voicemail"
    HANGS_UP = "hangs up"


@dataclass(frozen=True, slots=True, order=True)
class Reaction:
    """What somebody does at an instant, in the order in which it is carried out."""

    at: datetime
    who: str
    act: Act
    text: str
    address: str
    message: UUID = field(compare=False)


class Letter(Protocol):
    """A message as the one who gets it sees it: a row of the database, or of a forecast."""

    id: UUID
    alarm_id: UUID | None
    purpose: Purpose
    channel: ChannelKind
    address: str
    body: str
    wave: int
    created_at: datetime


class Asking(Protocol):
    """The call-in that a message is for."""

    ask: Ask
    letter: str | None


@dataclass(frozen=True, slots=True)
class Heard:
    """A message that has come to a phone, with whom and what it is for."""

    message: Letter
    call_in: Asking | None
    ref: str

    @property
    def order(self) -> tuple[str, str, int, datetime]:
        return self.ref, self.message.address, self.message.wave, self.message.created_at


def to_call(ringing: Reaction, mood: Mood | None, heard: Heard) -> list[Reaction]:
    picks_up = mood.takes_call() if mood else None
    if mood is None or picks_up is None:
        voicemail = mood is not None and mood.has_voicemail()
        if voicemail:
            return [replace(ringing, at=ringing.at + GREETING, act=Act.VOICEMAIL)]
        return [replace(ringing, at=ringing.at + RINGS_FOR, act=Act.RINGS_OUT)]
    up = ringing.at + picks_up
    ask = heard.call_in.ask if heard.call_in else Ask.COMING
    key = "2" if mood.meaning(ask) is Meaning.CANNOT else "1"
    return [
        replace(ringing, at=up, act=Act.PICKS_UP),
        replace(ringing, at=up + LISTENS_FOR, act=Act.PRESSES, text=key),
    ]


def to_text(coming: Reaction, mood: Mood | None, heard: Heard) -> list[Reaction]:
    arrives = replace(coming, at=coming.at + ON_THE_AIR)
    reactions = [] if mood and mood.away else [arrives]
    writes = mood.answers_text() if mood else None
    if mood is None or writes is None or heard.call_in is None:
        return reactions
    at = arrives.at + writes
    if mood.muddled:
        reactions.append(replace(coming, at=at, act=Act.WRITES, text=mood.riddle()))
        at += CLEARER_AFTER
    words = _lettered(mood.words(heard.call_in.ask), heard)
    return [*reactions, replace(coming, at=at, act=Act.WRITES, text=words)]


def _lettered(words: str, heard: Heard) -> str:
    """With the letter of the question when the text asked for one: "A JA"."""
    letter = heard.call_in.letter if heard.call_in else None
    asked_for = letter and re.search(rf"\b{letter} [A-Z]{{2,}}", heard.message.body)
    return f"{letter} {words}" if asked_for else words
