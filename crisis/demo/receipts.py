"""The demo's read receipts: nearly all have read their parts; three have not read the change to LV-05."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crisis.demo.roster import ZONE
from playbooks import library
from playbooks.receipts.asking import MOST_REMINDERS, REMIND_EVERY
from playbooks.receipts.called import Called, Meant, called_by, meant_by
from playbooks.receipts.models import Acquaintance, Asking, Receipt, ReceiptVia
from playbooks.receipts.parts import Part
from rosters.models import Person

NUMBER = "+46406280499"  # alarms come from it; it is nobody's, and nothing is sent from it
CHANGED = "LV-05"
BEHIND = {"P65", "P66", "P67"}  # have not read the latest change
WITHOUT_NUMBER = {"P33", "P67"}
NOT_INTRODUCED = {"P52", "P67"}
PLANNER = "planerare"


async def seed_receipts(session: AsyncSession, *, now: datetime) -> None:
    """The first time only: later on the chores ask whoever is new."""
    await session.flush()  # lists and versions of this transaction are read here
    if await session.scalar(select(Receipt.id).limit(1)) is not None:
        return
    meant = await meant_by(session, at=now, zone=ZONE)
    present = await called_by(session, meant, at=now)
    before = await _before(session, meant, present)
    for code, called in present.items():
        old = before[code].parts if code in before else {}
        if called.parts:
            playbook, since = called.loaded.version.playbook_id, _since(called)
            session.add(Asking(playbook_id=playbook, began_at=since, began_by=PLANNER))
        changed_at = min(_since(present.get(CHANGED, called)), now)
        session.add_all(_receipts(called, old, meant, changed_at, now))
    session.add_all(_acquaintances(present, meant, now))


async def _before(
    session: AsyncSession, meant: Meant, present: Mapping[str, Called]
) -> Mapping[str, Called]:
    """The paths as they were before the latest change to LV-05; none when that has one version."""
    known = await library.versions(session, CHANGED)
    if CHANGED not in present or len([each for each in known if each.in_force_from]) < 2:
        return {}
    just_before = _since(present[CHANGED]) - timedelta(seconds=1)
    return await called_by(session, meant, at=just_before)


def _since(called: Called) -> datetime:
    version = called.loaded.version
    return version.in_force_from or version.loaded_at


def _receipts(
    called: Called, old: Mapping[UUID, Part], meant: Meant, changed_at: datetime, now: datetime
) -> Iterator[Receipt]:
    """What is changed, by the path itself or one that it runs, is asked about from `changed_at`."""
    version = called.loaded.version
    for place, (person, part) in enumerate(called.parts.items()):
        who = meant.people[person]
        ago = timedelta(days=40 + place % 9)
        was = old.get(person)
        changed = was is not None and was.mark != part.mark
        if was and changed:
            number = max(1, version.number - (called.plan.code == CHANGED))
            yield _read(version.playbook_id, number, who, was, now - ago - timedelta(days=90), now)
        behind = who.ref in BEHIND and (changed or (not old and called.plan.code == CHANGED))
        asked_at = changed_at if changed else now - ago
        row = _read(version.playbook_id, version.number, who, part, asked_at, now)
        yield _unread(row, now) if behind else row


def _read(
    playbook: UUID, number: int, person: Person, part: Part, asked_at: datetime, now: datetime
) -> Receipt:
    """Read some days after it was asked; what is asked of the protected is gone through."""
    days = 1 + int(person.ref[1:]) % 4
    via = ReceiptVia.PLANNER if person.protected else ReceiptVia.LINK
    return Receipt(
        playbook_id=playbook,
        person_id=person.id,
        mark=part.mark,
        pieces=part.pieces,
        version_number=number,
        asked_at=asked_at,
        confirmed_at=min(asked_at + timedelta(days=days, hours=days), now),
        via=via,
        confirmed_by=PLANNER if person.protected else person.ref,
    )


def _unread(row: Receipt, now: datetime) -> Receipt:
    """As if it had been reminded of when it was due, so that nothing is due now."""
    row.confirmed_at, row.via, row.confirmed_by = None, None, ""
    row.reminders = min(MOST_REMINDERS, (now - row.asked_at) // REMIND_EVERY)
    row.reminded_at = row.asked_at + row.reminders * REMIND_EVERY if row.reminders else None
    return row


def _acquaintances(
    present: Mapping[str, Called], meant: Meant, now: datetime
) -> Iterator[Acquaintance]:
    everybody = {person for called in present.values() for person in called.parts}
    for place, person in enumerate(each for each in meant.people if each in everybody):
        ref, days = meant.people[person].ref, 60 + place % 30
        saved, introduced = ref not in WITHOUT_NUMBER, ref not in NOT_INTRODUCED
        yield Acquaintance(
            person_id=person,
            sender=NUMBER if saved else "",
            saved_at=now - timedelta(days=days) if saved else None,
            introduced_at=now - timedelta(days=days + 1) if introduced else None,
            introduced_by=PLANNER if introduced else "",
        )
