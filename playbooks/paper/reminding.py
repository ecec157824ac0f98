"""Says when a copy must be exchanged: its day has come, or something in it has been replaced."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.language import gettext as _
from core.language import ngettext
from core.models import Role, User
from playbooks import library
from playbooks.paper.contents import seal_of
from playbooks.paper.copies import Lying, Truth, lying
from playbooks.paper.gathering import call_sheets
from playbooks.paper.models import Copy
from playbooks.sayings import names_of
from playbooks.service import compiled
from rosters.duty.resolver import in_service
from rosters.matters import Matter
from rosters.models import Person
from rosters.notices.service import Teller

MOST = 3  # copies named in one text


async def truth_of(session: AsyncSession, *, at: datetime, zone: ZoneInfo) -> Truth:
    """The versions in force and who stands in the lists right now."""
    paths = await library.paths(session, at=at)
    cards = await library.cards(session, at=at)
    plans = {code: compiled(paths, code) for code in paths}
    sheets = await call_sheets(session, plans, await names_of(session), at=at, zone=zone)
    versions = [(code, each.version.number) for code, each in paths.items()]
    versions += [(code, each.version.number) for code, each in cards.items()]
    return Truth(dict(versions), seal_of(sheets))


async def remind(session: AsyncSession, *, now: datetime, zone: ZoneInfo) -> None:
    """Tell the keepers and the planners, once for each thing there is to tell of."""
    if await session.scalar(select(Copy.id).where(Copy.removed_at.is_(None)).limit(1)) is None:
        return
    truth = await truth_of(session, at=now, zone=zone)
    news = [
        each
        for each in await lying(session, truth, now=now, zone=zone)
        if each.standing.reason != each.copy.reminded_of and await _first(session, each)
    ]
    told = [each for each in news if each.standing.must_go]
    if not told:
        return
    teller = Teller(session, now, zone)
    planners = await _planners(session)
    people = planners | {each.keeper.id: each.keeper for each in told if each.keeper}
    for person in people.values():
        if in_service(person, at=now, zone=zone):
            await _tell(teller, person, told, planners=planners)


async def _first(session: AsyncSession, each: Lying) -> bool:
    """Whether this run is the one that tells of it."""
    moved = await session.execute(
        update(Copy)
        .where(Copy.id == each.copy.id, Copy.reminded_of == each.copy.reminded_of)
        .values(reminded_of=each.standing.reason)
        .returning(Copy.id)
    )
    return moved.first() is not None


async def _planners(session: AsyncSession) -> dict[UUID, Person]:
    rows = await session.execute(
        select(Person, User).join(User, User.id == Person.user_id).where(User.closed_at.is_(None))
    )
    return {person.id: person for person, user in rows if Role.PLANNER in user.roles}


async def _tell(
    teller: Teller, person: Person, told: Sequence[Lying], *, planners: Collection[UUID]
) -> None:
    """A planner hears of all copies, and a keeper of their own."""
    own = [each for each in told if each.copy.keeper_id == person.id]
    copies = told if person.id in planners else own

    def words() -> tuple[str, str]:
        named = "; ".join(_why(each) for each in copies[:MOST])
        more = len(copies) - MOST
        if more > 0:
            named += " " + _("och {count} till").format(count=more)
        return _("Larmkuvert ska bytas"), _("Byt larmkuvert: {copies}.").format(copies=named)

    await teller.tell(person, words, key=f"envelope:{person.ref}:{teller.now.isoformat()}")


def _why(each: Lying) -> str:
    why = [one.words for one in each.standing.outdated[:2]]
    if each.standing.due:
        why.append(each.standing.look.word.lower())
    return f"{each.copy.place} ({', '.join(why)})"


async def waiting(session: AsyncSession, *, now: datetime, zone: ZoneInfo) -> list[Matter]:
    """For the start page: how many copies are to be exchanged."""
    if await session.scalar(select(Copy.id).where(Copy.removed_at.is_(None)).limit(1)) is None:
        return []
    truth = await truth_of(session, at=now, zone=zone)
    due = [
        each for each in await lying(session, truth, now=now, zone=zone) if each.standing.must_go
    ]
    if not due:
        return []
    words = ngettext("{count} larmkuvert ska bytas", "{count} larmkuvert ska bytas", len(due))
    return [Matter("warn", words.format(count=len(due)), "/envelope")]
