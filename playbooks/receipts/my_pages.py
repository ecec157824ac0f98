"""One's own cards: what each path asks of oneself, read and confirmed by oneself alone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.means import Means, Provided
from core.errors import NotFound
from core.language import gettext as _
from core.settings import Settings
from core.web import Now, Session, attempt, go, page
from playbooks.receipts.cards import card
from playbooks.receipts.models import ReceiptVia
from playbooks.receipts.scene import Standing, look
from playbooks.receipts.service import Confirmed, confirm
from playbooks.receipts.vcards import number_card
from playbooks.sayings import names_of
from rosters.my.access import SIGNED_IN, Me, Myself
from rosters.my.added import Added
from rosters.notices.service import Teller
from rosters.numbers import as_read

router = APIRouter(prefix="/my/{token}")


async def own_part(session: AsyncSession, me: Myself, config: Settings, now: datetime) -> Added:
    """The part of one's own page that lists one's cards, what is left to read first."""
    scene = await look(session, at=now, zone=config.zone, only=me.person.id)
    own = sorted(scene.of_person(me.person.id), key=lambda each: bool(each.read_at))
    asked = [each for each in own if each.asked and not each.read_at and scene.asks(each.called)]
    return Added("playbooks/receipts/own.html", first=bool(asked), shown={"cards": own})


@router.get("/paths/{code}")
async def own_card(
    request: Request, code: str, me: Me, session: Session, means: Provided, now: Now
) -> Response:
    own = await _own(session, me, code, means, now)
    return await _page(request, session, me, own, means, now)


@router.post("/paths/{code}")
async def confirm_card(
    request: Request,
    code: str,
    me: Me,
    session: Session,
    means: Provided,
    now: Now,
    mark: Annotated[str, Form()] = "",
    number: Annotated[str, Form()] = "",
) -> Response:
    own = await _own(session, me, code, means, now)
    via = ReceiptVia.PAGE if me.token == SIGNED_IN else ReceiptVia.LINK
    said = Confirmed(mark, via, saved_number=means.sender if number else "")
    async with attempt(session) as errors:
        await confirm(Teller(session, now, means.zone), own, said, by=me.by)
        return go(f"{me.url}/paths/{code}")
    return await _page(request, session, me, own, means, now, errors=errors)


@router.get("/number.vcf")
async def number(_me: Me, means: Provided) -> Response:
    """What the phone saves as a contact."""
    if not means.sender:
        raise NotFound(_("Numret som larmen kommer från är inte bestämt än."))
    content = number_card(means.wording.sender_name, means.sender)
    attached = {"content-disposition": 'attachment; filename="larm.vcf"'}
    return Response(content, media_type="text/vcard; charset=utf-8", headers=attached)


async def _own(
    session: AsyncSession, me: Myself, code: str, means: Means, now: datetime
) -> Standing:
    scene = await look(session, at=now, zone=means.zone, only=me.person.id)
    for each in scene.of_person(me.person.id):
        if each.part.code == code:
            return each
    raise NotFound(_("Du rings inte av larmvägen {code}.").format(code=code))


async def _page(
    request: Request,
    session: AsyncSession,
    me: Myself,
    own: Standing,
    means: Means,
    now: datetime,
    errors: Mapping[str, str] | None = None,
) -> Response:
    names = await names_of(session)
    language = me.person.language
    steps = card(own.part, own.called.plan, names, means.wording, language=language, now=now)
    return page(
        request,
        "playbooks/receipts/card.html",
        status=409 if errors else 200,
        me=me,
        own=own,
        part=own.part,
        steps=steps,
        sender=means.sender,
        sender_name=means.wording.sender_name,
        number=as_read,
        text_language=language,
        errors=errors or {},
    )
