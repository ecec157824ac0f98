"""Texts that answer the roster: which question a yes or no is for, and what is said back."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Refused
from core.language import gettext as _
from core.language import use_language
from rosters.handovers import service as handovers
from rosters.models import Person
from rosters.notices.answers import understand
from rosters.notices.models import Question, QuestionKind
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
    bare: bool,
    zone: ZoneInfo,
    now: datetime,
) -> str | None:
    """Take a text as the answer to a question of the roster; the sentence to say back.

    None when it answers none. `bare`: a yes or no without a tag may be meant for the roster, for
    no alarm waits for one from this phone.
    """
    said = understand(text)
    if said is None or not (said.tag or bare):
        return None
    asked = await _asked(session, [each.id for each in people], now)
    if said.tag:
        asked = [each for each in asked if each.tag == said.tag]
    else:
        asked = [each for each in asked if each.closed_at is None]
    if not asked:
        return None
    person = next(each for each in people if each.id == asked[0].person_id)
    with use_language(person.language):
        if len(asked) > 1:
            return _which(asked)
        return await _take(Teller(session, now, zone), asked[0], person, yes=said.yes)


async def _take(teller: Teller, question: Question, person: Person, *, yes: bool) -> str:
    """A refusal is said back as well; what it had begun is undone."""
    try:
        async with teller.session.begin_nested():
            return await TAKERS[question.kind](teller, question.subject_id, person, yes)
    except Refused as error:
        return error.sentence


async def _asked(session: AsyncSession, people: Sequence[UUID], now: datetime) -> list[Question]:
    found = await session.scalars(
        select(Question)
        .where(Question.person_id.in_(people), Question.asked_at > now - TAG_RESTS)
        .order_by(Question.asked_at.desc())
    )
    return list(found)


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
