"""Pages: the copy for when the network is gone, its worker, and keeping it on this device or not."""

from datetime import timedelta

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse

from core.audit import note
from core.permissions import Acting, DutyOfficer, anyone
from core.web import STATIC, Config, Now, Session, page
from playbooks.paper.gathering import gather
from playbooks.paper.routine import routine
from rosters.numbers import as_read

router = APIRouter()
KEPT = timedelta(days=7)  # after that the worker throws it away, network or not


@router.get("/sw.js", dependencies=[Depends(anyone)])
async def worker() -> Response:
    """At the root, for a worker rules over what lies beside and below it."""
    headers = {"cache-control": "no-cache"}
    return FileResponse(STATIC / "sw.js", media_type="text/javascript", headers=headers)


@router.get("/offline")
async def about(request: Request, _user: DutyOfficer, config: Config) -> Response:
    zone = config.time_zone
    return page(request, "playbooks/offline/about.html", days=KEPT.days, time_zone=zone)


@router.post("/offline/saved")
async def saved(
    request: Request, session: Session, user: DutyOfficer, by: Acting, now: Now
) -> Response:
    """A device is about to keep a copy: everybody's numbers will be on it."""
    browser = request.headers.get("user-agent", "")[:120]
    await note(session, by, "Sparade offlinekopia", user.username, now=now, detail=browser)
    return Response(status_code=204)


@router.get("/offline/copy")
async def copy(
    request: Request, session: Session, user: DutyOfficer, config: Config, now: Now
) -> Response:
    """The page as the worker keeps it; its headers say for whom and how long."""
    contents = await gather(session, at=now, zone=config.zone)
    response = page(
        request,
        "playbooks/offline/copy.html",
        contents=contents,
        routine=routine(contents),
        number=as_read,
        until=now + KEPT,
    )
    response.headers["x-saved-at"] = now.isoformat()
    response.headers["x-keep-until"] = (now + KEPT).isoformat()
    response.headers["x-saved-for"] = str(user.id)
    return response
