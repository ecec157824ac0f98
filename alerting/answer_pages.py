"""The page that a mail links to: it shows the question; only a pressed button answers it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.job import plan_of, step_plan_of
from alerting.means import Provided
from alerting.models import OPEN_ALARM, Alarm, CallIn, Message, Reply, Step, Via
from alerting.plan import Ask, ChannelKind, Meaning
from alerting.service import answer
from alerting.wording import Fields
from core.errors import NotFound, Refused
from core.language import LANGUAGES, use_language
from core.language import gettext as _
from core.permissions import anyone
from core.web import Config, Now, Session, attempt, go, page
from rosters.models import Person, Proof
from rosters.readiness.proofs import prove

router = APIRouter(prefix="/a", dependencies=[Depends(anyone)], include_in_schema=False)

ETAS = (15, 30, 60)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to one person, as its page shows it."""

    call_in: CallIn
    alarm: Alarm
    text: str
    language: str

    @property
    def open(self) -> bool:
        return self.alarm.state in OPEN_ALARM


async def _asked(
    request: Request, token: str, session: Session, settings: Config, means: Provided
) -> Asked:
    """What the token was made for. Refused with 404 for a forged or broken one."""
    call_in_id = means.call_in_of(token)
    call_in = await session.get(CallIn, call_in_id) if call_in_id else None
    if call_in is None:
        raise NotFound(_("Länken är inte giltig. Öppna den i mejlet igen, eller svara på ett sms."))
    alarm = await session.get_one(Alarm, call_in.alarm_id)
    step = step_plan_of((await session.get_one(Step, call_in.step_id)).plan)
    person = await session.get(Person, call_in.person_id) if call_in.person_id else None
    chosen = request.cookies.get("language", "")
    own = person.language if person else settings.language
    language = chosen if chosen in LANGUAGES else own
    texts = plan_of(alarm.plan).texts.get(step.texts, {})
    said = texts.get("en" if language == "en" else "sv") or texts.get("sv")
    fields = Fields(
        title=alarm.title,
        code=alarm.path,
        note=alarm.note,
        time=alarm.raised_at,
        assembly=plan_of(alarm.plan).assembly,
        step=step.title,
        name=person.name if person else "",
    )
    text = means.wording.plain(said, fields) if said else alarm.title
    return Asked(call_in, alarm, text, language)


Question = Annotated[Asked, Depends(_asked, scope="function")]


@router.get("/{token}")
async def question(request: Request, asked: Question) -> Response:
    """Shows and never answers: programs that check mails open every link."""
    return _page(request, asked, {})


def _page(request: Request, asked: Asked, errors: dict[str, str]) -> Response:
    with use_language(asked.language):
        return page(
            request,
            "alerting/answer.html",
            status=422 if errors else 200,
            asked=asked,
            buttons=_buttons(asked.call_in.ask),
            given=_given(asked.call_in),
            alarm_mode=asked.alarm.mode.value,
            language=asked.language,
            errors=errors,
        )


@router.post("/{token}")
async def answered(
    request: Request,
    token: str,
    asked: Question,
    session: Session,
    now: Now,
    said: Annotated[str, Form()] = "",
) -> Response:
    with use_language(asked.language):
        words = dict(_pairs(asked.call_in.ask)).get(said)
        async with attempt(session) as errors:
            if words is None:
                raise Refused(_("Tryck på en av knapparna."))
            await _take(session, asked.call_in, said, words, now)
    return _page(request, asked, errors) if errors else go(f"/a/{token}")


async def _take(
    session: AsyncSession, call_in: CallIn, said: str, words: str, now: datetime
) -> None:
    """Keep what was pressed word for word, and take it as an answer."""
    meaning, eta = _meaning(said)
    await _prove_mail(session, call_in, now)
    session.add(
        Reply(
            received_at=now,
            via=Via.LINK,
            address="",
            text=words,
            meaning=meaning,
            provider="link",
            provider_ref=uuid4().hex,
            person_id=call_in.person_id,
            alarm_id=call_in.alarm_id,
            call_in_id=call_in.id,
        )
    )
    await answer(session, call_in.id, meaning, via=Via.LINK, now=now, eta=eta)


async def _prove_mail(session: AsyncSession, call_in: CallIn, now: datetime) -> None:
    """The link came by mail; sent to several addresses, it does not say which of them works."""
    sent = select(Message.address).where(
        Message.call_in_id == call_in.id, Message.channel == ChannelKind.MAIL
    )
    addresses = (await session.scalars(sent.distinct())).all()
    if len(addresses) == 1:
        await prove(session, addresses[0], Proof.ANSWERED, now)


def _meaning(said: str) -> tuple[Meaning, int | None]:
    if said.isdecimal():
        return Meaning.COMING, int(said)
    return Meaning(said), None


@dataclass(frozen=True, slots=True)
class Button:
    value: str
    label: str
    icon: str
    kind: str = "secondary"


def _buttons(ask: Ask) -> list[Button]:
    """What may be pressed, the likeliest first."""
    if ask is Ask.RECEIVED:
        return [Button("received", _("Jag har tagit emot det"), "circle-check", "primary")]
    cannot = Button("cannot", _("Jag kan inte"), "circle-x")
    if ask is Ask.SPOKEN:
        return [Button("coming", _("Ring mig, jag kan svara"), "phone-call", "primary"), cannot]
    later = [
        Button(f"{eta}", _("Jag är framme om {minutes} minuter").format(minutes=eta), "clock")
        for eta in ETAS
    ]
    return [Button("coming", _("Jag kommer nu"), "circle-check", "primary"), *later, cannot]


def _pairs(ask: Ask) -> list[tuple[str, str]]:
    return [(button.value, button.label) for button in _buttons(ask)]


def _given(call_in: CallIn) -> str:
    """The answer that stands, in words; "" when there is none."""
    if call_in.answer is Meaning.COMING and call_in.eta_minutes:
        return _("Du kommer om {minutes} minuter.").format(minutes=call_in.eta_minutes)
    if call_in.answer is Meaning.COMING and call_in.ask is Ask.SPOKEN:
        return _("Vi ringer dig.")
    return {
        Meaning.COMING: _("Du kommer."),
        Meaning.CANNOT: _("Du kan inte komma."),
        Meaning.RECEIVED: _("Du har tagit emot meddelandet."),
    }.get(call_in.answer or Meaning.UNCLEAR, "")
