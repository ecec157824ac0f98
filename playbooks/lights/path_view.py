"""What the page of one path's lights shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound
from core.language import gettext as _
from playbooks.lights.facts import PathFacts, gather
from playbooks.lights.models import LightKind, LightRecord, PathFinding, PathRun
from playbooks.lights.service import PathLights, lit, records_of
from playbooks.lights.timeline import Timeline, timeline
from playbooks.lights.words import rules_in_words
from playbooks.marks import steps_mark

MOST = 50


@dataclass(frozen=True, slots=True)
class RunLine:
    row: PathRun
    same: bool  # its steps were those of the version in force


@dataclass(frozen=True, slots=True)
class FindingLine:
    row: PathFinding
    run: PathRun | None
    retest: PathRun | None
    could_close: tuple[PathRun, ...]  # later runs that met the goal


@dataclass(frozen=True, slots=True)
class PathView:
    lights: PathLights
    today: date
    rules: Mapping[LightKind, Sequence[str]]
    picture: Timeline
    records: Sequence[LightRecord]  # latest first
    runs: Sequence[RunLine]  # latest first
    findings: Sequence[FindingLine]  # open ones first


async def view_of(session: AsyncSession, code: str, *, now: datetime, zone: ZoneInfo) -> PathView:
    """NotFound when no version of it is in force."""
    everything = await gather(session, at=now, zone=zone)
    facts = next((each for each in everything if each.document.code == code), None)
    if facts is None:
        raise NotFound(
            _("{code} finns inte, eller har ingen version som gäller.").format(code=code)
        )
    records = await records_of(session, facts.version.playbook_id)
    return PathView(
        lights=lit(facts, zone),
        today=now.astimezone(zone).date(),
        rules=rules_in_words(facts.document, calls_nobody=facts.calls_nobody),
        picture=timeline(records, now=now, zone=zone),
        records=records[::-1][:MOST],
        runs=_runs(facts),
        findings=await _findings(session, facts),
    )


def _runs(facts: PathFacts) -> list[RunLine]:
    mark = steps_mark(facts.plan) if facts.plan else ""
    return [RunLine(run, run.steps_mark == mark) for run in facts.runs[:MOST]]


async def _findings(session: AsyncSession, facts: PathFacts) -> list[FindingLine]:
    query = (
        select(PathFinding)
        .where(PathFinding.playbook_id == facts.version.playbook_id)
        .order_by(PathFinding.closed_at.is_not(None), PathFinding.found_at.desc())
        .limit(MOST)
    )
    runs: dict[UUID | None, PathRun] = {run.id: run for run in facts.runs}
    return [
        FindingLine(
            row,
            runs.get(row.run_id),
            runs.get(row.retest_id),
            tuple(
                run
                for run in facts.runs
                if run.met and run.began_at > row.found_at and run.id != row.run_id
            ),
        )
        for row in await session.scalars(query)
    ]
