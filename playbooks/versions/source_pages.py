"""Pages: a draft as the text of its file, for whoever would rather write YAML."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from core.database import clean
from core.errors import Refused
from core.language import gettext as _
from core.permissions import planner
from core.web import go, page
from playbooks.models import PlaybookVersion, VersionState
from playbooks.reading import LARGEST, Mistake
from playbooks.versions import service, showing
from playbooks.versions.visiting import Visit, Visiting

router = APIRouter(prefix="/versions", dependencies=[Depends(planner)])


@router.get("/{number}/source")
async def source_form(number: int, visit: Visiting) -> Response:
    version = drafted(visit.book.number(number))
    found = await showing.findings(visit.session, visit.book, version, zone=visit.settings.zone)
    return _page(visit, version, version.source, seen=version.checksum, findings=found)


@router.post("/{number}/source")
async def save_source(
    number: int,
    visit: Visiting,
    text: Annotated[str, Form()] = "",
    seen: Annotated[str, Form()] = "",
) -> Response:
    """Save the text as it is, mistakes and all; refused, it comes back as it was typed."""
    version = visit.book.number(number)
    plain = text.replace("\r\n", "\n")
    content = (plain if plain.endswith("\n") else f"{plain}\n").encode(errors="replace")
    try:
        async with visit.session.begin_nested():
            refuse_unwritable(content)
            await service.save(
                visit.session, version, content, seen=seen, by=visit.by, now=visit.book.at
            )
    except Refused as refused:
        return _page(visit, version, plain, seen=seen, refused=refused)
    return go(f"{visit.book.url}/versions/{number}/source?saved=yes")


def drafted(version: PlaybookVersion) -> PlaybookVersion:
    """Refused for what is no draft."""
    if version.state is not VersionState.DRAFT:
        raise Refused(_("Bara ett utkast kan ändras. Börja ett nytt utkast."), status=409)
    return version


def refuse_unwritable(content: bytes) -> None:
    """What a database or a file cannot keep."""
    text = content.decode()
    if clean(text) != text:
        raise Refused(_("Texten har tecken som inte kan sparas."), field="text")
    if len(content) > LARGEST:
        raise Refused(_("Filen är för stor: högst 256 kB."), field="text")


def _page(
    visit: Visit,
    version: PlaybookVersion,
    text: str,
    *,
    seen: str,
    findings: tuple[Mistake, ...] = (),
    refused: Refused | None = None,
) -> Response:
    return page(
        visit.request,
        "playbooks/versions/source.html",
        status=refused.status if refused else 200,
        book=visit.book,
        version=version,
        text=text,
        seen=seen,
        findings=findings,
        saved="saved" in visit.request.query_params,
        errors={refused.field: refused.sentence} if refused else {},
    )
