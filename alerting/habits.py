"""How simulated people behave: who hears the phone, how soon, and what they answer.

One figure is measured: of 132 people alarmed unannounced at 04:00, 41 % had answered a phone tree
and 16 % a text within 45 minutes. NIGHT reaches that with two calls and with one text. All other
numbers are assumptions; a file can set others (`read_crowd`).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from random import Random
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from alerting.plan import Ask, Meaning
from core.errors import Refused
from core.language import gettext as _

RINGS_FOR = timedelta(seconds=30)
HORIZON = timedelta(hours=4)  # a chain that has not ended by then is shown as it stands
DECIDES_AFTER = timedelta(minutes=2)  # assumptions: how long an operator takes
PHONES_AFTER = timedelta(minutes=3)


class Habit(StrEnum):
    NONE = "none"  # a human taps; a call rings out by itself
    PROMPT = "prompt"
    TYPICAL = "typical"
    NIGHT = "night"


Share = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]
Minutes = Annotated[int, Field(ge=3, le=240)]


class Manner(BaseModel):
    """Shares of people, and from-to delays that are mostly nearer to the first figure."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    away: Share = 0  # the phone is off or elsewhere, whatever is tried
    hears_call: Share = 1  # of the others, at each call
    reads_text: Share = 1  # of the others, at each text
    comes: Share = 1  # of those who answer; the rest cannot
    gives_minutes: Share = 0.3  # of those who come and write
    muddled: Share = 0  # of those who write: first something nobody can read
    voicemail: Share = 0.3  # of the calls that nobody takes
    picks_up: tuple[Seconds, Seconds] = (4, 15)
    writes: tuple[Seconds, Seconds] = (15, 60)
    arrives_in: tuple[Minutes, Minutes] = (10, 45)

    @model_validator(mode="after")
    def _forwards(self) -> "Manner":
        for name in ("picks_up", "writes", "arrives_in"):
            first, last = getattr(self, name)
            if first > last:
                raise ValueError(f"{name}: {first} > {last}")
        return self


MANNERS: Mapping[Habit, Manner] = {
    Habit.PROMPT: Manner(voicemail=0),
    Habit.TYPICAL: Manner(
        away=0.05,
        hears_call=0.75,
        reads_text=0.6,
        comes=0.85,
        muddled=0.05,
        picks_up=(5, 25),
        writes=(20, 1200),
        arrives_in=(10, 90),
    ),
    Habit.NIGHT: Manner(
        away=0.3,
        hears_call=0.357,  # 0.7 * (1 - 0.643 ** 2) = 0.41
        reads_text=0.229,  # 0.7 * 0.229 = 0.16
        comes=0.8,
        muddled=0.05,
        voicemail=0.5,
        picks_up=(10, 28),
        writes=(60, 2700),
        arrives_in=(25, 120),
    ),
}

# Somebody with a contract to be reached: an assumption, to be replaced by what one's own show.
ON_CALL = Manner(
    away=0.02,
    hears_call=0.95,
    reads_text=0.7,
    comes=0.97,
    picks_up=(5, 28),
    writes=(20, 300),
    arrives_in=(15, 60),
)


@dataclass(frozen=True, slots=True)
class Crowd:
    """How everybody behaves, and those who differ, by the organisation's own number ("P11")."""

    manner: Manner | None
    others: Mapping[str, Manner] = field(default_factory=dict)


class _Differing(Manner):
    like: Habit = Habit.TYPICAL


class _CrowdFile(_Differing):
    people: dict[str, _Differing] = Field(default_factory=dict)


def crowd_of(habit: Habit) -> Crowd:
    return Crowd(MANNERS.get(habit))


def read_crowd(text: str) -> Crowd:
    """A YAML or JSON file: `like: night`, what differs from it, and `people: {P11: {away: 1}}`."""
    try:
        written = _CrowdFile.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise Refused(_("Filen är varken YAML eller JSON.")) from error
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(str(part) for part in fault["loc"]) or "-"
        sentence = _("Filen beskriver inga personer: {place}: {fault}.")
        raise Refused(sentence.format(place=place, fault=fault["msg"])) from error
    others = {ref: _completed(each) for ref, each in written.people.items()}
    return Crowd(_completed(written), others)


def _completed(written: _Differing) -> Manner:
    said = written.model_dump(exclude={"like", "people"}, exclude_unset=True)
    return MANNERS.get(written.like, Manner(away=1)).model_copy(update=said)


class Mood:
    """One person in one alarm: the same through every call and text, whatever the order."""

    def __init__(self, seed: str, manner: Manner) -> None:
        self._seed = seed
        self._manner = manner
        draw = Random(seed)  # noqa: S311  nobody guards anything with it
        self.away = draw.random() < manner.away
        self.comes = draw.random() < manner.comes
        self.gives_minutes = draw.random() < manner.gives_minutes
        self.muddled = draw.random() < manner.muddled
        self.minutes = _rounded(_between(draw, *manner.arrives_in))
        self._calls = self._texts = 0

    def takes_call(self) -> timedelta | None:
        """How long the phone rings before it is picked up; None when nobody does."""
        self._calls += 1
        draw = Random(f"{self._seed}/call {self._calls}")  # noqa: S311
        if self.away or draw.random() >= self._manner.hears_call:
            return None
        return min(timedelta(seconds=_between(draw, *self._manner.picks_up)), RINGS_FOR)

    def has_voicemail(self) -> bool:
        draw = Random(f"{self._seed}/voicemail")  # noqa: S311
        return draw.random() < self._manner.voicemail

    def answers_text(self) -> timedelta | None:
        """How long until the answer is written; None when it is not read in time."""
        self._texts += 1
        draw = Random(f"{self._seed}/text {self._texts}")  # noqa: S311
        if self.away or draw.random() >= self._manner.reads_text:
            return None
        return timedelta(seconds=_between(draw, *self._manner.writes))

    def meaning(self, ask: Ask) -> Meaning:
        if not self.comes and ask is not Ask.RECEIVED:
            return Meaning.CANNOT
        return Meaning.RECEIVED if ask is Ask.RECEIVED else Meaning.COMING

    def words(self, ask: Ask) -> str:
        """What stands in the answering text."""
        if ask is Ask.COMING and self.comes and self.gives_minutes:
            return str(self.minutes)
        draw = Random(f"{self._seed}/words")  # noqa: S311
        return draw.choice(_WORDS[self.meaning(ask)])

    def riddle(self) -> str:
        draw = Random(f"{self._seed}/riddle")  # noqa: S311
        return draw.choice(("va", "Vem är det här?", "ring mig", "Är det på riktigt?"))


_WORDS = {
    Meaning.COMING: ("JA", "Ja", "ja tack", "1", "Jag kommer", "JA!", "ok"),
    Meaning.CANNOT: ("NEJ", "Nej", "nej tyvärr", "2", "Kan inte"),
    Meaning.RECEIVED: ("MOTTAGET", "Mottaget", "ok", "1", "JA"),
}


def _between(draw: Random, first: float, last: float) -> float:
    """As many between 1 and 2 minutes as between 10 and 20: most are soon, a few are late."""
    return math.exp(draw.uniform(math.log(first), math.log(last)))


def _rounded(minutes: float) -> int:
    return max(5, 5 * round(minutes / 5))
