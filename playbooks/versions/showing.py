"""What one version's page shows: what it says, how it differs, what is wrong with it, who may act."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from alerting.plan import Plan
from core.errors import NotFound
from core.models import Role, User
from playbooks import library, service
from playbooks.document import Document, Step
from playbooks.findings import Case
from playbooks.flow import FLOW_RULES
from playbooks.library import Loaded
from playbooks.models import PlaybookVersion, VersionState
from playbooks.organisation import Organisation, organisation_of
from playbooks.picture import Picture, draw
from playbooks.reading import Level, Mistake
from playbooks.sayings import Names, Said, called, names_of, said
from playbooks.versions import acts, difference, plain_difference
from playbooks.versions.difference import Difference
from playbooks.versions.owning import owners, ruling, wants_another
from playbooks.versions.shelves import Book
from playbooks.versions.standing import Act, Eyes, allowed, must_leave_it
from playbooks.versions.words import Known


@dataclass(frozen=True, slots=True)
class Chain:
    """A path as its own page shows it."""

    plan: Plan
    steps: tuple[Said, ...]
    picture: Picture


@dataclass(frozen=True, slots=True)
class Judged:
    """Who approves it, and what these eyes may do."""

    owner: str  # the role or person named as its owner
    holders: int  # how many hold that today
    acts: frozenset[Act]
    left_to_another: bool


async def chain_of(
    session: AsyncSession, version: PlaybookVersion, names: Names, *, at: datetime
) -> Chain | None:
    """The chain as it would be if this version were in force; None when it cannot be drawn."""
    document = library.readable(version)
    if not isinstance(document, Document):
        return None
    return drawn(version, document, await library.paths(session, at=at), names)


def drawn(
    version: PlaybookVersion, document: Document, others: dict[str, Loaded[Document]], names: Names
) -> Chain | None:
    paths = {**others, document.code: Loaded(version, document)}
    if not _holds(document, library.documents(paths)):
        return None
    try:
        plan = service.compiled(paths, document.code)
    except (NotFound, KeyError):
        return None  # a path that it runs is not there
    return Chain(plan, said(plan, names), draw(plan, names))


def _holds(document: Document, paths: dict[str, Document]) -> bool:
    """True when its order is whole: every step that is named exists, and nothing goes round."""
    case = Case(document, paths, Organisation())
    if any(found.level is Level.MISTAKE for rule in FLOW_RULES for found in rule(case)):
        return False
    names = {step.name for step in document.steps if isinstance(step, Step)}
    return all(
        set(step.need.total_with) <= names for step in document.steps if isinstance(step, Step)
    )


async def judged(
    session: AsyncSession, book: Book, version: PlaybookVersion, user: User, *, zone: ZoneInfo
) -> Judged:
    """Who approves it, and what may be done with it by this user."""
    holders = await owners(session, version, now=book.at, zone=zone)
    eyes = Eyes(
        user.username,
        planner=user.may(Role.PLANNER),
        owner=any(person.user_id == user.id for person in holders),
        another=await wants_another(session, version, now=book.at),
    )
    rules = await ruling(session, version, now=book.at)
    names = await names_of(session)
    waits = version.state in {VersionState.PROPOSED, VersionState.LOADED}
    return Judged(
        called(rules[0].owner, names) if rules else "",
        len(holders),
        allowed(version, book.versions, eyes, at=book.at),
        waits and must_leave_it(version, eyes),
    )


async def findings(
    session: AsyncSession, book: Book, version: PlaybookVersion, *, zone: ZoneInfo
) -> tuple[Mistake, ...]:
    """What is wrong with a draft or a proposal as things stand today; final versions are left be."""
    if version.state not in {VersionState.DRAFT, VersionState.PROPOSED}:
        return ()
    subject = book.subject(version)
    return (await acts.checked(session, subject, now=book.at, zone=zone)).findings


async def differing(
    session: AsyncSession,
    book: Book,
    before: PlaybookVersion,
    after: PlaybookVersion,
    *,
    zone: ZoneInfo,
) -> Difference | None:
    """What is new; None when one of the two cannot be read."""
    old, new = book.document(before), book.document(after)
    if old is None or new is None:
        return None
    names = await names_of(session)
    if isinstance(old, Document) and isinstance(new, Document):
        today = book.at.astimezone(zone).date()
        known = Known(names, await organisation_of(session, today=today))
        return difference.between(old, new, known)
    return plain_difference.between(old, new, names)
