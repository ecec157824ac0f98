"""Writing a card or plan in the browser: a form that is saved as a file, or only changed on screen."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Protocol
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData

from core.audit import By
from core.errors import Refused
from core.language import gettext as _
from core.permissions import Acting
from core.web import Config, Now, Session, go, page
from playbooks import forms, service
from playbooks.checking import Checked, file_of
from playbooks.models import Playbook, PlaybookVersion, VersionState
from playbooks.reading import Place, Plain, read
from playbooks.sayings import Names, names_of
from playbooks.service import MistakesInPaths
from playbooks.versions import acts
from playbooks.versions import service as versions
from playbooks.versions.source_pages import drafted, refuse_unwritable
from playbooks.versions.visiting import Visit
from playbooks.writing import comments_of, write_plain

SAVE = "save"


class Form(Protocol):
    """A card's or a plan's form."""

    fields: dict[str, str]

    def plain(self) -> dict[str, Plain]: ...
    def field_at(self, place: Place) -> str: ...
    def does(self, act: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody who writes; what the service needs of them."""

    request: Request
    session: AsyncSession
    by: By
    now: datetime
    zone: ZoneInfo


def _writer(request: Request, session: Session, by: Acting, now: Now, settings: Config) -> Writer:
    return Writer(request, session, by, now, settings.zone)


Writing = Annotated[Writer, Depends(_writer, scope="function")]


@dataclass(frozen=True, slots=True)
class Desk:
    """How one kind is written: its address, its template, its form, and what that offers."""

    url: str
    template: str
    of: Callable[[dict[str, Plain], Names], Form]
    read: Callable[[FormData], Form]
    offers: Callable[[AsyncSession, datetime], Awaitable[dict[str, Any]]]

    async def shown(
        self,
        request: Request,
        session: AsyncSession,
        form: Form,
        *,
        now: datetime,
        **more: Any,
    ) -> Response:
        """The form; `errors` are those of saving, `wanting` is what a saved draft still lacks."""
        names = await names_of(session)
        shown: dict[str, Any] = {
            "errors": {},
            "wanting": {},
            "version": None,
            "book": None,
            "saved": False,
        }
        offers = await self.offers(session, now)
        status = 422 if more.get("errors") else 200
        shown |= {"form": form, "url": self.url, "people": forms.labels(names), **offers, **more}
        return page(request, self.template, status=status, **shown)

    async def edit(self, visit: Visit, number: int) -> Response:
        version = drafted(visit.book.number(number))
        data = data_of(version)
        if data is None:
            return go(f"{visit.book.url}/versions/{number}/source")
        form = self.of(data, await names_of(visit.session))
        wanting = await draft_errors(visit, version, form)
        return await self._draft(visit, version, form, seen=version.checksum, wanting=wanting)

    async def change(self, visit: Visit, number: int) -> Response:
        """Save, or change what stands in the form and show it again."""
        version = visit.book.number(number)
        sent = await visit.request.form()
        form = self.read(sent)
        act, seen = forms.one(sent, "act"), forms.one(sent, "seen")
        errors: dict[str, str] = {}
        if act == SAVE:
            errors = await save(visit, version, form, seen=seen)
            if not errors:
                return go(f"{visit.book.url}/edit/{number}?saved=yes")
        else:
            form.does(act)
        return await self._draft(visit, version, form, seen=seen, errors=errors)

    async def _draft(
        self, visit: Visit, version: PlaybookVersion, form: Form, **more: Any
    ) -> Response:
        saved = "saved" in visit.request.query_params and not more.get("errors")
        more |= {"version": version, "book": visit.book, "saved": saved}
        form.fields["code"] = visit.book.code
        return await self.shown(visit.request, visit.session, form, now=visit.book.at, **more)

    async def begin(self, writer: Writer) -> Response:
        """The first draft of a new one, or its form again."""
        sent = await writer.request.form()
        form = self.read(sent)
        errors: dict[str, str] = {}
        if forms.one(sent, "act") == SAVE:
            made = await first(writer, form)
            if isinstance(made, PlaybookVersion):
                return go(f"{self.url}/{form.fields['code']}/edit/{made.number}?saved=yes")
            errors = made
        else:
            form.does(forms.one(sent, "act"))
        return await self.shown(writer.request, writer.session, form, now=writer.now, errors=errors)


def data_of(version: PlaybookVersion) -> dict[str, Plain] | None:
    """What a draft says, right or wrong; None for a file that is no YAML."""
    data = read(version.file, version.source.encode()).data
    return data if isinstance(data, dict) else None


async def save(visit: Visit, version: PlaybookVersion, form: Form, *, seen: str) -> dict[str, str]:
    """Write the draft anew, mistakes and all; what is refused comes back by field."""
    form.fields["code"] = visit.book.code
    content = write_plain(form.plain(), comments=comments_of(version.source))
    try:
        async with visit.session.begin_nested():
            refuse_unwritable(content)
            await versions.save(
                visit.session, version, content, seen=seen, by=visit.by, now=visit.book.at
            )
    except Refused as refused:
        return {"": refused.sentence}
    return {}


async def first(writer: Writer, form: Form) -> PlaybookVersion | dict[str, str]:
    """Make a new playbook's first draft; what is wrong with it comes back by field."""
    code = form.fields.get("code", "")
    if await writer.session.scalar(select(Playbook.id).where(Playbook.code == code)):
        return {"code": _("Koden {code} används redan.").format(code=code)}
    content = write_plain(form.plain())
    file = file_of(code)
    try:
        async with writer.session.begin_nested():
            refuse_unwritable(content)
            (made,) = await service.load(
                writer.session,
                {file: content},
                by=writer.by,
                now=writer.now,
                zone=writer.zone,
                state=VersionState.DRAFT,
            )
    except MistakesInPaths as refused:
        return errors_of(file, content, refused.checked, form)
    except Refused as refused:
        return {refused.field: refused.sentence}
    return made


def errors_of(file: str, content: bytes, checked: Checked, form: Form) -> dict[str, str]:
    """Each mistake at its field; what has no field of its own stands together."""
    errors: dict[str, str] = {}
    for place, sentence in forms.places(file, content, checked.mistakes):
        name = form.field_at(place)
        errors[name] = f"{errors[name]} {sentence}" if name in errors else sentence
    return errors


async def draft_errors(visit: Visit, version: PlaybookVersion, form: Form) -> Mapping[str, str]:
    """What is wrong with a draft as it was saved."""
    content = version.source.encode()
    checked = await acts.checked(
        visit.session, visit.book.subject(version), now=visit.book.at, zone=visit.settings.zone
    )
    return errors_of(version.file, content, checked, form)
