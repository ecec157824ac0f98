"""The verbs of alarm paths: load, export, read, and raise an alarm along one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting import service as alerting
from alerting.means import Means
from alerting.models import Alarm
from alerting.plan import Plan
from alerting.service import Trigger
from core import audit
from core.errors import NotFound, Refused
from core.language import gettext as _
from core.language import ngettext
from playbooks.checking import Checked, check
from playbooks.compiling import called_paths, compile_path
from playbooks.document import Document
from playbooks.models import AlarmPath, AlarmPathVersion
from playbooks.organisation import organisation_of
from playbooks.parsing import parse


@dataclass(frozen=True, slots=True)
class Loaded:
    """A path as it is now: its latest version and what that says."""

    version: AlarmPathVersion
    document: Document


class MistakesInPaths(Refused):
    """Files that are not loaded, with all that is wrong with them."""

    def __init__(self, checked: Checked) -> None:
        count = len(checked.mistakes)
        sentence = ngettext(
            "{count} fel i larmvägarna. Ingenting har laddats.",
            "{count} fel i larmvägarna. Ingenting har laddats.",
            count,
        )
        super().__init__(sentence.format(count=count))
        self.checked = checked


async def check_files(
    session: AsyncSession, files: Mapping[str, bytes], *, now: datetime, zone: ZoneInfo
) -> Checked:
    """Check files against the organisation and the paths that are loaded."""
    organisation = await organisation_of(session, today=now.astimezone(zone).date())
    others = {code: each.document for code, each in (await latest(session)).items()}
    return check(files, organisation, others)


async def load(
    session: AsyncSession, files: Mapping[str, bytes], *, by: str, now: datetime, zone: ZoneInfo
) -> Sequence[AlarmPathVersion]:
    """Make a new version of each path whose file has changed; all files or none."""
    checked = await check_files(session, files, now=now, zone=zone)
    if checked.mistakes:
        raise MistakesInPaths(checked)
    before = await latest(session)
    made = []
    for code, file in checked.files.items():
        content = files[file]
        known = before.get(code)
        checksum = sha256(content).hexdigest()
        if known and (known.version.checksum, known.version.file) == (checksum, file):
            continue
        path_id = known.version.path_id if known else _new_path(session, code)
        version = AlarmPathVersion(
            path_id=path_id,
            number=known.version.number + 1 if known else 1,
            file=file,
            source=content.decode(),
            checksum=checksum,
            loaded_at=now,
            loaded_by=by,
        )
        session.add(version)
        made.append(version)
        detail = f"v{version.number} {checksum[:12]}"
        await audit.record(
            session, who=by, what="Laddade larmväg", subject=code, detail=detail, now=now
        )
    return made


async def export(session: AsyncSession) -> dict[str, bytes]:
    """The files of the latest versions, byte for byte as they were loaded."""
    return {
        each.version.file: each.version.source.encode() for each in (await latest(session)).values()
    }


async def latest(session: AsyncSession) -> dict[str, Loaded]:
    """Every path's latest version, by code."""
    newest = (
        select(AlarmPathVersion.path_id, func.max(AlarmPathVersion.number).label("number"))
        .group_by(AlarmPathVersion.path_id)
        .subquery()
    )
    rows = await session.execute(
        select(AlarmPath.code, AlarmPathVersion)
        .join(AlarmPathVersion, AlarmPathVersion.path_id == AlarmPath.id)
        .join(
            newest,
            (newest.c.path_id == AlarmPathVersion.path_id)
            & (newest.c.number == AlarmPathVersion.number),
        )
        .order_by(AlarmPath.code)
    )
    return {code: Loaded(version, document_of(version)) for code, version in rows}


async def versions(session: AsyncSession, code: str) -> Sequence[AlarmPathVersion]:
    """All versions of a path, newest first. NotFound when there is no such path."""
    query = (
        select(AlarmPathVersion)
        .join(AlarmPath, AlarmPath.id == AlarmPathVersion.path_id)
        .where(AlarmPath.code == code)
        .order_by(AlarmPathVersion.number.desc())
    )
    found = (await session.scalars(query)).all()
    if not found:
        raise NotFound(_("Larmvägen {code} finns inte.").format(code=code))
    return found


async def plan_of(session: AsyncSession, code: str) -> Plan:
    """The plan of a path's latest version, sub-paths included. NotFound when there is none."""
    return compiled(await latest(session), code)


def compiled(paths: Mapping[str, Loaded], code: str) -> Plan:
    if code not in paths:
        raise NotFound(_("Larmvägen {code} finns inte.").format(code=code))
    documents = {each: loaded.document for each, loaded in paths.items()}
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
    """Raise an alarm along a path's latest version."""
    plan = await plan_of(session, code)
    return await alerting.raise_alarm(session, plan, trigger, now=now, means=means)


def document_of(version: AlarmPathVersion) -> Document:
    """What a version says; it was checked when it was loaded."""
    return _document(version.file, version.source)


@lru_cache(maxsize=128)
def _document(file: str, source: str) -> Document:
    document = parse(file, source.encode()).document
    if document is None:
        raise ValueError(f"{file} was loaded but can no longer be read")
    return document


def _new_path(session: AsyncSession, code: str) -> UUID:
    path = AlarmPath(code=code)
    session.add(path)
    return path.id
