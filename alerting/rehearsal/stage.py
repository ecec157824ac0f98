"""The engine's side of a run: what `settling`, `stepping` and `asking` do, without a database."""

from collections import defaultdict
from datetime import datetime
from operator import attrgetter
from uuid import UUID
from zoneinfo import ZoneInfo

from alerting import moves
from alerting.chain import SomeLink, Verdict, judge
from alerting.models import CallInState, StepState
from alerting.plan import Ask, ChannelKind, Plan, TargetKind, Wave
from alerting.reach import pick, usable
from alerting.rehearsal.cast import Cast, Line, Player
from alerting.rehearsal.rows import Note, RunCallIn, RunStep

_ANSWERED = (CallInState.ACCEPTED, CallInState.DECLINED)
_UNDER_WAY = (CallInState.ASKED, CallInState.QUEUED)
_ROUNDS = 200


class Stage:
    """One alarm at work. `due_at` is when it is to be settled next."""

    def __init__(self, plan: Plan, cast: Cast, at: datetime, zone: ZoneInfo) -> None:
        self.raised_at = self.now = at
        self.due_at: datetime | None = at
        self.chain: dict[str, SomeLink] = {
            step.name: SomeLink(RunStep(step.name, place), step)
            for place, step in enumerate(plan.steps)
        }
        self.call_ins: list[RunCallIn] = []
        self.for_operator: list[RunCallIn] = []  # what an operator may have to do
        self._by_step: dict[str, list[RunCallIn]] = {name: [] for name in self.chain}
        self._by_person: dict[UUID, list[RunCallIn]] = defaultdict(list)
        self._by_address: dict[str, set[UUID]] = defaultdict(set)
        self._cast = cast
        self._zone = zone
        self._sent: list[Note] = []
        self._ids = 0
        self._moves = {
            Verdict.HOLD: self._hold,
            Verdict.NOT_NEEDED: self._not_needed,
            Verdict.START: self._begin,
            Verdict.MET: self._end_met,
            Verdict.EXHAUSTED: self._end_unmet,
            Verdict.REOPEN: self._reopen,
        }
        for player in cast.everybody().values():
            for line in player.lines:
                self._by_address[line.address].add(player.id)

    # What the others of a run ask and say

    def look_again(self) -> None:
        self.due_at = min(self.due_at or self.now, self.now)

    def of_step(self, name: str) -> list[RunCallIn]:
        return self._by_step[name]

    def of_person(self, person: UUID) -> list[RunCallIn]:
        return self._by_person[person]

    def asked_at_address(self, address: str) -> list[RunCallIn]:
        return [each for person in self._by_address[address] for each in self._by_person[person]]

    def take_sent(self) -> list[Note]:
        sent, self._sent = self._sent, []
        return sent

    # Settling

    def settle(self) -> None:
        self._send_due_waves()
        for _round in range(_ROUNDS):
            if not self._move_all():
                break
        if self._ask_next():
            self.due_at = self.now
            return
        waves = [
            each.due_at for each in self.call_ins if each.due_at and each.state is CallInState.ASKED
        ]
        self.due_at = moves.next_look(
            self.chain, raised_at=self.raised_at, next_wave=min(waves, default=None)
        )

    def _tally(self) -> None:
        for name, link in self.chain.items():
            accepted, link.asked, link.queued = [], 0, 0
            for each in self._by_step[name]:
                if each.state is CallInState.ASKED:
                    link.asked += 1
                elif each.state is CallInState.QUEUED:
                    link.queued += 1
                elif each.state is CallInState.ACCEPTED:
                    accepted.append(each.who)
            link.accepted = frozenset(accepted)

    def _send_due_waves(self) -> None:
        due = [
            each
            for each in self.call_ins
            if each.due_at and each.due_at <= self.now and each.state is CallInState.ASKED
        ]
        due.sort(key=attrgetter("due_at", "position"))
        for name in self.chain if due else ():
            self._send_waves([each for each in due if each.step.name == name])
        self._tally()

    def _move_all(self) -> bool:
        any_moved = False
        for link in self.chain.values():
            if self._move(link):
                self._tally()
                any_moved = True
        return any_moved

    def _move(self, link: SomeLink) -> bool:
        verdict = judge(link, self.chain, raised_at=self.raised_at, now=self.now)
        if verdict is Verdict.WAIT:
            return False
        self._moves[verdict](link)
        return True

    def _hold(self, link: SomeLink) -> None:
        link.row.state = StepState.HELD

    def _not_needed(self, link: SomeLink) -> None:
        link.row.state, link.row.ended_at = StepState.NOT_NEEDED, self.now

    def _end_met(self, link: SomeLink) -> None:
        link.row.state, link.row.ended_at = StepState.MET, self.now
        self._become(link, _UNDER_WAY, CallInState.STOOD_DOWN)

    def _reopen(self, link: SomeLink) -> None:
        for each in self._by_step[link.row.name]:
            if each.state is CallInState.STOOD_DOWN:
                each.state, each.wave = CallInState.QUEUED, 0
        moves.opens_again(link, self.chain)

    def _become(self, link: SomeLink, before: tuple[CallInState, ...], state: CallInState) -> None:
        for each in self._by_step[link.row.name]:
            if each.state in before:
                each.state, each.due_at = state, None

    def _begin(self, link: SomeLink) -> None:
        row, plan = link.row, link.plan
        self._become(link, _UNDER_WAY, CallInState.SILENT)
        own = self._by_step[row.name]
        already = {
            each.player.id if each.player else None for each in own if each.state in _ANSWERED
        }
        elsewhere = {
            each.player.id if each.player else None
            for name in plan.need.total_with
            for each in self._by_step.get(name, ())
            if each.state is CallInState.ACCEPTED
        }
        people = [
            each
            for each in self._cast.of(row.name, at=self.now)
            if each.id not in already | elsewhere
        ]
        tasks = [each for each in plan.targets if each.kind is TargetKind.MANUAL]
        for player in (*people, *(None for _task in tasks)):
            self._queue(link, player, len(own))
        moves.begins(
            row,
            plan,
            queued=len(people) + len(tasks),
            already=len(already),
            now=self.now,
            sends_at=self.now,
        )

    def _queue(self, link: SomeLink, player: Player | None, position: int) -> None:
        by_hand = player is None or player.protected or link.plan.by_hand
        call_in = RunCallIn(self._id(), link.row, player, position, by_hand, link.plan.ask)
        self.call_ins.append(call_in)
        if by_hand or call_in.ask is Ask.SPOKEN:
            self.for_operator.append(call_in)
        self._by_step[link.row.name].append(call_in)
        if player:
            self._by_person[player.id].append(call_in)

    def _end_unmet(self, link: SomeLink) -> None:
        self._become(link, (CallInState.ASKED,), CallInState.SILENT)
        link.row.state, link.row.ended_at = StepState.UNMET, self.now
        target = moves.jumps_to(link, self.chain)
        if target is not None and moves.jumps(link, target, self.chain, now=self.now):
            self._begin(target)

    # Asking

    def _ask_next(self) -> bool:
        more = False
        for name, link in self.chain.items():
            places = moves.room(link, self.chain)
            if not places:
                continue
            turn = [each for each in self._by_step[name] if each.state is CallInState.QUEUED]
            turn = turn[:places]
            for each in turn:
                each.state, each.asked_at = CallInState.ASKED, self.now
            self._send_waves([each for each in turn if not each.by_hand])
            gone = any(each.state is not CallInState.ASKED for each in turn)
            more |= gone or link.queued > len(turn) == moves.BATCH
        return more

    def _send_waves(self, call_ins: list[RunCallIn]) -> None:
        elsewhere = {each.id for each in call_ins if self._asked_elsewhere(each)}
        for each in call_ins:
            self._send_wave(each, elsewhere=each.id in elsewhere)

    def _send_wave(self, call_in: RunCallIn, *, elsewhere: bool) -> None:
        def send(wave: Wave) -> bool:
            lines = [(channel, self._next_line(call_in, channel)) for channel in wave.channels]
            for channel, line in lines:
                if line:
                    self._send(call_in, channel, line)
            return any(line for _channel, line in lines)

        plan = self.chain[call_in.step.name].plan
        moves.next_wave(call_in, plan.waves, send, elsewhere=elsewhere, sends_at=self.now)

    def _asked_elsewhere(self, call_in: RunCallIn) -> bool:
        """True when another step has already put the question to this person."""
        asked = [
            each
            for each in self._by_person[call_in.who]
            if each.state is CallInState.ASKED and not each.by_hand and each.asked_at
        ]
        if len(asked) < 2:
            return False
        first = min(asked, key=lambda each: (each.asked_at or self.now, each.step.position))
        return first is not call_in

    def _next_line(self, call_in: RunCallIn, channel: ChannelKind) -> Line | None:
        lines = call_in.player.lines if call_in.player else ()
        found = usable(lines, channel, at=self.now, zone=self._zone)
        if len(found) < 2:
            return found[0] if found else None
        return pick(found, {each.address: _tries(call_in, channel, each) for each in found})

    def try_next_number(self, call_in: RunCallIn, channel: ChannelKind) -> bool:
        line = self._next_line(call_in, channel)
        if line is None or _tries(call_in, channel, line):
            return False
        self._send(call_in, channel, line)
        return True

    def _send(self, call_in: RunCallIn, channel: ChannelKind, line: Line) -> None:
        note = Note(self._id(), call_in, channel, line.address, call_in.wave, self.now)
        call_in.notes.append(note)
        self._sent.append(note)

    def _id(self) -> UUID:
        self._ids += 1
        return UUID(int=self._ids)


def _tries(call_in: RunCallIn, channel: ChannelKind, line: Line) -> int:
    return sum(each.channel is channel and each.address == line.address for each in call_in.notes)
