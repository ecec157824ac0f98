"""Pages: an action plan is written in a form."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.permissions import planner
from playbooks import library
from playbooks.drafting import Desk, Writing
from playbooks.plans.form import PlanForm, PostForm
from playbooks.plans.rules import BODIES
from playbooks.versions.visiting import Visiting
from rosters.models import Unit

router = APIRouter(prefix="/plans", dependencies=[Depends(planner)])


async def _offers(session: AsyncSession, now: datetime) -> dict[str, Any]:
    units = await session.scalars(select(Unit).where(Unit.kind.in_(BODIES)).order_by(Unit.name))
    cards = await library.cards(session, at=now)
    return {
        "units": [("", "–"), *((unit.code, unit.name) for unit in units)],
        "known_cards": [(code, f"{code} {each.document.title}") for code, each in cards.items()],
    }


DESK = Desk("/plans", "playbooks/plans/edit.html", PlanForm.of, PlanForm.read, _offers)


@router.get("/new")
async def new(writer: Writing, body: str = "") -> Response:
    form = PlanForm({"review_months": "12", "body": body}, posts=[PostForm(), PostForm()])
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
