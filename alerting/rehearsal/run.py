"""One run: what the engine, the people and the operator do, from the alarm until the chain ends.

What it decides, it asks the engine's own rules: `chain`, `moves`, `reach`, `habits`, `reactions`.
A test holds every run to a drill with the same seed, second by second.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from uuid import UUID
from zoneinfo import ZoneInfo

from alerting.chain import covered_at, standing
from alerting.habits import DECIDES_AFTER, HORIZON, PHONES_AFTER, Crowd, Mood
from alerting.models import FAILED_STEP, AlarmState, CallInState, StepState, Via
from alerting.plan import Ask, ChannelKind, Meaning, Plan
from alerting.questions import ANSWERED_OR_OVER, is_thanks
from alerting.reactions import Act, Heard, Reaction, to_call, to_text
from alerting.rehearsal.answers import answer, fail, placed, understood
from alerting.rehearsal.cast import Cast
from alerting.rehearsal.rows import Note, RunCallIn
from alerting.rehearsal.stage import Stage
from alerting.replies import understand_key

_CHANGES_NOTHING = {Act.GETS, Act.PICKS_UP}  # they only turn up on the board
_DONE = {CallInState.ACCEPTED, CallInState.DECLINED, CallInState.STOOD_DOWN}


@dataclass(frozen=True, slots=True)
class StepEnd:
    """How a step stood when the run was over; seconds from the alarm."""

    name: str
    state: StepState
    need: int
    accepted: int
    started_s: int | None
    ended_s: int | None
    held_s: int | None  # when its need was met, by itself or by a reserve

    @property
    def wanted(self) -> bool:
        """False for a reserve that was not needed, and a step that nobody started."""
        return self.state not in {StepState.NOT_NEEDED, StepState.WAITING}


@dataclass(frozen=True, slots=True)
class RunEnd:
    steps: tuple[StepEnd, ...]
    met: bool
    met_s: int | None


def rehearse(
    plan: Plan, cast: Cast, crowd: Crowd, *, at: datetime, seed: int, zone: ZoneInfo
) -> RunEnd:
    """Run the plan once from an instant; the same seed is the same run, and the same drill."""
    run = _Run(Stage(plan, cast, at, zone), crowd, seed)
    run.play()
    return run.end()


class _Run:
    def __init__(self, stage: Stage, crowd: Crowd, seed: int) -> None:
        self.stage = stage
        self._crowd = crowd
        self._seed = seed
        self._reactions: list[Reaction] = []
        self._notes: dict[UUID, Note] = {}
        self._moods: dict[str, Mood | None] = {}
        self._plans: dict[
            UUID | str, datetime
        ] = {}  # what waits for the operator, and when it is done

    def play(self) -> None:
        stage = self.stage
        ends = stage.now + HORIZON
        while stage.now <= ends:
            while stage.due_at is not None and stage.due_at <= stage.now:
                stage.settle()
            if self._people() + self._operator():
                continue
            if standing(stage.chain) is not AlarmState.RUNNING:
                return
            following = [stage.due_at, *self._plans.values()]
            following += [self._reactions[0].at] if self._reactions else []
            times = [each for each in following if each]
            if not times:
                return
            stage.now = max(stage.now, min(times))

    # What people do

    def _people(self) -> int:
        self._take_in()
        due = []
        while self._reactions and self._reactions[0].at <= self.stage.now:
            due.append(heappop(self._reactions))
        for reaction in due:
            self._carry_out(reaction)
        return len(due)

    def _take_in(self) -> None:
        sent = self.stage.take_sent()
        self._notes.update({note.id: note for note in sent})
        arrived = [
            Heard(note, note.call_in, note.call_in.player.ref)
            for note in sent
            if note.call_in.player
        ]
        for heard in sorted(arrived, key=lambda each: each.order):
            for reaction in self._reactions_to(heard):
                if reaction.act not in _CHANGES_NOTHING:
                    heappush(self._reactions, reaction)

    def _reactions_to(self, heard: Heard) -> Iterable[Reaction]:
        note = heard.message
        first = Reaction(self.stage.now, heard.ref, Act.GETS, "", note.address, note.id)
        if note.channel is ChannelKind.VOICE:
            return to_call(first, self._mood(heard.ref), heard)
        if note.channel is ChannelKind.SMS:
            return to_text(first, self._mood(heard.ref), heard)
        return ()

    def _mood(self, ref: str) -> Mood | None:
        if ref not in self._moods:
            manner = self._crowd.others.get(ref, self._crowd.manner)
            self._moods[ref] = Mood(f"{self._seed}/0/{ref}", manner) if manner else None
        return self._moods[ref]

    def _carry_out(self, reaction: Reaction) -> None:
        note = self._notes[reaction.message]
        call_in = note.call_in
        if note.failed:
            return
        if reaction.act is Act.WRITES:
            if call_in.state not in _DONE:
                self._write(reaction)
        elif reaction.act is Act.PRESSES:
            given = understand_key(reaction.text, call_in.ask)
            if given and not note.answered:
                note.answered = True
                answer(self.stage, call_in, given.meaning, Via.VOICE)
        elif reaction.act in {Act.RINGS_OUT, Act.VOICEMAIL} and not note.answered:
            fail(self.stage, note)

    def _write(self, reaction: Reaction) -> None:
        asked = [
            each
            for each in self.stage.asked_at_address(reaction.address)
            if each.asked_at and not each.by_hand
        ]
        question = placed(asked)
        if question is None:
            return
        if question.state in ANSWERED_OR_OVER and is_thanks(reaction.text):
            return
        meaning = understood(reaction.text, question.ask)
        if meaning is not Meaning.UNCLEAR:
            answer(self.stage, question, meaning, Via.SMS)

    # What the operator does

    def _operator(self) -> int:
        stage, now = self.stage, self.stage.now
        gates = {
            link.row.name: link.row
            for link in stage.chain.values()
            if link.state is StepState.HELD and link.row.opened_at is None
        }
        to_phone = {each.id: each for each in stage.for_operator if _to_phone(each)}
        waits: dict[UUID | str, timedelta] = dict.fromkeys(gates, DECIDES_AFTER)
        waits |= dict.fromkeys(to_phone, PHONES_AFTER)
        self._plans = {each: self._plans.get(each, now + after) for each, after in waits.items()}
        ripe = [each for each, at in self._plans.items() if at <= now]
        for each in ripe:
            del self._plans[each]
            if isinstance(each, str):
                gates[each].opened_at = now
                stage.look_again()
            else:
                call_in = to_phone[each]
                yes = Meaning.RECEIVED if call_in.ask is Ask.RECEIVED else Meaning.COMING
                answer(stage, call_in, yes, Via.OPERATOR)
        return len(ripe)

    # How it ended

    def end(self) -> RunEnd:
        chain = self.stage.chain
        met = standing(chain) is AlarmState.MET
        ended = [link.row.ended_at for link in chain.values() if link.row.ended_at]
        return RunEnd(
            tuple(self._step_end(name) for name in chain),
            met,
            self._seconds(max(ended, default=None)) if met else None,
        )

    def _step_end(self, name: str) -> StepEnd:
        link = self.stage.chain[name]
        row = link.row
        held_at = row.ended_at if row.state is StepState.MET else None
        if row.state in FAILED_STEP:
            held_at = covered_at(link, self.stage.chain)
        accepted = sum(each.state is CallInState.ACCEPTED for each in self.stage.of_step(name))
        return StepEnd(
            name,
            row.state,
            row.need or 0,
            accepted,
            self._seconds(row.started_at),
            self._seconds(row.ended_at),
            self._seconds(held_at),
        )

    def _seconds(self, at: datetime | None) -> int | None:
        return None if at is None else round((at - self.stage.raised_at).total_seconds())


def _to_phone(call_in: RunCallIn) -> bool:
    waits = call_in.by_hand or (call_in.ask is Ask.SPOKEN and call_in.answered_at is not None)
    return waits and call_in.state is CallInState.ASKED


def many(
    plan: Plan,
    cast: Cast,
    crowd: Crowd,
    *,
    at: datetime,
    seeds: Iterable[int],
    zone: ZoneInfo,
) -> list[RunEnd]:
    return [rehearse(plan, cast, crowd, at=at, seed=seed, zone=zone) for seed in seeds]
