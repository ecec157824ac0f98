"""One's own page with the address of one's calendar, which is shown this once."""

from fastapi import APIRouter, Request, Response

from core.web import Config, Now, Session
from rosters.calendars.links import renew_own_link
from rosters.my.access import Me
from rosters.my.web import own_page

router = APIRouter(prefix="/my/{token}")


@router.post("/calendar")
async def renew(request: Request, me: Me, session: Session, config: Config, now: Now) -> Response:
    secret = await renew_own_link(session, me.person, by=me.by, now=now)
    address = f"{config.base_url}/calendar/{secret}.ics"
    return await own_page(request, session, me, config, now, address=address)
