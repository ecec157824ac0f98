"""Rules: what of a card is done, what is late, and how that is said."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from playbooks.cards.document import Section
from playbooks.cards.models import LineState
from playbooks.cards.progress import late_words, lateness, progress, soon
from tests.clocks import NIGHT

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Line:
    section: Section = Section.FIRST_HOUR
    state: LineState = LineState.OPEN
    due_at: datetime | None = None


def test_what_does_not_apply_is_done_with_and_triggers_do_not_count() -> None:
    lines = [
        Line(Section.TRIGGERS, due_at=NIGHT - MINUTE),
        Line(state=LineState.DONE),
        Line(state=LineState.NOT_APPLICABLE),
        Line(),
        Line(due_at=NIGHT - MINUTE),
    ]
    found = progress(lines, at=NIGHT)
    assert (found.done, found.of, found.late, found.left) == (2, 4, 1, 2)
    assert (found.status, found.words) == ("bad", "1 försenad, 2 av 4 klara")


def test_a_card_is_green_only_when_all_of_it_is_done() -> None:
    assert progress([Line(state=LineState.DONE)], at=NIGHT).status == "ok"
    assert progress([Line()], at=NIGHT).status == "info"


@pytest.mark.parametrize(
    ("due", "state", "late"),
    [
        (None, LineState.OPEN, None),
        (MINUTE, LineState.OPEN, None),
        (timedelta(0), LineState.OPEN, timedelta(0)),
        (-3 * MINUTE, LineState.OPEN, 3 * MINUTE),
        (-3 * MINUTE, LineState.DONE, None),
    ],
)
def test_only_an_open_line_is_late(
    due: timedelta | None, state: LineState, late: timedelta | None
) -> None:
    line = Line(state=state, due_at=None if due is None else NIGHT + due)
    assert lateness(line, at=NIGHT) == late


def test_lateness_is_said_in_whole_minutes() -> None:
    assert late_words(timedelta(seconds=59)) == "Försenad"
    assert late_words(timedelta(minutes=12, seconds=40)) == "Försenad 12 min"
    assert late_words(timedelta(hours=2, minutes=5)) == "Försenad 2 h 5 min"


def test_a_line_is_soon_due_ten_minutes_before() -> None:
    assert soon(Line(due_at=NIGHT + 10 * MINUTE), at=NIGHT)
    assert not soon(Line(due_at=NIGHT + 11 * MINUTE), at=NIGHT)
    assert not soon(Line(due_at=NIGHT), at=NIGHT)
