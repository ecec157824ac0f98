"""Pages: raise an alarm in three taps - path, review, go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.desk import AtDesk, Desk
from alerting.models import OPEN_ALARM, Alarm
from alerting.plan import Mode, Plan
from alerting.service import Trigger
from core.audit import By
from core.beside import beside
from core.errors import Refused
from core.forms import line
from core.permissions import duty_officer
from core.web import Now, Session, go, page
from playbooks import library, service
from playbooks.audience import Audience, audience_of
from playbooks.document import Document
from playbooks.library import Loaded
from playbooks.preview import previews
from playbooks.review import Seen, seen, what_changed
from playbooks.sayings import names_of, said
from rosters.models import Unit, UnitKind

LONGEST_NOTE = 200
NO_SITE = "none"  # somebody has said that no site is to be left alone

router = APIRouter(dependencies=[Depends(duty_officer)])


class Given(BaseModel):
    """What an address of the review page may say beforehand."""

    mode: Mode = Mode.LIVE
    site: str = ""
    note: str = ""
    about: str = ""  # what it is raised because of: whoever led here knows

    @property
    def carried(self) -> str:
        """For the next address: what is not chosen on these pages."""
        said = {"note": self.note, "about": self.about}
        return urlencode({name: value for name, value in said.items() if value})


class AlarmForm(Given):
    """What the review page sends; `seen` is what it showed, `once` makes two taps one alarm."""

    path: str
    seen: str = ""
    once: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """A path as it would run if the alarm were raised now."""

    plan: Plan
    paths: Mapping[str, Loaded[Document]]
    audience: Audience
    site: Unit | None
    site_needed: bool  # nobody has said which site it is, nor that it is none

    @property
    def seen(self) -> Seen:
        return seen(self.plan, self.paths, self.audience)


@router.get("/alarms/new")
async def choose(
    request: Request, session: Session, now: Now, note: str = "", about: str = ""
) -> Response:
    """First tap: which path."""
    paths = await library.paths(session, at=now)
    form = AlarmForm(path="", note=note, about=about)
    return page(
        request, "playbooks/choose.html", paths=paths.values(), carried=form.carried, note=note
    )


@router.get("/alarms/new/{code}")
async def review(
    request: Request, code: str, desk: AtDesk, given: Annotated[Given, Query()]
) -> Response:
    """Second tap: what would happen."""
    form = AlarmForm(path=code, once=uuid4().hex, **given.model_dump())
    found = await _review(desk, form)
    if found.site_needed:
        return await _which_site(request, desk, found, form)
    return await _shown(request, desk, found, form)


@router.post("/alarms")
async def raise_alarm(
    request: Request, form: Annotated[AlarmForm, Form()], desk: AtDesk
) -> Response:
    """Third tap: go. A page that no longer holds is shown again with what has changed."""
    if raised := await service.raised_with(desk.session, form.once):
        return go(f"/alarms/{raised.id}")
    found = await _review(desk, form)
    if found.site_needed:
        return await _which_site(request, desk, found, form)
    changes = await what_changed(desk.session, Seen.read(form.seen), found.seen, found.plan)
    try:
        trigger = _trigger(desk, form, found.site)
    except Refused as refusal:
        return await _shown(
            request, desk, found, form, errors={refusal.field: refusal.sentence}, changes=changes
        )
    if changes:
        return await _shown(request, desk, found, form, changes=changes)
    alarm = await service.raise_along(
        desk.session, found.plan, trigger, now=desk.now, means=desk.means
    )
    for link in request.app.state.after_raise if form.about else ():
        async with beside(desk.session, "alarm_not_linked", alarm=str(alarm.id)):
            await link(desk.session, form.about, alarm, by=By(desk.by, desk.address), now=desk.now)
    return go(f"/alarms/{alarm.id}")


def _trigger(desk: Desk, form: AlarmForm, site: Unit | None) -> Trigger:
    return Trigger(
        mode=form.mode,
        by=desk.by,
        note=line(form.note, field="note", longest=LONGEST_NOTE),
        site=site.code if site else None,
        undo=desk.means.undo,
        once=form.once or None,
        address=desk.address,
    )


async def _review(desk: Desk, form: AlarmForm) -> Review:
    """NotFound when there is no such path."""
    paths = await library.paths(desk.session, at=desk.now)
    plan = service.compiled(paths, form.path)
    excludes = any(step.exclude for step in plan.steps)
    site = await find_site(desk.session, form.site) if excludes else None
    audience = await audience_of(
        desk.session,
        plan,
        at=desk.now,
        zone=desk.means.zone,
        site=site.code if site else None,
    )
    unsaid = excludes and site is None and form.site != NO_SITE
    return Review(plan, paths, audience, site, site_needed=unsaid)


async def _shown(
    request: Request,
    desk: Desk,
    found: Review,
    form: AlarmForm,
    *,
    changes: Sequence[str] = (),
    errors: Mapping[str, str] | None = None,
) -> Response:
    names = await names_of(desk.session)
    texts = previews(
        found.plan,
        desk.means.wording,
        mode=form.mode,
        now=desk.now,
        place=found.site.name if found.site else "",
    )
    return page(
        request,
        "playbooks/review.html",
        status=422 if errors else 409 if changes else 200,
        alarm_mode=form.mode.value,
        found=found,
        form=form,
        steps=list(zip(said(found.plan, names), found.audience.steps, strict=True)),
        texts=list(texts),
        running=await _running(desk.session, found.plan.code),
        changes=changes,
        errors=errors or {},
        longest_note=LONGEST_NOTE,
        undo_seconds=round(desk.means.undo.total_seconds()),
    )


async def _which_site(request: Request, desk: Desk, found: Review, form: AlarmForm) -> Response:
    """The tap in between: whose phones must stay silent."""
    query = select(Unit).where(Unit.kind == UnitKind.SITE).order_by(Unit.name)
    return page(
        request,
        "playbooks/site.html",
        alarm_mode=form.mode.value,
        plan=found.plan,
        mode=form.mode.value,
        carried=form.carried,
        sites=(await desk.session.scalars(query)).all(),
        no_site=NO_SITE,
    )


async def find_site(session: AsyncSession, code: str) -> Unit | None:
    query = select(Unit).where(Unit.code == code, Unit.kind == UnitKind.SITE)
    return await session.scalar(query)


async def _running(session: AsyncSession, code: str) -> Alarm | None:
    """An alarm along the same path that is not over yet."""
    query = select(Alarm).where(Alarm.path == code, Alarm.state.in_(OPEN_ALARM))
    return await session.scalar(query.order_by(Alarm.raised_at.desc()).limit(1))
