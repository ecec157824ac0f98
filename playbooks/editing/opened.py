"""A draft that is open in the editor: its data, what is wrong with it and where, and how it is saved."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from core.errors import Refused
from core.language import gettext as _
from playbooks.editing.edits import Data
from playbooks.models import PlaybookVersion
from playbooks.reading import Mistake, Place, Source, read
from playbooks.versions import service, showing
from playbooks.versions.source_pages import drafted, refuse_unwritable
from playbooks.versions.visiting import Visit, Visiting
from playbooks.writing import comments_of, loses_comments, write_plain

HEAD, TEXTS = "head", "texts"


@dataclass(frozen=True, slots=True)
class Opened:
    visit: Visit
    version: PlaybookVersion
    source: Source

    @property
    def url(self) -> str:
        return f"{self.visit.book.url}/edit/{self.version.number}"

    @property
    def data(self) -> Data:
        """What the file says; nothing when it cannot be read."""
        return self.source.data if isinstance(self.source.data, dict) else {}

    @property
    def readable(self) -> bool:
        """A file with mistakes in the YAML itself would lose what could not be read."""
        return isinstance(self.source.data, dict) and not self.source.mistakes

    @property
    def loses_comments(self) -> bool:
        return loses_comments(self.version.source)

    async def findings(self) -> dict[str | int, list[Mistake]]:
        """What is wrong, by where it belongs: the head, the texts, or the step's place from 0."""
        visit = self.visit
        found = await showing.findings(
            visit.session, visit.book, self.version, zone=visit.settings.zone
        )
        return by_place(found, self.source)

    async def save(self, data: Data, *, seen: str) -> None:
        """Write the draft anew; Refused when somebody else has, or when no file can hold it."""
        if not self.readable:
            raise Refused(_("Filen kan inte läsas: rätta den som YAML först."), status=409)
        content = write_plain(data, comments=comments_of(self.version.source))
        visit = self.visit
        async with visit.session.begin_nested():
            refuse_unwritable(content)
            await service.save(
                visit.session,
                self.version,
                content,
                seen=seen,
                by=visit.by,
                now=visit.book.at,
            )


async def _opened(number: int, visit: Visiting) -> Opened:
    version = drafted(visit.book.number(number))
    return Opened(visit, version, read(version.file, version.source.encode()))


Opening = Annotated[Opened, Depends(_opened, scope="function")]


def by_place(found: Iterable[Mistake], source: Source) -> dict[str | int, list[Mistake]]:
    placed: dict[str | int, list[Mistake]] = {}
    for mistake in found:
        placed.setdefault(belongs(mistake.line, source), []).append(mistake)
    return placed


def belongs(line: int, source: Source) -> str | int:
    """Which part of the file a line is in."""
    before = [(at, place) for place, at in source.lines.items() if place and at <= line]
    place: Place = max(before, key=lambda each: (each[0], len(each[1])))[1] if before else ()
    if place[:1] == ("steps",) and len(place) > 1:
        return place[1]
    return TEXTS if place[:1] == ("texts",) else HEAD
