"""How far a card has come: what is done, what is late, and by how much."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from core.language import gettext as _
from core.language import ngettext
from core.moments import span
from playbooks.cards.document import Section
from playbooks.cards.models import LineState

SOON = timedelta(minutes=10)


class Counted(Protocol):
    """What of a line is counted."""

    @property
    def section(self) -> Section: ...
    @property
    def state(self) -> LineState: ...
    @property
    def due_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Progress:
    done: int  # what does not apply is done with too
    of: int
    late: int

    @property
    def left(self) -> int:
        return self.of - self.done

    @property
    def status(self) -> str:
        if self.late:
            return "bad"
        return "ok" if not self.left else "info"

    @property
    def words(self) -> str:
        """For instance: 3 försenade, 12 av 31 klara."""
        done = _("{done} av {of} klara").format(done=self.done, of=self.of)
        if not self.late:
            return done
        late = ngettext("{count} försenad", "{count} försenade", self.late)
        return f"{late.format(count=self.late)}, {done}"


def progress(lines: Iterable[Counted], *, at: datetime) -> Progress:
    """Triggers are read, not ticked off, and do not count."""
    counted = [each for each in lines if each.section.to_do]
    return Progress(
        done=sum(each.state is not LineState.OPEN for each in counted),
        of=len(counted),
        late=sum(lateness(each, at=at) is not None for each in counted),
    )


def lateness(line: Counted, *, at: datetime) -> timedelta | None:
    """How long ago an open line should have been done; None when it is not late."""
    if line.due_at is None or line.state is not LineState.OPEN or line.due_at > at:
        return None
    return at - line.due_at


def late_words(length: timedelta) -> str:
    """Whole minutes: seconds only make a tired reader look twice."""
    minutes = timedelta(minutes=length // timedelta(minutes=1))
    if not minutes:
        return _("Försenad")
    return _("Försenad {time}").format(time=span(minutes))


def soon(line: Counted, *, at: datetime) -> bool:
    if line.due_at is None or line.state is not LineState.OPEN:
        return False
    return at < line.due_at <= at + SOON
