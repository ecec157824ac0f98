"""Whether an alarm was a run of its path, and whether the path's goal was met."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from alerting.models import AlarmState


@dataclass(frozen=True, slots=True)
class Ended:
    """What the log of an alarm says of how it went."""

    state: AlarmState
    raised_at: datetime
    met_at: datetime | None  # when every need was met, the first time
    exhausted: bool  # the chain once came to its end with somebody missing
    closed_at: datetime | None
    goal_within: timedelta | None


@dataclass(frozen=True, slots=True)
class Outcome:
    met: bool
    took: timedelta | None  # until every need was met, in time or not


def outcome_of(ended: Ended) -> Outcome | None:
    """None when it was no run.

    Met: every need was met, and in time where the goal has one; what an operator did later (closed
    it, called it off, let somebody go) does not change that it was. Not met: the chain ran out, or
    the time of the goal did. An alarm that was called off or closed before either says nothing of
    the path.
    """
    if ended.met_at:
        took = ended.met_at - ended.raised_at
        return Outcome(ended.goal_within is None or took <= ended.goal_within, took)
    if ended.exhausted:
        return Outcome(met=False, took=None)
    if ended.state is AlarmState.CLOSED and _out_of_time(ended):
        return Outcome(met=False, took=None)
    return None


def _out_of_time(ended: Ended) -> bool:
    if ended.goal_within is None or ended.closed_at is None:
        return False
    return ended.closed_at - ended.raised_at > ended.goal_within
