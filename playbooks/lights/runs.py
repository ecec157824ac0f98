"""The verbs of runs: record one that the system saw, and note one that was done without it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from core import audit
from core.audit import By
from core.errors import Refused
from core.language import gettext as _
from core.moments import span
from playbooks import library, service
from playbooks.lights.hours import in_office_hours
from playbooks.lights.models import PathRun, RunKind
from playbooks.marks import steps_mark as mark_of
from playbooks.models import Playbook


@dataclass(frozen=True, slots=True)
class Ran:
    """What a planner says of a run that the system did not see."""

    began_at: datetime
    met: bool
    took: timedelta | None = None
    remark: str = ""


async def record_run(  # noqa: PLR0913  # a run is what these say, and each caller knows all of it
    session: AsyncSession,
    *,
    playbook: Playbook,
    version_number: int,
    steps_mark: str,
    kind: RunKind,
    began_at: datetime,
    met: bool,
    took: timedelta | None,
    alarm_id: UUID | None = None,
    by: str = "",
    remark: str = "",
    now: datetime,
    zone: ZoneInfo,
) -> PathRun:
    """A path has been run. An alarm is one run, however often it is recorded: the first stands."""
    run = PathRun(
        playbook_id=playbook.id,
        version_number=version_number,
        steps_mark=steps_mark,
        kind=kind,
        began_at=began_at,
        office_hours=in_office_hours(began_at, zone),
        met=met,
        took=took,
        alarm_id=alarm_id,
        noted_at=now,
        noted_by=by,
        remark=remark,
    )
    values = {column.key: getattr(run, column.key) for column in PathRun.__table__.columns}
    embedded = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if embedded else postgresql.insert
    await session.execute(
        insert(PathRun).values(values).on_conflict_do_nothing(index_elements=["alarm_id"])
    )
    same = PathRun.id == run.id if alarm_id is None else PathRun.alarm_id == alarm_id
    return (await session.scalars(select(PathRun).where(same))).one()


async def note_run(
    session: AsyncSession,
    code: str,
    ran: Ran,
    *,
    by: By,
    now: datetime,
    zone: ZoneInfo,
) -> PathRun:
    """A run without this system, of the version that was in force when it began."""
    if ran.began_at > now:
        raise Refused(_("Körningen har inte varit än."), field="day")
    found = await library.paths(session, at=ran.began_at)
    if code not in found:
        sentence = _("{code} fanns inte då: ingen version gällde.")
        raise Refused(sentence.format(code=code), field="day")
    goal_within = found[code].document.goal_within
    if ran.met and ran.took and goal_within and ran.took > goal_within:
        sentence = _("Målet är {goal}: på så lång tid nåddes det inte.")
        raise Refused(sentence.format(goal=span(goal_within)), field="minutes")
    playbook = (await session.scalars(select(Playbook).where(Playbook.code == code))).one()
    run = await record_run(
        session,
        playbook=playbook,
        version_number=found[code].version.number,
        steps_mark=mark_of(service.compiled(found, code)),
        kind=RunKind.OUTSIDE,
        began_at=ran.began_at,
        met=ran.met,
        took=ran.took,
        by=by.name,
        remark=ran.remark,
        now=now,
        zone=zone,
    )
    detail = f"{ran.began_at:%Y-%m-%d} {ran.remark}".strip()
    await audit.note(session, by, "Noterade körning", code, now=now, detail=detail)
    return run
