"""Forms of one's own page: numbers, the codes that prove them, wishes, and that all is right."""

from collections.abc import Mapping
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, Response

from core.web import Config, Now, Session, attempt, go
from rosters.fields import hour, uuid_or_none
from rosters.my.access import Me
from rosters.my.web import own_page
from rosters.notices.service import Teller
from rosters.readiness.codes import Codes
from rosters.readiness.confirming import confirm
from rosters.readiness.corrections import Own
from rosters.service import move_point

router = APIRouter(prefix="/my/{token}")
Text = Annotated[str, Form()]


async def _own(me: Me, session: Session, config: Config, now: Now) -> Own:
    codes = Codes(Teller(session, now, config.zone), config.secret_key.get_secret_value())
    return Own(codes, me.person, me.by)


Mine = Annotated[Own, Depends(_own, scope="function")]


@router.post("/contacts")
async def add_number(
    request: Request,
    me: Me,
    own: Mine,
    session: Session,
    config: Config,
    now: Now,
    kind: Text = "",
    address: Text = "",
    replaces: Text = "",
) -> Response:
    async with attempt(session) as errors:
        await own.begin(kind, address, uuid_or_none(replaces, field="replaces"))
        return go(f"{me.url}#codes")
    typed = {"kind": kind, "address": address, "replaces": replaces}
    return await _again(request, session, me, config, now, errors, "contacts", typed)


@router.post("/contacts/{point_id}/{what}")
async def change_number(
    request: Request,
    point_id: UUID,
    what: Literal["up", "down", "prove", "remove"],
    me: Me,
    own: Mine,
    session: Session,
    config: Config,
    now: Now,
) -> Response:
    async with attempt(session) as errors:
        if what == "remove":
            await own.remove(point_id)
        elif what == "prove":
            await own.prove(point_id)
            return go(f"{me.url}#codes")
        else:
            up = what == "up"
            await move_point(session, me.person, point_id, up=up, by=me.by, now=now)
        return go(f"{me.url}#contacts")
    return await _again(request, session, me, config, now, errors, "contacts", {})


@router.post("/codes/{pending_id}")
async def enter_code(
    request: Request,
    pending_id: UUID,
    me: Me,
    own: Mine,
    session: Session,
    config: Config,
    now: Now,
    code: Text = "",
) -> Response:
    """A wrong code is not refused: the try has to be counted."""
    sentence = await own.enter(pending_id, code[:20])
    if not sentence:
        return go(f"{me.url}#contacts")
    errors = {f"code-{pending_id}": sentence}
    return await _again(request, session, me, config, now, errors, "codes", {})


@router.post("/codes/{pending_id}/{what}")
async def change_code(
    request: Request,
    pending_id: UUID,
    what: Literal["again", "withdraw"],
    me: Me,
    own: Mine,
    session: Session,
    config: Config,
    now: Now,
) -> Response:
    async with attempt(session) as errors:
        if what == "again":
            await own.again(pending_id)
        else:
            await own.withdraw(pending_id)
        return go(f"{me.url}#contacts")
    found = {f"code-{pending_id}": sentence for sentence in errors.values()}
    return await _again(request, session, me, config, now, found, "codes", {})


@router.post("/wishes")
async def wish(
    request: Request,
    me: Me,
    own: Mine,
    session: Session,
    config: Config,
    now: Now,
    language: Text = "",
    quiet_from: Text = "",
    quiet_to: Text = "",
) -> Response:
    async with attempt(session) as errors:
        quiet = hour(quiet_from, field="quiet_from"), hour(quiet_to, field="quiet_to")
        await own.wish(language, quiet)
        return go(f"{me.url}#wishes")
    typed = {"language": language, "quiet_from": quiet_from, "quiet_to": quiet_to}
    return await _again(request, session, me, config, now, errors, "wishes", typed)


@router.post("/confirm")
async def all_is_right(me: Me, own: Mine) -> Response:
    await confirm(own.teller, me.person)
    return go(f"{me.url}#contacts")


async def _again(
    request: Request,
    session: Session,
    me: Me,
    config: Config,
    now: Now,
    errors: Mapping[str, str],
    wrong_in: str,
    typed: Mapping[str, str],
) -> Response:
    await session.refresh(me.person)  # what was refused has been undone
    return await own_page(
        request, session, me, config, now, errors=errors, wrong_in=wrong_in, typed=typed
    )
