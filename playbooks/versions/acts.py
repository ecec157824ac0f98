"""The acts of the pages: each checks what it must, does the verb, and tells who has to know."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By
from core.errors import Refused
from core.language import gettext as _
from core.language import ngettext
from core.models import User
from playbooks import library
from playbooks import service as playbooks
from playbooks.checking import Checked
from playbooks.models import PlaybookKind, PlaybookVersion, VersionState
from playbooks.versions import service, telling
from playbooks.versions.owning import owners
from playbooks.versions.standing import newest_final
from playbooks.versions.telling import Happened, Word
from rosters.models import Person
from rosters.notices.service import Teller


@dataclass(frozen=True, slots=True)
class Scene:
    """One act of one user at one instant, within one transaction."""

    session: AsyncSession
    user: User
    by: By
    now: datetime
    zone: ZoneInfo
    url: str  # the version's page, in full


@dataclass(frozen=True, slots=True)
class Subject:
    """A version of a playbook; the address of its page begins with the kind's."""

    code: str
    kind: PlaybookKind
    version: PlaybookVersion


async def checked(
    session: AsyncSession,
    subject: Subject,
    *,
    now: datetime,
    zone: ZoneInfo,
    since: datetime | None = None,
) -> Checked:
    """A version's source against today's organisation and the playbooks in force from then on."""
    files = {subject.version.file: subject.version.source.encode()}
    return await playbooks.check_files(session, files, now=now, zone=zone, since=since)


async def propose(scene: Scene, subject: Subject, summary: str) -> None:
    """Propose a draft that checks, and tell its owners."""
    version = subject.version
    await _must_check(scene, subject)
    known = await library.versions(scene.session, subject.code)
    if newest_final(known) > version.number:
        sentence = _("Det finns en nyare version. Börja ett nytt utkast från det här.")
        raise Refused(sentence, status=409)
    await service.propose(scene.session, version, summary=summary, by=scene.by, now=scene.now)
    people = await owners(scene.session, version, now=scene.now, zone=scene.zone)
    await _tell(scene, subject, people, Happened.PROPOSED, version.summary)


async def approve(scene: Scene, subject: Subject, day: date | None) -> None:
    """Approve from now, or from the beginning of a day to come, and tell the authors."""
    version = subject.version
    since = _beginning(day, scene) if day else None
    if version.state is VersionState.PROPOSED:
        await _must_check(scene, subject, since=since)
    await service.approve(
        scene.session,
        version,
        user=scene.user,
        by=scene.by,
        now=scene.now,
        zone=scene.zone,
        in_force_from=since,
    )
    when = _("Den gäller från {day}").format(day=day.isoformat()) if day and since else ""
    people = await telling.authors(_teller(scene), version)
    await _tell(scene, subject, people, Happened.APPROVED, when)


async def send_back(scene: Scene, subject: Subject, why: str) -> None:
    """Send a proposal back, and tell its authors why."""
    version = subject.version
    await service.send_back(
        scene.session,
        version,
        why=why,
        user=scene.user,
        by=scene.by,
        now=scene.now,
        zone=scene.zone,
    )
    people = await telling.authors(_teller(scene), version)
    await _tell(scene, subject, people, Happened.SENT_BACK, version.sent_back)


async def review(scene: Scene, subject: Subject) -> None:
    """The owner has gone through the version in force, and it still holds."""
    await service.review(
        scene.session,
        subject.version,
        user=scene.user,
        by=scene.by,
        now=scene.now,
        zone=scene.zone,
    )


def _beginning(day: date, scene: Scene) -> datetime | None:
    """When that day begins here; None, which is at once, for today."""
    if day == scene.now.astimezone(scene.zone).date():
        return None
    return datetime.combine(day, time.min, scene.zone)


async def _must_check(scene: Scene, subject: Subject, *, since: datetime | None = None) -> None:
    found = await checked(scene.session, subject, now=scene.now, zone=scene.zone, since=since)
    if found.mistakes:
        words = ngettext(
            "{count} fel måste rättas först: {first}",
            "{count} fel måste rättas först, till exempel: {first}",
            len(found.mistakes),
        )
        first = found.mistakes[0].sentence
        raise Refused(words.format(count=len(found.mistakes), first=first))
    document = found.documents.get(subject.code)
    if document is None or playbooks.kind_of(document) is not subject.kind:
        sentence = _("Koden i filen måste vara {code}, och filen av samma slag som förut.")
        raise Refused(sentence.format(code=subject.code))


def _teller(scene: Scene) -> Teller:
    return Teller(scene.session, scene.now, scene.zone)


async def _tell(
    scene: Scene, subject: Subject, people: list[Person], happened: Happened, what: str
) -> None:
    """Everybody but the one who did it."""
    mine: UUID = scene.user.id
    others = [person for person in people if person.user_id != mine]
    word = Word(happened, subject.code, scene.user.name, what, scene.url)
    await telling.tell(_teller(scene), subject.version, others, word, once=scene.now)
