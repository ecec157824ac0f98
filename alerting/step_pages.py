"""The page of one step: everybody in it, and what an operator does with the step."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting import operating
from alerting.board import read_board
from alerting.desk import AtDesk, Desk
from alerting.means import Provided
from alerting.models import Step
from alerting.web import board_page
from core.errors import NotFound
from core.language import gettext as _
from core.models import User
from core.permissions import DutyOfficer, Reader, reader
from core.web import Now, Session, attempt, go
from rosters.models import Person

FOUND = 12
router = APIRouter(prefix="/alarms/steps", dependencies=[Depends(reader)])


@dataclass(frozen=True, slots=True)
class AtStep:
    """Somebody with one step of an alarm before them."""

    request: Request
    desk: Desk
    user: User
    step_id: UUID

    async def does(self, verb: Awaitable[object], **typed: str) -> Response:
        """Carry it out and go back to the board, or show the page again with what was wrong."""
        async with attempt(self.desk.session) as errors:
            await verb
        if errors:
            return await self.shown(errors, **typed)
        step = await self.step()
        return go(f"/alarms/{step.alarm_id}#step-{step.id}")

    async def shown(self, errors: dict[str, str], **typed: str) -> Response:
        step, desk = await self.step(), self.desk
        board = await read_board(
            desk.session, step.alarm_id, now=desk.now, means=desk.means, everyone_in=step.id
        )
        return board_page(
            self.request,
            "alerting/step.html",
            board,
            self.user,
            status=422 if errors else 200,
            function=board.function(step.id),
            errors=errors,
            typed=typed,
            found=await find_people(desk.session, typed.get("q", "")),
        )

    async def step(self) -> Step:
        step = await self.desk.session.get(Step, self.step_id)
        if step is None:
            raise NotFound(_("Steget finns inte."))
        return step


async def find_people(session: AsyncSession, words: str) -> list[Person]:
    """By name, title or the organisation's own number; the protected are in no list."""
    columns = (Person.name, Person.title, Person.ref)
    matches = [
        or_(*(column.icontains(word, autoescape=True) for column in columns))
        for word in words[:80].split()
    ]
    if not matches:
        return []
    query = select(Person).where(Person.protected.is_(False), *matches).order_by(Person.name)
    return list(await session.scalars(query.limit(FOUND)))


async def _at_step(request: Request, step_id: UUID, desk: AtDesk, user: DutyOfficer) -> AtStep:
    return AtStep(request, desk, user, step_id)


Here = Annotated[AtStep, Depends(_at_step, scope="function")]
Text = Annotated[str, Form()]


@router.get("/{step_id:uuid}")
async def one_step(
    request: Request,
    step_id: UUID,
    session: Session,
    user: Reader,
    now: Now,
    means: Provided,
    q: str = "",
) -> Response:
    desk = Desk(session=session, means=means, now=now, by=user.name)
    return await AtStep(request, desk, user, step_id).shown({}, q=q)


@router.post("/{step_id:uuid}/people")
async def add_person(here: Here, person: Annotated[UUID, Form()], q: Text = "") -> Response:
    return await here.does(operating.add_person(here.desk, here.step_id, person), q=q)


@router.post("/{step_id:uuid}/skip")
async def skip(here: Here) -> Response:
    return await here.does(operating.skip(here.desk, here.step_id))


@router.post("/{step_id:uuid}/start")
async def start(here: Here) -> Response:
    return await here.does(operating.start_by_hand(here.desk, here.step_id))


@router.post("/{step_id:uuid}/decision")
async def decision(here: Here, who: Text = "", text: Text = "") -> Response:
    verb = operating.record_decision(here.desk, here.step_id, who=who, text=text)
    return await here.does(verb, who=who, text=text)


@router.post("/{step_id:uuid}/choose")
async def choose(here: Here, keep: Annotated[list[UUID] | None, Form()] = None) -> Response:
    return await here.does(operating.choose(here.desk, here.step_id, keep or []))
