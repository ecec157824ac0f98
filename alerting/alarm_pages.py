"""What an operator does with a whole alarm: undo, correct, end, add a step, sort replies."""

from collections.abc import Awaitable
from dataclasses import dataclass, replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting import operating
from alerting.board import find_alarm, read_board
from alerting.board_notes import notes_of
from alerting.call_in_pages import minutes
from alerting.call_in_view import reached, read_reply
from alerting.desk import AtDesk, Desk
from alerting.models import Purpose
from alerting.plan import Target, TargetKind
from alerting.reply_sorting import assign, dismiss
from alerting.service import call_off, close
from alerting.web import board_page
from alerting.wording import Fields
from core.errors import Refused
from core.forms import line
from core.language import current_language
from core.language import gettext as _
from core.models import User
from core.permissions import DutyOfficer, duty_officer
from core.web import attempt, go
from rosters.duty.models import DutyRole
from rosters.models import CallList, CallListKind

router = APIRouter(prefix="/alarms/{alarm_id:uuid}", dependencies=[Depends(duty_officer)])


@dataclass(frozen=True, slots=True)
class AtAlarm:
    """An operator with one alarm before them."""

    request: Request
    desk: Desk
    user: User
    alarm_id: UUID

    async def does(self, verb: Awaitable[object], template: str, **shown: Any) -> Response:
        """Carry it out and go back to the board, or show the page again with what was wrong."""
        async with attempt(self.desk.session) as errors:
            await verb
        if errors:
            return await self.shown(template, errors=errors, **shown)
        return go(f"/alarms/{self.alarm_id}")

    async def shown(
        self, template: str, *, errors: dict[str, str] | None = None, **shown: Any
    ) -> Response:
        desk = self.desk
        board = await read_board(desk.session, self.alarm_id, now=desk.now, means=desk.means)
        notes = await notes_of(self.request, desk.session, board.alarm, now=desk.now)
        board = replace(board, notes=notes)
        status = 422 if errors else 200
        shown |= {"errors": errors or {}, "ready": self.ready_text(board.alarm.title)}
        shown |= {"reached": await reached(desk.session, self.alarm_id)}
        return board_page(self.request, template, board, self.user, status=status, **shown)

    def ready_text(self, title: str) -> dict[str, str]:
        """What would be said, in the operator's language."""
        fields = Fields(title=title, code="")
        return {
            purpose.value: self.desk.means.wording.ready_text(
                purpose, language=current_language(), fields=fields
            )
            for purpose in (Purpose.CORRECTION, Purpose.CALL_OFF)
        }

    async def own_text(self, typed: str, purpose: Purpose) -> str:
        """What was typed; "" when it is the ready text, which each then gets in their language."""
        text = line(typed, field="text", longest=operating.LONGEST_TEXT, required=True)
        alarm = await find_alarm(self.desk.session, self.alarm_id)
        return "" if text == self.ready_text(alarm.title)[purpose.value] else text


async def _at_alarm(request: Request, alarm_id: UUID, desk: AtDesk, user: DutyOfficer) -> AtAlarm:
    return AtAlarm(request, desk, user, alarm_id)


Here = Annotated[AtAlarm, Depends(_at_alarm, scope="function")]
Text = Annotated[str, Form()]


# Taking it back, putting it right, ending it


@router.post("/undo")
async def undo(here: Here) -> Response:
    return await here.does(_undo(here), "alerting/end.html")


async def _undo(here: AtAlarm) -> None:
    alarm = await find_alarm(here.desk.session, here.alarm_id)
    if here.desk.now >= alarm.sends_from:
        raise Refused(_("Det är för sent att ångra: larmet har gått ut. Återkalla det i stället."))
    await _call_off(here, "")


@router.get("/correction")
async def correction_form(here: Here) -> Response:
    return await here.shown("alerting/correction.html")


@router.post("/correction")
async def correction(here: Here, text: Text = "") -> Response:
    return await here.does(_correct(here, text), "alerting/correction.html", text=text)


async def _correct(here: AtAlarm, typed: str) -> None:
    text = await here.own_text(typed, Purpose.CORRECTION)
    await operating.correct(here.desk, here.alarm_id, text)


@router.get("/end")
async def end_form(here: Here) -> Response:
    return await here.shown("alerting/end.html")


@router.post("/call-off")
async def called_off(here: Here, text: Text = "") -> Response:
    return await here.does(_call_off_with(here, text), "alerting/end.html", text=text)


async def _call_off_with(here: AtAlarm, typed: str) -> None:
    await _call_off(here, await here.own_text(typed, Purpose.CALL_OFF))


async def _call_off(here: AtAlarm, text: str) -> None:
    desk = here.desk
    await call_off(
        desk.session, here.alarm_id, by=desk.by, text=text, now=desk.now, means=desk.means
    )


@router.post("/close")
async def closed(here: Here) -> Response:
    desk = here.desk
    verb = close(desk.session, here.alarm_id, by=desk.by, now=desk.now, means=desk.means)
    return await here.does(verb, "alerting/end.html")


# A step of one's own


@router.get("/steps/new")
async def step_form(here: Here) -> Response:
    choices = await _targets(here.desk.session)
    return await here.shown("alerting/new_step.html", choices=choices)


@router.post("/steps")
async def add_step(here: Here, title: Text = "", target: Text = "", need: Text = "") -> Response:
    choices = await _targets(here.desk.session)
    typed = {"title": title, "target": target, "need": need}
    verb = _add_step(here, typed, dict(choices))
    return await here.does(verb, "alerting/new_step.html", choices=choices, **typed)


async def _add_step(here: AtAlarm, typed: dict[str, str], choices: dict[str, str]) -> None:
    kind, _sep, code = typed["target"].partition(":")
    known = typed["target"] in choices
    targets = [Target(kind=TargetKind(kind), code=code)] if known else []
    title = typed["title"].strip() or choices.get(typed["target"], "")
    need = minutes(typed["need"], field="need") or 0
    await operating.add_step(here.desk, here.alarm_id, title=title, targets=targets, need=need)


async def _targets(session: AsyncSession) -> list[tuple[str, str]]:
    """What can be alarmed, as "group:stab" and words."""
    duties = await session.scalars(select(DutyRole).order_by(DutyRole.name))
    lists = await session.scalars(select(CallList).order_by(CallList.kind, CallList.name))
    kinds = {CallListKind.ROLE: _("Roll: {name}"), CallListKind.GROUP: _("Grupp: {name}")}
    on_duty = _("Jour: {name}")
    choices = [(f"duty:{each.code}", on_duty.format(name=each.name)) for each in duties]
    choices += [
        (f"{each.kind.value}:{each.code}", kinds[each.kind].format(name=each.name))
        for each in lists
    ]
    return choices


# Replies that nobody could place


@router.get("/replies/{reply_id:uuid}")
async def one_reply(here: Here, reply_id: UUID) -> Response:
    return await _reply_page(here, reply_id)


async def _reply_page(here: AtAlarm, reply_id: UUID, **shown: Any) -> Response:
    alarm = await find_alarm(here.desk.session, here.alarm_id)
    view = await read_reply(here.desk.session, alarm, reply_id)
    return await here.shown("alerting/reply.html", view=view, **shown)


@router.post("/replies/{reply_id:uuid}/assign")
async def assign_reply(
    here: Here,
    reply_id: UUID,
    call_in: Text = "",
    said: Text = "",
    eta: Text = "",
) -> Response:
    async with attempt(here.desk.session) as errors:
        if said not in {"yes", "no"}:
            raise Refused(_("Välj vad personen svarade."), field="said")
        chosen = _uuid(call_in)
        await assign(here.desk, reply_id, chosen, yes=said == "yes", eta=minutes(eta))
    if errors:
        typed = {"call_in": call_in, "said": said, "eta": eta}
        return await _reply_page(here, reply_id, errors=errors, **typed)
    return go(f"/alarms/{here.alarm_id}")


def _uuid(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        raise Refused(_("Välj vems svar det är."), field="call_in") from None


@router.post("/replies/{reply_id:uuid}/dismiss")
async def dismiss_reply(here: Here, reply_id: UUID) -> Response:
    async with attempt(here.desk.session) as errors:
        await dismiss(here.desk, here.alarm_id, reply_id)
    if errors:
        return await _reply_page(here, reply_id, errors=errors)
    return go(f"/alarms/{here.alarm_id}")
