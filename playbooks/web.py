"""Pages: the alarm paths, one path as chain and picture, its versions, and loading new ones."""

import re
from pathlib import PurePosixPath
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import Response

from alerting.means import Provided
from core.language import gettext as _
from core.models import Role
from core.permissions import Acting, Reader, planner, reader
from core.web import Config, Now, Session, go, page
from playbooks import library, raise_pages, service
from playbooks.audience import audience_of
from playbooks.checking import Checked
from playbooks.editing import web as editing
from playbooks.lights.register import STATUS, Asked, register
from playbooks.models import PlaybookKind, VersionState
from playbooks.picture import draw
from playbooks.sayings import called, names_of, said
from playbooks.service import MistakesInPaths
from playbooks.versions.standing import standing
from playbooks.versions.web import version_pages

pages = APIRouter(prefix="/paths", dependencies=[Depends(reader)])
loading = APIRouter(prefix="/paths", dependencies=[Depends(planner)])


@pages.get("")
async def paths(
    request: Request,
    session: Session,
    now: Now,
    config: Config,
    user: Reader,
    asked: Annotated[Asked, Depends()],
    loaded: str = "",
) -> Response:
    """The register: every path with its three lights."""
    found = await library.paths(session, at=now)
    drafts = await library.drafts(session, PlaybookKind.PATH)
    new = {tuple(each.split(".", 1)) for each in loaded.split(",")}
    lights = await register(session, asked, now=now, zone=config.zone)
    return page(
        request,
        "playbooks/paths.html",
        status=422 if lights.errors else 200,
        paths=found.values(),
        register=lights,
        light_status=STATUS,
        drafts=[(code, each, standing(each, (each,), at=now)) for code, each in drafts],
        new=[(code, each) for code, each in drafts if (code, str(each.number)) in new],
        nothing_new=loaded == "-",
        may_load=user.may(Role.PLANNER),
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
    kinds = {service.kind_of(library.document_of(each)) for each in made}
    if kinds and PlaybookKind.PATH not in kinds:
        return go("/cards" if PlaybookKind.CARD in kinds else "/plans")  # the drafts stand there
    drafts = ",".join(f"{library.document_of(each).code}.{each.number}" for each in made)
    return go(f"/paths?loaded={drafts or '-'}")


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
    """The path as it is in force; one that only has drafts yet is shown as its versions."""
    found = await library.paths(session, at=now)
    versions = await library.versions(session, code)
    if code not in found:
        return go(f"/paths/{code}/versions")
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
        versions=versions,
        standings={each.number: standing(each, versions, at=now) for each in versions},
        may_draft=user.may(Role.PLANNER),
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


router = APIRouter()
for part in (raise_pages.router, loading, editing.router, pages, version_pages("paths")):
    router.include_router(part)
