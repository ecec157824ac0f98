"""Forms on a person's page: send a link to the personal page, and take all links back."""

from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter, Request, Response

from core.audit import note
from core.errors import Refused
from core.language import gettext as _
from core.permissions import Acting, Planner
from core.web import Config, Now, Session, attempt, go
from rosters import service
from rosters.calendars.links import revoke_links_of
from rosters.duty.resolver import in_service
from rosters.my.links import BY_LINK, HOLDS_FOR
from rosters.notices.service import LINK, Teller
from rosters.people_pages import person_page

router = APIRouter(prefix="/people/{person_id}")


@router.post("/link")
async def send_link(
    request: Request,
    person_id: UUID,
    session: Session,
    _planner: Planner,
    by: Acting,
    config: Config,
    now: Now,
) -> Response:
    person = await service.person_of(session, person_id)

    def words() -> tuple[str, str]:
        body = _("Din egen sida i Krislarm, med jour och nummer: {link} Länken gäller i {days} dagar.")  # fmt: skip
        return _("Din sida i Krislarm"), body.format(link=LINK, days=HOLDS_FOR.days)

    async with attempt(session) as errors:
        if not in_service(person, at=now, zone=config.zone):
            raise Refused(_("Personen är inte i tjänst, och har ingen egen sida."), field="link")
        if not await service.points_of(session, person_id):
            raise Refused(_("Det finns inget nummer att skicka länken till."), field="link")
        # Pressed twice within a minute, it is sent once.
        key = f"link:{person_id}:{now:%Y%m%d%H%M}"
        if await Teller(session, now, config.zone).tell(person, words, key=key, urgent=True):
            await note(session, by, "Skickade personlig länk", person.ref, now=now)
        return go(f"/people/{person_id}?sent=link#links")
    return await person_page(request, session, person, config, now, errors)


@router.post("/unlink")
async def take_links_back(
    person_id: UUID, session: Session, _planner: Planner, by: Acting, now: Now
) -> Response:
    person = await service.person_of(session, person_id)
    # A link says in which second it was made: those of this one do not hold either.
    person.links_from = now.replace(microsecond=0) + timedelta(seconds=1)
    # A calendar that was made by such a link would show the roster for ever.
    await revoke_links_of(session, person, made_by=BY_LINK, by=by, now=now)
    await note(session, by, "Återkallade personliga länkar", person.ref, now=now)
    return go(f"/people/{person_id}?sent=unlink#links")
