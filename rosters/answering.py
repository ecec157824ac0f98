"""Texts that answer the roster: which question a yes or no is for, and what is said back."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Refused
from core.language import gettext as _
from core.language import use_language
from rosters.handovers import service as handovers
from rosters.models import Person
from rosters.notices.answers import understand
from rosters.notices.models import Notice, NoticeState, Question, QuestionKind
from rosters.notices.service import TAG_RESTS, Teller
from rosters.readiness import confirming
from rosters.swaps import service as swaps

# Each takes the question's subject, its person and the answer, and gives the sentence to say back.
Answering = Callable[[Teller, UUID, Person, bool], Awaitable[str]]
TAKERS: dict[QuestionKind, Answering] = {
    QuestionKind.HANDOVER: handovers.take_text,
    QuestionKind.SWAP: swaps.take_text,
    QuestionKind.CONTACTS: confirming.take_text,
}


async def take_text(
    session: AsyncSession,
    people: Sequence[Person],
    text: str,
    *,
    bare_after: datetime | None,
    zone: ZoneInfo,
    now: datetime,
) -> str | None:
    """Take a text as the answer to a question of the roster; the sentence to say back.

    None when it answers none. A yes or no without a tag may be meant for what the roster has sent
    after `bare_after`, when an alarm last asked this phone; None while an alarm waits for it.
    """
    said = understand(text)
    if said is None or not (said.tag or bare_after):
        return None
    ids = [each.id for each in people]
    if said.tag:
        asked = await _tagged(session, ids, said.tag, now)
    else:
        asked = await _waiting(session, ids, max(bare_after or now, now - TAG_RESTS))
    if not asked:
        return None
    person = next(each for each in people if each.id == asked[0].person_id)
    with use_language(person.language):
        if len(asked) > 1:
            return _which(asked)
        return await _take(Teller(session, now, zone), asked[0], person, yes=said.yes)


async def hint(
    session: AsyncSession, people: Sequence[Person], *, after: datetime, now: datetime
) -> str | None:
    """How to answer the one question of the roster that waits, for a text that could not be read."""
    asked = await _waiting(session, [each.id for each in people], max(after, now - TAG_RESTS))
    if len(asked) != 1:
        return None
    person = next(each for each in people if each.id == asked[0].person_id)
    with use_language(person.language):
        how = _("Svara {tag} JA eller {tag} NEJ.").format(tag=asked[0].tag)
        return f"{_('Svaret gick inte att tolka.')} {how}"


async def _take(teller: Teller, question: Question, person: Person, *, yes: bool) -> str:
    """A refusal is said back as well; what it had begun is undone."""
    try:
        async with teller.session.begin_nested():
            return await TAKERS[question.kind](teller, question.subject_id, person, yes)
    except Refused as error:
        return error.sentence


async def _tagged(
    session: AsyncSession, people: Sequence[UUID], tag: str, now: datetime
) -> Sequence[Question]:
    """The open ones with this tag; when there is none, the latest that is closed."""
    lately = or_(Question.closed_at.is_(None), Question.asked_at > now - TAG_RESTS)
    rows = await session.scalars(
        select(Question)
        .where(Question.person_id.in_(people), Question.tag == tag, lately)
        .order_by(Question.asked_at.desc())
    )
    found = rows.all()
    return [each for each in found if each.closed_at is None] or found[:1]


async def _waiting(
    session: AsyncSession, people: Sequence[UUID], after: datetime
) -> Sequence[Question]:
    """Open questions that were sent after an instant: nobody answers what has not come yet."""
    sent = exists().where(
        Notice.question_id == Question.id,
        Notice.state != NoticeState.WITHDRAWN,
        Notice.passed_on_at > after,
    )
    rows = await session.scalars(
        select(Question)
        .where(Question.person_id.in_(people), Question.closed_at.is_(None), sent)
        .order_by(Question.asked_at.desc())
    )
    return rows.all()


def _which(asked: Sequence[Question]) -> str:
    words = {
        QuestionKind.HANDOVER: _("överlämning"),
        QuestionKind.SWAP: _("byte"),
        QuestionKind.CONTACTS: _("dina uppgifter"),
    }
    questions = ", ".join(f"{each.tag} = {words[each.kind]}" for each in asked)
    return _("Du har {count} frågor: {questions}. Svara t.ex. {tag} JA.").format(
        count=len(asked), questions=questions, tag=asked[0].tag
    )
