"""The duty officer is told of new signals: once for all that have come, and not too often."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.language import gettext as _
from core.language import ngettext
from core.models import Role, User
from crisis.signals.models import (
    Signal,
    SignalAct,
    SignalKind,
    SignalLevel,
    SignalSource,
    SignalState,
)
from rosters.duty.resolver import on_duty
from rosters.models import Person
from rosters.notices.models import Notice, NoticeState
from rosters.notices.service import Teller

DUTY = "TIB"
LOOKED_BACK = timedelta(hours=12)  # what is older is no news
_GRAVE = {SignalLevel.EXTREME, SignalLevel.SEVERE}


async def tell_of_new(
    session: AsyncSession, *, now: datetime, zone: ZoneInfo, address: str, rest: timedelta
) -> int:
    """Tell those on duty of what nobody has told them of; how many signals that were.

    At most one notice in `rest` to a person, and one urgent: what comes in between waits for it.
    """
    untold = await _untold(session, now)
    if not untold:
        return 0
    people = await _on_duty(session, now)
    urgent = any(is_urgent(each) for each in untold)
    beginning = f"signal:{'urgent' if urgent else 'usual'}:"
    told = False
    for person in people:
        if await _told_lately(session, person, beginning if urgent else "signal:", now - rest):
            continue
        key = f"{beginning}{person.ref}:{now.isoformat()}"
        teller = Teller(session, now, zone)
        await teller.tell(person, lambda: _words(untold, address), key=key, urgent=urgent)
        told = True
    if not told:
        return 0
    ids = [each.id for each in untold]
    await session.execute(update(Signal).where(Signal.id.in_(ids)).values(told_at=now))
    return len(untold)


def is_urgent(signal: Signal) -> bool:
    """Real, in our own area, and grave or spoken on the radio: worth waking somebody for."""
    real = signal.kind is SignalKind.ACTUAL and signal.act is not SignalAct.CANCEL
    return real and signal.own_area and (signal.source is SignalSource.SR or signal.level in _GRAVE)


async def _untold(session: AsyncSession, now: datetime) -> Sequence[Signal]:
    found = await session.scalars(
        select(Signal)
        .where(
            Signal.state == SignalState.NEW,
            Signal.told_at.is_(None),
            Signal.kind == SignalKind.ACTUAL,
            Signal.seen_at > now - LOOKED_BACK,
        )
        .order_by(Signal.own_area.desc(), Signal.sent_at.desc())
        .with_for_update()
    )
    return found.all()


async def _on_duty(session: AsyncSession, now: datetime) -> Iterable[Person]:
    """Those on duty; with nobody on duty, everybody who may act."""
    serving = [each.person for each in await on_duty(session, DUTY, at=now)]
    if serving:
        return serving
    rows = await session.execute(
        select(Person, User)
        .join(User, User.id == Person.user_id)
        .where(User.closed_at.is_(None))
        .order_by(Person.ref)
    )
    return [person for person, user in rows if user.may(Role.DUTY_OFFICER)]


async def _told_lately(
    session: AsyncSession, person: Person, beginning: str, since: datetime
) -> bool:
    lately = select(Notice.id).where(
        Notice.person_id == person.id,
        Notice.key.startswith(beginning, autoescape=True),
        Notice.created_at > since,
        Notice.state != NoticeState.WITHDRAWN,
    )
    return await session.scalar(lately.limit(1)) is not None


def _words(untold: Sequence[Signal], address: str) -> tuple[str, str]:
    events = {each.event: each for each in reversed(untold)}
    first = untold[0]
    count = len(events)
    subject = ngettext("{count} ny signal", "{count} nya signaler", count).format(count=count)
    said = ", ".join(filter(None, (first.headline or _("Återkallat"), first.area)))
    more = _("och {count} till").format(count=count - 1) if count > 1 else ""
    body = f"{subject}: {' '.join(filter(None, (said, more)))}. {first.sender}. {address}/signals"
    return subject, body
