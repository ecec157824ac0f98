"""Who must act is told: the owners of a proposal, and its authors of what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from core.language import N_
from core.language import gettext as _
from core.models import User
from playbooks.models import PlaybookVersion
from rosters.models import Person
from rosters.notices.service import Teller


class Happened(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    SENT_BACK = "sent back"


SENTENCES = {
    Happened.PROPOSED: N_(
        "{code}, version {number}: {who} föreslår en ändring. {what} Läs och godkänn: {url}"
    ),
    Happened.APPROVED: N_("{code}, version {number} är godkänd av {who}. {what} {url}"),
    Happened.SENT_BACK: N_("{code}, version {number} skickades tillbaka av {who}. {what} {url}"),
}


@dataclass(frozen=True, slots=True)
class Word:
    """What has happened to a version, for those who have to know."""

    happened: Happened
    code: str
    who: str
    what: str
    url: str


async def tell(
    teller: Teller,
    version: PlaybookVersion,
    people: Iterable[Person],
    word: Word,
    *,
    once: datetime,
) -> None:
    """Tell each of them, once for each time that it happens.

    What had happened before, and is waiting for the morning, is no longer so: nobody is told.
    """

    def words() -> tuple[str, str]:
        subject = _("{code}, version {number}").format(code=word.code, number=version.number)
        body = _(SENTENCES[word.happened]).format(
            code=word.code,
            number=version.number,
            who=word.who,
            what=word.what and word.what.rstrip(".") + ".",
            url=word.url,
        )
        return subject, " ".join(body.split())

    await teller.withdraw(f"version:{version.id}:")
    for person in people:
        key = f"version:{version.id}:{word.happened}:{once.isoformat()}:{person.id}"
        await teller.tell(person, words, key=key)


async def authors(teller: Teller, version: PlaybookVersion) -> list[Person]:
    """Those who wrote in it and who proposed it, as far as they are people with an account here."""
    names = {*version.authors, version.proposed_by}
    query = select(Person).join(User, User.id == Person.user_id).where(User.username.in_(names))
    return list(await teller.session.scalars(query))
