"""Verbs: tell somebody something, ask for a yes or no, and take it back while there is time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from core.language import use_language
from core.wakeups import wake
from rosters.models import ContactPoint, Person
from rosters.notices.models import Notice, NoticeState, Question, QuestionKind
from rosters.notices.quiet import after_quiet, hours_of

LINK = "{link}"  # in a body: the address of the person's own page, made when it is sent
TAG_RESTS = timedelta(days=7)
Words = Callable[[], tuple[str, str]]  # subject and body, said in the language that is then in use


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells people things, in one transaction at one instant; alerting sends what is told."""

    session: AsyncSession
    now: datetime
    zone: ZoneInfo

    async def tell(
        self,
        person: Person,
        words: Words,
        *,
        key: str,
        at: datetime | None = None,
        urgent: bool = False,
        question: Question | None = None,
        address: str | None = None,
    ) -> bool:
        """Tell a person something once: False when this `key` has been told, and not withdrawn.

        It goes out at `at`, or now; what is not urgent and has no time of its own waits for the
        end of the person's quiet hours. With `address` it goes there and nowhere else.
        """
        with use_language(person.language):
            subject, body = words()
        due = at or (self.now if urgent else after_quiet(self.now, hours_of(person), self.zone))
        notice = Notice(
            key=key,
            person_id=person.id,
            subject=subject,
            body=body,
            urgent=urgent,
            question_id=question.id if question else None,
            address=address,
            due_at=max(due, self.now),
            created_at=self.now,
        )
        wake(self.session, "engine")
        return await self._keep(notice)

    async def ask(self, person: Person, kind: QuestionKind, subject_id: UUID) -> Question:
        """The question that a notice then asks; asked again, it is the same one.

        It keeps its tag for as long as tags rest; asked again later it gets a free one.
        """
        asked = await self.session.scalar(
            select(Question).where(
                Question.kind == kind,
                Question.subject_id == subject_id,
                Question.person_id == person.id,
            )
        )
        if asked is not None:
            asked.closed_at = None
            if asked.asked_at <= self.now - TAG_RESTS:
                asked.tag = await self._free_tag(person)
            asked.asked_at = self.now
            return asked
        question = Question(
            person_id=person.id,
            kind=kind,
            subject_id=subject_id,
            tag=await self._free_tag(person),
            asked_at=self.now,
        )
        self.session.add(question)
        await self.session.flush()  # a second question in this transaction needs another tag
        return question

    async def close(self, kind: QuestionKind, subject_id: UUID) -> None:
        """Nobody has to answer any longer; what has not been sent is withdrawn."""
        asked = select(Question.id).where(Question.kind == kind, Question.subject_id == subject_id)
        await self.session.execute(
            update(Question)
            .where(Question.id.in_(asked), Question.closed_at.is_(None))
            .values(closed_at=self.now)
        )
        await self.session.execute(
            update(Notice)
            .where(Notice.question_id.in_(asked), Notice.state == NoticeState.DUE)
            .values(state=NoticeState.WITHDRAWN)
        )

    async def withdraw(self, beginning: str) -> None:
        """Take back what has not been sent of the notices whose key begins so; it may be told anew."""
        await self.session.execute(
            update(Notice)
            .where(
                Notice.key.startswith(beginning, autoescape=True), Notice.state == NoticeState.DUE
            )
            .values(state=NoticeState.WITHDRAWN)
        )

    async def _free_tag(self, person: Person) -> str:
        """Free for all who answer from the same phone: a text says a tag, and not who wrote it."""
        own = select(ContactPoint.address).where(ContactPoint.person_id == person.id)
        sharing = select(ContactPoint.person_id).where(ContactPoint.address.in_(own))
        used = set(
            await self.session.scalars(
                select(Question.tag).where(
                    or_(Question.person_id == person.id, Question.person_id.in_(sharing)),
                    Question.asked_at > self.now - TAG_RESTS,
                )
            )
        )
        return next(f"R{number}" for number in range(1, 1000) if f"R{number}" not in used)

    async def _keep(self, notice: Notice) -> bool:
        values = {column.key: getattr(notice, column.key) for column in Notice.__table__.columns}
        embedded = self.session.get_bind().dialect.name == "sqlite"
        insert = sqlite.insert if embedded else postgresql.insert
        again = {name: value for name, value in values.items() if name not in {"id", "key"}}
        stored = await self.session.execute(
            insert(Notice)
            .values(values)
            .on_conflict_do_update(
                index_elements=["key"], set_=again, where=Notice.state == NoticeState.WITHDRAWN
            )
            .returning(Notice.id)
        )
        return stored.first() is not None
