"""”Så snabbt svarar du”: a person's own last tests, beside what is usual; a part of their own page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.plan import ChannelKind
from core.settings import Settings
from playbooks.communication_tests.judging import median
from playbooks.communication_tests.models import (
    CommunicationState,
    CommunicationTest,
    CommunicationTestChannel,
    CommunicationTestPerson,
)
from playbooks.models import Playbook
from rosters.my.access import Myself
from rosters.my.added import Added

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Mine:
    """One test that asked this person."""

    code: str
    test: CommunicationTest
    delay: timedelta | None  # until the answer; None when there was none
    channels: dict[ChannelKind, timedelta | None]  # each that was tried, and its own answer


@dataclass(frozen=True, slots=True)
class Speed:
    last: Sequence[Mine]

    @property
    def median(self) -> timedelta | None:
        return median([each.delay for each in self.last if each.delay is not None])

    @property
    def usual(self) -> timedelta | None:
        """The middle of all who answered in the same tests."""
        return median([each.test.median for each in self.last if each.test.median is not None])

    @property
    def answered(self) -> int:
        return sum(each.delay is not None for each in self.last)

    @property
    def channels(self) -> dict[str, timedelta | None]:
        """By channel: the middle of the answers that came by it."""
        return {
            channel.value: median(
                [at for each in self.last if (at := each.channels.get(channel)) is not None]
            )
            for channel in ChannelKind
            if any(channel in each.channels for each in self.last)
        }


async def own_part(session: AsyncSession, me: Myself, _config: Settings, _now: datetime) -> Added:
    shown = {"speed": await speed_of(session, me)}
    return Added("playbooks/communication_tests/own.html", first=False, shown=shown)


async def speed_of(session: AsyncSession, me: Myself) -> Speed:
    """The last tests that are over."""
    rows = await session.execute(
        select(CommunicationTestPerson, CommunicationTest, Playbook.code)
        .join(CommunicationTest, CommunicationTest.id == CommunicationTestPerson.test_id)
        .join(Playbook, Playbook.id == CommunicationTest.playbook_id)
        .where(
            CommunicationTestPerson.person_id == me.person.id,
            CommunicationTestPerson.left_out.is_(None),
            CommunicationTest.state == CommunicationState.DONE,
        )
        .order_by(CommunicationTest.started_at.desc())
        .limit(SHOWN)
    )
    found = [(row, test, code) for row, test, code in rows]
    ways = await session.scalars(
        select(CommunicationTestChannel).where(
            CommunicationTestChannel.test_person_id.in_([row.id for row, _test, _code in found])
        )
    )
    own = ways.all()
    return Speed(
        [
            Mine(
                code,
                test,
                row.answered_at - test.started_at if row.answered_at else None,
                _channels(test, [each for each in own if each.test_person_id == row.id]),
            )
            for row, test, code in found
        ]
    )


def _channels(
    test: CommunicationTest, ways: Sequence[CommunicationTestChannel]
) -> dict[ChannelKind, timedelta | None]:
    found: dict[ChannelKind, timedelta | None] = {}
    for way in ways:
        delay = way.answered_at - test.started_at if way.answered_at else None
        found[way.channel] = min(
            (each for each in (found.get(way.channel), delay) if each), default=None
        )
    return found
