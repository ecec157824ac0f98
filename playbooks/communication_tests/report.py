"""The report of one test: figures, the curve, each person, and what was wrong."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.job import plan_of
from alerting.plan import ChannelKind
from core.language import gettext as _
from core.models import User
from playbooks.communication_tests import curve
from playbooks.communication_tests.curve import Curve
from playbooks.communication_tests.ending import asked_of, delays_of
from playbooks.communication_tests.judging import (
    MARKS,
    Delays,
    Judged,
    Outcome,
    Verdict,
    judge,
    median,
    outcome,
    within,
)
from playbooks.communication_tests.models import (
    CommunicationState,
    CommunicationTest,
    CommunicationTestChannel,
    CommunicationTestPerson,
    Fault,
    Told,
)
from playbooks.models import Playbook
from rosters.models import ContactKind, ContactPoint, Person, Unit
from rosters.seen import Seen, seen

Channel = tuple[CommunicationTestChannel, ContactPoint | None]


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person of the audience, and the ways to them that were tried."""

    row: CommunicationTestPerson
    person: Person
    seen: Seen
    channels: Sequence[Channel]
    steps: Sequence[str]  # titles
    delay: timedelta | None
    running: bool

    @property
    def sent_at(self) -> datetime | None:
        return min((row.sent_at for row, _point in self.channels if row.sent_at), default=None)

    @property
    def delivered_at(self) -> datetime | None:
        found = (row.delivered_at for row, _point in self.channels if row.delivered_at)
        return min(found, default=None)

    @property
    def status(self) -> tuple[str, str]:
        """The badge's status and its word."""
        if self.row.answered_at:
            return "ok", _("Svarat")
        if self.row.unreachable:
            return "bad", _("Saknar nummer")
        if self.channels and all(row.failed_at or row.fault for row, _point in self.channels):
            return "bad", _("Nåddes inte")
        return ("info", _("Inget svar än")) if self.running else ("warn", _("Inget svar"))


@dataclass(frozen=True, slots=True)
class FaultLine:
    """A wrong number or address, and who has been told."""

    person: Person
    seen: Seen
    kind: ContactKind | None
    fault: Fault
    told: Told | None
    open: bool  # nothing has shown since that it is right, and it is still there

    @property
    def fault_words(self) -> str:
        if self.fault is Fault.WRONG_PERSON:
            return _("Någon annan svarade")
        return _("Adressen finns inte") if self.kind is ContactKind.MAIL else _("Numret finns inte")

    @property
    def told_words(self) -> str:
        if self.told is None:
            return _("Sägs till när provet är slut")
        return {
            Told.PERSON: _("Personen har fått en länk på annat sätt"),
            Told.MANAGER: _("Den som planerar jouren har fått veta"),
            Told.NOBODY: _("Planeraren behöver fråga personen"),
        }[self.told]


@dataclass(frozen=True, slots=True)
class ChannelFigures:
    channel: ChannelKind
    sent: int
    delivered: int
    answered: int
    failed: int
    median: timedelta | None


@dataclass(frozen=True, slots=True)
class Report:
    test: CommunicationTest
    code: str
    title: str
    steps: Sequence[Judged]
    outcome: Outcome
    people: Sequence[PersonLine]
    left_out: Sequence[PersonLine]
    faults: Sequence[FaultLine]
    channels: Sequence[ChannelFigures]
    curve: Curve
    delays: Delays
    before: CommunicationTest | None

    @property
    def running(self) -> bool:
        return self.test.state is CommunicationState.RUNNING

    @property
    def marks(self) -> Sequence[tuple[int, int]]:
        """So many minutes, and how many had answered within them."""
        return [(minutes, within(self.delays.values(), minutes)) for minutes in MARKS]

    @property
    def median(self) -> timedelta | None:
        return median(self.delays.values())


async def read_report(
    session: AsyncSession, test: CommunicationTest, *, user: User, now: datetime
) -> Report:
    """As it stands now: a running test too."""
    code = (await session.get_one(Playbook, test.playbook_id)).code
    plan = plan_of(test.plan)
    titles = {step.name: step.title for step in plan.steps}
    lines = await _people(session, test, titles, user)
    rows = [each.row for each in lines]
    delays = delays_of(test, rows)
    steps = judge(plan, asked_of(rows), delays)
    asked = [each for each in lines if each.row.left_out is None]
    length = (test.ended_at or now) - test.started_at
    return Report(
        test=test,
        code=code,
        title=plan.title,
        steps=steps,
        outcome=outcome(steps, test.goal_within),
        people=sorted(asked, key=lambda each: (each.delay is not None, each.seen.name)),
        left_out=[each for each in lines if each.row.left_out],
        faults=list(_faults(lines)),
        channels=list(_channels(asked, test)),
        curve=_curve(asked, delays, steps, test, length),
        delays=delays,
        before=await _before(session, test),
    )


async def _people(
    session: AsyncSession, test: CommunicationTest, titles: Mapping[str, str], user: User
) -> list[PersonLine]:
    units = {unit.id: unit for unit in await session.scalars(select(Unit))}
    channels = await _rows(session, test)
    found = await session.execute(
        select(CommunicationTestPerson, Person)
        .join(Person, Person.id == CommunicationTestPerson.person_id)
        .where(CommunicationTestPerson.test_id == test.id)
        .order_by(Person.name, Person.ref)
    )
    lines, running = [], test.state is CommunicationState.RUNNING
    for row, person in found:
        delay = max(row.answered_at - test.started_at, timedelta(0)) if row.answered_at else None
        steps = [title for name, title in titles.items() if name in row.steps]
        shown = _titled(person, user, units)
        lines.append(PersonLine(row, person, shown, channels[row.id], steps, delay, running))
    return lines


def _titled(person: Person, user: User, units: dict[UUID, Unit]) -> Seen:
    """The protected by title, whoever looks: the report is printed and handed round."""
    if not person.protected:
        return seen(person, user, units)
    return Seen(person.title or person.ref, "", "", seen(person, user, units).note)


async def _rows(session: AsyncSession, test: CommunicationTest) -> Mapping[UUID, list[Channel]]:
    rows = await session.execute(
        select(CommunicationTestChannel, ContactPoint)
        .join(
            CommunicationTestPerson,
            CommunicationTestPerson.id == CommunicationTestChannel.test_person_id,
        )
        .outerjoin(ContactPoint, ContactPoint.id == CommunicationTestChannel.point_id)
        .where(CommunicationTestPerson.test_id == test.id)
        .order_by(CommunicationTestChannel.channel.desc(), ContactPoint.position)
    )
    found: defaultdict[UUID, list[Channel]] = defaultdict(list)
    for row, point in rows:
        found[row.test_person_id].append((row, point))
    return found


def _faults(lines: Sequence[PersonLine]) -> Iterator[FaultLine]:
    """One for each number or address, however many channels it has."""
    for line in lines:
        told: dict[UUID | None, FaultLine] = {}
        for row, point in line.channels:
            if row.fault:
                told[row.point_id] = FaultLine(
                    person=line.person,
                    seen=line.seen,
                    kind=point.kind if point else None,
                    fault=row.fault,
                    told=row.told,
                    open=point is not None and point.wrong_at is not None,
                )
        yield from told.values()


def _channels(lines: Sequence[PersonLine], test: CommunicationTest) -> Iterator[ChannelFigures]:
    """People by channel: who has two numbers counts once."""
    for channel in ChannelKind:
        own = [[row for row, _point in line.channels if row.channel is channel] for line in lines]
        used = [rows for rows in own if any(row.sent_at or row.failed_at for row in rows)]
        delays = [
            min(row.answered_at for row in rows if row.answered_at) - test.started_at
            for rows in used
            if any(row.answered_at for row in rows)
        ]
        if used:
            yield ChannelFigures(
                channel=channel,
                sent=sum(any(row.sent_at for row in rows) for rows in used),
                delivered=sum(
                    any(row.delivered_at or row.answered_at for row in rows) for rows in used
                ),
                answered=len(delays),
                failed=sum(all(row.failed_at for row in rows) for rows in used),
                median=median(delays),
            )


def _curve(
    lines: Sequence[PersonLine],
    delays: Delays,
    steps: Sequence[Judged],
    test: CommunicationTest,
    length: timedelta,
) -> Curve:
    series = {(_("Alla"), "all"): list(delays.values())}
    names = {ChannelKind.VOICE: _("Samtal"), ChannelKind.SMS: _("Sms"), ChannelKind.MAIL: _("Mejl")}
    for channel, name in names.items():
        found = [_first(line, channel) for line in lines]
        answered = [at - test.started_at for at in found if at]
        if any(row.channel is channel for line in lines for row, _point in line.channels):
            series[name, channel.value] = answered
    return curve.draw(series, needs_of(steps), asked=test.asked, length=length)


def _first(line: PersonLine, channel: ChannelKind) -> datetime | None:
    found = (row.answered_at for row, _point in line.channels if row.channel is channel)
    return min((each for each in found if each), default=None)


def needs_of(steps: Sequence[Judged]) -> list[curve.Need]:
    """The marks of the picture: steps that must be met within some time."""
    return [
        curve.Need(each.need, each.step.within, each.verdict is Verdict.MET)
        for each in steps
        if each.step.within is not None and each.verdict is not Verdict.UNTESTED
    ]


async def _before(session: AsyncSession, test: CommunicationTest) -> CommunicationTest | None:
    query = select(CommunicationTest).where(
        CommunicationTest.playbook_id == test.playbook_id,
        CommunicationTest.started_at < test.started_at,
        CommunicationTest.state == CommunicationState.DONE,
    )
    return await session.scalar(query.order_by(CommunicationTest.started_at.desc()).limit(1))
