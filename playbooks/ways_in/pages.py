"""Pages: one's own PIN, and who may raise an alarm by text and phone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import audit
from core.errors import NotFound, Refused
from core.language import gettext as _
from core.models import User
from core.permissions import Acting, Planner
from core.settings import Settings
from core.web import Config, Now, Session, attempt, go, page
from playbooks.ways_in import pins
from playbooks.ways_in.models import RaisePin, RaiseRequest, RaiseState, RaiseVia
from playbooks.ways_in.rights import may_raise, own_mobiles
from rosters.duty.telling import shown_name
from rosters.fields import uuid_or_none
from rosters.models import ContactPoint, Person
from rosters.my.access import SIGNED_IN, Me, Myself
from rosters.notices.service import Teller
from rosters.numbers import as_read
from rosters.seen import Look

router = APIRouter()
SHOWN = 50


@router.get("/my/{token}/pin")
async def my_pin(
    request: Request, me: Me, session: Session, settings: Config, now: Now
) -> Response:
    return await _own(request, session, me, settings, now)


@router.post("/my/{token}/pin")
async def choose_pin(
    request: Request,
    me: Me,
    session: Session,
    settings: Config,
    now: Now,
    pin: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    async with attempt(session) as errors:
        _refuse_link(me)
        if not await may_raise(session, me.person, at=now, zone=settings.zone):
            raise Refused(_("Du får inte larma med sms eller telefon."), status=403)
        pins.refuse_easy(pin.strip(), await _numbers(session, me.person))
        if pin.strip() != again.strip():
            raise Refused(_("Koderna är inte lika."), field="again")
        await pins.keep(
            session, me.person, pin.strip(), rules=pins.rules_from(settings), by=me.by, now=now
        )
        teller = Teller(session, now, settings.zone)
        await teller.tell(me.person, _chosen, key=f"pin-set:{me.person.ref}:{now.isoformat()}")
        return go("/my/me/pin")
    return await _own(request, session, me, settings, now, errors)


def _chosen() -> tuple[str, str]:
    said = _("Du har valt en ny PIN-kod för larm med sms och telefon. Var det inte du, säg till.")
    return _("Ny PIN-kod för larm"), said


def _refuse_link(me: Myself) -> None:
    """A link proves only that somebody has the link."""
    if me.token != SIGNED_IN:
        raise Refused(_("Logga in för att välja PIN-kod. Med en länk går det inte."), status=403)


async def _numbers(session: AsyncSession, person: Person) -> Sequence[str]:
    found = await session.scalars(
        select(ContactPoint.address).where(ContactPoint.person_id == person.id)
    )
    return found.all()


async def _own(
    request: Request,
    session: AsyncSession,
    me: Myself,
    settings: Settings,
    now: datetime,
    errors: Mapping[str, str] | None = None,
) -> Response:
    _refuse_link(me)
    return page(
        request,
        "playbooks/ways_in/pin.html",
        status=422 if errors else 200,
        me=me,
        allowed=await may_raise(session, me.person, at=now, zone=settings.zone),
        mobiles=await own_mobiles(session, me.person),
        row=await pins.row_of(session, me.person),
        number=as_read(settings.twilio_from or ""),
        minutes=settings.call_back_minutes,
        errors=errors or {},
    )


# Who may


@dataclass(frozen=True, slots=True)
class Able:
    """Somebody who may raise an alarm by text and phone, and their PIN - never the PIN itself."""

    person: Person
    row: RaisePin | None
    mobiles: int
    now: datetime

    @property
    def name(self) -> str:
        return shown_name(self.person)

    @property
    def look(self) -> Look:
        if self.row is None or not self.row.hash:
            return Look("neutral", _("Ingen PIN-kod"))
        if self.row.expires_at and self.row.expires_at <= self.now:
            return Look("warn", _("PIN-koden har gått ut"))
        if not self.mobiles:
            return Look("warn", _("Inget verifierat mobilnummer"))
        return Look("ok", _("Kan larma"))


def request_look(state: RaiseState) -> Look:
    return {
        RaiseState.CALLING: Look("info", _("Vi ringer upp")),
        RaiseState.CONFIRMED: Look("ok", _("Larmat")),
        RaiseState.CANCELLED: Look("neutral", _("Avbrutet")),
        RaiseState.LAPSED: Look("warn", _("Inte bekräftat i tid")),
    }[state]


@router.get("/ways-in")
async def ways_in(
    request: Request, session: Session, settings: Config, now: Now, _user: Planner
) -> Response:
    return await _all(request, session, settings, now)


async def _all(
    request: Request,
    session: AsyncSession,
    settings: Settings,
    now: datetime,
    errors: Mapping[str, str] | None = None,
) -> Response:
    people = await _candidates(session)
    rows = {row.person_id: row for row in await session.scalars(select(RaisePin))}
    able = [
        Able(each, rows.get(each.id), len(await own_mobiles(session, each)), now)
        for each in people
        if await may_raise(session, each, at=now, zone=settings.zone)
    ]
    requests = await session.execute(
        select(RaiseRequest, Person)
        .join(Person, Person.id == RaiseRequest.person_id)
        .order_by(RaiseRequest.asked_at.desc())
        .limit(SHOWN)
    )
    known = {each.person.id for each in able}
    return page(
        request,
        "playbooks/ways_in/ways_in.html",
        status=422 if errors else 200,
        able=able,
        others=[each for each in people if each.id not in known and not each.protected],
        requests=[(asked, shown_name(person)) for asked, person in requests],
        request_look=request_look,
        via={RaiseVia.SMS: _("Sms"), RaiseVia.PHONE: _("Telefon")},
        locked=await pins.PinCheck(session, pins.rules_from(settings), now).all_locked_until(),
        errors=errors or {},
    )


async def _candidates(session: AsyncSession) -> Sequence[Person]:
    """Who has an account: a PIN is chosen by somebody who is signed in."""
    found = await session.scalars(
        select(Person)
        .join(User, User.id == Person.user_id)
        .where(User.closed_at.is_(None))
        .order_by(Person.name)
    )
    return found.all()


@router.post("/ways-in/people")
async def name_somebody(
    request: Request,
    session: Session,
    settings: Config,
    now: Now,
    by: Acting,
    _user: Planner,
    person: Annotated[str, Form()] = "",
) -> Response:
    """Somebody may raise an alarm this way without being a duty officer."""
    async with attempt(session) as errors:
        chosen = uuid_or_none(person, field="person")
        found = await session.get(Person, chosen) if chosen else None
        if found is None or found.user_id is None:
            raise Refused(_("Välj en person som har ett konto."), field="person")
        row = await pins.row_of(session, found, lock=True)
        if row is None:
            row = RaisePin(person_id=found.id)
            session.add(row)
        row.named_by, row.named_at = by.name, now
        await audit.note(session, by, "Gav rätt att larma med sms", found.ref, now=now)
        return go("/ways-in")
    return await _all(request, session, settings, now, errors)


@router.post("/ways-in/people/{person_id}/revoke")
async def revoke_pin(
    person_id: UUID, session: Session, now: Now, by: Acting, _user: Planner
) -> Response:
    person = await session.get(Person, person_id)
    row = await pins.row_of(session, person, lock=True) if person else None
    if person is None or row is None:
        raise NotFound(_("Personen har ingen PIN-kod."))
    await pins.revoke(session, row, person, by=by, now=now)
    return go("/ways-in")
