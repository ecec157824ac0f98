"""What may stand in the fields of people and units, whether typed in a form or read from a file."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from core.errors import Refused
from core.forms import line, within_reason
from core.language import LANGUAGES
from core.language import gettext as _
from rosters.models import UnitKind
from rosters.numbers import phone_number

_CODE = re.compile(r"[\wåäöÅÄÖ.-]{1,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFields:
    ref: str
    name: str
    title: str = ""
    unit_id: UUID | None = None
    language: str = "sv"
    protected: bool = False
    active_from: date | None = None
    active_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFields:
    code: str
    name: str
    kind: str
    parent_id: UUID | None = None
    switchboard: str | None = None


def checked_person(fields: PersonFields) -> PersonFields:
    """The fields made clean; Refused with the field that is wrong."""
    if fields.language not in LANGUAGES:
        raise Refused(_("Språket är sv eller en."), field="language")
    if fields.active_from and fields.active_to and fields.active_to < fields.active_from:
        raise Refused(_("Sista dagen kommer före den första."), field="active_to")
    return replace(
        fields,
        ref=code(fields.ref, field="ref"),
        name=line(fields.name, field="name", longest=120, required=True),
        title=line(fields.title, field="title", longest=160),
    )


def checked_unit(fields: UnitFields) -> UnitFields:
    """The fields made clean; Refused with the field that is wrong."""
    if fields.kind not in set(UnitKind):
        raise Refused(_("Välj vad för slags enhet det är."), field="kind")
    number = fields.switchboard
    return replace(
        fields,
        code=code(fields.code, field="code"),
        name=line(fields.name, field="name", longest=160, required=True),
        switchboard=phone_number(number, field="switchboard") if number else None,
    )


def code(typed: str, *, field: str) -> str:
    """A short name used in files and addresses: letters, digits, dot, dash, underscore."""
    text = line(typed, field=field, longest=40, required=True)
    if not _CODE.fullmatch(text):
        raise Refused(_("Använd bara bokstäver, siffror, punkt och streck."), field=field)
    return text


def day(typed: str, *, field: str) -> date | None:
    """A date as "2026-11-23"; None when nothing is typed."""
    text = typed.strip().removesuffix(" 00:00:00")
    if not text:
        return None
    try:
        return within_reason(date.fromisoformat(text))
    except ValueError as error:
        raise Refused(_("Skriv datumet som 2026-11-23."), field=field) from error


def hour(typed: str, *, field: str) -> time | None:
    """A clock as "08:00"; None when nothing is typed."""
    text = typed.strip()
    if not text:
        return None
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError as error:
        raise Refused(_("Skriv klockslaget som 08:00."), field=field) from error


def moment(typed: str, zone: ZoneInfo, *, field: str) -> datetime:
    """A local date and clock as "2026-11-23T12:00"; the earlier one when it comes twice."""
    try:
        local = within_reason(datetime.fromisoformat(typed.strip())).replace(tzinfo=zone)
    except ValueError as error:
        raise Refused(_("Ange datum och klockslag."), field=field) from error
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise Refused(_("Klockslaget finns inte: då ställs klockan fram."), field=field)
    return instant


def whole(typed: str, *, field: str, lowest: int, highest: int) -> int:
    """A whole number within its limits."""
    text = typed.strip()
    if not (text.isascii() and text.isdecimal() and lowest <= int(text[:9]) <= highest):
        sentence = _("Skriv ett heltal från {lowest} till {highest}.")
        raise Refused(sentence.format(lowest=lowest, highest=highest), field=field)
    return int(text)


def uuid_or_none(typed: str, *, field: str) -> UUID | None:
    """A choice out of a list of rows; None for the empty choice."""
    try:
        return UUID(typed) if typed else None
    except ValueError as error:
        raise Refused(_("Välj ur listan."), field=field) from error
