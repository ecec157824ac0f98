"""JSON: another system tells of something; it becomes a signal, never an alarm."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Response
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from sqlalchemy import select

from core.database import clean
from core.errors import Refused
from core.forms import within_reason
from core.language import gettext as _
from core.models import ApiToken
from core.permissions import requires_scope
from core.problems import problems
from core.web import Now, Session
from crisis.signals import service
from crisis.signals.heard import Heard
from crisis.signals.models import (
    Signal,
    SignalAct,
    SignalKind,
    SignalLevel,
    SignalSource,
    SignalState,
)

MAY_WRITE = requires_scope("signals:write")
router = APIRouter(
    prefix="/api/v1", tags=["signals"], responses=problems(400, 401, 403, 409, 415, 422)
)


def _cleaned(said: object) -> object:
    return clean(said) if isinstance(said, str) else said


Said = Annotated[str, BeforeValidator(_cleaned)]  # as it will be kept: it is compared with that


class SignalIn(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    headline: Said = Field(min_length=1, max_length=200, examples=["Hög nivå i Höje å"])
    text: Said = Field(default="", max_length=4000)
    area: Said = Field(default="", max_length=200)
    kind: SignalKind = SignalKind.ACTUAL
    act: SignalAct = SignalAct.ALERT
    level: SignalLevel = SignalLevel.UNKNOWN
    event: Said = Field(
        default="", max_length=100, description="The same for messages about the same thing."
    )
    sent_at: AwareDatetime | None = None
    expires_at: AwareDatetime | None = Field(
        default=None, description="When it is no longer valid; not when the danger is over."
    )


class SignalOut(BaseModel):
    id: UUID
    state: SignalState
    seen_at: datetime


@router.post("/signals", status_code=201)
async def take_signal(
    told: SignalIn,
    session: Session,
    now: Now,
    response: Response,
    token: Annotated[ApiToken, Depends(MAY_WRITE)],
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None,
) -> SignalOut:
    """Tell the duty officer of something. The same Idempotency-Key again is the same signal (200).

    409 when the key was used for something else.
    """
    key = idempotency_key or service.fresh_identity()
    heard = Heard(
        identity=f"{token.id},{key}",
        event=f"{token.id},{told.event or key}",
        kind=told.kind,
        act=told.act,
        level=told.level,
        headline=told.headline,
        text=told.text,
        area=told.area,
        sender=token.name,
        sent_at=_time(told.sent_at, "sent_at") or now,
        expires_at=_time(told.expires_at, "expires_at"),
    )
    known = await service.take(session, SignalSource.PROGRAM, [heard], now=now) == 0
    query = select(Signal).where(
        Signal.source == SignalSource.PROGRAM, Signal.identity == heard.identity
    )
    signal = (await session.scalars(query)).one()
    if _content(signal) != _content(heard):
        raise Refused(_("Nyckeln har redan använts för en annan signal."), status=409)
    response.status_code = 200 if known else 201
    return SignalOut.model_validate(signal, from_attributes=True)


def _content(message: Signal | Heard) -> tuple[str, ...]:
    said = (message.headline, message.text, message.area)
    return (*said, message.kind.value, message.act.value, message.level.value)


def _time(moment: datetime | None, field: str) -> datetime | None:
    try:
        return within_reason(moment) if moment else None
    except ValueError as error:
        raise Refused(_("Tiden går inte att räkna med."), field=field) from error
