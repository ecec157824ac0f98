"""Pages: the alarm paths, one path as chain and picture, its versions, and loading new ones."""

import re
from pathlib import PurePosixPath
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import PlainTextResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.means import Provided
from core.errors import NotFound
from core.language import gettext as _
from core.models import Role
from core.permissions import Acting, Reader, planner, reader
from core.web import Config, Now, Session, go, page
from playbooks import library, raise_pages, service
from playbooks.audience import audience_of
from playbooks.checking import Checked
from playbooks.models import PlaybookVersion, VersionState
from playbooks.picture import draw
from playbooks.sayings import called, names_of, said
from playbooks.service import MistakesInPaths
from rosters.seen import sees_numbers

pages = APIRouter(prefix="/paths", dependencies=[Depends(reader)])
loading = APIRouter(prefix="/paths", dependencies=[Depends(planner)])


@pages.get("")
async def paths(
    request: Request, session: Session, now: Now, user: Reader, loaded: str = ""
) -> Response:
    found = await library.paths(session, at=now)
    new = [code for code in loaded.split(",") if code in found]
    may_load = user.may(Role.PLANNER)
    return page(
        request,
        "playbooks/paths.html",
        paths=found.values(),
        new=new,
        may_load=may_load,
        numbers=sees_numbers(user),
    )


@loading.get("/load")
async def load_form(request: Request) -> Response:
    return page(request, "playbooks/load.html", checked=None, text="")


@loading.post("/load")
async def load(
    request: Request,
    session: Session,
    now: Now,
    settings: Config,
    by: Acting,
    files: Annotated[list[UploadFile] | None, File()] = None,
    text: Annotated[str, Form()] = "",
    act: Annotated[str, Form()] = "check",
) -> Response:
    """Check files or a pasted text, or check and load them."""
    given = await _given(files or [], text)
    if act != "load" or not given:
        checked = await service.check_files(session, given, now=now, zone=settings.zone)
        return _checked(request, checked if given else None, text)
    try:
        made = await service.load(
            session, given, by=by, now=now, zone=settings.zone, state=VersionState.DRAFT
        )
    except MistakesInPaths as refusal:
        return _checked(request, refusal.checked, text)
    codes = ",".join(library.document_of(version).code for version in made)
    return go(f"/paths?loaded={codes}")


async def _given(files: list[UploadFile], text: str) -> dict[str, bytes]:
    """Files by name; a pasted text gets the name of its code."""
    given = {
        PurePosixPath(file.filename).name: await file.read() for file in files if file.filename
    }
    if text.strip():
        code = re.search(r"^code:\s*([\w-]+)", text, re.MULTILINE)
        name = f"{code[1].lower()}.yaml" if code else _("inklistrat.yaml")
        given[name] = text.replace("\r\n", "\n").encode()
    return given


def _checked(request: Request, checked: Checked | None, text: str) -> Response:
    wrong = checked is None or bool(checked.mistakes)
    return page(
        request,
        "playbooks/load.html",
        status=422 if wrong else 200,
        checked=checked,
        text=text,
        empty=checked is None,
    )


@pages.get("/{code}")
async def path(request: Request, code: str, session: Session, now: Now, user: Reader) -> Response:
    found = await library.paths(session, at=now)
    plan = service.compiled(found, code)
    names = await names_of(session)
    document = found[code].document
    return page(
        request,
        "playbooks/path.html",
        document=document,
        owner=called(document.owner, names),
        last_resort=[called(target, names) for target in plan.last_resort],
        plan=plan,
        steps=said(plan, names),
        step_titles={step.name: step.title for step in plan.steps},
        picture=draw(plan, names),
        versions=await library.versions(session, code),
        may_raise=user.may(Role.DUTY_OFFICER),
    )


@pages.get("/{code}/people")
async def people(
    request: Request, code: str, session: Session, now: Now, means: Provided
) -> Response:
    """Who would be called right now."""
    found = await library.paths(session, at=now)
    plan = service.compiled(found, code)
    names = await names_of(session)
    audience = await audience_of(session, plan, at=now, zone=means.zone)
    return page(
        request,
        "playbooks/people.html",
        plan=plan,
        audience=audience,
        steps=list(zip(said(plan, names), audience.steps, strict=True)),
    )


@pages.get("/{code}/versions/{number}.yaml")
async def download(code: str, number: int, session: Session) -> Response:
    version = await _version(session, code, number)
    attached = {"content-disposition": f'attachment; filename="{code.lower()}.yaml"'}
    return PlainTextResponse(
        version.source.encode(), media_type="application/yaml; charset=utf-8", headers=attached
    )


@pages.get("/{code}/versions/{number}")
async def version(request: Request, code: str, number: int, session: Session) -> Response:
    found = await _version(session, code, number)
    return page(request, "playbooks/version.html", code=code, version=found)


async def _version(session: AsyncSession, code: str, number: int) -> PlaybookVersion:
    for version in await library.versions(session, code):
        if version.number == number:
            return version
    raise NotFound(_("Version {number} av {code} finns inte.").format(number=number, code=code))


router = APIRouter()
for part in (raise_pages.router, loading, pages):
    router.include_router(part)
