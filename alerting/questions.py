"""The questions somebody has been asked, and which of them a text is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from alerting.models import OPEN_ALARM, Alarm, CallIn, CallInState
from alerting.replies import Answer, normalised

ANSWERED_OR_OVER = frozenset(
    {CallInState.ACCEPTED, CallInState.DECLINED, CallInState.STOOD_DOWN, CallInState.RELEASED}
)
THANKS = frozenset(
    {"ok", "okej", "okay", "tack", "ok tack", "tack ok", "thanks", "thank you", "👍"}
)


@dataclass(frozen=True, slots=True)
class Question:
    call_in: CallIn
    alarm: Alarm

    @property
    def open(self) -> bool:
        return self.call_in.state is CallInState.ASKED and self.alarm.state in OPEN_ALARM

    @property
    def key(self) -> tuple[UUID, str]:
        """Steps of one alarm that ask the same thing are one question to a person."""
        return self.alarm.id, self.call_in.ask


def only_thanks(text: str, question: Question) -> bool:
    """True for an "ok" to what we said last, when nothing is asked: it changes no answer."""
    return question.call_in.state in ANSWERED_OR_OVER and is_thanks(text)


def is_thanks(text: str) -> bool:
    return normalised(text).strip(" .!") in THANKS


def question_for(given: Answer, questions: Sequence[Question]) -> Question | None:
    """The question an answer is for; None when it could be for several."""
    if given.letter:
        return next((each for each in questions if each.call_in.letter == given.letter), None)
    unanswered = distinct([each for each in questions if each.open])
    if len(unanswered) > 1:
        return None
    still_running = [each for each in questions if each.alarm.state in OPEN_ALARM]
    return next(iter(unanswered or still_running or questions), None)


def distinct(questions: Sequence[Question]) -> list[Question]:
    """One of each question, the oldest first, in which a person was asked it."""
    found: dict[tuple[UUID, str], Question] = {}
    for each in sorted(questions, key=lambda each: each.call_in.letter or ""):
        found.setdefault(each.key, each)
    return list(found.values())
