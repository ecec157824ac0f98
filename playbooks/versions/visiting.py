"""One visit to a version's page: who looks, at what, and how an act that is refused comes back."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import By
from core.errors import Refused
from core.language import gettext as _
from core.models import User
from core.permissions import Acting, Reader
from core.settings import Settings
from core.web import Config, Session, go, page
from playbooks.models import PlaybookVersion, VersionState
from playbooks.sayings import called, names_of
from playbooks.versions import showing
from playbooks.versions.acts import Scene, Subject
from playbooks.versions.shelves import Book, Found, book_of

OPEN = {VersionState.DRAFT, VersionState.PROPOSED}


@dataclass(frozen=True, slots=True)
class Visit:
    request: Request
    session: AsyncSession
    book: Book
    user: User
    by: By
    settings: Settings

    def scene(self, version: PlaybookVersion) -> Scene:
        url = f"{self.settings.base_url}{address(self.book, version)}"
        return Scene(self.session, self.user, self.by, self.book.at, self.settings.zone, url)


async def _visit(
    request: Request, session: Session, book: Found, user: Reader, by: Acting, settings: Config
) -> Visit:
    return Visit(request, session, book, user, by, settings)


Visiting = Annotated[Visit, Depends(_visit, scope="function")]


def address(book: Book, version: PlaybookVersion) -> str:
    return f"{book.url}/versions/{version.number}"


def edit_address(book: Book, version: PlaybookVersion) -> str:
    """Where a draft is written, step by step or line by line."""
    return f"{book.url}/edit/{version.number}"


async def done(
    visit: Visit,
    number: int,
    act: Callable[[Scene, Subject], Awaitable[None]],
    *,
    to: str = "",
    seen: str = "",
    typed: Mapping[str, str] | None = None,
) -> Response:
    """Do it and go on; when it is refused, the page again with the sentence and what was typed."""
    version = visit.book.number(number)
    try:
        async with visit.session.begin_nested():
            _must_be_seen(version, seen)
            await act(visit.scene(version), visit.book.subject(version))
    except Refused as refused:
        return await _refused(visit, number, refused, typed or {})
    return go(to or address(visit.book, version))


def _must_be_seen(version: PlaybookVersion, seen: str) -> None:
    """By the checksum of what stood on the page, where that says one.

    A proposal that was sent back, changed and proposed anew meanwhile is another one than its
    reader says yes to.
    """
    if seen and seen != version.checksum:
        sentence = _("Versionen har ändrats sedan du öppnade sidan. Läs den igen först.")
        raise Refused(sentence, status=409)


async def _refused(
    visit: Visit, number: int, refused: Refused, typed: Mapping[str, str]
) -> Response:
    """As things stand now: somebody else may have been first."""
    visit.session.expire_all()
    first, code = visit.book.shelf.url[1:], visit.book.code
    book = await book_of(visit.session, first, code, at=visit.book.at)
    again = Visit(visit.request, visit.session, book, visit.user, visit.by, visit.settings)
    errors = {refused.field: refused.sentence}
    return await version_page(again, number, errors=errors, typed=typed, status=refused.status)


async def version_page(
    visit: Visit,
    number: int,
    *,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """All there is to know of one version, and what may be done with it."""
    session, book, zone = visit.session, visit.book, visit.settings.zone
    version = book.number(number)
    names = await names_of(session)
    document = book.document(version)
    before = book.before(version) if version.state in OPEN else None
    return page(
        visit.request,
        "playbooks/versions/version.html",
        status=status,
        book=book,
        version=version,
        document=document,
        standing=book.standing(version),
        judged=await showing.judged(session, book, version, visit.user, zone=zone),
        findings=await showing.findings(session, book, version, zone=zone),
        chain=await showing.chain_of(session, version, names, at=book.at),
        last_resort=[called(each, names) for each in getattr(document, "last_resort", ())],
        before=before,
        difference=before and await showing.differing(session, book, before, version, zone=zone),
        edit_url=edit_address(book, version),
        errors=errors or {},
        typed=typed or {},
    )
