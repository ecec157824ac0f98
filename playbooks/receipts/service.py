"""Verbs of reading: begin to ask for a path, confirm one's part, and what a planner notes."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from core import audit
from core.audit import By
from core.errors import NotFound, Refused
from core.language import gettext as _
from core.wakeups import wake
from playbooks.receipts.asking import count_reminder, put_question, take_back, tell_unread
from playbooks.receipts.models import Acquaintance, Asking, Receipt, ReceiptVia
from playbooks.receipts.scene import Scene, Standing, look
from playbooks.receipts.words import number_words, question_words, reminder_words
from rosters.notices.service import Teller

NOT_TWICE_WITHIN = timedelta(hours=1)


async def begin_asking(
    session: AsyncSession, scene: Scene, codes: Collection[str], *, by: By, now: datetime
) -> int:
    """From now on those whom these paths call are asked to read, by themselves; how many paths.

    The engine asks within minutes, so that paths begun one after the other make one notice.
    """
    unknown = [code for code in codes if code not in scene.paths]
    if unknown:
        raise NotFound(_("Larmvägen {code} finns inte.").format(code=unknown[0]))
    begun = 0
    for code in sorted(set(codes)):
        version = scene.paths[code].loaded.version
        row = Asking(playbook_id=version.playbook_id, began_at=now, began_by=by.name)
        if await _insert(session, row, "playbook_id"):
            await audit.note(session, by, "Började be om läskvitton", code, now=now)
            begun += 1
    wake(session, "engine")
    return begun


async def stop_asking(
    session: AsyncSession, scene: Scene, code: str, *, by: By, now: datetime
) -> None:
    """Nobody more is asked or reminded; what has been read stays read."""
    playbook = scene.paths[code].loaded.version.playbook_id
    stopped = await session.execute(
        delete(Asking).where(Asking.playbook_id == playbook).returning(Asking.id)
    )
    if stopped.first() is not None:
        await audit.note(session, by, "Slutade be om läskvitton", code, now=now)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What somebody says when confirming."""

    mark: str  # of the card they saw
    via: ReceiptVia
    saved_number: str = ""  # "" when they have not said that they saved it


async def confirm(teller: Teller, each: Standing, said: Confirmed, *, by: By) -> None:
    """The part has been read, and maybe the number saved. Refused when another part was seen."""
    session, now = teller.session, teller.now
    if said.mark != each.part.mark:
        raise Refused(
            _("Din del har ändrats sedan du öppnade sidan. Läs den nya och bekräfta den."),
            status=409,
        )
    if said.saved_number:
        await _acquaint(session, each.person.id, {"sender": said.saved_number, "saved_at": now})
    await put_question(session, each, now=now)
    confirmed = await session.execute(
        update(Receipt)
        .where(
            Receipt.playbook_id == each.called.loaded.version.playbook_id,
            Receipt.person_id == each.person.id,
            Receipt.mark == each.part.mark,
            Receipt.confirmed_at.is_(None),
        )
        .values(confirmed_at=now, via=said.via, confirmed_by=by.name)
        .execution_options(synchronize_session=False)
        .returning(Receipt.id)
    )
    if confirmed.first() is not None:
        detail = f"{each.person.ref}, {said.via.value}"
        await audit.note(session, by, "Bekräftade sin del", each.part.code, now=now, detail=detail)
    scene = await look(session, at=now, zone=teller.zone, only=each.person.id)
    if all(own.read_at for own in scene.of_person(each.person.id) if own.asked):
        await take_back(teller, each.person)


async def go_through(teller: Teller, chosen: Iterable[Standing], *, by: By) -> int:
    """A planner has gone through the part together with them; how many had it left to read."""
    left = [each for each in chosen if not each.read_at]
    for each in left:
        await confirm(teller, each, Confirmed(each.part.mark, ReceiptVia.PLANNER), by=by)
    return len(left)


async def introduce(teller: Teller, chosen: Iterable[Standing], *, by: By) -> int:
    """They have been introduced to how alarms work; once, for all paths. How many had not been."""
    left = [each for each in chosen if not each.introduced]
    for each in left:
        done: dict[str, datetime | str] = {"introduced_at": teller.now, "introduced_by": by.name}
        await _acquaint(teller.session, each.person.id, done)
        await audit.note(
            teller.session, by, "Noterade introduktion", each.person.ref, now=teller.now
        )
    return len(left)


async def remind(teller: Teller, chosen: Sequence[Standing], *, by: By) -> int:
    """Remind now of what is left: to read, or else to save the number; how many were told."""
    behind = set()
    for each in chosen:
        if not each.read_at and await _counted(teller, each):
            behind.add(each.person.id)
    told = await tell_unread(teller, behind, reminder_words)
    for each in chosen:
        if each.read_at and not each.number_saved and not each.person.protected:
            key = f"number:{each.person.id}:{teller.now:%Y%m%d%H}"
            told += await teller.tell(each.person, number_words(), key=key)
    await _noted(teller, chosen, "Påminde om läskvitto", by)
    return told


async def _counted(teller: Teller, each: Standing) -> bool:
    """False for who was told a short while ago: a button is easily pressed twice."""
    asked = each.asked
    if asked is None:
        return await put_question(teller.session, each, now=teller.now)
    if (asked.reminded_at or asked.asked_at) > teller.now - NOT_TWICE_WITHIN:
        return False
    return await count_reminder(teller.session, asked, now=teller.now)


async def ask_again(teller: Teller, chosen: Sequence[Standing], *, by: By) -> int:
    """As if they had never read it: their confirmations for this path no longer count."""
    again = [each for each in chosen if each.read_at]
    for each in again:
        await put_question(teller.session, each, now=teller.now)
        await teller.session.execute(
            update(Receipt)
            .where(
                Receipt.playbook_id == each.called.loaded.version.playbook_id,
                Receipt.person_id == each.person.id,
            )
            .values(
                confirmed_at=None,
                via=None,
                confirmed_by="",
                reminders=0,
                reminded_at=teller.now,  # the next reminder counts from here
            )
            .execution_options(synchronize_session=False)
        )
    await _noted(teller, again, "Bad om nytt läskvitto", by)
    people = [each.person.id for each in again]
    return await tell_unread(teller, people, question_words)


async def _noted(teller: Teller, chosen: Sequence[Standing], what: str, by: By) -> None:
    for each in chosen:
        await audit.note(
            teller.session, by, what, each.part.code, now=teller.now, detail=each.person.ref
        )


async def _acquaint(
    session: AsyncSession, person: UUID, done: Mapping[str, datetime | str]
) -> None:
    await _insert(session, Acquaintance(person_id=person), "person_id")
    await session.execute(
        update(Acquaintance)
        .where(Acquaintance.person_id == person)
        .values(**done)
        .execution_options(synchronize_session=False)
    )


async def _insert(session: AsyncSession, row: Asking | Acquaintance, key: str) -> bool:
    """Add a row unless there is one with its key; False when there was."""
    table = type(row)
    values = {column.key: getattr(row, column.key) for column in table.__table__.columns}
    embedded = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if embedded else postgresql.insert
    stored = await session.execute(
        insert(table)
        .values(values)
        .on_conflict_do_nothing(index_elements=[key])
        .returning(table.id)
    )
    return stored.first() is not None
