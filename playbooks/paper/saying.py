"""All that the envelope says, in the language in use, as plain values for its template."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import segno

from core.language import current_language
from core.language import gettext as _
from core.moments import filters
from playbooks.paper.contents import CallSheet, CardSheet, Contents, Duty, PathSheet, Reachable
from playbooks.paper.labels import labels
from playbooks.paper.routine import routine
from playbooks.sayings import Said
from rosters.numbers import as_read

Value = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """What is said of the edition itself."""

    number: int
    made_at: datetime
    made_by: str
    marking: str  # of secrecy; "" for none
    address: str  # of the edition's own page
    training: bool
    zone: ZoneInfo


def say(contents: Contents, imprint: Imprint) -> Value:
    """The template's `data`."""
    moment = filters(imprint.zone.key)["moment"]
    edition = _("Utgåva {number}").format(number=imprint.number)
    day = filters(imprint.zone.key)["day"](imprint.made_at)
    notice = _("ÖVNINGSMILJÖ: uppgifterna är påhittade.") if imprint.training else ""
    return {
        "language": current_language(),
        "title": _("Larmkuvert"),
        "organisation": contents.organisation,
        "what": _(
            "Larmlistor, larmvägar, åtgärdskort och rutin för att larma per telefon när det här systemet är nere."
        ),
        "running": " · ".join(
            part for part in (_("Larmkuvert"), contents.organisation, edition) if part
        ),
        "marking": imprint.marking,
        "printed": " · ".join([edition, day, *([_("ÖVNINGSMILJÖ")] if imprint.training else [])]),
        "watermark": edition,
        "edition": str(imprint.number),
        "made": f"{day} {filters(imprint.zone.key)['clock'](imprint.made_at)}",
        "by": imprint.made_by,
        "keep": _(
            "I förseglat kuvert där den som larmar kan ta det utan inloggning. Märk kuvertet med utgåvans nummer."
        ),
        "replaced": _(
            "När en nyare utgåva lämnas, minst varje kvartal. Den gamla förstörs i dokumentförstörare."
        ),
        "notice": notice,
        "address": imprint.address,
        "qr": _qr(imprint.address),
        "qr_says": _("QR-kod som leder till {address}").format(address=imprint.address),
        "say": labels(),
    } | _body(contents, moment)


def _body(contents: Contents, moment: Callable[[datetime], str]) -> Value:
    return {
        "versions": [
            {"code": each.code, "title": each.title, "version": str(each.version)}
            for each in contents.governed
        ],
        "routine": [{"title": title, "text": text} for title, text in routine(contents)],
        "reserve": [_reserve(path) for path in contents.reserve],
        "duties": [_duty(duty, moment) for duty in contents.duties],
        "sheets": [_sheet(sheet) for sheet in contents.sheets],
        "paths": [_path(path) for path in contents.paths],
        "cards": [_card(card) for card in contents.cards],
    }


def _qr(address: str) -> str:
    picture = BytesIO()
    segno.make(address, micro=False, error="m").save(picture, kind="svg", border=2, scale=4)
    return picture.getvalue().decode()


def _person(person: Reachable) -> Value:
    return {
        "name": person.name,
        "title": person.title,
        "numbers": [as_read(number) for number in person.numbers],
        "way": person.way,
    }


def _duty(duty: Duty, moment: Callable[[datetime], str]) -> Value:
    return {
        "heading": f"{duty.code}: {duty.name}" if duty.name != duty.code else duty.code,
        "phone": as_read(duty.phone) if duty.phone else "",
        "turns": [
            {
                "start": moment(turn.start),
                "end": moment(turn.end),
                "person": _person(turn.person),
            }
            for turn in duty.turns
        ],
    }


def _sheet(sheet: CallSheet) -> Value:
    used = _("Används av {paths}").format(paths=", ".join(sheet.paths))
    return {"name": sheet.name, "used": used, "people": [_person(each) for each in sheet.people]}


def _heading(sheet: PathSheet | CardSheet) -> str:
    return _("{code} {title} (version {version})").format(
        code=sheet.code, title=sheet.title, version=sheet.version
    )


def _path(path: PathSheet) -> Value:
    return {
        "heading": _heading(path),
        "entry": path.entry,
        "goal": path.goal,
        "assembly": path.assembly,
        "last_resort": ", ".join(path.last_resort),
        "steps": [_step(at, step) for at, step in enumerate(path.steps, 1)],
        "texts": [
            {
                "heading": _("Text: {steps}").format(steps=whose) if whose else _("Text"),
                "sms": sms,
                "voice": voice,
            }
            for whose, sms, voice in path.texts
        ],
    }


def _step(at: int, step: Said) -> Value:
    gate = _("Beslut krävs först: {gate}").format(gate=step.gate) if step.gate else ""
    lines: Sequence[str] = (gate, step.whom, step.how, step.answer, step.note, step.otherwise)
    return {
        "at": str(at),
        "title": step.title,
        "when": step.when,
        "need": step.need,
        "lines": [line for line in lines if line],
    }


def _card(card: CardSheet) -> Value:
    return {
        "heading": _heading(card),
        "scenario": card.scenario,
        "principle": card.principle,
        "paths": ", ".join(card.paths),
        "parts": [
            {
                "title": title,
                "lines": [
                    {"text": each.text, "role": each.role, "within": each.within, "note": each.note}
                    for each in lines
                ],
            }
            for title, lines in card.parts
        ],
    }


def _reserve(path: PathSheet) -> Mapping[str, object]:
    return {
        "heading": _("När telefon och internet är nere: {code}").format(code=path.code),
        "say": _("Larmvägen {code} {title} sköts helt för hand. {goal}.").format(
            code=path.code, title=path.title, goal=path.goal.rstrip(".")
        ),
        "notes": [
            f"{step.title}: {step.whom}. {step.note}".strip().rstrip(".") + "."
            for step in path.steps
        ],
    }
