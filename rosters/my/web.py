"""One's own page, put together of its parts; each part has the forms that belong to it."""

from datetime import datetime

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from core.settings import Settings
from core.web import Config, Now, Session, page
from rosters.my import absence, calendar, contacts, duty, handing_over, swapping, worked
from rosters.my.access import Me, Myself

router = APIRouter()
PARTS = (duty, worked, absence, contacts, calendar)
for each in (*PARTS, handing_over, swapping):
    router.include_router(each.router)


@router.get("/my/{token}")
async def my_page(request: Request, me: Me, session: Session, config: Config, now: Now) -> Response:
    return await own_page(request, session, me, config, now)


async def own_page(
    request: Request,
    session: AsyncSession,
    me: Myself,
    config: Settings,
    now: datetime,
    **typed: object,
) -> Response:
    """The whole page; again with `errors` and what was typed when a form of it was refused."""
    shown: dict[str, object] = {"errors": {}, "typed": {}}
    for each in PARTS:
        shown |= await each.part(session, me, config, now)
    shown["added_parts"] = [
        await each(session, me, config, now) for each in request.app.state.own_parts
    ]
    shown |= typed
    return page(
        request,
        "rosters/my/page.html",
        status=422 if shown["errors"] else 200,
        me=me,
        person=me.person,
        **shown,
    )
