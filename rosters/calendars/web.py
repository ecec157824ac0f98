"""What a secret link shows: a calendar, or the number that is on duty now; and the links themselves."""

import hashlib
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, Response
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.language import gettext as _
from core.language import use_language
from core.permissions import Acting, Planner, anyone
from core.settings import Settings
from core.web import Config, Now, Session, attempt, go, page, settings_of
from rosters.calendars.feeds import feed
from rosters.calendars.links import CALENDARS, add_link, link_with, revoke_link
from rosters.calendars.models import LinkKind, RosterLink
from rosters.calendars.numbers_now import Numbers, numbers_now
from rosters.duty.models import DutyRole
from rosters.duty.roles import duty_roles
from rosters.list_pages import choosable
from rosters.models import Person
from rosters.numbers import as_read

router = APIRouter()
OPEN = Depends(anyone)


class LinkForm(BaseModel):
    kind: str = ""
    name: str = ""
    person: str = ""
    role: str = ""


@router.get("/calendar/{token}.ics", dependencies=[OPEN])
async def calendar(
    request: Request, token: str, session: Session, config: Config, now: Now
) -> Response:
    link = await link_with(session, token, CALENDARS)
    role = await session.get(DutyRole, link.duty_role_id) if link.duty_role_id else None
    person = await session.get(Person, link.person_id) if link.person_id else None
    with use_language(person.language if person else config.language):
        host = urlsplit(config.base_url).hostname or "localhost"
        code = role.code if role else ""
        body = await feed(session, host=host, now=now, role=code, person=person)
    mark = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    # Weak, for the same calendar also travels packed; and a subscriber has to keep it to ask again.
    headers = {"etag": f"W/{mark}", "cache-control": "private, no-cache"}
    if mark in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="text/calendar; charset=utf-8")


@router.get("/now/{token}.txt", dependencies=[OPEN])
async def number_for_programs(token: str, session: Session, now: Now) -> Response:
    """One number a line, the first to call first; 503 when there is none, so that nobody calls it."""
    numbers = await _numbers(session, token, now)
    lines = numbers.to_call
    text = "".join(f"{number}\n" for number in lines) or _("Ingen har jour nu.") + "\n"
    return Response(text, 200 if lines else 503, media_type="text/plain; charset=utf-8")


@router.get("/now/{token}", dependencies=[OPEN])
async def number_for_people(request: Request, token: str, session: Session, now: Now) -> Response:
    numbers = await _numbers(session, token, now)
    return page(request, "rosters/calendars/number.html", numbers=numbers, as_read=as_read)


@router.get("/duty/links")
async def links(request: Request, _: Planner, session: Session) -> Response:
    return await _page(request, session)


@router.post("/duty/links")
async def add(
    request: Request,
    form: Annotated[LinkForm, Form()],
    session: Session,
    _: Planner,
    by: Acting,
    now: Now,
) -> Response:
    """Answers with the page itself, and no redirect: the address is read here or never."""
    async with attempt(session) as errors:
        link, secret = await add_link(
            session,
            kind=form.kind,
            name=form.name,
            ref=form.person,
            role=form.role,
            by=by,
            now=now,
        )
        return await _page(request, session, address=address(settings_of(request), link, secret))
    return await _page(request, session, form=form, errors=errors)


@router.post("/duty/links/{link_id}/revoke")
async def revoke(link_id: UUID, session: Session, _: Planner, by: Acting, now: Now) -> Response:
    await revoke_link(session, link_id, by=by, now=now)
    return go("/duty/links")


def address(settings: Settings, link: RosterLink, secret: str) -> str:
    if link.kind is LinkKind.NUMBER:
        return f"{settings.base_url}/now/{secret}"
    return f"{settings.base_url}/calendar/{secret}.ics"


async def _numbers(session: AsyncSession, token: str, now: Now) -> Numbers:
    link = await link_with(session, token, (LinkKind.NUMBER,))
    return await numbers_now(session, await session.get_one(DutyRole, link.duty_role_id), at=now)


async def _page(
    request: Request,
    session: AsyncSession,
    *,
    address: str = "",
    form: LinkForm | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response:
    rows = await session.execute(
        select(RosterLink, Person.name, DutyRole.name)
        .outerjoin(Person, Person.id == RosterLink.person_id)
        .outerjoin(DutyRole, DutyRole.id == RosterLink.duty_role_id)
        .order_by(RosterLink.revoked_at.is_not(None), RosterLink.created_at.desc())
    )
    return page(
        request,
        "rosters/calendars/links.html",
        status=422 if errors else 200,
        links=[(link, person or role or "") for link, person, role in rows],
        kinds=_kinds(),
        roles=[("", "–"), *((role.code, role.name) for role in await duty_roles(session))],
        people=await choosable(session),
        form=form or LinkForm(kind=LinkKind.ROLE),
        errors=errors or {},
        address=address,
    )


def _kinds() -> list[tuple[str, str]]:
    return [
        (LinkKind.PERSON, _("En persons pass")),
        (LinkKind.ROLE, _("En jour")),
        (LinkKind.EVERYTHING, _("Alla jourer")),
        (LinkKind.NUMBER, _("Numret till den som har jour nu")),
    ]
