"""Pages: an action card is written in a form, line by line."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

from core.permissions import planner
from playbooks import library
from playbooks.cards.document import Section
from playbooks.cards.form import CardForm, LineForm
from playbooks.cards.words import section_words
from playbooks.drafting import Desk, Writing
from playbooks.versions.visiting import Visiting

router = APIRouter(prefix="/cards", dependencies=[Depends(planner)])


async def _offers(session: AsyncSession, now: datetime) -> dict[str, Any]:
    words = section_words()
    paths = await library.paths(session, at=now)
    return {
        "sections": [(each.value, words[each], each.to_do) for each in Section],
        "known_paths": [(code, f"{code} {each.document.title}") for code, each in paths.items()],
    }


DESK = Desk("/cards", "playbooks/cards/edit.html", CardForm.of, CardForm.read, _offers)


@router.get("/new")
async def new(writer: Writing) -> Response:
    """Every section but the triggers begins with an empty line."""
    lines = [LineForm(section.value) for section in list(Section)[:3]]
    form = CardForm({"review_months": "12"}, lines=lines)
    return await DESK.shown(writer.request, writer.session, form, now=writer.now)


@router.post("/new")
async def begin(writer: Writing) -> Response:
    return await DESK.begin(writer)


@router.get("/{code}/edit/{number}")
async def edit(number: int, visit: Visiting) -> Response:
    return await DESK.edit(visit, number)


@router.post("/{code}/edit/{number}")
async def change(number: int, visit: Visiting) -> Response:
    return await DESK.change(visit, number)
