"""Pages: signals from outside, which a duty officer opens, attaches or dismisses."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.models import OPEN_ALARM, Alarm
from core.errors import Refused
from core.language import gettext as _
from core.language import ngettext
from core.models import Role
from core.permissions import Acting, DutyOfficer, Reader
from core.web import Config, Now, Session, attempt, go, page
from crisis.signals import service, views
from crisis.signals.feeds import healths
from crisis.signals.models import SignalSource
from rosters.fields import uuid_or_none
from rosters.matters import Matter

router = APIRouter(prefix="/signals")
NAMES = {SignalSource.SR: "Sveriges Radio", SignalSource.SMHI: "SMHI"}
WORDS = {
    "source": views.source_words,
    "level": views.level_words,
    "act": views.act_words,
    "mode": views.mode_of,
}


@router.get("")
async def signal_list(
    request: Request,
    session: Session,
    settings: Config,
    now: Now,
    _user: Reader,
    state: str = "",
    page_: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1,
) -> Response:
    settled = state == "settled"
    return await _list(request, session, settings, now, settled=settled, number=page_)


async def _list(
    request: Request,
    session: AsyncSession,
    settings: Config,
    now: Now,
    *,
    settled: bool = False,
    number: int = 1,
    errors: Mapping[str, str] | None = None,
    sent: tuple[str, Sequence[UUID]] = ("", ()),
) -> Response:
    """`sent` are the reason and the ticks of a form that was refused."""
    return page(
        request,
        "crisis/signals/list.html",
        status=422 if errors else 200,
        errors=errors or {},
        may_act=request.state.user.may(Role.DUTY_OFFICER),
        longest_reason=service.LONGEST_REASON,
        typed=sent[0],
        ticked=sent[1],
        found=await views.event_page(session, settled=settled, page=number, now=now),
        number=number,
        settled=settled,
        waiting=await service.new_events(session),
        healths=await healths(session, settings, now=now),
        all_of_sweden=settings.live and not settings.signal_codes,
        names=NAMES,
        say=WORDS,
    )


async def _one(
    request: Request,
    session: AsyncSession,
    signal_id: UUID,
    now: Now,
    errors: Mapping[str, str] | None = None,
    typed: str = "",
) -> Response:
    signal = await service.find(session, signal_id)
    event = views.Event(await service.messages(session, signal.event), now)
    linked = {each.alarm_id for each in event.messages if each.alarm_id}
    alarms = await session.scalars(select(Alarm).where(Alarm.id.in_(linked)))
    running = select(Alarm).where(Alarm.state.in_(OPEN_ALARM))
    return page(
        request,
        "crisis/signals/one.html",
        status=422 if errors else 200,
        event=event,
        signal=signal,
        alarms=alarms.all(),
        running=(await session.scalars(running.order_by(Alarm.raised_at.desc()))).all(),
        may_act=request.state.user.may(Role.DUTY_OFFICER),
        longest_reason=service.LONGEST_REASON,
        most=views.MOST_SHOWN,
        typed=typed,
        errors=errors or {},
        say=WORDS,
    )


@router.post("/dismiss")
async def dismiss_several(
    request: Request,
    session: Session,
    settings: Config,
    now: Now,
    by: Acting,
    _user: DutyOfficer,
    signal: Annotated[Sequence[UUID], Form()] = (),
    reason: Annotated[str, Form()] = "",
) -> Response:
    """All that are ticked, for one reason; one that somebody else has settled stops none of them."""
    async with attempt(session) as errors:
        if not signal:
            raise Refused(_("Kryssa för minst en signal."), field="reason")
        for each in signal[: views.PER_PAGE]:
            await service.dismiss(session, each, reason, by=by, now=now, strict=False)
        return go("/signals")
    return await _list(request, session, settings, now, errors=errors, sent=(reason, signal))


@router.get("/{signal_id:uuid}")
async def one_signal(
    request: Request, signal_id: UUID, session: Session, now: Now, _user: Reader
) -> Response:
    return await _one(request, session, signal_id, now)


@router.post("/{signal_id:uuid}/open")
async def open_signal(
    signal_id: UUID, session: Session, now: Now, by: Acting, _user: DutyOfficer
) -> Response:
    """On to choosing a path, with the note filled in; what is raised there is linked to it."""
    signal = await service.open_it(session, signal_id, by=by, now=now)
    event = views.Event(await service.messages(session, signal.event), now)
    carried = {"note": event.note, "about": f"signal:{signal.id}"}
    return go(f"/alarms/new?{urlencode(carried)}")


@router.post("/{signal_id:uuid}/attach")
async def attach_signal(
    request: Request,
    signal_id: UUID,
    session: Session,
    now: Now,
    by: Acting,
    _user: DutyOfficer,
    alarm: Annotated[str, Form()] = "",
) -> Response:
    async with attempt(session) as errors:
        chosen = uuid_or_none(alarm, field="alarm") or UUID(int=0)
        await service.attach(session, signal_id, chosen, by=by, now=now)
        return go(f"/signals/{signal_id}")
    return await _one(request, session, signal_id, now, errors)


@router.post("/{signal_id:uuid}/dismiss")
async def dismiss_signal(
    request: Request,
    signal_id: UUID,
    session: Session,
    now: Now,
    by: Acting,
    _user: DutyOfficer,
    reason: Annotated[str, Form()] = "",
) -> Response:
    async with attempt(session) as errors:
        await service.dismiss(session, signal_id, reason, by=by, now=now)
        return go("/signals")
    return await _one(request, session, signal_id, now, errors, reason)


async def waiting(session: AsyncSession, settings: Config, *, now: Now) -> list[Matter]:
    """For the start page: new signals, and a source that has fallen silent."""
    found = []
    if count := await service.new_events(session):
        words = ngettext("{count} ny signal", "{count} nya signaler", count)
        found.append(Matter("warn", words.format(count=count), "/signals"))
    for each in await healths(session, settings, now=now):
        if each.silent:
            words = ngettext(
                "{source} har inte svarat på {count} minut",
                "{source} har inte svarat på {count} minuter",
                settings.signal_silent_minutes,
            )
            said = words.format(source=NAMES[each.source], count=settings.signal_silent_minutes)
            found.append(Matter("bad", said, "/signals"))
    return found
