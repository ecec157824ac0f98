"""Who owns a playbook, and so approves its versions."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.targets import resolve
from core.errors import Refused
from core.language import gettext as _
from core.models import User
from playbooks import library
from playbooks.models import PlaybookVersion
from playbooks.parsing import AnyDocument
from rosters.models import Person


async def owners(
    session: AsyncSession, version: PlaybookVersion, *, now: datetime, zone: ZoneInfo
) -> list[Person]:
    """Who holds the owner's role today; nobody when the post is empty.

    The version in force says which role, while anybody holds it: a proposal that names another owner
    is not approved by that one.
    """
    for document in await ruling(session, version, now=now):
        holders = await resolve(session, (document.owner,), at=now, zone=zone)
        if holders:
            return holders
    return []


async def owns(
    session: AsyncSession, version: PlaybookVersion, user: User, *, now: datetime, zone: ZoneInfo
) -> bool:
    """True when the account's person is among the owners of today."""
    holders = await owners(session, version, now=now, zone=zone)
    return any(person.user_id == user.id for person in holders)


async def must_own(
    session: AsyncSession, version: PlaybookVersion, user: User, *, now: datetime, zone: ZoneInfo
) -> None:
    if not await owns(session, version, user, now=now, zone=zone):
        raise Refused(_("Bara den som äger dokumentet kan göra det."), status=403)


async def wants_another(session: AsyncSession, version: PlaybookVersion, *, now: datetime) -> bool:
    """True where whoever wrote a version may not approve it: as it stands now, or as it would."""
    documents = await ruling(session, version, now=now)
    return any(document.approved_by_another for document in documents)


async def ruling(
    session: AsyncSession, version: PlaybookVersion, *, now: datetime
) -> list[AnyDocument]:
    """What is in force, if anything, and then what this version says, if it can be read."""
    same = PlaybookVersion.playbook_id == version.playbook_id
    known = (await session.scalars(select(PlaybookVersion).where(same))).all()
    first = library.in_force(known, at=now)
    read = (library.readable(each) for each in (first, version) if each)
    return [document for document in read if document]
