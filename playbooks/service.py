"""The verbs of playbooks as files, and of raising an alarm along a path."""

from collections.abc import Container, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting import service as alerting
from alerting.means import Means
from alerting.models import Alarm
from alerting.plan import Plan
from alerting.service import Trigger
from core import audit
from core.audit import By
from core.errors import NotFound, Refused
from core.language import gettext as _
from core.language import ngettext
from playbooks import library
from playbooks.cards.document import Card
from playbooks.cards.opening import open_with_alarm
from playbooks.checking import Checked, check
from playbooks.compiling import called_paths, compile_path
from playbooks.document import Document
from playbooks.library import Loaded
from playbooks.models import Playbook, PlaybookKind, PlaybookVersion, VersionState
from playbooks.organisation import organisation_of
from playbooks.parsing import AnyDocument

LOADED = {
    PlaybookKind.PATH: "Laddade larmväg",
    PlaybookKind.CARD: "Laddade åtgärdskort",
    PlaybookKind.PLAN: "Laddade handlingsplan",
}


class MistakesInPaths(Refused):
    """Files that are not loaded, with all that is wrong with them."""

    def __init__(self, checked: Checked) -> None:
        count = len(checked.mistakes)
        sentence = ngettext(
            "{count} fel i filerna. Ingenting har laddats.",
            "{count} fel i filerna. Ingenting har laddats.",
            count,
        )
        super().__init__(sentence.format(count=count))
        self.checked = checked


async def check_files(
    session: AsyncSession,
    files: Mapping[str, bytes],
    *,
    now: datetime,
    zone: ZoneInfo,
    since: datetime | None = None,
) -> Checked:
    """Check files against the organisation, and the playbooks in force from `since`, or from now, on.

    What has been approved for a day to come counts too: two paths that run each other would raise
    no alarm from that day on.
    """
    organisation = await organisation_of(session, today=now.astimezone(zone).date())
    first = since or now
    checked = check(files, organisation, await library.everything(session, at=first))
    for at in await library.to_come(session, after=first):
        if checked.mistakes:
            break
        later = check(files, organisation, await library.everything(session, at=at))
        checked = later if later.mistakes else checked
    return checked


async def load(
    session: AsyncSession,
    files: Mapping[str, bytes],
    *,
    by: By,
    now: datetime,
    zone: ZoneInfo,
    state: VersionState = VersionState.LOADED,
) -> Sequence[PlaybookVersion]:
    """Make a new version of each playbook whose file has changed; all files or none.

    They come into force at once, unapproved, or become drafts: `state` says which.
    """
    checked = await check_files(session, files, now=now, zone=zone)
    if checked.mistakes:
        raise MistakesInPaths(checked)
    made = []
    for code, file in checked.files.items():
        kind = kind_of(checked.documents[code])
        playbook, known = await _known(session, code, kind)
        checksum = sha256(files[file]).hexdigest()
        if _same(known, state, now) == (checksum, file):
            continue
        version = PlaybookVersion(
            playbook_id=playbook or _new(session, code, kind),
            number=known[0].number + 1 if known else 1,
            file=file,
            source=files[file].decode(),
            checksum=checksum,
            loaded_at=now,
            loaded_by=by.name,
            authors=frozenset({by.name}),
            state=state,
        )
        session.add(version)
        made.append(version)
        detail = f"v{version.number} {checksum[:12]}"
        await audit.note(session, by, LOADED[kind], code, now=now, detail=detail)
    return made


def kind_of(document: AnyDocument) -> PlaybookKind:
    if isinstance(document, Card):
        return PlaybookKind.CARD
    return PlaybookKind.PATH if isinstance(document, Document) else PlaybookKind.PLAN


async def _known(
    session: AsyncSession, code: str, kind: PlaybookKind
) -> tuple[UUID | None, Sequence[PlaybookVersion]]:
    """The playbook with this code and its versions; Refused when the code is another kind's."""
    locked = select(Playbook).where(Playbook.code == code).with_for_update(key_share=True)
    playbook = await session.scalar(locked)  # two new versions need two numbers
    if playbook is None:
        return None, ()
    if playbook.kind != kind:
        raise Refused(_("Koden {code} används redan för något annat.").format(code=code))
    return playbook.id, await library.versions(session, code)


def _same(
    known: Sequence[PlaybookVersion], state: VersionState, now: datetime
) -> tuple[str, str] | None:
    """Checksum and file of the version that a file is new against."""
    if state is VersionState.DRAFT:
        against = known[0] if known else None
    else:
        against = library.in_force(known, at=now)
    return (against.checksum, against.file) if against else None


async def export(session: AsyncSession, *, now: datetime) -> dict[str, bytes]:
    """The files of all playbooks in force, byte for byte as they were loaded."""
    versions: dict[str, PlaybookVersion] = {}
    for found in (library.paths, library.cards, library.plans):
        versions |= {code: each.version for code, each in (await found(session, at=now)).items()}
    files: dict[str, bytes] = {}
    for code, version in versions.items():
        files[_name(code, version.file, files)] = version.source.encode()
    return files


def _name(code: str, file: str, taken: Container[str]) -> str:
    """The file's own name: but two may have come from files of one name, or one that is no YAML."""
    name = file if file.endswith((".yaml", ".yml")) else f"{file}.yaml"
    while name in taken:
        name = f"{code.lower()}-{name}"
    return name


async def plan_of(session: AsyncSession, code: str, *, at: datetime) -> Plan:
    """The plan of a path's version in force, sub-paths included. NotFound when there is none."""
    return compiled(await library.paths(session, at=at), code)


def compiled(paths: Mapping[str, Loaded[Document]], code: str) -> Plan:
    """The plan of one of these paths. NotFound when it, or one that it runs, is not among them."""
    if code not in paths:
        raise NotFound(_("Larmvägen {code} finns inte.").format(code=code))
    documents = library.documents(paths)
    for each in called_paths(documents[code]):
        if each not in documents:
            raise NotFound(_("Larmvägen {code} finns inte.").format(code=each))
    version = paths[code].version
    return compile_path(documents[code], documents, version=version.number, version_id=version.id)


async def raised_with(session: AsyncSession, once: str) -> Alarm | None:
    """The alarm that a form with this key has raised already."""
    return await session.scalar(select(Alarm).where(Alarm.once == once)) if once else None


async def start(
    session: AsyncSession, code: str, trigger: Trigger, *, now: datetime, means: Means
) -> Alarm:
    """Raise an alarm along a path's version in force."""
    plan = await plan_of(session, code, at=now)
    return await raise_along(session, plan, trigger, now=now, means=means)


async def raise_along(
    session: AsyncSession, plan: Plan, trigger: Trigger, *, now: datetime, means: Means
) -> Alarm:
    """Raise an alarm along a path's plan, and open the action cards that name the path."""
    alarm = await alerting.raise_alarm(session, plan, trigger, now=now, means=means)
    await open_with_alarm(session, alarm, now=now)
    return alarm


def _new(session: AsyncSession, code: str, kind: PlaybookKind) -> UUID:
    playbook = Playbook(code=code, kind=kind)
    session.add(playbook)
    return playbook.id
