"""Forms of one's own page: numbers, the codes that prove them, wishes, and that all is right."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, Response

from core.settings import Settings
from core.web import Config, Now, Session, attempt, go
from rosters.fields import hour, uuid_or_none
from rosters.my.access import Me, Myself
from rosters.my.web import own_page
from rosters.notices.service import Teller
from rosters.readiness.codes import Codes
from rosters.readiness.confirming import confirm
from rosters.readiness.corrections import Own

router = APIRouter(prefix="/my/{token}")
Text = Annotated[str, Form()]


@dataclass(frozen=True, slots=True)
class Desk:
    """What a form of the page needs: whose it is, and how to show it again when it is refused."""

    request: Request
    me: Myself
    own: Own
    config: Settings

    async def again(
        self, wrong_in: str, errors: Mapping[str, str], typed: Mapping[str, str] | None = None
    ) -> Response:
        session, now = self.own.session, self.own.teller.now
        await session.refresh(self.me.person)  # what was refused has been undone
        return await own_page(
            self.request,
            session,
            self.me,
            self.config,
            now,
            errors=errors,
            wrong_in=wrong_in,
            typed=typed or {},
        )


async def _desk(request: Request, me: Me, session: Session, config: Config, now: Now) -> Desk:
    codes = Codes(Teller(session, now, config.zone), config.secret_key.get_secret_value())
    return Desk(request, me, Own(codes, me.person, me.by), config)


Mine = Annotated[Desk, Depends(_desk, scope="function")]


@router.post("/contacts")
async def add_number(
    desk: Mine,
    kind: Text = "",
    address: Text = "",
    replaces: Text = "",
) -> Response:
    async with attempt(desk.own.session) as errors:
        await desk.own.begin(kind, address, uuid_or_none(replaces, field="replaces"))
        return go(f"{desk.me.url}#codes")
    typed = {"kind": kind, "address": address, "replaces": replaces}
    return await desk.again("contacts", errors, typed)


@router.post("/contacts/{point_id}/{what}")
async def change_number(
    point_id: UUID,
    what: Literal["up", "down", "prove", "remove"],
    desk: Mine,
) -> Response:
    async with attempt(desk.own.session) as errors:
        if what == "remove":
            await desk.own.remove(point_id)
        elif what == "prove":
            await desk.own.prove(point_id)
            return go(f"{desk.me.url}#codes")
        else:
            await desk.own.move(point_id, up=what == "up")
        return go(f"{desk.me.url}#contacts")
    return await desk.again("contacts", errors)


@router.post("/codes/{pending_id}")
async def enter_code(
    pending_id: UUID,
    desk: Mine,
    code: Text = "",
) -> Response:
    """A wrong code is not refused: the try has to be counted."""
    sentence = await desk.own.enter(pending_id, code[:20])
    if not sentence:
        return go(f"{desk.me.url}#contacts")
    errors = {f"code-{pending_id}": sentence}
    return await desk.again("codes", errors)


@router.post("/codes/{pending_id}/{what}")
async def change_code(
    pending_id: UUID,
    what: Literal["again", "withdraw"],
    desk: Mine,
) -> Response:
    async with attempt(desk.own.session) as errors:
        if what == "again":
            await desk.own.again(pending_id)
        else:
            await desk.own.withdraw(pending_id)
        return go(f"{desk.me.url}#contacts")
    found = {f"code-{pending_id}": sentence for sentence in errors.values()}
    return await desk.again("codes", found)


@router.post("/wishes")
async def wish(
    desk: Mine,
    language: Text = "",
    quiet_from: Text = "",
    quiet_to: Text = "",
) -> Response:
    async with attempt(desk.own.session) as errors:
        quiet = hour(quiet_from, field="quiet_from"), hour(quiet_to, field="quiet_to")
        await desk.own.wish(language, quiet)
        return go(f"{desk.me.url}#wishes")
    typed = {"language": language, "quiet_from": quiet_from, "quiet_to": quiet_to}
    return await desk.again("wishes", errors, typed)


@router.post("/confirm")
async def all_is_right(desk: Mine) -> Response:
    await confirm(desk.own.teller, desk.me.person)
    return go(f"{desk.me.url}#contacts")
