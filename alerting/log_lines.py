"""The log of an alarm in sentences."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from alerting.board_words import channel_word
from alerting.models import LOUD, AlarmEvent, EventKind
from alerting.plan import ChannelKind
from core.language import gettext as _

_ANSWER = re.compile(r"(coming|cannot|received|spoken)\b(?: (\d+)\b)? ?(.*)", re.DOTALL)
_FAILURE = re.compile(r"(voice|sms|mail): (.*)", re.DOTALL)
_LOOKS = {  # status and icon
    EventKind.RAISED: ("info", "siren"),
    EventKind.STEP_STARTED: ("neutral", "send"),
    EventKind.STEP_MET: ("ok", "circle-check"),
    EventKind.STEP_REOPENED: ("warn", "undo-2"),
    EventKind.STEP_SKIPPED: ("neutral", "skip-forward"),
    EventKind.STEP_ADDED: ("info", "plus"),
    EventKind.WENT_BACK: ("warn", "undo-2"),
    EventKind.GATE_REACHED: ("warn", "circle-pause"),
    EventKind.DECISION: ("info", "gavel"),
    EventKind.UNREACHABLE: ("bad", "phone-off"),
    EventKind.ANSWERED: ("ok", "message-square-reply"),
    EventKind.ANSWERED_LATE: ("neutral", "message-square-reply"),
    EventKind.CONFIRMED_BY_HAND: ("ok", "phone-call"),
    EventKind.FAILED: ("warn", "triangle-alert"),
    EventKind.OPTED_OUT: ("bad", "ban"),
    EventKind.UNCLEAR: ("warn", "circle-question-mark"),
    EventKind.CALLED_AGAIN: ("info", "phone-call"),
    EventKind.PERSON_ADDED: ("info", "user-plus"),
    EventKind.RELEASED: ("neutral", "user-minus"),
    EventKind.CORRECTED: ("info", "pencil"),
    EventKind.CHAIN_MET: ("ok", "circle-check"),
    EventKind.CALLED_OFF: ("neutral", "ban"),
    EventKind.CLOSED: ("neutral", "flag"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    at: datetime
    text: str
    who: str
    status: str
    icon: str
    loud: bool


def log_lines(events: Iterable[AlarmEvent]) -> tuple[LogLine, ...]:
    patterns = _patterns()
    by_operator = _by_operator()
    return tuple(_line(event, patterns, by_operator) for event in events)


def _line(
    event: AlarmEvent, patterns: dict[EventKind, str], by_operator: dict[EventKind, str]
) -> LogLine:
    pattern = (by_operator.get(event.kind) if event.who else None) or patterns[event.kind]
    status, icon = _LOOKS.get(event.kind, ("bad", "octagon-alert"))
    if event.detail.startswith("cannot"):
        status, icon = "bad", "circle-x"
    text = pattern.format(
        subject=event.subject, detail=event.detail, said=_said(event.detail), why=_why(event.detail)
    )
    return LogLine(
        at=event.at,
        text=text.strip(" :"),
        who=event.who,
        status=status,
        icon=icon,
        loud=event.kind in LOUD and not event.who,
    )


def _said(detail: str) -> str:
    """The stored "coming 30 talade med" in words."""
    found = _ANSWER.fullmatch(detail)
    if found is None:
        return detail
    meaning, minutes, remark = found.groups()
    words = {
        "coming": _("kommer"),
        "cannot": _("kan inte"),
        "received": _("mottaget"),
        "spoken": _("svarade, ska ringas upp"),
    }[meaning]
    if minutes and meaning == "coming":
        words = _("kommer om {minutes} min").format(minutes=minutes)
    return f"{words} ({remark})" if remark else words


def _why(detail: str) -> str:
    found = _FAILURE.fullmatch(detail)
    if found is None:
        return detail
    channel = channel_word(ChannelKind(found[1]))
    return _("{channel} kom inte fram. {reason}").format(channel=channel, reason=found[2])


def _patterns() -> dict[EventKind, str]:
    return {
        EventKind.RAISED: _("Larmet startades. {detail}"),
        EventKind.STEP_STARTED: _("{subject}: {detail} larmas"),
        EventKind.STEP_MET: _("{subject}: behovet är nått, {detail}"),
        EventKind.STEP_UNMET: _("{subject}: behovet nåddes inte, {detail}"),
        EventKind.STEP_EMPTY: _("{subject}: det finns ingen att larma"),
        EventKind.STEP_REOPENED: _("{subject}: någon föll bort, fler larmas"),
        EventKind.STEP_SKIPPED: _("{subject}: hoppades över"),
        EventKind.STEP_ADDED: _("{subject}: nytt steg"),
        EventKind.WENT_BACK: _("{detail} räckte inte: tillbaka till {subject}"),
        EventKind.GATE_REACHED: _("{subject} väntar på beslut: {detail}"),
        EventKind.DECISION: _("Beslut för {subject}. {detail}"),
        EventKind.UNREACHABLE: _("{subject} går inte att nå: inget användbart nummer"),
        EventKind.ANSWERED: "{subject}: {said}",
        EventKind.ANSWERED_LATE: _("{subject} svarade sent: {said}"),
        EventKind.CONFIRMED_BY_HAND: "{subject}: {said}",
        EventKind.FAILED: "{subject}: {why}",
        EventKind.OPTED_OUT: _("{subject} har svarat stopp och får inga sms"),
        EventKind.UNCLEAR: _("Oklart svar från {subject}: ”{detail}”"),
        EventKind.CALLED_AGAIN: _("{subject} larmas igen"),
        EventKind.PERSON_ADDED: _("{subject} lades till i {detail}"),
        EventKind.RELEASED: _("{subject} släpptes. {detail}"),
        EventKind.CORRECTED: _("Rättelse till {subject} personer: {detail}"),
        EventKind.CHAIN_MET: _("Alla behov är nådda"),
        EventKind.CHAIN_UNMET: _("Larmvägen är slut och alla behov är inte nådda"),
        EventKind.CALLED_OFF: _("Larmet återkallades. {detail}"),
        EventKind.CLOSED: _("Larmet avslutades"),
    }


def _by_operator() -> dict[EventKind, str]:
    """Where it reads otherwise because an operator did it."""
    return {
        EventKind.STEP_STARTED: _("{subject}: startat för hand"),
        EventKind.UNCLEAR: _("Svaret ”{detail}” lades undan"),
        EventKind.OPTED_OUT: _("{subject} får sms igen"),
    }
