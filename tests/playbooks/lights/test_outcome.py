from datetime import UTC, datetime, timedelta

import pytest

from alerting.models import AlarmState
from playbooks.lights.outcome import Ended, Outcome, outcome_of

RAISED = datetime(2026, 11, 5, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MET, MISSED = True, False


def ended(
    state: AlarmState,
    *,
    met: int | None = None,
    exhausted: bool = False,
    closed: int | None = None,
    goal: int | None = None,
) -> Ended:
    """Times in minutes after the alarm was raised."""
    return Ended(
        state=state,
        raised_at=RAISED,
        met_at=None if met is None else RAISED + met * MINUTE,
        exhausted=exhausted,
        closed_at=None if closed is None else RAISED + closed * MINUTE,
        goal_within=None if goal is None else goal * MINUTE,
    )


@pytest.mark.parametrize(
    ("alarm", "met", "minutes"),
    [
        (ended(AlarmState.MET, met=8), MET, 8),
        (ended(AlarmState.MET, met=8, goal=10), MET, 8),
        (ended(AlarmState.MET, met=10, goal=10), MET, 10),
        (ended(AlarmState.MET, met=27, goal=10), MISSED, 27),
        (ended(AlarmState.UNMET, exhausted=True), MISSED, None),
        (ended(AlarmState.MET, met=40, exhausted=True, goal=60), MET, 40),  # a late yes
        (ended(AlarmState.CLOSED, met=8, closed=50), MET, 8),
        (ended(AlarmState.CALLED_OFF, met=8, closed=9), MET, 8),
        (ended(AlarmState.CALLED_OFF, exhausted=True, closed=30), MISSED, None),
        (ended(AlarmState.CLOSED, closed=61, goal=60), MISSED, None),
    ],
)
def test_a_run_is_held_to_its_goal(alarm: Ended, met: bool, minutes: int | None) -> None:
    took = None if minutes is None else minutes * MINUTE
    assert outcome_of(alarm) == Outcome(met, took)


@pytest.mark.parametrize(
    "alarm",
    [
        ended(AlarmState.CALLED_OFF, closed=2),
        ended(AlarmState.CALLED_OFF, closed=90, goal=60),
        ended(AlarmState.CLOSED, closed=5),
        ended(AlarmState.CLOSED, closed=5, goal=60),
    ],
)
def test_what_was_stopped_before_it_could_tell_is_no_run(alarm: Ended) -> None:
    assert outcome_of(alarm) is None
