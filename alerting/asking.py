"""Asking people: each wave of a call-in becomes messages in the outbox."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import timedelta
from functools import lru_cache
from uuid import UUID

from sqlalchemy import func, select

from alerting.job import Job, step_plan_of
from alerting.known import Known
from alerting.letters import next_letter
from alerting.models import CallIn, CallInState, EventKind, Message, Purpose, Step
from alerting.moves import next_wave
from alerting.plan import ChannelKind, Mode, StepPlan, Wave
from alerting.wording import Fields, Wording, Words
from rosters.models import ContactPoint

LETTER_RESTS = timedelta(days=7)
# Most people of an alarm get the same words: a thousand texts are worded once.
_worded = lru_cache(maxsize=256)(Wording.question)
_PRIORITY = {Mode.LIVE: 1, Mode.EXERCISE: 2, Mode.TEST: 3}


async def ask(job: Job, step: Step, call_ins: Sequence[CallIn]) -> None:
    """Turn queued call-ins into asked ones and send their first wave."""
    used = await _letters_in_use(job, [each.person_id for each in call_ins if each.person_id])
    for call_in in call_ins:
        call_in.state = CallInState.ASKED
        call_in.asked_at = job.now
        if call_in.person_id and not call_in.by_hand and not call_in.letter:
            call_in.letter = next_letter(used[call_in.person_id])
            used[call_in.person_id].append(call_in.letter)
    await send_waves(job, step, [each for each in call_ins if not each.by_hand])


async def send_waves(job: Job, step: Step, call_ins: Sequence[CallIn]) -> None:
    """Send each call-in's next wave; who has none left falls silent."""
    if not call_ins:
        return
    plan = step_plan_of(step.plan)
    known = await Known.of(job, call_ins)
    for call_in in call_ins:
        _send_wave(job, plan, call_in, known)


def _send_wave(job: Job, plan: StepPlan, call_in: CallIn, known: Known) -> None:
    def send(wave: Wave) -> bool:
        sent = [
            _compose(job, plan, call_in, point, channel, known)
            for channel in wave.channels
            if (point := known.next_point(job, call_in, channel))
        ]
        return bool(sent)

    elsewhere = known.asked_elsewhere(call_in)
    next_wave(call_in, plan.waves, send, elsewhere=elsewhere, sends_at=job.sends_at)
    if call_in.state is CallInState.UNREACHABLE:
        job.note(EventKind.UNREACHABLE, subject=call_in.name)


def _compose(
    job: Job,
    plan: StepPlan,
    call_in: CallIn,
    point: ContactPoint,
    channel: ChannelKind,
    known: Known,
) -> Message:
    person = known.people[point.person_id]
    words = _words(job, plan, call_in, channel, known)
    first_live = job.alarm.mode is Mode.LIVE and call_in.wave == 1
    message = Message(
        alarm_id=job.alarm.id,
        call_in_id=call_in.id,
        person_id=person.id,
        purpose=Purpose.QUESTION,
        channel=channel,
        address=point.address,
        mode=job.alarm.mode,
        language=person.language,
        subject=words.subject,
        body=words.body,
        html=words.html,
        answerable=True,
        wave=call_in.wave,
        priority=0 if first_live else _PRIORITY[job.alarm.mode],
        due_at=job.sends_at,
        created_at=job.now,
    )
    job.session.add(message)
    known.tries[call_in.id][channel, point.address] += 1
    return message


def _words(job: Job, plan: StepPlan, call_in: CallIn, channel: ChannelKind, known: Known) -> Words:
    person = known.person(call_in)
    texts = job.plan.texts[plan.texts]
    said = texts.get("en" if person.language == "en" else "sv", texts["sv"])
    by_name = any("{name}" in text for text in (said.sms, said.voice, said.subject, said.mail))
    return _worded(
        job.means.wording,
        said,
        channel=channel,
        ask=plan.ask,
        mode=job.alarm.mode,
        language=person.language,
        fields=Fields(
            title=job.alarm.title,
            code=job.alarm.path,
            note=job.alarm.note,
            place=known.site_name,
            time=job.alarm.raised_at,
            assembly=job.plan.assembly,
            step=plan.title,
            name=person.name if by_name else "",
        ),
        letter=call_in.letter if person.id in known.rivals else None,
        link=job.means.answer_token(call_in.id) if channel is ChannelKind.MAIL else "",
    )


async def try_next_number(job: Job, step: Step, call_in: CallIn, channel: ChannelKind) -> bool:
    """After a failure: the person's next untried number on that channel, at once; False if none."""
    known = await Known.of(job, [call_in])
    point = known.next_point(job, call_in, channel)
    if point is None or known.tries[call_in.id][channel, point.address]:
        return False
    _compose(job, step_plan_of(step.plan), call_in, point, channel, known)
    return True


async def _letters_in_use(job: Job, people: Collection[UUID]) -> dict[UUID, list[str]]:
    """Letters each person was given within the week, least recently used first."""
    used: dict[UUID, list[str]] = defaultdict(list)
    if people:
        last = func.max(CallIn.asked_at)
        query = (
            select(CallIn.person_id, CallIn.letter)
            .where(
                CallIn.person_id.in_(people),
                CallIn.letter.is_not(None),
                CallIn.asked_at > job.now - LETTER_RESTS,
            )
            .group_by(CallIn.person_id, CallIn.letter)
            .order_by(last)
        )
        for person, letter in await job.session.execute(query):
            if person and letter:
                used[person].append(letter)
    return used
