"""The verbs of an edition: make one, find it again, and let go of files that no copy needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import audit
from core.audit import By
from core.database import Database
from core.errors import NotFound, Refused
from core.language import current_language
from core.language import gettext as _
from playbooks.paper.contents import Contents, seal_of
from playbooks.paper.models import Copy, Edition, Exchange
from playbooks.paper.printing import printed
from playbooks.paper.saying import Imprint, say

GIVEN_UP = timedelta(hours=1)
KEPT = timedelta(days=365)  # a file that lies in no envelope


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What every edition of this service says of it."""

    marking: str  # of secrecy
    base_url: str
    training: bool
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Begun:
    """An edition that has its number and is to be printed once the transaction is over."""

    number: int
    said: Mapping[str, object]


async def begin(
    session: AsyncSession, house: House, contents: Contents, *, made_by: str, by: By, now: datetime
) -> Begun:
    """Take a number, for it stands on every page."""
    if not contents.paths:
        raise Refused(_("Det finns inga larmvägar att lägga i kuvertet."), status=409)
    number = await _take_number(session, contents, by=by, now=now)
    imprint = Imprint(
        number=number,
        made_at=now,
        made_by=made_by,
        marking=house.marking,
        address=f"{house.base_url}/envelope/editions/{number}",
        training=house.training,
        zone=house.zone,
    )
    return Begun(number, say(contents, imprint))


async def finish(database: Database, begun: Begun, *, by: By, now: datetime) -> None:
    """Print what was begun, with no transaction open; what cannot be printed is given up."""
    try:
        pdf = await printed(begun.said, at=now)
    except RuntimeError:  # what Typst raises
        async with database.transaction() as session:
            await session.execute(delete(Edition).where(Edition.number == begun.number))
        raise
    async with database.transaction() as session:
        await _keep(session, begun.number, pdf, by=by, now=now)


async def _take_number(session: AsyncSession, contents: Contents, *, by: By, now: datetime) -> int:
    """The audit entry comes first: it lets one at a time take a number on PostgreSQL."""
    what = "Började göra utgåva av larmkuvertet"
    await audit.note(session, by, what, "larmkuvert", now=now)
    number = (await session.scalar(select(func.max(Edition.number))) or 0) + 1
    edition = Edition(
        number=number,
        made_at=now,
        made_by=by.name,
        language=current_language(),
        contains=dict(contents.versions),
        lists_seal=seal_of(contents.sheets),
    )
    session.add(edition)
    return number


async def _keep(session: AsyncSession, number: int, pdf: bytes, *, by: By, now: datetime) -> None:
    digest = sha256(pdf).hexdigest()
    await session.execute(
        update(Edition)
        .where(Edition.number == number)
        .values(sha256=digest, size=len(pdf), pdf=pdf)
    )
    detail = f"utgåva {number} {digest[:12]}"
    await audit.note(
        session, by, "Gjorde utgåva av larmkuvertet", "larmkuvert", now=now, detail=detail
    )


async def editions(session: AsyncSession) -> Sequence[Edition]:
    """All that were printed, newest first."""
    query = select(Edition).where(Edition.sha256 != "").order_by(Edition.number.desc())
    return (await session.scalars(query)).all()


async def find(session: AsyncSession, number: int) -> Edition:
    """NotFound when there is no such edition; one that is being printed is there."""
    edition = await session.scalar(select(Edition).where(Edition.number == number))
    if edition is None:
        raise NotFound(_("Utgåva {number} finns inte.").format(number=number))
    return edition


async def file_of(session: AsyncSession, number: int, *, by: By, now: datetime) -> bytes:
    """The PDF of an edition; who takes it is noted, for it has everybody's numbers in it."""
    edition = await find(session, number)
    pdf = await session.scalar(select(Edition.pdf).where(Edition.id == edition.id))
    if pdf is None:
        raise NotFound(
            _("Filen till utgåva {number} är borttagen: den låg inte i något kuvert.").format(
                number=number
            )
        )
    detail = f"utgåva {number}"
    await audit.note(session, by, "Hämtade larmkuvertet", "larmkuvert", now=now, detail=detail)
    return pdf


async def forget(session: AsyncSession, *, now: datetime) -> None:
    """Files older than a year that lie in no envelope; that they were made stays known.

    And what was begun by a process that did not live to print it.
    """
    await session.execute(
        delete(Edition).where(Edition.sha256 == "", Edition.made_at < now - GIVEN_UP)
    )
    lying = select(Copy.edition_id).where(Copy.removed_at.is_(None))
    lately = select(Exchange.edition_id).where(Exchange.exchanged_at > now - KEPT)
    newest = select(func.max(Edition.number)).where(Edition.sha256 != "").scalar_subquery()
    await session.execute(
        update(Edition)
        .where(
            Edition.made_at < now - KEPT,
            Edition.pdf.is_not(None),
            Edition.number != newest,
            Edition.id.not_in(lying),
            Edition.id.not_in(lately),
        )
        .values(pdf=None)
    )


async def kept(session: AsyncSession, edition: Edition) -> bool:
    """Whether its file is still there."""
    query = select(Edition.pdf.is_not(None)).where(Edition.id == edition.id)
    return bool(await session.scalar(query))
