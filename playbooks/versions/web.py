"""Pages: the versions of a path, card or plan, what is new in each, and the acts on them."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import PlainTextResponse, Response

from core.errors import Refused
from core.language import gettext as _
from core.models import Role
from core.permissions import Reader, planner, reader
from core.web import Config, Session, go, page
from playbooks.versions import acts, service, showing, source_pages
from playbooks.versions.acts import Scene, Subject
from playbooks.versions.shelves import Found
from playbooks.versions.visiting import Visiting, done, edit_address, version_page

reading = APIRouter(prefix="/versions", dependencies=[Depends(reader)])
judging = APIRouter(prefix="/versions", dependencies=[Depends(reader)])  # the verbs ask who owns it
planning = APIRouter(prefix="/versions", dependencies=[Depends(planner)])
Line = Annotated[str, Form()]


def version_pages(first: str) -> APIRouter:
    """The pages of all versions under `/paths`, `/cards` or `/plans`."""
    router = APIRouter(prefix=f"/{first}/{{code}}")
    for part in (reading, judging, planning, source_pages.router):
        router.include_router(part)
    return router


@reading.get("")
async def version_list(request: Request, book: Found, user: Reader) -> Response:
    return page(
        request,
        "playbooks/versions/list.html",
        book=book,
        standings=[(version, book.standing(version)) for version in book.versions],
        may_draft=user.may(Role.PLANNER),
    )


@reading.get("/{number}.yaml")
async def download(number: int, book: Found) -> Response:
    version = book.number(number)
    attached = {"content-disposition": f'attachment; filename="{version.file}"'}
    return PlainTextResponse(
        version.source.encode(), media_type="application/yaml; charset=utf-8", headers=attached
    )


@reading.get("/{number}/difference")
async def difference(
    request: Request,
    number: int,
    book: Found,
    session: Session,
    settings: Config,
    against: int | None = None,
) -> Response:
    version = book.number(number)
    before = book.number(against) if against else book.before(version)
    found = before and await showing.differing(session, book, before, version, zone=settings.zone)
    return page(
        request,
        "playbooks/versions/difference.html",
        book=book,
        version=version,
        before=before,
        difference=found,
        others=[each for each in book.versions if each.number != number],
    )


@reading.get("/{number}")
async def version(number: int, visit: Visiting) -> Response:
    return await version_page(visit, number)


@planning.post("")
async def begin_draft(visit: Visiting, of: Annotated[int | None, Form()] = None) -> Response:
    """A new draft, of what is in force or of any version."""
    draft = await service.draft(
        visit.session, visit.book.code, by=visit.by, now=visit.book.at, of=of
    )
    return go(edit_address(visit.book, draft))


@planning.post("/{number}/propose")
async def propose(number: int, visit: Visiting, summary: Line = "", seen: Line = "") -> Response:
    async def act(scene: Scene, subject: Subject) -> None:
        await acts.propose(scene, subject, summary)

    return await done(visit, number, act, seen=seen, typed={"summary": summary})


@planning.post("/{number}/throw-away")
async def throw_away(number: int, visit: Visiting) -> Response:
    async def act(scene: Scene, subject: Subject) -> None:
        await service.throw_away(scene.session, subject.version, by=scene.by, now=scene.now)

    last = len(visit.book.versions) == 1
    shelf, book = visit.book.shelf.url, visit.book.url
    return await done(visit, number, act, to=shelf if last else f"{book}/versions")


@judging.post("/{number}/send-back")
async def send_back(number: int, visit: Visiting, why: Line = "") -> Response:
    async def act(scene: Scene, subject: Subject) -> None:
        await acts.send_back(scene, subject, why)

    return await done(visit, number, act, typed={"why": why})


@judging.post("/{number}/approve")
async def approve(
    number: int,
    visit: Visiting,
    when: Line = "now",
    in_force_from: Line = "",
    seen: Line = "",
) -> Response:
    async def act(scene: Scene, subject: Subject) -> None:
        await acts.approve(scene, subject, _day(in_force_from) if when == "day" else None)

    typed = {"when": when, "in_force_from": in_force_from}
    return await done(visit, number, act, seen=seen, typed=typed)


@judging.post("/{number}/review")
async def review(number: int, visit: Visiting) -> Response:
    return await done(visit, number, acts.review)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused(_("Skriv dagen som 2026-12-24."), field="in_force_from") from None
    if day.year > 2200:
        raise Refused(_("Dagen ligger för långt fram."), field="in_force_from")
    return day
