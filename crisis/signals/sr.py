"""Reads Sveriges Radio's VMA feed, version 3 (https://vmaapi.sr.se/swagger/v3.0/swagger.json).

`{timestamp, alerts: [...]}`, each alert in the terms of CAP 1.2. A cancellation may have no `info`
at all; what it cancels is named by the whole triple of sender, identifier and time sent. That a
message has expired, or has gone from the feed, does not mean that its danger is over.
"""

from collections.abc import Collection, Iterator

from core.errors import Refused
from core.language import gettext as _
from crisis.signals.areas import Nearness, nearness
from crisis.signals.heard import (
    LONGEST_IDENTITY,
    LONGEST_LINE,
    Heard,
    Reading,
    Tree,
    address,
    at,
    instant,
    parsed,
    prose,
    several,
    shorter,
    texts,
    words,
)
from crisis.signals.models import SignalAct, SignalKind, SignalLevel

_KINDS = {
    "exercise": SignalKind.EXERCISE,
    "test": SignalKind.TEST,
    "system": SignalKind.TEST,
}
_ACTS = {"update": SignalAct.UPDATE, "cancel": SignalAct.CANCEL}
_LEVELS = {level.value: level for level in SignalLevel}
_STATUSES_LEFT_OUT = {"draft"}
_TYPES_LEFT_OUT = {"ack", "error"}


def read(content: bytes, ours: Collection[str]) -> Reading:
    """What concerns the areas with these codes; Refused when the answer has another shape."""
    alerts = at(parsed(content), "alerts")
    if not isinstance(alerts, list):
        raise Refused(_("Svaret har en annan form än väntat: listan alerts saknas."))
    reading = Reading()
    for each in alerts:
        heard = _alert(each, ours)
        if heard is None:
            reading.unread += 1
        elif not heard.elsewhere and not _left_out(each):
            reading.heard.append(heard)
    reading.heard.sort(key=lambda heard: heard.sent_at)
    return reading


def _left_out(alert: Tree) -> bool:
    """A draft, a receipt, an error message: nothing to tell anybody."""
    status, kind = words(alert, "status").lower(), words(alert, "msgType").lower()
    return status in _STATUSES_LEFT_OUT or kind in _TYPES_LEFT_OUT


def _alert(alert: Tree, ours: Collection[str]) -> Heard | None:
    """None without what tells one message from another."""
    sender, identifier = words(alert, "sender"), words(alert, "identifier")
    sent = instant(alert, "sent")
    if not identifier or sent is None:
        return None
    info = _swedish(several(alert, "info"))
    areas = several(info, "area")
    codes = {words(code, "value") for area in areas for code in several(area, "geocode")} - {""}
    where = nearness(codes, ours)
    return Heard(
        identity=_identity(sender, identifier, sent.isoformat()),
        event=words(alert, "incidents"),
        refers_to=tuple(_references(words(alert, "references", longest=LONGEST_IDENTITY * 10))),
        kind=_KINDS.get(words(alert, "status").lower(), SignalKind.ACTUAL),
        act=_ACTS.get(words(alert, "msgType").lower(), SignalAct.ALERT),
        level=_LEVELS.get(words(info, "severity").lower(), SignalLevel.UNKNOWN),
        headline=words(info, "event"),
        text="\n".join(filter(None, (prose(info, "description"), prose(info, "instruction")))),
        area=shorter(", ".join(texts([at(area, "areaDesc") for area in areas])), LONGEST_LINE),
        own_area=where is Nearness.OWN and info is not None,
        elsewhere=where is Nearness.ELSEWHERE,
        placed=bool(areas),
        sender=words(info, "senderName") or "Sveriges Radio",
        link=address(info, "web"),
        sent_at=sent,
        expires_at=instant(info, "expires"),
    )


def _swedish(infos: list[Tree]) -> Tree:
    swedish = [each for each in infos if words(each, "language").lower().startswith("sv")]
    return next(iter(swedish or infos), None)


def _identity(sender: str, identifier: str, sent: str) -> str:
    return shorter(f"{sender},{identifier},{sent}", LONGEST_IDENTITY)


def _references(text: str) -> Iterator[str]:
    """Each as sender, identifier and time sent, with spaces between them; the time in one form."""
    for each in text.split():
        parts = each.rsplit(",", 2)
        sent = instant({"sent": parts[-1]}, "sent")
        if len(parts) == 3 and sent is not None:
            yield _identity(parts[0], parts[1], sent.isoformat())
