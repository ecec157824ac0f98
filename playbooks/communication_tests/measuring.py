"""What has come of a running test: read from the engine's rows, kept in the test's own."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.channels.gone import says_gone
from alerting.models import CallIn, CallInState, Message, MessageState, Purpose, Reply, Via
from alerting.plan import ChannelKind, Meaning
from alerting.replies import normalised
from core.wakeups import wake
from playbooks.communication_tests.models import (
    CommunicationTest,
    CommunicationTestChannel,
    CommunicationTestPerson,
    Fault,
)
from rosters.models import ContactPoint, Proof
from rosters.readiness.proofs import disprove

_WRONG = re.compile(r"\b(fel|wrong) (person|nummer|nr|number)\b|^(fel|wrong)[.!]?$")
Way = tuple[UUID, ChannelKind, UUID]  # row of the person, channel, number or address


def says_wrong_person(text: str) -> bool:
    """True for "fel person" and the like: whoever holds the phone is somebody else."""
    return _WRONG.search(normalised(text)) is not None


async def measure(session: AsyncSession, test: CommunicationTest, *, now: datetime) -> None:
    """Bring the test's rows up to what the engine knows; done again it changes nothing."""
    if test.alarm_id is None:
        return
    people = {each.person_id: each for each in await people_of(session, test.id)}
    ways = await _ways(session, test, people)
    await _take_messages(session, test, people, ways)
    await _take_answers(session, test, people, ways)
    news = bool(session.new) or any(session.is_modified(each) for each in session.dirty)
    await session.flush()  # what is said of numbers below is read from these rows
    await _take_wrong_persons(session, test, ways, now)
    _find_gone(ways)
    await _say_of_numbers(session, test, ways, now)
    asked = [each for each in people.values() if each.left_out is None]
    test.answered = sum(each.answered_at is not None for each in asked)
    if news:
        wake(session, topic_of(test.id))


def topic_of(test_id: UUID) -> str:
    """What an open page of the test listens to."""
    return f"communication-test:{test_id}"


async def people_of(session: AsyncSession, test_id: UUID) -> Sequence[CommunicationTestPerson]:
    query = select(CommunicationTestPerson).where(CommunicationTestPerson.test_id == test_id)
    return (await session.scalars(query)).all()


async def _ways(
    session: AsyncSession, test: CommunicationTest, people: dict[UUID, CommunicationTestPerson]
) -> dict[Way, CommunicationTestChannel]:
    """The rows that are there, and new ones for what has been sent since."""
    rows = await session.scalars(
        select(CommunicationTestChannel)
        .join(
            CommunicationTestPerson,
            CommunicationTestPerson.id == CommunicationTestChannel.test_person_id,
        )
        .where(CommunicationTestPerson.test_id == test.id)
    )
    ways = {(row.test_person_id, row.channel, row.point_id): row for row in rows if row.point_id}
    sent = await session.execute(
        select(Message.person_id, Message.channel, ContactPoint.id)
        .join(
            ContactPoint,
            (ContactPoint.person_id == Message.person_id)
            & (ContactPoint.address == Message.address),
        )
        .where(Message.alarm_id == test.alarm_id, Message.purpose == Purpose.QUESTION)
        .distinct()
    )
    for person_id, channel, point_id in sent:
        if person_id not in people:  # an operator has added somebody on the board
            continue
        way = (people[person_id].id, channel, point_id)
        if way not in ways:
            row = CommunicationTestChannel(
                test_person_id=way[0], channel=channel, point_id=point_id
            )
            session.add(row)
            ways[way] = row
    return ways


async def _take_messages(
    session: AsyncSession,
    test: CommunicationTest,
    people: dict[UUID, CommunicationTestPerson],
    ways: dict[Way, CommunicationTestChannel],
) -> None:
    rows = await session.execute(
        select(Message, ContactPoint.id)
        .join(
            ContactPoint,
            (ContactPoint.person_id == Message.person_id)
            & (ContactPoint.address == Message.address),
        )
        .where(Message.alarm_id == test.alarm_id, Message.purpose == Purpose.QUESTION)
        .order_by(Message.created_at)
    )
    found: defaultdict[Way, list[Message]] = defaultdict(list)
    for message, point_id in rows:
        row = people.get(message.person_id) if message.person_id else None
        if row is not None:
            found[row.id, message.channel, point_id].append(message)
    for way, messages in found.items():
        _take(ways[way], messages)


def _take(row: CommunicationTestChannel, messages: Sequence[Message]) -> None:
    """One way's messages in order: it works when any of them came through."""
    row.sent_at = _first(each.sent_at for each in messages)
    row.delivered_at = _first(each.delivered_at for each in messages)
    row.answered_at = _first((row.answered_at, *(each.answered_at for each in messages)))
    failed = [each for each in messages if each.state is MessageState.FAILED]
    through = row.delivered_at or row.answered_at or len(failed) < len(messages)
    row.failed_at = None if through else failed[-1].failed_at
    row.reason = failed[-1].reason if failed and not row.answered_at else ""
    gone = any(says_gone(each.code) for each in failed)
    if gone and not through and row.fault is None:
        row.fault = Fault.NO_SUCH_NUMBER


def _first(instants: Iterable[datetime | None]) -> datetime | None:
    return min((each for each in instants if each), default=None)


async def _take_answers(
    session: AsyncSession,
    test: CommunicationTest,
    people: dict[UUID, CommunicationTestPerson],
    ways: dict[Way, CommunicationTestChannel],
) -> None:
    """The first answer counts; one by the link of a mail stands nowhere but in the call-in."""
    rows = await session.scalars(select(CallIn).where(CallIn.alarm_id == test.alarm_id))
    by_person: defaultdict[UUID, list[CommunicationTestChannel]] = defaultdict(list)
    for each in ways.values():
        by_person[each.test_person_id].append(each)
    for call_in in rows:
        row = people.get(call_in.person_id) if call_in.person_id else None
        if row is None:
            continue
        row.unreachable = call_in.state is CallInState.UNREACHABLE
        own = by_person[row.id]
        if call_in.answered_via is Via.LINK and call_in.answered_at:
            for way in own:
                if way.channel is ChannelKind.MAIL and way.answered_at is None:
                    way.answered_at = call_in.answered_at
        answered = _first((call_in.answered_at, *(way.answered_at for way in own)))
        if answered and (row.answered_at is None or answered < row.answered_at):
            row.answered_at, row.answered_via = answered, _via(own, answered, call_in)


def _via(
    own: Sequence[CommunicationTestChannel], answered: datetime, call_in: CallIn
) -> Via | None:
    carried = next((way.channel for way in own if way.answered_at == answered), None)
    named = {ChannelKind.SMS: Via.SMS, ChannelKind.VOICE: Via.VOICE, ChannelKind.MAIL: Via.LINK}
    return named[carried] if carried else call_in.answered_via


async def _take_wrong_persons(
    session: AsyncSession,
    test: CommunicationTest,
    ways: dict[Way, CommunicationTestChannel],
    now: datetime,
) -> None:
    """Texts that say so, not yet looked at: nobody else has to read them, and it is not tried again."""
    replies = await session.scalars(
        select(Reply).where(
            Reply.alarm_id == test.alarm_id,
            Reply.via == Via.SMS,
            Reply.meaning == Meaning.UNCLEAR,
            Reply.settled_at.is_(None),
        )
    )
    for reply in [each for each in replies if says_wrong_person(each.text)]:
        points = set(
            await session.scalars(
                select(ContactPoint.id).where(
                    ContactPoint.address == reply.address,
                    ContactPoint.person_id == reply.person_id,
                )
            )
        )
        for way in [each for each in ways.values() if each.point_id in points]:
            way.fault = Fault.WRONG_PERSON
        reply.waiting, reply.settled_by, reply.settled_at = False, "Krislarm", now
        await session.execute(
            update(Message)
            .where(Message.alarm_id == test.alarm_id, Message.address == reply.address)
            .values(dead=True)
        )


def _find_gone(ways: dict[Way, CommunicationTestChannel]) -> None:
    """A number that takes no texts but was answered is there all the same."""
    works = {each.point_id for each in ways.values() if each.delivered_at or each.answered_at}
    for each in ways.values():
        if each.fault is Fault.NO_SUCH_NUMBER and each.point_id in works:
            each.fault = None


async def _say_of_numbers(
    session: AsyncSession,
    test: CommunicationTest,
    ways: dict[Way, CommunicationTestChannel],
    now: datetime,
) -> None:
    """Numbers that were reached are proved, wrong ones no longer are."""
    wrong = {each.point_id for each in ways.values() if each.fault and each.point_id}
    works = {each.point_id for each in ways.values() if each.delivered_at or each.answered_at}
    await session.execute(
        update(ContactPoint)
        .where(
            ContactPoint.id.in_(works - wrong),
            or_(ContactPoint.proved_at.is_(None), ContactPoint.proved_at < test.started_at),
        )
        .values(proved_at=now, proved_by=Proof.TEST, wrong_at=None)
    )
    await disprove(session, wrong, since=test.started_at, now=now)
