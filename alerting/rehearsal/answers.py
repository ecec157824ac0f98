"""What an answer or a failed call does in a rehearsal; which question a text is about."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

from alerting.models import CallInState, Via
from alerting.plan import Ask, ChannelKind, Meaning
from alerting.rehearsal.rows import Note, RunCallIn
from alerting.rehearsal.stage import Stage
from alerting.replies import fitting, understand
from alerting.service import SPOKEN_WAITS, YES, Taken, becomes

_NEVER = datetime.min.replace(tzinfo=UTC)
_CARRIER = {Via.SMS: ChannelKind.SMS, Via.VOICE: ChannelKind.VOICE}


@lru_cache(maxsize=1024)
def understood(text: str, ask: Ask) -> Meaning:
    """What a text says to a question of that kind; UNCLEAR when an operator would have to read it."""
    given = fitting(understand(text, letters=frozenset())[0], ask)
    beside = given.meaning is Meaning.RECEIVED and ask is not Ask.RECEIVED
    return Meaning.UNCLEAR if beside else given.meaning


def placed(asked: Sequence[RunCallIn]) -> RunCallIn | None:
    """The question that a text without a letter answers; None when it could be several."""
    open_ones = [each for each in asked if each.state is CallInState.ASKED]
    if len({each.ask for each in open_ones}) > 1:
        return None
    if open_ones:
        return open_ones[0]
    return max(asked, key=lambda each: each.asked_at or _NEVER, default=None)


def answer(stage: Stage, call_in: RunCallIn, meaning: Meaning, via: Via) -> None:
    taken = becomes(call_in, meaning, via, alarm_open=True)
    _mark_answered(call_in, via)
    if taken in {Taken.NOTED, Taken.LATE}:
        state = CallInState.ACCEPTED if meaning in YES else CallInState.DECLINED
        for each in (call_in, *_same_question(stage, call_in)):
            each.state, each.due_at, each.answered_at = state, None, stage.now
    if taken is Taken.TALK:
        call_in.due_at, call_in.answered_at = stage.now + SPOKEN_WAITS, stage.now
    stage.look_again()


def _mark_answered(call_in: RunCallIn, via: Via) -> None:
    channel = _CARRIER.get(via)
    alive = [each for each in call_in.notes if each.channel is channel and not each.failed]
    if alive:
        alive[-1].answered = True


def _same_question(stage: Stage, call_in: RunCallIn) -> list[RunCallIn]:
    if call_in.player is None:
        return []
    return [
        each
        for each in stage.of_person(call_in.player.id)
        if each.ask is call_in.ask and each.state is CallInState.ASKED and each is not call_in
    ]


def fail(stage: Stage, note: Note) -> None:
    """Nobody answered this one: the next number or wave at once."""
    note.failed = True
    call_in = note.call_in
    if call_in.state is not CallInState.ASKED:
        return
    if not stage.try_next_number(call_in, note.channel):
        alive = [each for each in call_in.notes if each.wave == call_in.wave and not each.failed]
        if not alive:
            call_in.due_at = stage.now
    stage.look_again()
