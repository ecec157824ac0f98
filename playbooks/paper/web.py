"""Pages: the envelope, its editions, and where its copies lie."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from sqlalchemy import select
from starlette.background import BackgroundTask

from core.forms import MOST
from core.language import gettext as _
from core.models import Role
from core.permissions import Acting, DutyOfficerOrPlanner, duty_officer_or_planner
from core.settings import Settings
from core.web import Config, Now, Session, database_of, go, page
from playbooks.paper import copies, copy_pages, editions
from playbooks.paper.editions import House
from playbooks.paper.gathering import gather
from playbooks.paper.reminding import truth_of
from playbooks.paper.standing import outdated
from rosters.models import Unit
from rosters.readiness.web import download
from rosters.seen import seen
from rosters.tables import write_csv

Number = Annotated[int, Path(ge=1, le=MOST)]
router = APIRouter(prefix="/envelope", dependencies=[Depends(duty_officer_or_planner)])


@router.get("")
async def envelope(
    request: Request, session: Session, user: DutyOfficerOrPlanner, config: Config, now: Now
) -> Response:
    truth = await truth_of(session, at=now, zone=config.zone)
    made = await editions.editions(session)
    newest = made[0] if made else None
    units = {unit.id: unit for unit in await session.scalars(select(Unit))}
    return page(
        request,
        "playbooks/paper/envelope.html",
        newest=newest,
        outdated=outdated(newest.contains, truth.in_force) if newest else (),
        numbers_changed=newest is not None and newest.lists_seal != truth.lists_seal,
        earlier=made[1:13],
        lying=await copies.lying(session, truth, now=now, zone=config.zone),
        may_print=bool(truth.in_force),
        planner=user.may(Role.PLANNER),
        seen=lambda person: seen(person, user, units),
    )


@router.post("/editions")
async def make(
    request: Request,
    session: Session,
    user: DutyOfficerOrPlanner,
    by: Acting,
    config: Config,
    now: Now,
) -> Response:
    """It is printed when the answer has left: the database is then free for alarms."""
    contents = await gather(session, at=now, zone=config.zone)
    begun = await editions.begin(
        session, _house(config), contents, made_by=user.name, by=by, now=now
    )
    response = go(f"/envelope/editions/{begun.number}")
    response.background = BackgroundTask(
        editions.finish, database_of(request), begun, by=by, now=now
    )
    return response


def _house(config: Settings) -> House:
    marking = config.paper_marking
    if marking is None:
        marking = _("Kan innehålla uppgifter som omfattas av sekretess")
    return House(
        marking=marking, base_url=config.base_url, training=not config.live, zone=config.zone
    )


@router.get("/editions/{number}.pdf")
async def download_edition(request: Request, number: Number, by: Acting, now: Now) -> Response:
    """A transaction that writes: who takes everybody's numbers is noted."""
    async with database_of(request).transaction() as session:
        pdf = await editions.file_of(session, number, by=by, now=now)
    headers = {"content-disposition": f'attachment; filename="larmkuvert-{number}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


@router.get("/editions/{number}")
async def edition(
    request: Request, number: Number, session: Session, config: Config, now: Now
) -> Response:
    """Where the QR code of the cover leads: whether what one holds in one's hand still applies."""
    found = await editions.find(session, number)
    if not found.sha256:
        making = page(request, "playbooks/paper/making.html", edition=found)
        making.headers["refresh"] = "2"
        return making
    truth = await truth_of(session, at=now, zone=config.zone)
    everywhere = await copies.lying(session, truth, now=now, zone=config.zone)
    newest = (await editions.editions(session))[0]
    return page(
        request,
        "playbooks/paper/edition.html",
        edition=found,
        newest=newest,
        outdated=outdated(found.contains, truth.in_force),
        numbers_changed=found.lists_seal != truth.lists_seal,
        lying=[each for each in everywhere if each.edition.id == found.id],
        kept=await editions.kept(session, found),
    )


@router.get("/copies.csv")
async def as_csv(session: Session, config: Config, now: Now) -> Response:
    truth = await truth_of(session, at=now, zone=config.zone)
    header = (
        _("Var det ligger"), _("Ansvarig"), _("Utgåva"), _("Bytt"), _("Månader mellan byten"),
        _("Byts senast"), _("Status"), _("Gäller inte längre"), _("Anteckning"),
    )  # fmt: skip
    lines = [
        (
            each.copy.place,
            each.keeper.ref if each.keeper else "",
            str(each.edition.number),
            each.copy.exchanged_at.astimezone(config.zone).date().isoformat(),
            str(each.copy.months),
            each.standing.due_on.isoformat(),
            each.standing.look.word,
            "; ".join(one.words for one in each.standing.outdated),
            each.copy.note,
        )
        for each in await copies.lying(session, truth, now=now, zone=config.zone)
    ]
    return download(write_csv(header, lines), "larmkuvert.csv")


router.include_router(copy_pages.router)
