"""Notices that want no answer: thanks, corrections, calling off, and how an answer was read."""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import select

from alerting.job import Job
from alerting.models import CallIn, CallInState, Message, MessageState, Purpose, Step
from alerting.plan import Ask, ChannelKind, Mode
from alerting.wording import Fields
from rosters.models import ContactKind, ContactPoint

NOTICE_PRIORITY = 4
_LEFT = (MessageState.SENDING, MessageState.SENT, MessageState.DELIVERED)


async def thank(job: Job, step: Step) -> None:
    """Tell those who were asked and had not answered that they need not come."""
    still_wanted = select(CallIn.person_id).where(
        CallIn.alarm_id == job.alarm.id,
        CallIn.person_id.is_not(None),
        CallIn.state.in_((CallInState.ACCEPTED, CallInState.ASKED)),
    )
    asked = (
        await job.session.scalars(
            select(CallIn.id).where(
                CallIn.step_id == step.id,
                CallIn.ask != Ask.RECEIVED,
                CallIn.state.in_((CallInState.STOOD_DOWN, CallInState.SILENT)),
                CallIn.person_id.not_in(still_wanted),
            )
        )
    ).all()
    await tell(job, asked, Purpose.THANKS)


async def tell(job: Job, call_ins: Iterable[UUID], purpose: Purpose, text: str = "") -> int:
    """Send a notice in writing to everyone who got the question; how many people.

    It goes to each number and address that was written to; who was only phoned gets it as a text.
    """
    ids = list(call_ins)
    if not ids:
        return 0
    questions = (
        await job.session.scalars(
            select(Message)
            .where(
                Message.call_in_id.in_(ids),
                Message.purpose == Purpose.QUESTION,
                Message.state.in_(_LEFT),
            )
            .order_by(Message.created_at)
        )
    ).all()
    written = {
        (each.person_id, each.channel, each.address): each
        for each in questions
        if each.channel is not ChannelKind.VOICE
    }
    reached = {person for person, _channel, _address in written}
    phoned = [each for each in questions if each.person_id not in reached]
    mobiles = await _mobiles(job, [each.address for each in phoned])
    for each in phoned:
        if each.address in mobiles:
            written[each.person_id, ChannelKind.SMS, each.address] = each
    for (_person, channel, _address), question in written.items():
        job.session.add(_notice(job, question, channel, purpose, text))
    return len({person for person, _channel, _address in written})


async def _mobiles(job: Job, addresses: Collection[str]) -> set[str]:
    """Those of the numbers that can take a text."""
    if not addresses:
        return set()
    query = select(ContactPoint.address).where(
        ContactPoint.address.in_(addresses),
        ContactPoint.kind == ContactKind.MOBILE,
        ContactPoint.opted_out_at.is_(None),
    )
    return set(await job.session.scalars(query))


def _priority(job: Job, purpose: Purpose) -> int:
    """Corrections are urgent, except of a test: a live alarm that interrupts one goes first."""
    waits = purpose is Purpose.THANKS or job.alarm.mode is Mode.TEST
    return NOTICE_PRIORITY if waits else 0


def _notice(
    job: Job, question: Message, channel: ChannelKind, purpose: Purpose, text: str
) -> Message:
    fields = Fields(title=job.alarm.title, code=job.alarm.path, note=job.alarm.note)
    wording, language = job.means.wording, question.language
    words = wording.notice(
        text or wording.ready_text(purpose, language=language, fields=fields),
        channel=channel,
        mode=job.alarm.mode,
        language=language,
        fields=fields,
    )
    return Message(
        alarm_id=job.alarm.id,
        call_in_id=question.call_in_id,
        person_id=question.person_id,
        purpose=purpose,
        channel=channel,
        address=question.address,
        mode=job.alarm.mode,
        language=question.language,
        subject=words.subject,
        body=words.body,
        html=words.html,
        priority=_priority(job, purpose),
        due_at=job.sends_at,
        created_at=job.now,
    )
