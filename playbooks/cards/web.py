"""Pages: the action cards, and one card as it is read at three in the morning."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from core.models import Role
from core.permissions import Reader, reader
from core.web import Config, Now, Session, go, page
from playbooks import library
from playbooks.cards import edit_pages
from playbooks.cards.document import Card, CardLine, Section
from playbooks.cards.words import section_words
from playbooks.library import Loaded
from playbooks.models import PlaybookKind
from playbooks.reviewing import Review, review_of
from playbooks.sayings import called, names_of
from playbooks.versions.shelves import book_of
from playbooks.versions.standing import standing
from playbooks.versions.web import version_pages

pages = APIRouter(prefix="/cards", dependencies=[Depends(reader)])


@dataclass(frozen=True, slots=True)
class Listed:
    card: Loaded[Card]
    review: Review

    @property
    def triggers(self) -> Sequence[CardLine]:
        return lines_in(self.card.document, Section.TRIGGERS)


def lines_in(card: Card, section: Section) -> Sequence[CardLine]:
    return [line for part in card.parts if part.section is section for line in part.lines]


@pages.get("")
async def cards(
    request: Request, session: Session, now: Now, settings: Config, user: Reader
) -> Response:
    found = await library.cards(session, at=now)
    drafts = await library.drafts(session, PlaybookKind.CARD)
    listed = [Listed(each, _review(each, now=now, zone=settings.zone)) for each in found.values()]
    return page(
        request,
        "playbooks/cards/cards.html",
        cards=listed,
        drafts=[(code, each, standing(each, (each,), at=now)) for code, each in drafts],
        may_write=user.may(Role.PLANNER),
    )


def _review(card: Loaded[Card], *, now: datetime, zone: ZoneInfo) -> Review:
    return review_of(card.version, months=card.document.review_months, now=now, zone=zone)


@pages.get("/{code}")
async def card(
    request: Request, code: str, session: Session, now: Now, settings: Config, user: Reader
) -> Response:
    """The card in force; a card that has only been drafted has versions to look at."""
    loaded = (await library.cards(session, at=now)).get(code)
    if loaded is None:
        book = await book_of(session, "cards", code, at=now)
        return go(f"{book.url}/versions")
    names = await names_of(session)
    words = section_words()
    sections = [(words[each], lines_in(loaded.document, each), each.to_do) for each in Section]
    return page(
        request,
        "playbooks/cards/card.html",
        card=loaded,
        review=_review(loaded, now=now, zone=settings.zone),
        sections=[each for each in sections if each[1]],
        owner=called(loaded.document.owner, names),
        who={
            line.role: called(line.role, names)
            for part in loaded.document.parts
            for line in part.lines
            if line.role
        },
        paths=library.documents(await library.paths(session, at=now)),
        may_write=user.may(Role.PLANNER),
    )


router = APIRouter()
for each in (edit_pages.router, version_pages("cards"), pages):
    router.include_router(each)
