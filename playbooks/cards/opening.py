"""A card is opened: by the alarm along its path, or by hand. An alarm never fails because of it."""

from bisect import bisect
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.board import find_alarm
from alerting.logbook import changed
from alerting.models import OPEN_ALARM, Alarm
from alerting.plan import Mode, Target, TargetKind
from core import audit
from core.audit import By
from core.beside import beside
from core.errors import NotFound, Refused
from core.language import gettext as _
from playbooks import library
from playbooks.cards.document import Card, Section
from playbooks.cards.models import CardRun, RunLine
from playbooks.library import Loaded
from playbooks.models import PlaybookKind

BY_ITSELF = frozenset({Mode.LIVE, Mode.EXERCISE})  # a test only looks whether phones ring
LOOKED_BACK = timedelta(hours=24)
MOST_AT_ONCE = 20  # a round of the chore keeps alarms waiting no longer than that takes


async def open_with_alarm(session: AsyncSession, alarm: Alarm, *, now: datetime) -> None:
    """Open the cards that name the alarm's path, in the transaction that raises it.

    Whatever goes wrong with a card is undone and logged, and the alarm goes out all the same; the
    chore below tries again.
    """
    if alarm.mode not in BY_ITSELF:
        return
    await session.flush()  # the alarm's own trouble must not be taken for a card's
    async with beside(session, "cards_not_opened", alarm=str(alarm.id)):
        await _open_cards(session, alarm, now=now)


async def open_missing(session: AsyncSession, *, now: datetime) -> None:
    """The chore: open what an alarm should have opened, wherever it was raised."""
    async with beside(session, "cards_not_looked_for"):
        for alarm_id in await _lacking(session, now):
            await open_with_alarm(session, await session.get_one(Alarm, alarm_id), now=now)


async def _lacking(session: AsyncSession, now: datetime) -> Sequence[UUID]:
    """Open alarms without a card that names their path: a few looks, however many are open.

    The cards are those of the instant of each alarm, read once for all between two changes of any.
    """
    looked_at = (
        Alarm.state.in_(OPEN_ALARM),
        Alarm.mode.in_(BY_ITSELF),
        Alarm.raised_at > now - LOOKED_BACK,
    )
    alarms = (
        await session.execute(select(Alarm.id, Alarm.path, Alarm.raised_at).where(*looked_at))
    ).all()
    if not alarms:
        return ()
    runs = select(CardRun.alarm_id, CardRun.playbook_id).join(Alarm, Alarm.id == CardRun.alarm_id)
    opened = {(alarm, card) for alarm, card in await session.execute(runs.where(*looked_at))}
    changes = await library.changes(session, PlaybookKind.CARD)
    known: dict[int, dict[str, Loaded[Card]]] = {}
    lacking: list[UUID] = []
    for alarm_id, path, raised_at in alarms:
        since = bisect(changes, raised_at)
        if since not in known:
            known[since] = await library.cards(session, at=raised_at)
        named = (each for each in known[since].values() if path in each.document.paths)
        if any((alarm_id, each.version.playbook_id) not in opened for each in named):
            lacking.append(alarm_id)
    return lacking[:MOST_AT_ONCE]


async def _open_cards(session: AsyncSession, alarm: Alarm, *, now: datetime) -> None:
    cards = await library.cards(session, at=alarm.raised_at)
    named = [each for each in cards.values() if alarm.path in each.document.paths]
    opened = await _opened(session, alarm.id) if named else frozenset()
    for card in named:
        if card.version.playbook_id not in opened:
            _open(session, alarm, card, by="", now=now)


async def _opened(session: AsyncSession, alarm_id: UUID) -> frozenset[UUID]:
    query = select(CardRun.playbook_id).where(CardRun.alarm_id == alarm_id)
    return frozenset(await session.scalars(query))


async def open_by_hand(
    session: AsyncSession, alarm_id: UUID, code: str, *, name: str, by: By, now: datetime
) -> CardRun:
    """Open a card beside a running alarm. Refused when the alarm is over or the card is open."""
    alarm = await find_alarm(session, alarm_id)
    if alarm.state not in OPEN_ALARM:
        raise Refused(_("Larmet är avslutat: inga fler kort kan öppnas."), status=409)
    card = (await library.cards(session, at=now)).get(code)
    if card is None:
        raise NotFound(_("Åtgärdskortet {code} finns inte.").format(code=code))
    try:
        async with session.begin_nested():
            run = _open(session, alarm, card, by=name, now=now)
    except IntegrityError:
        sentence = _("{code} är redan öppet.").format(code=code)
        raise Refused(sentence, status=409) from None
    await audit.note(session, by, "Öppnade åtgärdskort", code, now=now, detail=str(alarm_id))
    return run


def _open(
    session: AsyncSession, alarm: Alarm, card: Loaded[Card], *, by: str, now: datetime
) -> CardRun:
    run = CardRun(
        playbook_id=card.version.playbook_id,
        version_id=card.version.id,
        version_number=card.version.number,
        code=card.document.code,
        title=card.document.title,
        mode=alarm.mode,
        counted_from=alarm.raised_at,
        opened_at=now,
        opened_by=by,
        alarm_id=alarm.id,
    )
    session.add(run)
    session.add_all(lines_of(run, card.document))
    changed(session, alarm.id)
    return run


def lines_of(run: CardRun, card: Card) -> list[RunLine]:
    """The card's lines in the order of the common frame."""
    frame = list(Section)
    parts = sorted(card.parts, key=lambda part: frame.index(part.section))
    found = [(part.section, line) for part in parts for line in part.lines]
    return [
        RunLine(
            run_id=run.id,
            position=position,
            section=section,
            text=line.text,
            note=line.note or "",
            role=written(line.role),
            due_at=run.counted_from + line.within if line.within else None,
        )
        for position, (section, line) in enumerate(found, start=1)
    ]


def written(target: Target | None) -> str:
    return f"{target.kind}:{target.code}" if target else ""


def read(role: str) -> Target | None:
    """A line's role as it was written on it."""
    kind, _colon, code = role.partition(":")
    return Target(kind=TargetKind(kind), code=code) if code else None
