"""Secret links to a part of the roster: make, use, revoke."""

from collections.abc import Collection
from datetime import datetime
from secrets import token_urlsafe
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By, note
from core.errors import NotFound, Refused
from core.forms import line
from core.language import gettext as _
from core.permissions import hashed
from rosters.calendars.models import LinkKind, RosterLink
from rosters.duty.models import DutyRole
from rosters.models import Person

CALENDARS = (LinkKind.PERSON, LinkKind.ROLE, LinkKind.EVERYTHING)


async def add_link(
    session: AsyncSession,
    *,
    kind: str,
    name: str,
    ref: str = "",
    role: str = "",
    by: By,
    now: datetime,
) -> tuple[RosterLink, str]:
    """The link and the secret that its address ends with, which only its owner has from now on."""
    if kind not in set(LinkKind):
        raise Refused(_("Välj vad länken ska visa."), field="kind")
    name = line(name, field="name", longest=120, required=True)
    person, duty = None, None
    if kind == LinkKind.PERSON:
        person = await _person(session, ref)
    if kind in (LinkKind.ROLE, LinkKind.NUMBER):
        duty = await _role(session, role)
    secret = token_urlsafe(24)
    link = RosterLink(
        kind=LinkKind(kind),
        name=name,
        token_hash=hashed(secret),
        person_id=person.id if person else None,
        duty_role_id=duty.id if duty else None,
        created_at=now,
        created_by=by.name,
    )
    session.add(link)
    about = person.ref if person else duty.code if duty else ""
    await note(session, by, "Skapade länk", name, now=now, detail=f"{kind} {about}".strip())
    return link, secret


async def renew_own_link(session: AsyncSession, person: Person, *, by: By, now: datetime) -> str:
    """A new secret for the calendar of one's own shifts; every earlier one stops to hold."""
    await revoke_links_of(session, person, by=by, now=now)
    _link, secret = await add_link(
        session, kind=LinkKind.PERSON, name=_("Egen kalender"), ref=person.ref, by=by, now=now
    )
    return secret


async def revoke_links_of(
    session: AsyncSession, person: Person, *, made_by: str = "", by: By, now: datetime
) -> None:
    """All calendars of one person's shifts, or those whose maker's name ends so."""
    revoked = await session.scalars(
        update(RosterLink)
        .where(
            RosterLink.kind == LinkKind.PERSON,
            RosterLink.person_id == person.id,
            RosterLink.created_by.endswith(made_by, autoescape=True),
            RosterLink.revoked_at.is_(None),
        )
        .values(revoked_at=now)
        .returning(RosterLink.name)
    )
    for name in revoked.all():
        await note(session, by, "Återkallade länk", name, now=now, detail=f"person {person.ref}")


async def revoke_link(session: AsyncSession, link_id: UUID, *, by: By, now: datetime) -> None:
    """It holds no more; revoking it once more changes nothing."""
    link = await session.get(RosterLink, link_id)
    if link is None:
        raise NotFound(_("Länken finns inte."))
    revoked = await session.scalar(
        update(RosterLink)
        .where(RosterLink.id == link_id, RosterLink.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(RosterLink.id)
    )
    if revoked is not None:
        await note(session, by, "Återkallade länk", link.name, now=now, detail=link.kind)


async def link_with(session: AsyncSession, secret: str, kinds: Collection[LinkKind]) -> RosterLink:
    """The link that this secret opens; NotFound for one that is unknown, revoked or of another kind."""
    link = await session.scalar(
        select(RosterLink).where(
            RosterLink.token_hash == hashed(secret),
            RosterLink.kind.in_(kinds),
            RosterLink.revoked_at.is_(None),
        )
    )
    if link is None:
        raise NotFound(_("Länken gäller inte. Be om en ny."))
    return link


async def _person(session: AsyncSession, ref: str) -> Person:
    person = await session.scalar(select(Person).where(Person.ref == ref.strip().split(" ")[0]))
    if person is None:
        raise Refused(_("Personen finns inte. Välj ur listan."), field="person")
    return person


async def _role(session: AsyncSession, role: str) -> DutyRole:
    duty = await session.scalar(select(DutyRole).where(DutyRole.code == role))
    if duty is None:
        raise Refused(_("Jouren finns inte."), field="role")
    return duty
