"""Verbs: take in what was heard once, and settle an event: open it, attach it, dismiss it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.models import OPEN_ALARM, Alarm
from core import audit
from core.audit import By
from core.errors import NotFound, Refused
from core.forms import line
from core.language import gettext as _
from core.wakeups import wake
from crisis.signals.heard import Heard
from crisis.signals.models import Signal, SignalAct, SignalSource, SignalState

UNSETTLED = (SignalState.NEW, SignalState.OPENED)
LONGEST_REASON = 300
TOPIC = "signals"


async def take(
    session: AsyncSession, source: SignalSource, heard: Iterable[Heard], *, now: datetime
) -> int:
    """Keep what has not been heard before; how many that were. Never raises an alarm."""
    new = 0
    for each in heard:
        root = await _root(session, source, each)
        if root is None and each.refers_to and not each.placed:
            continue  # it takes back what never concerned us
        new += await _keep(session, _row(source, each, root, now))
    if new:
        wake(session, TOPIC)
    return new


async def _root(session: AsyncSession, source: SignalSource, heard: Heard) -> Signal | None:
    """A known message of the same event: one that it refers to, whole and all, or one beside it."""
    named: ColumnElement[bool] = Signal.identity.in_(heard.refers_to)
    if heard.event:
        named = named | (Signal.event == f"{source.value}:{heard.event}")
    query = select(Signal).where(Signal.source == source, named)
    return (await session.scalars(query.order_by(Signal.sent_at).limit(1))).first()


def _row(source: SignalSource, heard: Heard, root: Signal | None, now: datetime) -> Signal:
    group = heard.event or next(iter(heard.refers_to), heard.identity)
    return Signal(
        source=source,
        identity=heard.identity,
        event=root.event if root else f"{source.value}:{group}",
        refers_to="\n".join(heard.refers_to),
        kind=heard.kind,
        act=heard.act,
        level=heard.level,
        headline=heard.headline,
        text=heard.text,
        area=heard.area or (root.area if root else ""),
        own_area=heard.own_area or bool(root and not heard.placed and root.own_area),
        sender=heard.sender,
        link=heard.link,
        sent_at=heard.sent_at,
        expires_at=heard.expires_at,
        seen_at=now,
    )


async def _keep(session: AsyncSession, signal: Signal) -> bool:
    """Store it unless it is there already, whoever else stores it at the same moment."""
    values = {column.key: getattr(signal, column.key) for column in Signal.__table__.columns}
    embedded = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if embedded else postgresql.insert
    stored = await session.execute(
        insert(Signal).values(values).on_conflict_do_nothing().returning(Signal.id)
    )
    return stored.first() is not None


# What a duty officer does with an event


async def find(session: AsyncSession, signal_id: UUID) -> Signal:
    found = await session.get(Signal, signal_id)
    if found is None:
        raise NotFound(_("Signalen finns inte."))
    return found


async def messages(session: AsyncSession, event: str) -> Sequence[Signal]:
    """Those of one event, the newest first."""
    query = select(Signal).where(Signal.event == event)
    return (await session.scalars(query.order_by(Signal.sent_at.desc(), Signal.id))).all()


async def open_it(session: AsyncSession, signal_id: UUID, *, by: By, now: datetime) -> Signal:
    """Somebody deals with it from now on; opened again, nothing changes."""
    signal = await find(session, signal_id)
    opened = await _settle(
        session, signal, SignalState.OPENED, Signal.state == SignalState.NEW, by=by, now=now
    )
    if opened:
        await audit.note(session, by, "Öppnade signal", _subject(signal), now=now)
    return signal


async def attach(
    session: AsyncSession, signal_id: UUID, alarm_id: UUID, *, by: By, now: datetime
) -> Signal:
    """It belongs to an alarm that is open."""
    signal = await find(session, signal_id)
    alarm = await session.get(Alarm, alarm_id)
    if alarm is None or alarm.state not in OPEN_ALARM:
        raise Refused(_("Välj ett larm som pågår."), field="alarm")
    unsettled = Signal.state.in_(UNSETTLED)
    if not await _settle(
        session, signal, SignalState.ATTACHED, unsettled, by=by, now=now, alarm_id=alarm.id
    ):
        raise _settled_already()
    detail = f"{alarm.path} {alarm.id}"
    await audit.note(session, by, "Kopplade signal", _subject(signal), now=now, detail=detail)
    return signal


async def dismiss(
    session: AsyncSession,
    signal_id: UUID,
    reason: str,
    *,
    by: By,
    now: datetime,
    strict: bool = True,
) -> Signal:
    """It needs nothing from us; why is written down. Refused if settled already, when `strict`."""
    why = line(reason, field="reason", longest=LONGEST_REASON, required=True)
    signal = await find(session, signal_id)
    unsettled = Signal.state.in_(UNSETTLED)
    if not await _settle(
        session, signal, SignalState.DISMISSED, unsettled, by=by, now=now, reason=why
    ):
        if strict:
            raise _settled_already()
        return signal
    await audit.note(session, by, "Avfärdade signal", _subject(signal), now=now, detail=why)
    return signal


async def link(session: AsyncSession, about: str, alarm: Alarm, *, by: By, now: datetime) -> None:
    """An alarm was raised from it: `about` is what its review page carried along."""
    kind, _colon, number = about.partition(":")
    if kind != "signal":
        return
    try:
        signal = await session.get(Signal, UUID(number))
    except ValueError:
        return
    if signal is None:
        return
    of_event = Signal.event == signal.event, Signal.state.in_(UNSETTLED)
    await session.execute(
        update(Signal)
        .where(*of_event)
        .values(state=SignalState.OPENED, alarm_id=alarm.id, settled_at=now, settled_by=by.name)
    )
    detail = f"{alarm.path} {alarm.id}"
    await audit.note(session, by, "Larmade från signal", _subject(signal), now=now, detail=detail)
    wake(session, TOPIC)


async def _settle(
    session: AsyncSession,
    signal: Signal,
    state: SignalState,
    which: ColumnElement[bool],
    *,
    by: By,
    now: datetime,
    **more: object,
) -> bool:
    """All messages of the event so far; one that comes later is new again. False if none was left."""
    settled = await session.scalars(
        update(Signal)
        .where(Signal.event == signal.event, which)
        .values(state=state, settled_at=now, settled_by=by.name, **more)
        .returning(Signal.id)
    )
    wake(session, TOPIC)
    return bool(settled.all())


def _settled_already() -> Refused:
    return Refused(_("Signalen är redan avgjord. Ladda om sidan."), status=409)


def _subject(signal: Signal) -> str:
    return f"{signal.source.value}: {signal.headline or signal.identity}"[:200]


async def new_events(session: AsyncSession) -> int:
    """How many events have a message that nobody has looked at."""
    query = select(func.count(func.distinct(Signal.event))).where(Signal.state == SignalState.NEW)
    return await session.scalar(query) or 0


def cancelled(event: Sequence[Signal]) -> frozenset[str]:
    """Identities that a cancellation of the same event takes back, each named in full.

    Another program's cancellation names none: it takes back all that it has said of the event.
    """
    calls = [each for each in event if each.act is SignalAct.CANCEL]
    found = {name for each in calls for name in each.refers_to.splitlines()}
    for call in calls:
        if call.source is SignalSource.PROGRAM:
            found |= {each.identity for each in event if each.sent_at <= call.sent_at}
    return frozenset(found)


def fresh_identity() -> str:
    """For a message whose sender gave it none."""
    return uuid4().hex
