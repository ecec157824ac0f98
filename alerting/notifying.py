"""Notices of the roster on their way out: each becomes a text or mail, and goes on if that fails."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.means import Means
from alerting.models import Message, MessageState, Purpose
from alerting.plan import ChannelKind, Mode
from alerting.reach import usable
from core.language import gettext as _
from core.language import use_language
from core.wakeups import wake
from rosters.duty.resolver import in_service
from rosters.models import ContactKind, ContactPoint, Person
from rosters.my.links import personal_token
from rosters.notices.models import Notice, NoticeState, Question
from rosters.notices.service import LINK

AT_A_LOOK = 20
LOOK_AGAIN = timedelta(minutes=10)  # for a number that may be used at other hours
URGENT, USUAL = 5, 6  # priorities: after everything of an alarm


@dataclass(frozen=True, slots=True)
class Way:
    channel: ChannelKind
    address: str


async def due_notices(session: AsyncSession, *, now: datetime) -> Sequence[UUID]:
    """A few of those that are due, the oldest first: between two looks an alarm has its turn."""
    found = await session.scalars(
        select(Notice.id)
        .where(Notice.state == NoticeState.DUE, Notice.due_at <= now)
        .order_by(Notice.due_at)
        .limit(AT_A_LOOK)
    )
    return found.all()


async def pass_on(session: AsyncSession, notice_id: UUID, *, now: datetime, means: Means) -> None:
    """Make messages of a notice, unless another node does so already."""
    row = (
        await session.execute(
            select(Notice, Person)
            .join(Person, Person.id == Notice.person_id)
            .where(Notice.id == notice_id, Notice.state == NoticeState.DUE)
            .with_for_update(of=Notice, skip_locked=True)
        )
    ).first()
    if row is None:
        return
    notice, person = row
    notice.passed_on_at = now
    question = await _question(session, notice)
    if (question and question.closed_at) or not in_service(person, at=now, zone=means.zone):
        notice.state = NoticeState.WITHDRAWN
        return
    ways = await _ways(session, notice, now=now, means=means)
    if not ways and await _opens_later(session, notice):
        notice.passed_on_at, notice.due_at = None, now + LOOK_AGAIN
        return
    for way in ways[: 2 if notice.urgent else 1]:
        session.add(_message(notice, person, question, way, now=now, means=means))
    notice.state = NoticeState.PASSED_ON if ways else NoticeState.UNREACHABLE


async def go_on(session: AsyncSession, failed: Message, *, now: datetime, means: Means) -> None:
    """A notice's message failed: try the next number or address that has not been tried."""
    notice = await session.get_one(Notice, failed.notice_id)
    tried = set(
        await session.scalars(select(Message.address).where(Message.notice_id == notice.id))
    )
    ways = await _ways(session, notice, now=now, means=means)
    left = [way for way in ways if way.address not in tried]
    if not left:
        if not await _on_its_way(session, notice):
            notice.state = NoticeState.UNREACHABLE
        return
    person = await session.get_one(Person, notice.person_id)
    question = await _question(session, notice)
    session.add(_message(notice, person, question, left[0], now=now, means=means))
    wake(session, "engine")


async def _on_its_way(session: AsyncSession, notice: Notice) -> bool:
    """Another message of it has arrived, or may still."""
    alive = select(Message.id).where(
        Message.notice_id == notice.id,
        Message.state.not_in((MessageState.FAILED, MessageState.CANCELLED)),
    )
    return await session.scalar(alive.limit(1)) is not None


async def _question(session: AsyncSession, notice: Notice) -> Question | None:
    return await session.get(Question, notice.question_id) if notice.question_id else None


async def _ways(session: AsyncSession, notice: Notice, *, now: datetime, means: Means) -> list[Way]:
    """The first number by text, the first address by mail, then the others of each."""
    if notice.address is not None:
        kind = ChannelKind.MAIL if "@" in notice.address else ChannelKind.SMS
        return [Way(kind, notice.address)]
    points: Sequence[ContactPoint] = (
        await session.scalars(
            select(ContactPoint).where(ContactPoint.person_id == notice.person_id)
        )
    ).all()
    texts, mails = (
        [Way(kind, each.address) for each in usable(points, kind, at=now, zone=means.zone)]
        for kind in (ChannelKind.SMS, ChannelKind.MAIL)
    )
    return [*texts[:1], *mails[:1], *texts[1:], *mails[1:]]


async def _opens_later(session: AsyncSession, notice: Notice) -> bool:
    """There is a number or an address, but this is none of its hours."""
    points = select(ContactPoint.id).where(
        ContactPoint.person_id == notice.person_id,
        or_(
            ContactPoint.kind == ContactKind.MAIL,
            (ContactPoint.kind == ContactKind.MOBILE) & ContactPoint.opted_out_at.is_(None),
        ),
    )
    return await session.scalar(points.limit(1)) is not None


def _message(
    notice: Notice,
    person: Person,
    question: Question | None,
    way: Way,
    *,
    now: datetime,
    means: Means,
) -> Message:
    token = personal_token(means.secret, person.id, now=now)
    text = notice.body.replace(LINK, f"{means.base_url}/my/{token}")
    with use_language(person.language):
        if way.channel is ChannelKind.SMS:
            how = _("Svara {tag} JA eller {tag} NEJ.").format(tag=question.tag) if question else ""
            words = means.wording.roster_text(text, how)
        else:
            words = means.wording.roster_mail(notice.subject, text)
    return Message(
        notice_id=notice.id,
        person_id=person.id,
        purpose=Purpose.NOTICE,
        channel=way.channel,
        address=way.address,
        mode=Mode.LIVE,  # the gateway lets it out of a live deployment, and only there
        language=person.language,
        subject=words.subject,
        body=words.body,
        html=words.html,
        priority=URGENT if notice.urgent else USUAL,
        due_at=now,
        created_at=now,
    )
