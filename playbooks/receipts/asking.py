"""Asks people to read their part of a path, and reminds them: one notice each, whatever it holds."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from playbooks.receipts.models import Acquaintance, Asking, Receipt
from playbooks.receipts.scene import Scene, Standing, look
from playbooks.receipts.words import Saying, question_words, reminder_words
from rosters.models import Person
from rosters.notices.service import Teller

REMIND_EVERY = timedelta(days=7)  # after asking, and after a reminder
PEOPLE_AT_ONCE = 25  # a round keeps alarms waiting no longer than that takes
MOST_REMINDERS = 2  # by themselves; then a planner sees who is left


async def ask_readers(session: AsyncSession, *, now: datetime, zone: ZoneInfo) -> int:
    """Ask those whose part is new or has changed, where a planner has begun to; how many."""
    fresh = await unasked(session, now=now, zone=zone)
    asked = {each.person.id for each in fresh if await put_question(session, each, now=now)}
    return await tell_unread(Teller(session, now, zone), asked, question_words)


async def remind_readers(session: AsyncSession, *, now: datetime, zone: ZoneInfo) -> int:
    """Remind those who have not confirmed what they were asked a while ago; how many."""
    due = await due_for_reminder(session, now=now, zone=zone)
    reminded = {each.person_id for each in due if await count_reminder(session, each, now=now)}
    return await tell_unread(Teller(session, now, zone), reminded, reminder_words)


async def unasked(session: AsyncSession, *, now: datetime, zone: ZoneInfo) -> list[Standing]:
    """Parts to ask about, of so many people as one round takes."""
    found = await _asked_about_at(session, now=now, zone=zone)
    return _of_first([each for each in found if not each.asked and not each.read_at])


async def due_for_reminder(
    session: AsyncSession, *, now: datetime, zone: ZoneInfo
) -> list[Receipt]:
    found = await _asked_about_at(session, now=now, zone=zone)
    due = _of_first([each for each in found if _is_due(each, now)])
    return [each.asked for each in due if each.asked]


async def _asked_about_at(
    session: AsyncSession, *, now: datetime, zone: ZoneInfo
) -> Iterable[Standing]:
    if await session.scalar(select(Asking.id).limit(1)) is None:
        return ()
    return _asked_about(await look(session, at=now, zone=zone))


def _of_first(found: Sequence[Standing]) -> list[Standing]:
    """All that concerns the first of the people: nobody is told of half of it."""
    first = set(islice(dict.fromkeys(each.person.id for each in found), PEOPLE_AT_ONCE))
    return [each for each in found if each.person.id in first]


async def forget_old_numbers(session: AsyncSession, *, now: datetime, sender: str) -> None:  # noqa: ARG001
    """Alarms come from another number than before: who had saved that one has saved none."""
    if sender:
        await session.execute(
            update(Acquaintance)
            .where(Acquaintance.sender != sender, Acquaintance.saved_at.is_not(None))
            .values(saved_at=None)
        )


def _asked_about(scene: Scene) -> Iterable[Standing]:
    for code, called in scene.paths.items():
        if scene.asks(called):
            yield from scene.of_path(code)


def _is_due(each: Standing, now: datetime) -> bool:
    receipt = each.asked
    if receipt is None or each.read_at or each.person.protected:
        return False
    if receipt.reminders >= MOST_REMINDERS:
        return False
    return now >= (receipt.reminded_at or receipt.asked_at) + REMIND_EVERY


async def put_question(session: AsyncSession, each: Standing, *, now: datetime) -> bool:
    """The receipt to confirm; False when it has been put already."""
    receipt = Receipt(
        playbook_id=each.called.loaded.version.playbook_id,
        person_id=each.person.id,
        mark=each.part.mark,
        pieces=each.part.pieces,
        version_number=each.called.loaded.version.number,
        asked_at=now,
    )
    values = {column.key: getattr(receipt, column.key) for column in Receipt.__table__.columns}
    embedded = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if embedded else postgresql.insert
    stored = await session.execute(
        insert(Receipt)
        .values(values)
        .on_conflict_do_nothing(index_elements=["playbook_id", "person_id", "mark"])
        .returning(Receipt.id)
    )
    return stored.first() is not None


async def count_reminder(session: AsyncSession, receipt: Receipt, *, now: datetime) -> bool:
    """One reminder more; False when another node has reminded, or the part has been read since."""
    counted = await session.execute(
        update(Receipt)
        .where(
            Receipt.id == receipt.id,
            Receipt.reminders == receipt.reminders,
            Receipt.confirmed_at.is_(None),
        )
        .values(reminders=receipt.reminders + 1, reminded_at=now)
        .execution_options(synchronize_session=False)
        .returning(Receipt.id)
    )
    return counted.first() is not None


async def tell_unread(teller: Teller, people: Iterable[UUID], words: Saying) -> int:
    """One notice for each of them, of all they have left to read; how many were told.

    It takes the place of one that has not been sent yet. The protected are sent nothing: somebody
    goes through it together with them.
    """
    chosen = set(people)
    if not chosen:
        return 0
    scene = await look(teller.session, at=teller.now, zone=teller.zone)
    unread: defaultdict[UUID, list[Standing]] = defaultdict(list)
    for each in _asked_about(scene):
        if each.person.id in chosen and each.asked and not each.read_at:
            unread[each.person.id].append(each)
    told = 0
    for person, left in unread.items():
        if not left[0].person.protected:
            await teller.withdraw(_keys(person))
            key = f"{_keys(person)}{teller.now.isoformat()}"
            told += await teller.tell(left[0].person, words(left), key=key)
    return told


async def take_back(teller: Teller, person: Person) -> None:
    """Nothing is left to read: a notice of it that has not been sent is not sent."""
    await teller.withdraw(_keys(person.id))


def _keys(person: UUID) -> str:
    return f"read:{person}:"
