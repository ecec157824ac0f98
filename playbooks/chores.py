"""What the playbooks do by themselves, again and again."""

from functools import partial

from alerting.means import Means
from playbooks.lights.alarms import record_alarms
from playbooks.lights.service import keep_records
from rosters.chores import Chore


def playbook_chores(means: Means) -> tuple[Chore, ...]:
    """All of them; what is sent is sent by the engine, in its words."""
    return (
        Chore("alarms_recorded", 10, partial(record_alarms, zone=means.zone)),
        Chore("lights_kept", 60, partial(keep_records, zone=means.zone)),
    )
