"""What the playbooks do by themselves, again and again."""

from functools import partial

from alerting.means import Means
from playbooks.ways_in import service as ways_in
from rosters.chores import Chore


def playbook_chores(means: Means) -> tuple[Chore, ...]:
    """All of them; what is sent is sent by the engine, in its words."""
    calling = partial(ways_in.keep_going, means=means)
    return (Chore("raise_requests_called_back", 5, calling),)
