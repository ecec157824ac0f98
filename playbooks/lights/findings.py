"""The verbs of findings: what did not work is noted, and closed only by a run that succeeded."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import audit
from core.audit import By
from core.errors import NotFound, Refused
from core.forms import line
from core.language import gettext as _
from playbooks.lights.models import PathFinding, PathRun
from playbooks.models import Playbook

LONGEST = 300


async def note_finding(
    session: AsyncSession,
    playbook: Playbook,
    text: str,
    *,
    run_id: UUID | None,
    by: By,
    now: datetime,
) -> PathFinding:
    """Something that did not work, in a run or otherwise; what a run showed was found in it."""
    words = line(text, field="text", longest=LONGEST, required=True)
    run = await _run(session, playbook, run_id, field="run") if run_id else None
    finding = PathFinding(
        playbook_id=playbook.id,
        run_id=run.id if run else None,
        text=words,
        found_at=run.began_at if run else now,
        found_by=by.name,
    )
    session.add(finding)
    await audit.note(session, by, "Noterade brist", playbook.code, now=now, detail=words)
    return finding


async def close_finding(
    session: AsyncSession,
    playbook: Playbook,
    finding_id: UUID,
    *,
    retest_id: UUID | None,
    by: By,
    now: datetime,
) -> None:
    """Refused without a run of the same path, after the finding, that met its goal."""
    finding = await session.get(PathFinding, finding_id)
    if finding is None or finding.playbook_id != playbook.id:
        raise NotFound(_("Bristen finns inte."))
    if retest_id is None:
        raise Refused(_("Välj den körning som visar att bristen är borta."), field="retest")
    retest = await _run(session, playbook, retest_id, field="retest")
    if not retest.met:
        raise Refused(_("Körningen missade målet: den stänger ingen brist."), field="retest")
    if retest.began_at <= finding.found_at or retest.id == finding.run_id:
        sentence = _("Körningen var före bristen: öva igen och välj den körningen.")
        raise Refused(sentence, field="retest")
    closed = await session.execute(
        update(PathFinding)
        .where(PathFinding.id == finding_id, PathFinding.closed_at.is_(None))
        .values(closed_at=now, closed_by=by.name, retest_id=retest.id)
        .returning(PathFinding.id)
    )
    if closed.first() is None:
        raise Refused(_("Bristen är redan stängd."), status=409)
    await audit.note(session, by, "Stängde brist", playbook.code, now=now, detail=finding.text)


async def _run(session: AsyncSession, playbook: Playbook, run_id: UUID, *, field: str) -> PathRun:
    query = select(PathRun).where(PathRun.id == run_id, PathRun.playbook_id == playbook.id)
    run = await session.scalar(query)
    if run is None:
        raise Refused(_("Körningen finns inte."), field=field)
    return run
