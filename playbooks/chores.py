"""What the playbooks do by themselves, again and again."""

from alerting.means import Means
from playbooks.cards.opening import open_missing
from rosters.chores import Chore


def playbook_chores(_means: Means) -> tuple[Chore, ...]:
    """All of them; what is sent is sent by the engine, in its words."""
    return (Chore("cards_opened", 10, open_missing),)
