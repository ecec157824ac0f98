"""Pages: every board and company with its action plan and light, and one plan."""

from collections.abc import Iterable

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy import select

from core.models import Role
from core.permissions import Reader, reader
from core.web import Config, Now, Session, go, page
from playbooks import library
from playbooks.models import PlaybookKind
from playbooks.plans import edit_pages
from playbooks.plans.bodies import (
    binding_words,
    bodies,
    bodies_as_csv,
    counts,
    standing_of,
)
from playbooks.sayings import called, names_of
from playbooks.versions.shelves import book_of
from playbooks.versions.standing import standing
from playbooks.versions.web import version_pages
from rosters.models import Unit

pages = APIRouter(prefix="/plans", dependencies=[Depends(reader)])
files = APIRouter(dependencies=[Depends(reader)])


@pages.get("")
async def plans(
    request: Request, session: Session, now: Now, settings: Config, user: Reader
) -> Response:
    found = await bodies(session, now=now, zone=settings.zone)
    drafts = await library.drafts(session, PlaybookKind.PLAN)
    return page(
        request,
        "playbooks/plans/plans.html",
        bodies=found,
        counts=counts(found),
        binding_words=binding_words,
        drafts=[(code, each, standing(each, (each,), at=now)) for code, each in drafts],
        may_write=user.may(Role.PLANNER),
    )


@files.get("/plans.csv")
async def plans_file(session: Session, now: Now, settings: Config) -> Response:
    text = bodies_as_csv(await bodies(session, now=now, zone=settings.zone))
    return Response(
        text.encode("utf-8-sig"),  # spreadsheets take a file without the mark for Latin-1
        media_type="text/csv",
        headers={"content-disposition": 'attachment; filename="handlingsplaner.csv"'},
    )


@pages.get("/{code}")
async def plan(
    request: Request, code: str, session: Session, now: Now, settings: Config, user: Reader
) -> Response:
    """The plan in force; a plan that has only been drafted has versions to look at."""
    loaded = (await library.plans(session, at=now)).get(code)
    if loaded is None:
        book = await book_of(session, "plans", code, at=now)
        return go(f"{book.url}/versions")
    document = loaded.document
    unit = await session.scalar(select(Unit).where(Unit.code == document.body))
    names = await names_of(session)
    cards = await library.cards(session, at=now)
    return page(
        request,
        "playbooks/plans/plan.html",
        plan=loaded,
        body=unit.name if unit else document.body,
        standing=await standing_of(
            session, loaded, now=now, zone=settings.zone, body_exists=unit is not None
        ),
        binding=binding_words(document),
        owner=called(document.owner, names),
        informed=[called(each, names) for each in document.informed or ()],
        cards=_titles(document.cards, {key: each.document.title for key, each in cards.items()}),
        may_write=user.may(Role.PLANNER),
    )


def _titles(codes: Iterable[str], titles: dict[str, str]) -> list[tuple[str, str]]:
    """Codes with what they are called; "" for a card that is gone."""
    return [(code, titles.get(code, "")) for code in codes]


router = APIRouter()
for each in (files, edit_pages.router, version_pages("plans"), pages):
    router.include_router(each)
