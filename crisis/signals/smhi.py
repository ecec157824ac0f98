"""Reads SMHI's impact-based weather warnings (`ibww/api/version/1/warning.json`).

A list of warnings, each with its event and, per area, level, times, affected counties and texts in
two languages. The names of the fields are those that public clients of it read; whatever is
missing or of another type is left out rather than guessed at. A warning that has gone from the
list has ended by itself or been taken back: nothing here says which.
"""

from collections.abc import Collection

from core.errors import Refused
from core.language import gettext as _
from crisis.signals.heard import (
    LONGEST_TEXT,
    Heard,
    Reading,
    Tree,
    at,
    instant,
    parsed,
    prose,
    several,
    shorter,
    texts,
    words,
)
from crisis.signals.models import SignalLevel

# SMHI's own levels; yellow, orange and red stand as in its CAP feed.
_LEVELS = {
    "RED": SignalLevel.EXTREME,
    "ORANGE": SignalLevel.SEVERE,
    "YELLOW": SignalLevel.MODERATE,
    "MESSAGE": SignalLevel.MINOR,
}


def read(content: bytes, ours: Collection[str]) -> Reading:
    """What concerns the areas with these numbers; Refused when the answer has another shape."""
    tree = parsed(content)
    if not isinstance(tree, list):
        raise Refused(_("Svaret har en annan form än väntat: det är ingen lista."))
    reading = Reading()
    for warning in tree:
        areas = at(warning, "warningAreas")
        if not isinstance(areas, list):
            reading.unread += 1
            continue
        for area in areas:
            heard = _area(warning, area, ours)
            if heard is None:
                reading.unread += 1
            elif not heard.elsewhere:
                reading.heard.append(heard)
    reading.heard.sort(key=lambda heard: heard.sent_at)
    return reading


def _area(warning: Tree, area: Tree, ours: Collection[str]) -> Heard | None:
    """None without what tells one warning from another."""
    number, place = words(warning, "id"), words(area, "id")
    published = instant(area, "published")
    event = _said(area, "eventDescription") or _said(warning, "event")
    if not number or not place or published is None or not event:
        return None
    affected = several(area, "affectedAreas")
    codes = {words(each, "id") for each in affected} - {""}
    here = not codes or not ours or bool(codes & set(ours))
    level = words(area, "warningLevel", "code").upper()
    named = _said(area, "areaName") or ", ".join(
        texts([at(each, "sv") or at(each, "en") for each in affected])
    )
    return Heard(
        identity=f"{number},{place},{published.isoformat()},{level}",
        event=f"{number},{place}",
        level=_LEVELS.get(level, SignalLevel.UNKNOWN),
        headline=shorter(event, 300),
        text=_texts(area),
        area=shorter(named, 300),
        own_area=here,
        elsewhere=not here,
        sender="SMHI",
        sent_at=published,
        expires_at=instant(area, "approximateEnd"),
    )


def _said(tree: Tree, name: str) -> str:
    return words(tree, name, "sv") or words(tree, name, "en")


def _texts(area: Tree) -> str:
    """Each part with its heading, as "Vad händer: ..."."""
    parts = []
    for each in several(area, "descriptions"):
        text = prose(each, "text", "sv") or prose(each, "text", "en")
        title = _said(each, "title")
        if text:
            parts.append(f"{title}: {text}" if title else text)
    return shorter("\n".join(parts), LONGEST_TEXT)
