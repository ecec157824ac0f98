"""A text from a phone: whose it is, which question it answers, and what we say back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.echoes import send_back
from alerting.logbook import note
from alerting.means import Means
from alerting.models import (
    OPEN_ALARM,
    Alarm,
    CallIn,
    EventKind,
    Reply,
    Via,
)
from alerting.plan import Ask, Meaning, Mode
from alerting.questions import Question, distinct, is_thanks, only_thanks, question_for
from alerting.replies import Answer, fitting, understand
from alerting.service import Answered, Taken, answer
from alerting.ways import without_secrets
from alerting.wording import Words
from core.wakeups import wake
from rosters import answering as roster
from rosters.models import ContactPoint, Person, Proof
from rosters.readiness.proofs import prove

REMEMBERED = timedelta(days=7)  # as long as a reply letter is not given to the same phone again
LONGEST_KEPT = 2000
_OPT = frozenset({Meaning.OPTED_OUT, Meaning.OPTED_IN})


async def take_sms(
    session: AsyncSession,
    *,
    sender: str,
    text: str,
    provider: str,
    ref: str,
    now: datetime,
    means: Means,
) -> bool:
    """Take a text; False when this one (same provider and reference) was taken before.

    Everything is kept word for word. What cannot be placed waits for an operator; unknown senders
    get no reply.
    """
    owners = (
        select(Person)
        .join(ContactPoint, ContactPoint.person_id == Person.id)
        .where(ContactPoint.address == sender)
    )
    people = (await session.scalars(owners)).all()
    reply = Reply(
        received_at=now,
        via=Via.SMS,
        address=sender,
        text=without_secrets(text, means)[:LONGEST_KEPT].replace("\x00", ""),
        meaning=Meaning.UNKNOWN_SENDER,
        provider=provider,
        provider_ref=ref,
        person_id=people[0].id if people else None,
        waiting=True,
    )
    if not await _keep(session, reply):
        return False
    wake(session, "alarms")
    if people:
        reading = _Reading(session, reply, means, now, people[0].language)
        if not await reading.taken_above(people, text):
            await reading.read(people)
    return True


async def _keep(session: AsyncSession, reply: Reply) -> bool:
    """Store it unless it is there already: a repeated callback changes nothing."""
    values = {column.key: getattr(reply, column.key) for column in Reply.__table__.columns}
    embedded = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if embedded else postgresql.insert
    stored = await session.execute(
        insert(Reply).values(values).on_conflict_do_nothing().returning(Reply.id)
    )
    return stored.first() is not None


@dataclass(slots=True)
class _Reading:
    session: AsyncSession
    reply: Reply
    means: Means
    now: datetime
    language: str

    async def taken_above(self, people: Sequence[Person], text: str) -> bool:
        """A request in a form of its own: never an answer, whatever else it says."""
        for way in self.means.ways:
            done = await way.take_text(
                self.session, people, self.reply, text, now=self.now, means=self.means
            )
            if done is not None:
                await prove(self.session, self.reply.address, Proof.ANSWERED, self.now)
                meaning = Meaning.RECEIVED if done else Meaning.UNCLEAR
                await self._settle_reply(meaning, None, waiting=not done)
                return True
        return False

    async def read(self, people: Sequence[Person]) -> None:
        ids = [each.id for each in people]
        await self._lock_alarms(ids)  # before numbers: a failure that opts one out does so too
        await prove(self.session, self.reply.address, Proof.ANSWERED, self.now)
        questions = await self._questions(ids)
        letters = frozenset(each.call_in.letter for each in questions if each.call_in.letter)
        if await self._answers_the_roster(people, questions):
            return
        answers = understand(self.reply.text, letters=letters)
        if answers[0].meaning in _OPT:
            await self._opt(answers[0].meaning, questions)
            return
        placed = [(each, question_for(each, questions)) for each in answers]
        if placed[0][1] is not None and only_thanks(self.reply.text, placed[0][1]):
            await self._settle_reply(Meaning.RECEIVED, placed[0][1], waiting=False)
            return
        if any(question is None for _each, question in placed):
            await self._hint_at_the_roster(people, questions)
            await self._ask_which(questions)
            return
        taken = []
        for each, question in placed:
            if question is not None:
                taken.append(await self._take(each, question))
        if all(taken):
            await self._echo(self._words(answers, [each for each in taken if each]), placed[0][1])
            return
        several = len(distinct([each for each in questions if each.open])) > 1
        await self._leave_to_operator(placed[0][1], several=several)

    async def _answers_the_roster(
        self, people: Sequence[Person], questions: Sequence[Question]
    ) -> bool:
        """A bare yes or no is meant for the roster only when no alarm could take it, or asked last."""
        waits = any(each.alarm.state in OPEN_ALARM for each in questions)
        said = await roster.take_text(
            self.session,
            people,
            self.reply.text,
            bare_after=None if waits else self._asked_last(questions),
            zone=self.means.zone,
            now=self.now,
        )
        if said is None and (questions or not is_thanks(self.reply.text)):
            return False
        await self._settle_reply(Meaning.RECEIVED, None, waiting=False)
        if said is not None:
            await self._send_back(self.means.wording.roster_text(said, ""), None)
        return True

    async def _hint_at_the_roster(
        self, people: Sequence[Person], questions: Sequence[Question]
    ) -> None:
        """An operator reads it all the same; only when no alarm could take it."""
        if any(each.alarm.state in OPEN_ALARM for each in questions):
            return
        said = await roster.hint(
            self.session, people, after=self._asked_last(questions), now=self.now
        )
        if said is not None:
            await self._send_back(self.means.wording.roster_text(said, ""), None)

    def _asked_last(self, questions: Sequence[Question]) -> datetime:
        """When an alarm last asked this phone; as long ago as is remembered, when none has."""
        asked = [each.call_in.asked_at or self.now for each in questions]
        return max(asked, default=self.now - REMEMBERED)

    async def _lock_alarms(self, people: Sequence[UUID]) -> None:
        """The open alarms that may be answered, in one order for all, so that no two texts wait in a ring."""
        asked = select(CallIn.alarm_id).where(CallIn.person_id.in_(people))
        query = select(Alarm.id).where(Alarm.id.in_(asked), Alarm.state.in_(OPEN_ALARM))
        await self.session.execute(query.order_by(Alarm.id).with_for_update())

    async def _questions(self, people: Sequence[UUID]) -> list[Question]:
        rows = await self.session.execute(
            select(CallIn, Alarm)
            .join(Alarm, Alarm.id == CallIn.alarm_id)
            .where(
                CallIn.person_id.in_(people),
                CallIn.asked_at > self.now - REMEMBERED,
                CallIn.by_hand.is_(False),
            )
            .order_by(CallIn.asked_at.desc())
        )
        return [Question(call_in, alarm) for call_in, alarm in rows]

    async def _take(self, given: Answer, question: Question) -> Answered | None:
        given = fitting(given, question.call_in.ask)
        beside = given.meaning is Meaning.RECEIVED and question.call_in.ask is not Ask.RECEIVED
        if given.meaning is Meaning.UNCLEAR or beside:
            return None
        taken = await answer(
            self.session,
            question.call_in.id,
            given.meaning,
            eta=given.eta_minutes,
            via=Via.SMS,
            now=self.now,
        )
        await self._settle_reply(given.meaning, question, waiting=False)
        return taken

    def _words(self, answers: Sequence[Answer], taken: Sequence[Answered]) -> Words:
        wording, first = self.means.wording, taken[0]
        mode, language = first.alarm.mode, self.language
        if first.taken is Taken.CLOSED:
            return wording.closed(mode=mode, language=language)
        if first.taken is Taken.LATE and answers[0].meaning is Meaning.COMING:
            return wording.enough(answers[0], mode=mode, language=language)
        fitted = [fitting(each, one.call_in.ask) for each, one in zip(answers, taken, strict=True)]
        return wording.noted(fitted, mode=mode, language=language)

    async def _leave_to_operator(self, question: Question | None, *, several: bool) -> None:
        if question is None:
            return
        await self._settle_reply(Meaning.UNCLEAR, question, waiting=True)
        self._note(EventKind.UNCLEAR, question, self.reply.text[:160])
        if question.open:
            words = self.means.wording.unclear(
                question.call_in.ask,
                mode=question.alarm.mode,
                language=self.language,
                letter=question.call_in.letter if several else None,
            )
            await self._echo(words, question)

    async def _ask_which(self, questions: Sequence[Question]) -> None:
        choices = distinct([each for each in questions if each.open])
        await self._settle_reply(Meaning.UNCLEAR, choices[0] if choices else None, waiting=True)
        if len(choices) < 2:
            return
        self._note(EventKind.UNCLEAR, choices[0], self.reply.text[:160])
        titles = [(each.call_in.letter or "", each.alarm.title) for each in choices]
        modes = {each.alarm.mode for each in choices}
        mode = next(each for each in Mode if each in modes)  # the gravest
        words = self.means.wording.which(titles, mode=mode, language=self.language)
        await self._echo(words, choices[0])

    async def _opt(self, meaning: Meaning, questions: Sequence[Question]) -> None:
        out = meaning is Meaning.OPTED_OUT
        await self.session.execute(
            update(ContactPoint)
            .where(ContactPoint.address == self.reply.address)
            .values(opted_out_at=self.now if out else None)
        )
        await self._settle_reply(meaning, questions[0] if questions else None, waiting=out)
        for question in distinct([each for each in questions if each.open]):
            if out:
                self._note(EventKind.OPTED_OUT, question, "")

    def _note(self, kind: EventKind, question: Question, detail: str) -> None:
        note(
            self.session,
            question.alarm.id,
            kind,
            now=self.now,
            subject=question.call_in.name,
            detail=detail,
        )

    async def _settle_reply(
        self, meaning: Meaning, question: Question | None, *, waiting: bool
    ) -> None:
        await self.session.execute(
            update(Reply)
            .where(Reply.id == self.reply.id)
            .values(
                meaning=meaning,
                waiting=waiting,
                alarm_id=question.alarm.id if question else None,
                call_in_id=question.call_in.id if question else None,
            )
        )

    async def _echo(self, words: Words, question: Question | None) -> None:
        if question is not None:
            await self._send_back(words, question)

    async def _send_back(self, words: Words, question: Question | None) -> None:
        await send_back(
            self.session, self.reply, words, question, language=self.language, now=self.now
        )
