"""Signals as they are shown: grouped by event, a page at a time, in words."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.language import gettext as _
from crisis.signals.models import (
    Signal,
    SignalAct,
    SignalKind,
    SignalLevel,
    SignalSource,
    SignalState,
)
from crisis.signals.service import UNSETTLED, cancelled
from rosters.seen import Look

PER_PAGE = 25
MOST_SHOWN = 20  # messages of one event


@dataclass(frozen=True, slots=True)
class Event:
    """The messages about one thing, the newest first."""

    messages: Sequence[Signal]
    now: datetime

    @property
    def head(self) -> Signal:
        """The newest that says what it is about."""
        return next((each for each in self.messages if each.headline), self.messages[0])

    @property
    def last(self) -> Signal:
        return self.messages[0]

    @property
    def headline(self) -> str:
        return self.head.headline or _("Återkallat meddelande")

    @property
    def open(self) -> bool:
        return any(each.state in UNSETTLED for each in self.messages)

    @property
    def state(self) -> SignalState:
        states = [each.state for each in self.messages]
        return next((each for each in UNSETTLED if each in states), states[0])

    @property
    def look(self) -> Look:
        return {
            SignalState.NEW: Look("warn", _("Ny")),
            SignalState.OPENED: Look("info", _("Öppnad")),
            SignalState.ATTACHED: Look("ok", _("Kopplad till larm")),
            SignalState.DISMISSED: Look("neutral", _("Avfärdad")),
        }[self.state]

    @property
    def recalled(self) -> bool:
        """The sender itself has taken back what it said last; nothing else means that."""
        return self.head.identity in cancelled(self.messages)

    @property
    def unmatched(self) -> bool:
        """It takes back something that has not come to us."""
        known = {each.identity for each in self.messages}
        return self.last.act is SignalAct.CANCEL and not cancelled(self.messages) & known

    @property
    def expired(self) -> bool:
        ends = self.head.expires_at
        return ends is not None and ends < self.now

    @property
    def note(self) -> str:
        """For the line "what and where" of an alarm."""
        said = ", ".join(filter(None, (self.headline, self.head.area)))
        return said if len(said) <= 200 else f"{said[:199]}…"


@dataclass(frozen=True, slots=True)
class Page:
    events: Sequence[Event]
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


async def event_page(session: AsyncSession, *, settled: bool, page: int, now: datetime) -> Page:
    """The events that wait for somebody, or those that do not; the latest first."""
    waiting = func.sum(cast(Signal.state.in_(UNSETTLED), Integer))
    groups = (
        select(Signal.event, func.max(Signal.sent_at).label("last"))
        .group_by(Signal.event)
        .having(waiting == 0 if settled else waiting > 0)
        .subquery()
    )
    total = await session.scalar(select(func.count()).select_from(groups)) or 0
    names = await session.scalars(
        select(groups.c.event)
        .order_by(groups.c.last.desc(), groups.c.event)
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE)
    )
    wanted = names.all()
    found: dict[str, list[Signal]] = defaultdict(list)
    query = select(Signal).where(Signal.event.in_(wanted))
    for each in await session.scalars(query.order_by(Signal.sent_at.desc(), Signal.id)):
        found[each.event].append(each)
    return Page([Event(found[name], now) for name in wanted], total)


def source_words(signal: Signal) -> str:
    """Who is to be named where it is shown."""
    named = {
        SignalSource.SR: _("Källa: Sveriges Radio"),
        SignalSource.SMHI: _("Källa: SMHI"),
        SignalSource.PROGRAM: _("Källa: {name}").format(name=signal.sender),
        SignalSource.MAIL: _("Mejl, avsändare inte bevisad: {name}").format(name=signal.sender),
    }
    return named[signal.source]


def level_words(signal: Signal) -> str:
    if signal.source is SignalSource.SMHI:
        return {
            SignalLevel.EXTREME: _("Röd varning"),
            SignalLevel.SEVERE: _("Orange varning"),
            SignalLevel.MODERATE: _("Gul varning"),
            SignalLevel.MINOR: _("Meddelande"),
            SignalLevel.UNKNOWN: _("Okänd nivå"),
        }[signal.level]
    return {
        SignalLevel.EXTREME: _("Extremt allvarlig"),
        SignalLevel.SEVERE: _("Allvarlig"),
        SignalLevel.MODERATE: _("Måttligt allvarlig"),
        SignalLevel.MINOR: _("Mindre allvarlig"),
        SignalLevel.UNKNOWN: _("Okänd allvarlighet"),
    }[signal.level]


def act_words(signal: Signal) -> str:
    return {
        SignalAct.ALERT: _("Meddelande"),
        SignalAct.UPDATE: _("Uppdatering"),
        SignalAct.CANCEL: _("Återkallelse"),
    }[signal.act]


def mode_of(signal: Signal) -> str:
    """Which of the modes its badge has; none for what is real."""
    return "" if signal.kind is SignalKind.ACTUAL else signal.kind.value
