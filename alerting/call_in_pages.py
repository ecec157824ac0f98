"""The page of one person in one step: what has passed, and what an operator does about it."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from alerting import operating
from alerting.call_in_view import read_call_in
from alerting.desk import AtDesk, Desk
from alerting.models import OPEN_ALARM, CallIn
from alerting.reply_sorting import clear_opt_out
from alerting.web import shown_to
from core.errors import Refused
from core.language import gettext as _
from core.models import User
from core.permissions import DutyOfficer, Reader, reader
from core.web import Session, attempt, go, page

router = APIRouter(prefix="/alarms/call-ins", dependencies=[Depends(reader)])


def minutes(typed: str, field: str = "eta") -> int | None:
    """A whole number as typed, None for nothing. Refused when it is something else."""
    typed = typed.strip()
    if not typed:
        return None
    if not typed.isascii() or not typed.isdecimal() or len(typed) > 4:
        raise Refused(_("Skriv ett antal minuter med siffror."), field=field)
    return int(typed)


@router.get("/{call_in_id:uuid}")
async def one_call_in(
    request: Request, call_in_id: UUID, session: Session, user: Reader
) -> Response:
    return await _shown(request, session, call_in_id, user, {}, {})


async def _shown(
    request: Request,
    session: AsyncSession,
    call_in_id: UUID,
    user: User,
    errors: dict[str, str],
    typed: dict[str, str],
) -> Response:
    view = await read_call_in(session, call_in_id)
    return page(
        request,
        "alerting/call_in.html",
        status=422 if errors else 200,
        view=view,
        open=view.alarm.state in OPEN_ALARM,
        alarm_mode=view.alarm.mode.value,
        errors=errors,
        typed=typed,
        **shown_to(user),
    )


@dataclass(frozen=True, slots=True)
class AtCallIn:
    """An operator with one person of an alarm before them."""

    request: Request
    desk: Desk
    user: User
    call_in_id: UUID

    async def does(self, verb: Awaitable[object], **typed: str) -> Response:
        """Carry it out and go back to the board, or show the page again with what was wrong."""
        session = self.desk.session
        async with attempt(session) as errors:
            await verb
        if errors:
            return await _shown(self.request, session, self.call_in_id, self.user, errors, typed)
        call_in = await session.get_one(CallIn, self.call_in_id)
        return go(f"/alarms/{call_in.alarm_id}#step-{call_in.step_id}")


async def _at_call_in(
    request: Request, call_in_id: UUID, desk: AtDesk, user: DutyOfficer
) -> AtCallIn:
    return AtCallIn(request, desk, user, call_in_id)


Here = Annotated[AtCallIn, Depends(_at_call_in, scope="function")]
Text = Annotated[str, Form()]


@router.post("/{call_in_id:uuid}/confirm")
async def confirm(here: Here, said: Text = "", eta: Text = "", remark: Text = "") -> Response:
    verb = _confirm(here, said, eta, remark)
    return await here.does(verb, said=said, eta=eta, remark=remark)


async def _confirm(here: AtCallIn, said: str, eta: str, remark: str) -> None:
    if said not in {"yes", "no"}:
        raise Refused(_("Välj vad personen svarade."), field="said")
    await operating.confirm(
        here.desk, here.call_in_id, yes=said == "yes", eta=minutes(eta), remark=remark
    )


@router.post("/{call_in_id:uuid}/call-again")
async def call_again(here: Here) -> Response:
    return await here.does(operating.call_again(here.desk, here.call_in_id))


@router.post("/{call_in_id:uuid}/release")
async def release(here: Here) -> Response:
    return await here.does(operating.release(here.desk, here.call_in_id))


@router.post("/{call_in_id:uuid}/texts-again")
async def texts_again(here: Here, contact_point: Annotated[UUID, Form()]) -> Response:
    view = await read_call_in(here.desk.session, here.call_in_id)
    return await here.does(clear_opt_out(here.desk, view.alarm.id, contact_point))
