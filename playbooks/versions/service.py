"""The verbs of a version: draft, propose, send back, approve, review."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from core import audit
from core.audit import By
from core.errors import NotFound, Refused
from core.language import gettext as _
from core.models import User
from playbooks import library
from playbooks.models import FINAL, Playbook, PlaybookKind, PlaybookVersion, VersionState
from playbooks.versions.owning import must_own, owners, owns, wants_another

__all__ = ["owners", "owns"]  # asked for here by those who know the verbs


async def find(session: AsyncSession, code: str, number: int) -> PlaybookVersion:
    """NotFound when there is no such version."""
    for version in await library.versions(session, code):
        if version.number == number:
            return version
    raise NotFound(_("Version {number} av {code} finns inte.").format(number=number, code=code))


async def draft(
    session: AsyncSession, code: str, *, by: By, now: datetime, of: int | None = None
) -> PlaybookVersion:
    """A draft that begins as a copy of the version in force, or of version `of`.

    Whoever wrote what nobody has approved yet is an author of its copy too.
    """
    await session.execute(
        select(Playbook.id).where(Playbook.code == code).with_for_update(key_share=True)
    )
    known = await library.versions(session, code)
    source = await find(session, code, of) if of else library.in_force(known, at=now) or known[0]
    version = _draft(source.playbook_id, known[0].number + 1, source.file, by=by, now=now)
    version.source, version.checksum = source.source, source.checksum
    if source.state not in FINAL:
        version.authors |= source.authors
    session.add(version)
    await _noted(session, version, by, "Började utkast", now)
    return version


async def begin(
    session: AsyncSession, code: str, kind: PlaybookKind, content: bytes, *, by: By, now: datetime
) -> PlaybookVersion:
    """The first draft of a playbook that is not there yet; Refused when its code is taken."""
    taken = _("Koden {code} används redan.").format(code=code)
    if await session.scalar(select(Playbook.id).where(Playbook.code == code)):
        raise Refused(taken, field="code", status=409)
    playbook = Playbook(code=code, kind=kind)
    try:
        async with session.begin_nested():
            session.add(playbook)
    except IntegrityError as error:  # somebody was first, a moment ago
        raise Refused(taken, field="code", status=409) from error
    version = _draft(playbook.id, 1, f"{code.lower()}.yaml", by=by, now=now)
    version.source, version.checksum = content.decode(), sha256(content).hexdigest()
    session.add(version)
    await _noted(session, version, by, "Började utkast", now)
    return version


def _draft(playbook_id: UUID, number: int, file: str, *, by: By, now: datetime) -> PlaybookVersion:
    return PlaybookVersion(
        playbook_id=playbook_id,
        number=number,
        file=file,
        source="",
        checksum="",
        loaded_at=now,
        loaded_by=by.name,
        authors=frozenset({by.name}),
        state=VersionState.DRAFT,
    )


async def save(
    session: AsyncSession,
    version: PlaybookVersion,
    content: bytes,
    *,
    seen: str,
    by: By,
    now: datetime,
) -> None:
    """Write a draft anew. `seen` is the checksum of what its writer saw: two cannot overwrite each other.

    Who saves it as it was has written nothing, and does not become one of its authors.
    """
    checksum = sha256(content).hexdigest()
    if version.state is VersionState.DRAFT and version.checksum == seen == checksum:
        return
    saved = await session.execute(
        update(PlaybookVersion)
        .where(
            PlaybookVersion.id == version.id,
            PlaybookVersion.state == VersionState.DRAFT,
            PlaybookVersion.checksum == seen,
        )
        .values(
            source=content.decode(),
            checksum=checksum,
            loaded_at=now,
            loaded_by=by.name,
            authors=version.authors | {by.name},
        )
        .returning(PlaybookVersion.id)
    )
    if saved.first() is None:
        sentence = _(
            "Utkastet har ändrats av någon annan, eller är inget utkast längre. Läs in sidan igen."
        )
        raise Refused(sentence, status=409)
    await session.refresh(version)
    await _noted(session, version, by, "Ändrade utkast", now)


async def throw_away(
    session: AsyncSession, version: PlaybookVersion, *, by: By, now: datetime
) -> None:
    """A draft that nobody wants any longer; its playbook too when it never had another version."""
    if version.state is VersionState.PROPOSED:
        raise Refused(_("Versionen är föreslagen. Skicka tillbaka den först."), status=409)
    await _move(session, version, VersionState.DRAFT, {"summary": version.summary})
    await _noted(session, version, by, "Kastade utkast", now)
    await session.execute(delete(PlaybookVersion).where(PlaybookVersion.id == version.id))
    left = select(PlaybookVersion.id).where(PlaybookVersion.playbook_id == version.playbook_id)
    if (await session.execute(left)).first() is None:
        await session.execute(delete(Playbook).where(Playbook.id == version.playbook_id))


async def propose(
    session: AsyncSession, version: PlaybookVersion, *, summary: str, by: By, now: datetime
) -> None:
    """Freeze a draft for its owner to judge; whoever calls has checked what it says."""
    if not summary.strip():
        raise Refused(_("Skriv med en mening vad som är nytt."), field="summary")
    values = {
        "state": VersionState.PROPOSED,
        "summary": summary.strip(),
        "proposed_at": now,
        "proposed_by": by.name,
        "sent_back": "",
    }
    await _move(session, version, VersionState.DRAFT, values)
    await _noted(session, version, by, "Föreslog version", now, summary)


async def send_back(
    session: AsyncSession,
    version: PlaybookVersion,
    *,
    why: str,
    user: User,
    by: By,
    now: datetime,
    zone: ZoneInfo,
) -> None:
    """Not like this: it is a draft again. By its owner, or by whoever proposed it."""
    if version.proposed_by != by.name:
        await must_own(session, version, user, now=now, zone=zone)
    if not why.strip():
        raise Refused(_("Skriv varför den skickas tillbaka."), field="why")
    values = {"state": VersionState.DRAFT, "sent_back": why.strip()}
    await _move(session, version, VersionState.PROPOSED, values)
    await _noted(session, version, by, "Skickade tillbaka version", now, why)


async def approve(
    session: AsyncSession,
    version: PlaybookVersion,
    *,
    user: User,
    by: By,
    now: datetime,
    zone: ZoneInfo,
    in_force_from: datetime | None = None,
) -> None:
    """In force from its day, or at once. Also what was loaded unapproved can be approved.

    Refused for whoever does not hold the owner's role, for each of its authors where the playbook
    wants another, for a day before now, and for a version older than one that is already final.
    """
    _must_be_approvable(version)
    await must_own(session, version, user, now=now, zone=zone)
    if by.name in version.authors and await wants_another(session, version, now=now):
        raise Refused(_("Du har skrivit i versionen: någon annan måste godkänna den."), status=403)
    loaded = version.state is VersionState.LOADED
    if not loaded and in_force_from and in_force_from < now:
        raise Refused(_("Dagen har redan varit."), field="in_force_from")
    await _must_be_newest(session, version)
    since = version.loaded_at if loaded else in_force_from or now
    values = {
        "state": VersionState.APPROVED,
        "approved_at": now,
        "approved_by": user.name,
        "in_force_from": since,
    }
    before = VersionState.LOADED if loaded else VersionState.PROPOSED
    await _move(session, version, before, values)
    await _noted(session, version, by, "Godkände version", now)


async def review(
    session: AsyncSession,
    version: PlaybookVersion,
    *,
    user: User,
    by: By,
    now: datetime,
    zone: ZoneInfo,
) -> None:
    """The owner has gone through the version in force, and it still holds."""
    await must_own(session, version, user, now=now, zone=zone)
    known = await library.versions(session, await code_of(session, version.playbook_id))
    current = library.in_force(known, at=now)
    if current is None or current.id != version.id:
        raise Refused(_("Bara den version som gäller kan gås igenom."), status=409)
    await _move(session, version, version.state, {"reviewed_at": now, "reviewed_by": user.name})
    await _noted(session, version, by, "Såg över version", now)


def _must_be_approvable(version: PlaybookVersion) -> None:
    if version.state is VersionState.DRAFT:
        raise Refused(_("Utkastet är inte föreslaget än."), status=409)
    if version.state is VersionState.APPROVED:
        raise Refused(_("Versionen är redan godkänd."), status=409)


async def _must_be_newest(session: AsyncSession, version: PlaybookVersion) -> None:
    """Locks the playbook: of two that are approved at once, the second sees the first."""
    await session.execute(
        select(Playbook.id)
        .where(Playbook.id == version.playbook_id)
        .with_for_update(key_share=True)
    )
    newest = await session.scalar(
        select(func.max(PlaybookVersion.number)).where(
            PlaybookVersion.playbook_id == version.playbook_id, PlaybookVersion.state.in_(FINAL)
        )
    )
    if newest is not None and newest > version.number:
        sentence = _("Version {number} är nyare och finns redan: en äldre kan inte ersätta den.")
        raise Refused(sentence.format(number=newest), status=409)


async def _move(
    session: AsyncSession,
    version: PlaybookVersion,
    before: VersionState,
    values: Mapping[str, object],
) -> None:
    """One conditional UPDATE, of what was read: whoever comes second is told."""
    moved = await session.execute(
        update(PlaybookVersion)
        .where(
            PlaybookVersion.id == version.id,
            PlaybookVersion.state == before,
            PlaybookVersion.checksum == version.checksum,
        )
        .values(values)
        .returning(PlaybookVersion.id)
    )
    if moved.first() is None:
        raise Refused(_("Någon annan har redan gjort något med versionen."), status=409)
    await session.refresh(version)


async def _noted(
    session: AsyncSession,
    version: PlaybookVersion,
    by: By,
    what: str,
    now: datetime,
    detail: str = "",
) -> None:
    code = await session.scalar(select(Playbook.code).where(Playbook.id == version.playbook_id))
    words = f"v{version.number} {detail}".strip()
    await audit.note(session, by, what, code or "", now=now, detail=words)


async def code_of(session: AsyncSession, playbook_id: UUID) -> str:
    return (await session.get_one(Playbook, playbook_id)).code
