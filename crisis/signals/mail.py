"""Mails that a gateway posts to a secret address become signals; who sent them is not proved."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.policy import EmailPolicy
from hashlib import sha256
from hmac import compare_digest

from fastapi import APIRouter, Depends, Request, Response
from starlette.datastructures import FormData

from core.errors import NotFound, Refused
from core.language import gettext as _
from core.permissions import anyone
from core.web import Config, Now, Session
from crisis.signals import service
from crisis.signals.heard import LONGEST_LINE, Heard, prose, words
from crisis.signals.models import SignalSource

RAW = ("message/rfc822", "application/octet-stream", "text/plain")
# What gateways call the fields of a mail that they post as a form.
_FIELDS = {
    "sender": ("from", "sender", "From"),
    "subject": ("subject", "Subject"),
    "text": ("text", "body-plain", "stripped-text", "plain", "TextBody"),
    "number": ("Message-Id", "message-id", "message_id", "MessageID"),
}
# What Python's parser of mails raises, whatever its policy promises.
_UNREADABLE = (
    *(MessageError, LookupError, ValueError),
    *(AttributeError, TypeError, RecursionError),
)
LONGEST_HEADER = 998  # a line of a mail (RFC 5322)
router = APIRouter(dependencies=[Depends(anyone)], include_in_schema=False)


class _Briefly(EmailPolicy):
    """A header of 20,000 addresses takes Python's parser 14 seconds: its beginning is enough."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        begins: str = super().header_fetch_parse(name, value[:LONGEST_HEADER])
        return begins


@dataclass(frozen=True, slots=True)
class Mail:
    sender: str
    subject: str
    text: str
    number: str = ""  # its Message-ID


async def _right_address(secret: str, settings: Config) -> None:
    right = settings.signal_mail_secret.get_secret_value()
    if len(right) < 16 or not compare_digest(secret.encode(), right.encode()):
        raise NotFound(_("Sidan finns inte."))


@router.post("/signals/mail/{secret}", dependencies=[Depends(_right_address)])
async def mail_came_in(request: Request, session: Session, now: Now) -> Response:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in RAW:
        mail = await asyncio.to_thread(read_raw, await request.body())
    else:
        mail = read_form(await request.form())
    if not mail.subject and not mail.text:
        raise Refused(_("Mejlet är tomt."), status=400)
    await service.take(session, SignalSource.MAIL, [heard(mail, now)], now=now)
    return Response(status_code=204)


def heard(mail: Mail, now: datetime) -> Heard:
    """The same mail again is the same signal; an answer in its thread is another."""
    content = f"{mail.sender}\n{mail.subject}\n{mail.text}"
    identity = mail.number or sha256(content.encode(errors="replace")).hexdigest()
    tree = {"sender": mail.sender, "subject": mail.subject, "text": mail.text, "id": identity}
    return Heard(
        identity=words(tree, "id"),
        headline=words(tree, "subject") or words(tree, "text", longest=80),
        text=prose(tree, "text"),
        sender=words(tree, "sender") or "?",
        sent_at=now.astimezone(UTC),
    )


def read_form(form: FormData) -> Mail:
    def said(field: str) -> str:
        found = (form.get(name) for name in _FIELDS[field])
        return next((each for each in found if isinstance(each, str) and each), "")

    return Mail(said("sender"), said("subject"), said("text"), said("number"))


def read_raw(content: bytes) -> Mail:
    """A mail as it travels (RFC 5322); what its parts hide is left out."""
    try:
        mail = message_from_bytes(content, policy=_Briefly())
        return Mail(
            str(mail.get("from", ""))[:LONGEST_LINE],
            str(mail.get("subject", ""))[:LONGEST_LINE],
            _text(mail),
            str(mail.get("message-id", ""))[:LONGEST_LINE],
        )
    except _UNREADABLE as error:
        raise Refused(_("Mejlet går inte att läsa."), status=400) from error


def _text(mail: Message) -> str:
    part = mail.get_body(preferencelist=("plain",)) if isinstance(mail, EmailMessage) else None
    found = part.get_content() if part is not None else ""
    return found if isinstance(found, str) else ""
