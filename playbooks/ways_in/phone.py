"""Calls to our number (https://www.twilio.com/docs/voice/twiml/gather): PIN, path, and we call back.

Whose number a call shows proves nothing, for anybody can make it show any number: it only saves
keying in one's own. The PIN has to be right, and the last key is pressed on the call that we place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.channels import twiml
from alerting.means import Means, Provided
from alerting.plan import Mode
from alerting.webhooks import SignedForm
from core.errors import NotFound, Refused
from core.language import gettext as _
from core.language import use_language
from core.permissions import anyone
from core.settings import Settings
from core.web import Config, Now, Session
from playbooks import library
from playbooks.ways_in.models import InboundCall, InboundStage, RaiseVia
from playbooks.ways_in.pins import PinCheck, PinRules, Verdict, rules_from
from playbooks.ways_in.reading import PIN_LENGTH
from playbooks.ways_in.rights import own_mobiles, owner_of, tell_of_guessing
from playbooks.ways_in.service import Asked, Raising
from playbooks.ways_in.way import no_words
from rosters.models import Person
from rosters.numbers import phone_number

MOST_MISTAKES = 3  # in one call
LINE_IS_FREE = timedelta(seconds=10)  # the caller hangs up before we call back
MODES = {"1": Mode.LIVE, "2": Mode.EXERCISE, "3": Mode.TEST}
router = APIRouter(prefix="/twilio", dependencies=[Depends(anyone)], include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Menu:
    """One call at one instant: what is said next, after each number that is keyed in."""

    session: AsyncSession
    call: InboundCall
    settings: Settings
    means: Means
    now: datetime

    async def begin(self) -> Response:
        check = PinCheck(self.session, self.rules, self.now)
        person = await self._person()
        if await (check.all_locked_until() if person else check.locked_until(None)):
            return self._goodbye(_("För många fel PIN-koder har slagits. Larma på webbsidan."))
        return await self._ask()

    async def keyed(self, digits: str) -> Response:
        step = {
            InboundStage.NUMBER: self._number,
            InboundStage.PIN: self._pin,
            InboundStage.PATH: self._path,
            InboundStage.MODE: self._mode,
        }.get(self.call.stage)
        return await step(digits) if step else self._goodbye("")

    @property
    def rules(self) -> PinRules:
        return rules_from(self.settings)

    async def _number(self, digits: str) -> Response:
        """Nothing is said of whether the number is anybody's."""
        try:
            address = phone_number(digits)
        except Refused:
            return await self._again(_("Numret gick inte att tolka."))
        await self._is_from(address)
        self.call.stage = InboundStage.PIN
        return await self._ask()

    async def _is_from(self, address: str) -> None:
        person = await owner_of(self.session, address, at=self.now, zone=self.means.zone)
        if person is not None:
            self.call.person_id, self.call.address = person.id, address

    async def _pin(self, digits: str) -> Response:
        person = await self._person()
        check = PinCheck(self.session, self.rules, self.now)
        checked = await check.check(person, digits[:PIN_LENGTH], RaiseVia.PHONE)
        if checked.locked_now and checked.until:
            await tell_of_guessing(
                self.session, person, until=checked.until, now=self.now, zone=self.means.zone
            )
        if checked.verdict is Verdict.RIGHT:
            self.call.stage = InboundStage.PATH
            return await self._ask()
        if checked.verdict is Verdict.WRONG and checked.until is None:
            return await self._again(_("Fel PIN-kod."))
        return self._goodbye(no_words(checked, self.means))

    async def _path(self, digits: str) -> Response:
        paths, digits = await self._paths(), digits.lstrip("0")  # 03 is 3
        if digits not in paths:
            return await self._again(_("Det numret finns inte."))
        self.call.path, self.call.stage = paths[digits], InboundStage.MODE
        return await self._ask()

    async def _mode(self, digits: str) -> Response:
        person = await self._person()
        if digits == "0":
            return self._goodbye(_("Avbrutet. Inget larm är skickat."))
        if digits not in MODES or person is None:
            return await self._again(_("Den knappen betyder inget här."))
        asked = Asked(
            person=person,
            address=self.call.address or (await own_mobiles(self.session, person))[0],
            via=RaiseVia.PHONE,
            path=self.call.path,
            mode=MODES[digits],
        )
        raising = Raising(self.session, self.means, self.now, self.rules.answered_within)
        try:
            await raising.ask(asked, wait=LINE_IS_FREE)
        except Refused as refusal:
            return self._goodbye(_("Inget larm är skickat. {why}").format(why=refusal.sentence))
        return self._goodbye(
            _("Inget är skickat än. Lägg på: vi ringer upp ditt nummer, och då trycker du 1.")
        )

    async def _person(self) -> Person | None:
        who = self.call.person_id
        return await self.session.get(Person, who) if who else None

    async def _paths(self) -> dict[str, str]:
        """By the number that is keyed in: that of the code where each has its own, else the place."""
        codes = sorted(await library.paths(self.session, at=self.now))
        numbers = ["".join(filter(str.isdecimal, code)).lstrip("0") for code in codes]
        if not all(numbers) or len(set(numbers)) < len(numbers):
            numbers = [str(place) for place in range(1, len(codes) + 1)]
        return dict(zip(numbers, codes, strict=True))

    # What is said

    async def _ask(self, before: str = "") -> Response:
        question, digits = await self._question()
        return _xml(
            twiml.menu(
                f"{before} {question}".strip(),
                digits_url=f"{self.settings.base_url}/twilio/raise/{self.call.id}",
                unanswered=_("Inget svar. Inget larm är skickat."),
                language=self.call.language,
                voices=self._voices,
                digits=digits,
            )
        )

    async def _question(self) -> tuple[str, int | None]:
        """And how many digits answer it; None when a # ends them."""
        if self.call.stage is InboundStage.NUMBER:
            return _("Slå ditt eget mobilnummer och sluta med fyrkant."), None
        if self.call.stage is InboundStage.PIN:
            said = _("Det här är {sender}, larm per telefon. Slå din PIN-kod, {count} siffror.")
            return said.format(sender=self.settings.sender_name, count=PIN_LENGTH), PIN_LENGTH
        if self.call.stage is InboundStage.PATH:
            documents = await library.paths(self.session, at=self.now)
            paths = await self._paths()
            lines = [
                _("{number} för {title}").format(
                    number=number, title=documents[code].document.title
                )
                for number, code in paths.items()
            ]
            longest = max(map(len, paths), default=1)
            end = "" if longest == 1 else _("Sluta med fyrkant.")
            said = _("Vilket larm? Slå {choices}.").format(choices=", ".join(lines))
            return f"{said} {end}".strip(), 1 if longest == 1 else None
        said = _("{path}. Slå 1 för skarpt larm, 2 för övning, 3 för test, 0 för att avbryta.")
        return said.format(path=self.call.path), 1

    async def _again(self, why: str) -> Response:
        self.call.mistakes += 1
        if self.call.mistakes >= MOST_MISTAKES:
            return self._goodbye(_("{why} Inget larm är skickat.").format(why=why))
        return await self._ask(why)

    def _goodbye(self, said: str) -> Response:
        self.call.stage = InboundStage.OVER
        return _xml(twiml.thanks(said, language=self.call.language, voices=self._voices))

    @property
    def _voices(self) -> Mapping[str, str]:
        return {"sv": self.settings.twilio_voice_sv, "en": self.settings.twilio_voice_en}


@router.post("/voice")
async def call_came_in(
    form: SignedForm, session: Session, settings: Config, means: Provided, now: Now
) -> Response:
    if not form.get("CallSid"):
        raise Refused(_("Samtalets referens saknas."), status=400)
    person = await owner_of(session, form.get("From", ""), at=now, zone=means.zone)
    call = InboundCall(
        reference=form["CallSid"],
        person_id=person.id if person else None,
        address=form["From"] if person else "",
        language=person.language if person else settings.language,
        stage=InboundStage.PIN if person else InboundStage.NUMBER,
        began_at=now,
    )
    kept = await _kept(session, call)
    with use_language(kept.language):
        return await Menu(session, kept, settings, means, now).begin()


@router.post("/raise/{call_id}")
async def digits_came_in(
    call_id: UUID,
    form: SignedForm,
    session: Session,
    settings: Config,
    means: Provided,
    now: Now,
) -> Response:
    query = select(InboundCall).where(InboundCall.id == call_id).with_for_update()
    call = (await session.scalars(query)).first()
    if call is None or call.reference != form.get("CallSid"):
        raise NotFound(_("Samtalet finns inte."))
    with use_language(call.language):
        return await Menu(session, call, settings, means, now).keyed(form.get("Digits", ""))


async def _kept(session: AsyncSession, call: InboundCall) -> InboundCall:
    """A repeated callback is the same call."""
    values = {column.key: getattr(call, column.key) for column in InboundCall.__table__.columns}
    embedded = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if embedded else postgresql.insert
    await session.execute(insert(InboundCall).values(values).on_conflict_do_nothing())
    query = select(InboundCall).where(InboundCall.reference == call.reference)
    return (await session.scalars(query.with_for_update())).one()


def _xml(text: str) -> Response:
    return Response(text, media_type="application/xml")
