"""Rules: whether somebody has read the part they have now, and whether a version changed it."""

from datetime import timedelta
from uuid import UUID

from playbooks.receipts.models import Receipt
from playbooks.receipts.parts import Part
from playbooks.receipts.standing import asked_anew, present, read_at
from tests.clocks import NIGHT

DAY = timedelta(days=1)
NOBODY = UUID(int=0)


def part(*pieces: str) -> Part:
    return Part("XX-01", "T", "E", "G", (), frozenset(pieces), mark="+".join(pieces))


def receipt(*pieces: str, number: int = 1, read: int | None = None) -> Receipt:
    return Receipt(
        playbook_id=NOBODY,
        person_id=NOBODY,
        mark="+".join(pieces),
        pieces=frozenset(pieces),
        version_number=number,
        asked_at=NIGHT,
        confirmed_at=None if read is None else NIGHT + read * DAY,
    )


def test_a_part_is_read_when_its_own_receipt_is_confirmed() -> None:
    assert read_at([receipt("tib:1", read=2)], part("tib:1")) == NIGHT + 2 * DAY
    assert read_at([receipt("tib:1")], part("tib:1")) is None
    assert read_at([], part("tib:1")) is None


def test_another_text_in_the_same_step_is_not_read() -> None:
    old = receipt("tib:1", read=1)
    assert read_at([old], part("tib:2")) is None
    assert asked_anew([old], part("tib:2"), 2)


def test_who_is_called_by_fewer_steps_has_nothing_new_to_read() -> None:
    old = receipt("tib:1", "stab:1", read=1)
    assert read_at([old], part("stab:1")) == NIGHT + DAY
    assert not asked_anew([old], part("stab:1"), 2)


def test_who_is_called_by_one_step_more_reads_that_but_no_version_has_asked_anew() -> None:
    old = receipt("tib:1", read=1)
    assert read_at([old], part("tib:1", "stab:1")) is None
    assert not asked_anew([old], part("tib:1", "stab:1"), 1)


def test_steps_read_at_two_times_are_read_since_the_later() -> None:
    old = [receipt("tib:1", read=1), receipt("stab:1", read=3)]
    assert read_at(old, part("tib:1", "stab:1")) == NIGHT + 3 * DAY


def test_a_part_that_is_as_it_was_before_needs_no_reading() -> None:
    first, second = receipt("tib:1", read=1), receipt("tib:2", number=2)
    assert read_at([first, second], part("tib:1")) == NIGHT + DAY
    assert not asked_anew([first, second], part("tib:1"), 3)


def test_what_an_earlier_version_changed_is_not_this_ones_doing() -> None:
    both = [receipt("tib:1", read=1), receipt("tib:2", number=2)]
    assert asked_anew(both, part("tib:2"), 2)
    assert not asked_anew(both, part("tib:2"), 3)
    assert present(both, part("tib:2")) is both[1]
