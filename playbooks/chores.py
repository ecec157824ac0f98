"""What the playbooks do by themselves, again and again."""

from alerting.means import Means
from rosters.chores import Chore


def playbook_chores(_means: Means) -> tuple[Chore, ...]:
    """All of them; what is sent is sent by the engine, in its words."""
    return ()
