"""What the playbooks do by themselves, again and again."""

from functools import partial

from alerting.means import Means
from playbooks.paper import editions, reminding
from rosters.chores import Chore


def playbook_chores(means: Means) -> tuple[Chore, ...]:
    """All of them; what is sent is sent by the engine, in its words."""
    return (
        Chore("envelopes_reminded", 900, partial(reminding.remind, zone=means.zone)),
        Chore("envelopes_forgotten", 86_400, editions.forget),
    )
