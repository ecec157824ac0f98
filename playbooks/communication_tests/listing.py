"""Lists: tests that run, come and have been, and the wrong numbers they have left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.language import gettext as _
from core.language import ngettext
from playbooks.communication_tests.models import (
    CommunicationSchedule,
    CommunicationState,
    CommunicationTest,
    CommunicationTestChannel,
    CommunicationTestPerson,
    Hours,
)
from playbooks.models import Playbook
from rosters.matters import Matter
from rosters.models import ContactPoint

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Tested:
    code: str
    test: CommunicationTest


@dataclass(frozen=True, slots=True)
class Coming:
    code: str
    schedule: CommunicationSchedule


async def latest(
    session: AsyncSession, *, playbook_id: UUID | None = None, limit: int = SHOWN
) -> Sequence[Tested]:
    """The latest first; of one path, or of all."""
    query = select(Playbook.code, CommunicationTest).join(
        CommunicationTest, CommunicationTest.playbook_id == Playbook.id
    )
    if playbook_id is not None:
        query = query.where(Playbook.id == playbook_id)
    rows = await session.execute(query.order_by(CommunicationTest.started_at.desc()).limit(limit))
    return [Tested(code, test) for code, test in rows]


async def coming(session: AsyncSession) -> Sequence[Coming]:
    """What is scheduled, the next first; what is paused last."""
    rows = await session.execute(
        select(Playbook.code, CommunicationSchedule)
        .join(CommunicationSchedule, CommunicationSchedule.playbook_id == Playbook.id)
        .order_by(CommunicationSchedule.paused, CommunicationSchedule.next_at, Playbook.code)
    )
    return [Coming(code, schedule) for code, schedule in rows]


def hours_words(hours: Hours) -> str:
    return {Hours.OFFICE: _("kontorstid"), Hours.NIGHT: _("natt och helg")}[hours]


def state_words(test: CommunicationTest) -> tuple[str, str]:
    """The badge's status and its word."""
    if test.state is CommunicationState.RUNNING:
        return "info", _("Pågår")
    if test.state is CommunicationState.CALLED_OFF:
        return "neutral", _("Avbrutet")
    if test.met is None:
        return "neutral", _("Klart, säger inget om larmvägen")
    return (
        ("ok", _("Klart, behovet nåddes")) if test.met else ("bad", _("Klart, behovet nåddes inte"))
    )


def _open_faults() -> Select[UUID, UUID]:
    """Number and test of each wrong number for which nothing has shown since that it is right."""
    return (
        select(ContactPoint.id, CommunicationTestPerson.test_id)
        .join(CommunicationTestChannel, CommunicationTestChannel.point_id == ContactPoint.id)
        .join(
            CommunicationTestPerson,
            CommunicationTestPerson.id == CommunicationTestChannel.test_person_id,
        )
        .join(CommunicationTest, CommunicationTest.id == CommunicationTestPerson.test_id)
        .where(
            CommunicationTestChannel.fault.is_not(None),
            CommunicationTest.state != CommunicationState.RUNNING,
            ContactPoint.wrong_at.is_not(None),
        )
    )


async def wrong_numbers(session: AsyncSession) -> int:
    found = _open_faults().with_only_columns(func.count(ContactPoint.id.distinct()))
    return await session.scalar(found) or 0


async def waiting(session: AsyncSession, *, now: datetime) -> list[Matter]:
    """For the start page: wrong numbers, and tests that could not begin in their time."""
    found = []
    if wrong := await wrong_numbers(session):
        words = ngettext(
            "{count} nummer är fel, visade prov", "{count} nummer är fel, visade prov", wrong
        )
        found.append(Matter("warn", words.format(count=wrong), "/readiness?missing=yes"))
    moved = await session.scalar(
        select(func.count())
        .select_from(CommunicationSchedule)
        .where(
            CommunicationSchedule.remark != "",
            CommunicationSchedule.paused.is_(False),
            CommunicationSchedule.next_at > now,
        )
    )
    if moved:
        words = ngettext("{count} prov är flyttat", "{count} prov är flyttade", moved)
        found.append(Matter("warn", words.format(count=moved), "/tests"))
    return found
