"""JSON: alarms as programs read, answer and close them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.means import Provided
from alerting.models import (
    OPEN_ALARM,
    Alarm,
    AlarmState,
    CallIn,
    CallInState,
    Message,
    MessageState,
    Step,
    StepState,
    Via,
)
from alerting.plan import ChannelKind, Meaning, Mode
from alerting.replies import LONGEST_ETA, SHORTEST_ETA, Answer, fitting
from alerting.service import answer, close
from core.errors import NotFound
from core.language import gettext as _
from core.models import ApiToken
from core.permissions import requires_scope
from core.problems import problems
from core.web import Now, Session
from rosters.numbers import masked

MAY_READ = requires_scope("alarms:read")
MAY_RAISE = requires_scope("alarms:raise")
NUMBERS = "numbers:read"
AFRESH = {"populate_existing": True}  # updates in this request went past the loaded rows

router = APIRouter(prefix="/api/v1", tags=["alarms"], responses=problems(401, 403, 422))


class MessageOut(BaseModel):
    id: UUID
    channel: ChannelKind
    address: str = Field(description=f"Masked unless the token has the scope {NUMBERS}.")
    provider: str
    provider_ref: str
    state: MessageState
    sent_at: datetime | None
    delivered_at: datetime | None
    answered_at: datetime | None


class CallInOut(BaseModel):
    id: UUID
    person: str = Field(description="A name; a title for a person with protected identity.")
    step: str
    state: CallInState
    answer: Meaning | None
    eta_minutes: int | None
    messages: list[MessageOut]


class StepOut(BaseModel):
    name: str
    state: StepState
    need: int | None = Field(description="Known once the step has started.")
    accepted: int
    due_at: datetime | None = Field(description="When the step's time is out.")


class AlarmHead(BaseModel):
    id: UUID
    path: str
    path_version: int
    mode: Mode
    state: AlarmState
    raised_at: datetime
    raised_by: str
    closed_at: datetime | None


class AlarmOut(AlarmHead):
    steps: list[StepOut]
    call_ins: list[CallInOut]


class AlarmsOut(BaseModel):
    alarms: list[AlarmHead]


class AnswerIn(BaseModel):
    """Somebody's answer, taken by another system or over the phone."""

    call_in: UUID
    answer: Literal["coming", "cannot", "received"]
    eta_minutes: int | None = Field(default=None, ge=SHORTEST_ETA, le=LONGEST_ETA)


@router.get("/alarms", dependencies=[Depends(MAY_READ)])
async def alarms(
    session: Session,
    state: Annotated[Literal["open", "closed"] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AlarmsOut:
    """The latest alarms, newest first."""
    query = select(Alarm).order_by(Alarm.raised_at.desc(), Alarm.id).limit(limit)
    if state is not None:
        is_open = Alarm.state.in_(OPEN_ALARM)
        query = query.where(is_open if state == "open" else ~is_open)
    return AlarmsOut(alarms=[head_of(each) for each in await session.scalars(query)])


@router.get("/alarms/{alarm_id}", responses=problems(404))
async def alarm(
    alarm_id: UUID, session: Session, token: Annotated[ApiToken, Depends(MAY_READ)]
) -> AlarmOut:
    """One alarm with its steps, call-ins and messages, and all their times (UTC)."""
    return await described(session, await find(session, alarm_id), token)


@router.post("/alarms/{alarm_id}/answers", responses=problems(400, 404, 409, 415))
async def take_answer(
    alarm_id: UUID,
    given: AnswerIn,
    session: Session,
    now: Now,
    token: Annotated[ApiToken, Depends(MAY_RAISE)],
) -> AlarmOut:
    """Answer for somebody who was asked. The last answer wins; all are logged."""
    await find(session, alarm_id)
    call_in = await session.get(CallIn, given.call_in)
    if call_in is None or call_in.alarm_id != alarm_id:
        raise NotFound(_("Frågan finns inte."))
    said = fitting(Answer(Meaning(given.answer), given.eta_minutes), call_in.ask)
    await answer(session, call_in.id, said.meaning, eta=said.eta_minutes, via=Via.API, now=now)
    return await described(session, await find(session, alarm_id), token)


@router.post("/alarms/{alarm_id}/close", responses=problems(404, 409))
async def close_alarm(
    alarm_id: UUID,
    session: Session,
    now: Now,
    means: Provided,
    token: Annotated[ApiToken, Depends(MAY_RAISE)],
) -> AlarmOut:
    """It is over: nothing more is sent. 409 when it was closed before."""
    closed = await close(session, alarm_id, by=signature(token), now=now, means=means)
    return await described(session, closed, token)


def signature(token: ApiToken) -> str:
    """How an act of a program is signed in the log."""
    return f"API: {token.name}"


async def find(session: AsyncSession, alarm_id: UUID) -> Alarm:
    found = await session.scalar(
        select(Alarm).where(Alarm.id == alarm_id).execution_options(**AFRESH)
    )
    if found is None:
        raise NotFound(_("Larmet finns inte."))
    return found


async def described(session: AsyncSession, alarm: Alarm, token: ApiToken) -> AlarmOut:
    """The alarm as it stands now; addresses masked unless the token may see them."""
    await session.flush()  # what this request has changed is read again below
    found = await find(session, alarm.id)
    steps = (
        await session.scalars(
            select(Step)
            .where(Step.alarm_id == found.id)
            .order_by(Step.position)
            .execution_options(**AFRESH)
        )
    ).all()
    call_ins = (
        await session.scalars(
            select(CallIn)
            .where(CallIn.alarm_id == found.id)
            .order_by(CallIn.position, CallIn.id)
            .execution_options(**AFRESH)
        )
    ).all()
    messages = await _messages(session, found, bare=NUMBERS in token.scopes)
    return AlarmOut(
        **head_of(found).model_dump(),
        steps=[_step(each, call_ins) for each in steps],
        call_ins=[_call_in(each, steps, messages) for each in call_ins],
    )


async def _messages(
    session: AsyncSession, alarm: Alarm, *, bare: bool
) -> Mapping[UUID, list[MessageOut]]:
    found: dict[UUID, list[MessageOut]] = defaultdict(list)
    query = select(Message).where(Message.alarm_id == alarm.id)
    query = query.order_by(Message.created_at, Message.id).execution_options(**AFRESH)
    for each in await session.scalars(query):
        if each.call_in_id:
            found[each.call_in_id].append(_message(each, bare=bare))
    return found


def head_of(alarm: Alarm) -> AlarmHead:
    return AlarmHead.model_validate(alarm, from_attributes=True)


def _step(step: Step, call_ins: Sequence[CallIn]) -> StepOut:
    yes = [each for each in call_ins if each.state is CallInState.ACCEPTED]
    return StepOut(
        name=step.name,
        state=step.state,
        need=step.need,
        accepted=sum(each.step_id == step.id for each in yes),
        due_at=step.deadline_at,
    )


def _call_in(
    call_in: CallIn, steps: Sequence[Step], messages: Mapping[UUID, list[MessageOut]]
) -> CallInOut:
    return CallInOut(
        id=call_in.id,
        person=call_in.name,
        step=next(each.name for each in steps if each.id == call_in.step_id),
        state=call_in.state,
        answer=call_in.answer,
        eta_minutes=call_in.eta_minutes,
        messages=messages.get(call_in.id, []),
    )


def _message(message: Message, *, bare: bool) -> MessageOut:
    out = MessageOut.model_validate(message, from_attributes=True)
    return out if bare else out.model_copy(update={"address": masked(message.address)})
