"""What the three rules look at, gathered for all paths at once in a handful of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.plan import Plan, Target, TargetKind
from alerting.targets import resolve
from core.errors import NotFound
from core.models import User
from playbooks import library, service
from playbooks.document import Document
from playbooks.library import Loaded
from playbooks.lights.documented import Documentation
from playbooks.lights.exercised import Practice, RunFact
from playbooks.lights.known import Knowledge
from playbooks.lights.models import PathFinding, PathRun
from playbooks.marks import steps_mark
from playbooks.models import PlaybookVersion
from playbooks.receipts.knowing import Knowing, knowing_all
from playbooks.sayings import called, names_of
from rosters.models import Person

NOBODY = Knowing((), 0)
_WHERE = {TargetKind.DUTY: "/duty", TargetKind.ROLE: "/lists", TargetKind.GROUP: "/lists"}


@dataclass(frozen=True, slots=True)
class Post:
    """Who owns a path: the post, who holds it, and the accounts those people sign with."""

    name: str
    url: str
    holders: tuple[Person, ...]
    signatures: frozenset[str]


@dataclass(frozen=True, slots=True)
class PathFacts:
    """One path in force at an instant, and all that its lights depend on."""

    at: datetime
    loaded: Loaded[Document]
    post: Post
    plan: Plan | None  # None when it runs a path that is not in force yet
    knowing: Knowing
    runs: tuple[PathRun, ...]  # latest first
    findings: tuple[PathFinding, ...]  # open ones, oldest first

    @property
    def document(self) -> Document:
        return self.loaded.document

    @property
    def calls_nobody(self) -> bool:
        """Everything in it is done by hand."""
        return self.plan is not None and all(step.by_hand for step in self.plan.steps)

    @property
    def version(self) -> PlaybookVersion:
        return self.loaded.version


async def gather(session: AsyncSession, *, at: datetime, zone: ZoneInfo) -> list[PathFacts]:
    """By code. For a coming instant: with the organisation and the receipts of today."""
    paths = await library.paths(session, at=at)
    posts = await posts_of(session, paths.values(), at=at, zone=zone)
    knowing = await knowing_all(session, at=at, zone=zone)
    runs, findings = await _runs(session, at), await _findings(session, at)
    return [
        PathFacts(
            at,
            loaded,
            posts[loaded.document.owner],
            _plan(paths, code),
            knowing.get(code, NOBODY),
            tuple(runs[loaded.version.playbook_id]),
            tuple(findings[loaded.version.playbook_id]),
        )
        for code, loaded in paths.items()
    ]


async def posts_of(
    session: AsyncSession,
    paths: Iterable[Loaded[Document]],
    *,
    at: datetime,
    zone: ZoneInfo,
) -> dict[Target, Post]:
    """Each owner's post, once: most paths share a few."""
    names, owners = await names_of(session), {each.document.owner for each in paths}
    holders = {target: await resolve(session, (target,), at=at, zone=zone) for target in owners}
    accounts = {
        person.user_id for people in holders.values() for person in people if person.user_id
    }
    users = await session.scalars(select(User).where(User.id.in_(accounts)))
    signed = {user.id: user.name for user in users}
    return {
        target: Post(
            called(target, names),
            _WHERE.get(target.kind, "/people"),
            tuple(people),
            frozenset(signed[each.user_id] for each in people if each.user_id in signed),
        )
        for target, people in holders.items()
    }


def _plan(paths: Mapping[str, Loaded[Document]], code: str) -> Plan | None:
    try:
        return service.compiled(paths, code)
    except NotFound:
        return None


async def _runs(session: AsyncSession, at: datetime) -> Mapping[UUID, list[PathRun]]:
    query = select(PathRun).where(PathRun.began_at <= at).order_by(PathRun.began_at.desc())
    found: defaultdict[UUID, list[PathRun]] = defaultdict(list)
    for run in await session.scalars(query):
        found[run.playbook_id].append(run)
    return found


async def _findings(session: AsyncSession, at: datetime) -> Mapping[UUID, list[PathFinding]]:
    query = (
        select(PathFinding)
        .where(
            PathFinding.found_at <= at,
            or_(PathFinding.closed_at.is_(None), PathFinding.closed_at > at),
        )
        .order_by(PathFinding.found_at)
    )
    found: defaultdict[UUID, list[PathFinding]] = defaultdict(list)
    for finding in await session.scalars(query):
        found[finding.playbook_id].append(finding)
    return found


def documentation(facts: PathFacts, zone: ZoneInfo) -> Documentation:
    document, version = facts.document, facts.version
    governing = document.governing_document
    return Documentation(
        code=document.code,
        number=version.number,
        owner=facts.post.name,
        owner_url=facts.post.url,
        held=bool(facts.post.holders),
        approved_on=_day(version.approved_at, facts, zone),
        reviewed_on=_day(version.reviewed_at, facts, zone),
        document=governing.title if governing else "",
        document_date=governing.date if governing else None,
        review_months=document.review_months,
        notice_months=document.lights.notice_months,
    )


def knowledge(facts: PathFacts) -> Knowledge:
    version = facts.version
    acts = ((version.approved_at, version.approved_by), (version.reviewed_at, version.reviewed_by))
    signatures = {name for done_at, name in acts if done_at and done_at <= facts.at}
    return Knowledge(
        code=facts.document.code,
        number=version.number,
        rules=facts.document.lights,
        knowing=facts.knowing,
        calls_nobody=facts.calls_nobody,
        owner=facts.post.name,
        holders=len(facts.post.holders),
        gone_through=len(signatures & facts.post.signatures),
    )


def practice(facts: PathFacts, zone: ZoneInfo) -> Practice:
    document = facts.document
    mark = steps_mark(facts.plan) if facts.plan else ""
    return Practice(
        code=document.code,
        number=facts.version.number,
        runs=tuple(_run(run, mark, document.goal_within, zone) for run in facts.runs),
        findings=tuple(each.text for each in facts.findings),
        exercise_months=document.exercise_months,
        both_hours=document.lights.both_hours,
        notice_months=document.lights.notice_months,
    )


def _run(run: PathRun, mark: str, goal_within: timedelta | None, zone: ZoneInfo) -> RunFact:
    """Against the goal of today: a run that met an easier one has not shown that this one is met."""
    late = bool(goal_within and run.took and run.took > goal_within)
    return RunFact(
        on=run.began_at.astimezone(zone).date(),
        number=run.version_number,
        same=run.steps_mark == mark,
        office_hours=run.office_hours,
        met=run.met and not late,
        took=run.took,
    )


def _day(done_at: datetime | None, facts: PathFacts, zone: ZoneInfo) -> date | None:
    """The local day of what had been done at the instant that is asked about."""
    return done_at.astimezone(zone).date() if done_at and done_at <= facts.at else None
