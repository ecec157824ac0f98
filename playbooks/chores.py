"""What the playbooks do by themselves, again and again."""

from functools import partial

from alerting.means import Means
from playbooks.cards.opening import open_missing
from playbooks.communication_tests import ending, schedules
from playbooks.lights.alarms import record_alarms
from playbooks.lights.service import changed, keep_records
from playbooks.paper import editions, reminding
from playbooks.receipts import asking
from playbooks.ways_in import service as ways_in
from rosters.chores import Chore


def playbook_chores(means: Means) -> tuple[Chore, ...]:
    """All of them; what is sent is sent by the engine, in its words."""
    forget = partial(asking.forget_old_numbers, sender=means.sender)
    calling, zone = partial(ways_in.keep_going, means=means), means.zone
    return (
        Chore("cards_opened", 10, open_missing),
        Chore("alarms_recorded", 10, partial(record_alarms, zone=zone)),
        Chore("lights_kept", 60, partial(keep_records, zone=zone), partial(changed, zone=zone)),
        Chore(
            "receipts_asked",
            120,
            partial(asking.ask_readers, zone=zone),
            partial(asking.unasked, zone=zone),
        ),
        Chore(
            "receipts_reminded",
            900,
            partial(asking.remind_readers, zone=zone),
            partial(asking.due_for_reminder, zone=zone),
        ),
        Chore("old_numbers_forgotten", 3600, forget),
        Chore("raise_requests_called_back", 5, calling),
        Chore("communication_tests_begun", 30, partial(schedules.begin_due, means=means)),
        Chore("communication_tests_followed", 5, partial(ending.follow, means=means)),
        Chore("envelopes_reminded", 900, partial(reminding.remind, zone=zone)),
        Chore("envelopes_forgotten", 86_400, editions.forget),
    )
