"""The verbs of a copy: put one somewhere, exchange it, change what is known of it, take it away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import audit
from core.audit import By
from core.errors import NotFound, Refused
from core.forms import line
from core.language import gettext as _
from playbooks.paper.editions import find
from playbooks.paper.models import Copy, Edition, Exchange
from playbooks.paper.standing import Standing, standing
from rosters.fields import whole
from rosters.models import Person

SUBJECT = "larmkuvert"


@dataclass(frozen=True, slots=True)
class Lying:
    """A copy with what is in it, who keeps it, and how it stands."""

    copy: Copy
    edition: Edition
    keeper: Person | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class Truth:
    """What holds now, to judge copies by."""

    in_force: Mapping[str, int]
    lists_seal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What a planner says of a copy."""

    place: str
    keeper: str  # the first word is a ref; "" for nobody
    months: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """An exchange, as the signature line of the envelope has it."""

    edition: int
    handed_by: str
    received_by: str
    at: datetime


async def lying(
    session: AsyncSession, truth: Truth, *, now: datetime, zone: ZoneInfo
) -> Sequence[Lying]:
    """Every copy that lies somewhere, those to exchange first."""
    rows = await session.execute(
        select(Copy, Edition, Person)
        .join(Edition, Edition.id == Copy.edition_id)
        .outerjoin(Person, Person.id == Copy.keeper_id)
        .where(Copy.removed_at.is_(None))
    )
    found = [
        Lying(copy, edition, keeper, _standing(copy, edition, truth, now=now, zone=zone))
        for copy, edition, keeper in rows
    ]
    return sorted(
        found, key=lambda each: (not each.standing.must_go, each.standing.due_on, each.copy.place)
    )


def _standing(
    copy: Copy, edition: Edition, truth: Truth, *, now: datetime, zone: ZoneInfo
) -> Standing:
    return standing(
        edition.contains,
        truth.in_force,
        exchanged_at=copy.exchanged_at,
        months=copy.months,
        numbers_changed=edition.lists_seal != truth.lists_seal,
        now=now,
        zone=zone,
    )


async def find_copy(session: AsyncSession, copy_id: UUID) -> Copy:
    """NotFound when it never was; also one that was taken away is found."""
    copy = await session.get(Copy, copy_id)
    if copy is None:
        raise NotFound(_("Exemplaret finns inte."))
    return copy


async def put(
    session: AsyncSession, described: Described, handed: Handed, *, by: By, now: datetime
) -> Copy:
    """A copy at a new place."""
    place, keeper, months, note = await _checked(session, described)
    edition = await _edition_for(session, handed, now)
    copy = Copy(
        place=place,
        keeper_id=keeper,
        edition_id=edition.id,
        exchanged_at=handed.at,
        months=months,
        note=note,
    )
    session.add(copy)
    await session.flush()  # the exchange refers to it
    _note_exchange(session, copy, edition, handed, by)
    detail = f"{place}: utgåva {edition.number}"
    await audit.note(session, by, "La ut larmkuvert", SUBJECT, now=now, detail=detail)
    return copy


async def exchange(
    session: AsyncSession, copy: Copy, handed: Handed, *, seen: datetime, by: By, now: datetime
) -> None:
    """Lay another edition where this copy lies. `seen` is when it was last exchanged, to its writer."""
    edition = await _edition_for(session, handed, now)
    present = await session.get_one(Edition, copy.edition_id)
    if edition.number < present.number:
        sentence = _("Där ligger redan utgåva {number}, som är nyare.")
        raise Refused(sentence.format(number=present.number), field="edition")
    if handed.at < copy.exchanged_at:
        raise Refused(_("Exemplaret har bytts senare än så."), field="day")
    moved = await session.execute(
        update(Copy)
        .where(Copy.id == copy.id, Copy.exchanged_at == seen, Copy.removed_at.is_(None))
        .values(edition_id=edition.id, exchanged_at=handed.at, reminded_of="")
        .returning(Copy.id)
    )
    if moved.first() is None:
        raise Refused(_("Någon annan har redan bytt exemplaret. Läs in sidan igen."), status=409)
    _note_exchange(session, copy, edition, handed, by)
    detail = f"{copy.place}: utgåva {present.number} mot {edition.number}"
    await audit.note(session, by, "Bytte larmkuvert", SUBJECT, now=now, detail=detail)


def _note_exchange(
    session: AsyncSession, copy: Copy, edition: Edition, handed: Handed, by: By
) -> None:
    session.add(
        Exchange(
            copy_id=copy.id,
            edition_id=edition.id,
            exchanged_at=handed.at,
            handed_by=line(handed.handed_by, field="handed_by", longest=120, required=True),
            received_by=line(handed.received_by, field="received_by", longest=120),
            noted_by=by.name,
        )
    )


async def _edition_for(session: AsyncSession, handed: Handed, now: datetime) -> Edition:
    try:
        edition = await find(session, handed.edition)
    except NotFound as error:
        raise Refused(error.sentence, field="edition") from error
    if not edition.sha256:
        raise Refused(_("Utgåvan är inte klar än."), field="edition")
    if handed.at > now:
        raise Refused(_("Dagen har inte varit än."), field="day")
    return edition


async def change(
    session: AsyncSession, copy: Copy, described: Described, *, by: By, now: datetime
) -> None:
    place, keeper, months, note = await _checked(session, described)
    values = {"place": place, "keeper_id": keeper, "months": months, "note": note}
    await session.execute(update(Copy).where(Copy.id == copy.id).values(values))
    await session.refresh(copy)
    await audit.note(session, by, "Ändrade larmkuvert", SUBJECT, now=now, detail=place)


async def take_away(session: AsyncSession, copy: Copy, *, by: By, now: datetime) -> None:
    """It is destroyed, and nobody is reminded of it any longer; its history stays."""
    gone = await session.execute(
        update(Copy)
        .where(Copy.id == copy.id, Copy.removed_at.is_(None))
        .values(removed_at=now)
        .returning(Copy.id)
    )
    if gone.first() is None:
        raise Refused(_("Exemplaret är redan borttaget."), status=409)
    await audit.note(session, by, "Tog bort larmkuvert", SUBJECT, now=now, detail=copy.place)


async def history(session: AsyncSession, copy: Copy) -> Sequence[tuple[Exchange, int]]:
    """Each exchange with the number of its edition, newest first."""
    rows = await session.execute(
        select(Exchange, Edition.number)
        .join(Edition, Edition.id == Exchange.edition_id)
        .where(Exchange.copy_id == copy.id)
        .order_by(Exchange.exchanged_at.desc(), Edition.number.desc())
    )
    return [(exchange, number) for exchange, number in rows]


async def _checked(
    session: AsyncSession, described: Described
) -> tuple[str, UUID | None, int, str]:
    place = line(described.place, field="place", longest=120, required=True)
    note = line(described.note, field="note", longest=300)
    months = whole(described.months, field="months", lowest=1, highest=60)
    keeper = None
    if described.keeper.strip():
        ref = described.keeper.split()[0]
        keeper = await session.scalar(select(Person.id).where(Person.ref == ref))
        if keeper is None:
            raise Refused(_("Välj ur listan."), field="keeper")
    return place, keeper, months, note
