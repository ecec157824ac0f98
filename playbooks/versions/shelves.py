"""Where each kind of playbook has its pages, and which version a page is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound
from core.language import N_
from core.language import gettext as _
from core.web import Now, Session
from playbooks import library
from playbooks.models import FINAL, Playbook, PlaybookKind, PlaybookVersion
from playbooks.parsing import AnyDocument
from playbooks.versions.acts import Subject
from playbooks.versions.standing import Standing, standing


@dataclass(frozen=True, slots=True)
class Shelf:
    kind: PlaybookKind
    url: str
    label: str  # a msgid


SHELVES = {
    "paths": Shelf(PlaybookKind.PATH, "/paths", N_("Larmvägar")),
    "cards": Shelf(PlaybookKind.CARD, "/cards", N_("Åtgärdskort")),
    "plans": Shelf(PlaybookKind.PLAN, "/plans", N_("Handlingsplaner")),
}


@dataclass(frozen=True, slots=True)
class Book:
    """One playbook with all its versions, newest first, as they stand at an instant."""

    shelf: Shelf
    code: str
    versions: Sequence[PlaybookVersion]
    at: datetime

    @property
    def url(self) -> str:
        return f"{self.shelf.url}/{self.code}"

    @property
    def in_force(self) -> PlaybookVersion | None:
        return library.in_force(self.versions, at=self.at)

    @property
    def title(self) -> str:
        """What it is called, as far as it can be read."""
        first = (self.in_force, *self.versions)
        documents = (library.readable(each) for each in first if each)
        return next((document.title for document in documents if document), "")

    def number(self, number: int) -> PlaybookVersion:
        """NotFound when there is no such version."""
        for version in self.versions:
            if version.number == number:
                return version
        sentence = _("Version {number} av {code} finns inte.")
        raise NotFound(sentence.format(number=number, code=self.code))

    def before(self, version: PlaybookVersion) -> PlaybookVersion | None:
        """What a version is compared with: what is in force, or for that the one it replaced."""
        older = [each for each in self.versions if each.number < version.number]
        final = [each for each in older if each.state in FINAL]
        current = self.in_force
        if current in older:
            return current
        return next(iter(final or older), None)

    def standing(self, version: PlaybookVersion) -> Standing:
        return standing(version, self.versions, at=self.at)

    def subject(self, version: PlaybookVersion) -> Subject:
        return Subject(self.code, self.shelf.kind, version)

    def document(self, version: PlaybookVersion) -> AnyDocument | None:
        return library.readable(version)


async def book_of(session: AsyncSession, first: str, code: str, *, at: datetime) -> Book:
    """The playbook of that code on the shelf that an address begins with; or NotFound."""
    shelf = SHELVES[first]
    kind = await session.scalar(select(Playbook.kind).where(Playbook.code == code))
    if kind is not shelf.kind:
        raise NotFound(_("{code} finns inte.").format(code=code))
    return Book(shelf, code, await library.versions(session, code), at)


async def _found(request: Request, code: str, session: Session, now: Now) -> Book:
    return await book_of(session, request.url.path.split("/")[1], code, at=now)


Found = Annotated[Book, Depends(_found, scope="function")]
