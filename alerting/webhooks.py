"""Callbacks from Twilio: every one signed, idempotent, and taken in any order."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.channels import twiml
from alerting.channels.twilio_words import read_call_status, read_sms_status, signature_ok
from alerting.delivery import report
from alerting.incoming import take_sms
from alerting.means import Provided
from alerting.models import OPEN_ALARM, Alarm, CallIn, Message, MessageState, Via
from alerting.plan import ChannelKind
from alerting.replies import understand_key
from alerting.service import Taken, answer
from alerting.ways import key_above
from core.errors import NotFound, Refused
from core.language import gettext as _
from core.language import use_language
from core.permissions import anyone
from core.settings import Settings
from core.web import Config, Now, Session
from rosters.models import Proof
from rosters.readiness.proofs import prove

LONGEST_FIELD = 12_000


async def signed_form(request: Request, settings: Config) -> dict[str, str]:
    """The form of a callback whose signature holds. Refused with 403 otherwise.

    The signed URL is built from the configured public base, never from proxy headers.
    """
    form = {key: value for key, value in (await request.form()).items() if isinstance(value, str)}
    token = settings.twilio_auth_token.get_secret_value()
    url = settings.base_url + request.url.path
    if request.url.query:
        url += f"?{request.url.query}"
    given = request.headers.get("x-twilio-signature", "")
    if not token or not signature_ok(token, url, form, given):
        raise Refused(_("Signaturen stämmer inte."), status=403)
    if any(len(value) > LONGEST_FIELD for value in form.values()):
        raise Refused(_("Meddelandet är för långt."), status=413)
    return form


router = APIRouter(prefix="/twilio", dependencies=[Depends(anyone)], include_in_schema=False)
SignedForm = Annotated[Mapping[str, str], Depends(signed_form)]


@router.post("/sms")
async def sms_came_in(form: SignedForm, session: Session, now: Now, means: Provided) -> Response:
    if not form.get("From") or not form.get("MessageSid"):
        raise Refused(_("Avsändare eller referens saknas."), status=400)
    await take_sms(
        session,
        sender=form["From"],
        text=form.get("Body", ""),
        provider="twilio",
        ref=form["MessageSid"],
        now=now,
        means=means,
    )
    return _xml(twiml.sms_reply(None))


@router.post("/status/{message_id}")
async def status_came_in(
    message_id: UUID, form: SignedForm, session: Session, now: Now, means: Provided
) -> Response:
    message = await _message(session, message_id)
    if message.channel is ChannelKind.VOICE:
        said = read_call_status(form, answerable=message.answerable)
    else:
        said = read_sms_status(form)
    if said is not None:
        await report(session, message_id, said, now=now, means=means)
    return Response(status_code=204)


@router.post("/voice/{message_id}", dependencies=[Depends(signed_form)])
async def call_was_picked_up(message_id: UUID, session: Session, settings: Config) -> Response:
    message = await _message(session, message_id)
    if message.state is MessageState.CANCELLED or message.channel is not ChannelKind.VOICE:
        return _say(_no_longer(message), message, settings)
    if not message.answerable:
        return _say(message.body, message, settings)
    alarm = await session.get(Alarm, message.alarm_id) if message.alarm_id else None
    if alarm is not None and alarm.state not in OPEN_ALARM:  # it rang when the alarm ended
        return _say(_no_longer(message), message, settings)
    return _xml(_question(message, settings))


@router.post("/voice/{message_id}/digits")
async def key_was_pressed(
    message_id: UUID,
    form: SignedForm,
    session: Session,
    now: Now,
    settings: Config,
    means: Provided,
) -> Response:
    message = await _message(session, message_id)
    if message.call_in_id is None and message.alarm_id is None:
        said = await key_above(session, message, form.get("Digits", ""), now=now, means=means)
        return _say(said, message, settings) if said else _xml(_question(message, settings))
    call_in = await session.get(CallIn, message.call_in_id) if message.call_in_id else None
    if call_in is None:
        raise NotFound(_("Frågan finns inte."))
    given = understand_key(form.get("Digits", ""), call_in.ask)
    if given is None:
        return _xml(_question(message, settings))
    await session.execute(update(Message).where(Message.id == message.id).values(answered_at=now))
    await prove(session, message.address, Proof.ANSWERED, now)
    taken = await answer(session, call_in.id, given.meaning, via=Via.VOICE, now=now)
    return _say(_thanks(message, taken.taken), message, settings)


async def _message(session: AsyncSession, message_id: UUID) -> Message:
    message = await session.scalar(select(Message).where(Message.id == message_id))
    if message is None:
        raise NotFound(_("Meddelandet finns inte."))
    return message


def _question(message: Message, settings: Settings) -> str:
    with use_language(message.language):
        unanswered = _("Inget svar. Vi ringer igen.")
    return twiml.question(
        message.body,
        unanswered=unanswered,
        language=message.language,
        voices=_voices(settings),
        digits_url=f"{settings.base_url}/twilio/voice/{message.id}/digits",
    )


def _say(text: str, message: Message, settings: Settings) -> Response:
    return _xml(twiml.thanks(text, language=message.language, voices=_voices(settings)))


def _voices(settings: Settings) -> dict[str, str]:
    return {"sv": settings.twilio_voice_sv, "en": settings.twilio_voice_en}


def _no_longer(message: Message) -> str:
    with use_language(message.language):
        return _("Larmet gäller inte längre. Du behöver inte göra något.")


def _thanks(message: Message, taken: Taken) -> str:
    with use_language(message.language):
        if taken is Taken.CLOSED:
            return _("Larmet är avslutat. Du behöver inte göra något.")
        if taken is Taken.LATE:
            return _("Tack, ditt svar är noterat. Tillräckligt många kan redan ha svarat.")
        if taken is Taken.TALK:
            return _("Tack. Den som leder larmet ringer upp dig.")
        return _("Tack, ditt svar är noterat.")


def _xml(text: str) -> Response:
    return Response(text, media_type="application/xml")
