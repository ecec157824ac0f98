"""What Twilio says, in our words: refusals, states of messages and calls, signatures.

Codes: https://www.twilio.com/docs/api/errors. Twilio warns that it splits codes into finer ones,
so the HTTP status decides and a code only refines it.
"""

import logging
from collections.abc import Mapping

from twilio.request_validator import RequestValidator

from alerting.channels.base import Report, ReportState, SendError
from core.language import _

logger = logging.getLogger(__name__)

OPTED_OUT = "21610"
# The number itself will not do: no use to try it again.
DEAD_NUMBERS = {"21211", "21217", "21610", "21614", "21635", "30004", "30005", "30006"}
# 4xx all the same, but it passes: queue full, daily limit, too many requests.
PASSING = {"20429", "21611", "63038"}


def refusal(status: int, code: str) -> SendError:
    """The error for an HTTP status and, if there is one, Twilio's own code."""
    if status in {401, 403} or code == "20003":
        logger.error("Twilio refused our credentials: HTTP %s, code %s", status, code or "-")
        reason = _(
            "Twilio godkänner inte kontot. Kontrollera KRISLARM_TWILIO_ACCOUNT_SID och KRISLARM_TWILIO_AUTH_TOKEN."
        )
        return SendError(reason, permanent=False, code=code)
    if status == 429 or code in PASSING:
        return SendError(_("Twilio hinner inte med just nu."), permanent=False, code=code)
    if status < 400 or status == 408 or status >= 500:
        return SendError(_("Twilio har ett fel just nu."), permanent=False, code=code)
    return SendError(sentence(code), permanent=True, code=code)


def read_sms_status(form: Mapping[str, str]) -> Report:
    """A status callback of an SMS; unknown words count as on their way.

    https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks
    """
    match form.get("MessageStatus") or form.get("SmsStatus", ""):
        case "delivered" | "read":
            return Report(state=ReportState.DELIVERED)
        case "undelivered" | "failed":
            code = form.get("ErrorCode", "")
            return Report(
                state=ReportState.FAILED,
                reason=sentence(code),
                permanent=code in DEAD_NUMBERS,
                code=code,
            )
        case "canceled":
            return Report(state=ReportState.FAILED, reason=_("Utskicket avbröts hos Twilio."))
        case _other:
            return Report(state=ReportState.SENT)


def read_call_status(form: Mapping[str, str], *, answerable: bool = True) -> Report | None:
    """A status callback of a call, or the verdict of answering-machine detection; None: no news.

    That a call was picked up says little: it may be voicemail. Only detection says "human", and
    only a key press is an answer, so an answerable call that is over has failed, unless a key was
    pressed before: that the caller must know.
    https://www.twilio.com/docs/voice/api/call-resource#statuscallback
    """
    who, status = form.get("AnsweredBy", ""), form.get("CallStatus", "")
    if who.startswith("machine") or who == "fax":
        return _failed(_("Telefonsvarare svarade."))
    if status == "failed":
        return _not_connected(form.get("SipResponseCode", ""))
    ended = _ended(status, answerable=answerable)
    if ended:
        return _failed(ended)
    if who == "human":
        return Report(state=ReportState.DELIVERED)
    if status in {"queued", "initiated", "ringing", "in-progress"}:
        return Report(state=ReportState.SENT)
    return None


def signature_ok(token: str, url: str, form: Mapping[str, str], signature: str) -> bool:
    """Did Twilio send this form to this public URL? https://www.twilio.com/docs/usage/security."""
    return bool(signature) and RequestValidator(token).validate(url, form, signature)


def sentence(code: str) -> str:
    """What an error code of an SMS or a call means to somebody who reads the board."""
    no_such_number = _("Numret finns inte.")
    no_texts = _("Numret kan inte ta emot SMS.")
    wrong_sender = _("Avsändaren får inte användas. Kontrollera KRISLARM_TWILIO_FROM.")
    wrong_country = _("Twilio-kontot får inte skicka till det landet.")
    unreachable = _("Twilio når oss inte. Kontrollera KRISLARM_BASE_URL.")
    sentences = {
        "21205": unreachable,
        "21210": wrong_sender,
        "21211": no_such_number,
        "21212": wrong_sender,
        "21215": wrong_country,
        "21217": no_such_number,
        "21408": wrong_country,
        "21603": wrong_sender,
        "21606": wrong_sender,
        "21609": unreachable,
        OPTED_OUT: _("Mottagaren har svarat STOPP och får inga SMS förrän hen skickar START."),
        "21614": no_texts,
        "21617": _("SMS:et är för långt."),
        "21635": no_texts,
        "21659": wrong_sender,
        "21660": wrong_sender,
        "30003": _("Telefonen är avstängd eller utan täckning."),
        "30004": _("Mottagaren eller operatören spärrar våra SMS."),
        "30005": no_such_number,
        "30006": no_texts,
        "30007": _("Operatören stoppade SMS:et som skräppost."),
        "30008": _("Operatören levererade inte SMS:et och säger inte varför."),
        "30036": _("SMS:et hann bli för gammalt innan det kunde skickas."),
    }
    return sentences.get(code) or _("Twilio kunde inte leverera.")


def _failed(reason: str) -> Report:
    return Report(state=ReportState.FAILED, reason=reason)


def _ended(status: str, *, answerable: bool) -> str:
    """Why a call that is over has not reached anybody, or "" if it may have."""
    ends = {
        "busy": _("Upptaget."),
        "no-answer": _("Inget svar."),
        "canceled": _("Samtalet avbröts hos Twilio."),
        "completed": _("Svarade, men tryckte inte på någon knapp.") if answerable else "",
    }
    return ends.get(status, "")


def _not_connected(sip: str) -> Report:
    """The carriers could not connect; SIP 404, 410, 484 and 604 say that there is no such number."""
    gone = sip in {"404", "410", "484", "604"}
    reason = _("Numret finns inte.") if gone else _("Samtalet gick inte att koppla.")
    return Report(state=ReportState.FAILED, reason=reason, permanent=gone, code=sip)
