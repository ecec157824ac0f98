"""What the playbooks do by themselves, again and again."""

from functools import partial

from alerting.means import Means
from playbooks.communication_tests import ending, schedules
from rosters.chores import Chore


def playbook_chores(means: Means) -> tuple[Chore, ...]:
    """All of them; what is sent is sent by the engine, in its words."""
    return (
        Chore("communication_tests_begun", 30, partial(schedules.begin_due, means=means)),
        Chore("communication_tests_followed", 5, partial(ending.follow, means=means)),
    )
