"""Rules about what is said: named fields that exist, and an SMS that is one part on air."""

import re
from collections.abc import Iterator

from alerting import gsm7
from alerting.plan import Mode
from alerting.wording import sms_room
from core.language import gettext as _
from playbooks.document import Document, Step, Texts, wordings
from playbooks.findings import Case, Finding, Rule
from playbooks.reading import Level, Place

KNOWN_FIELDS = ("title", "code", "note", "place", "time", "assembly", "step", "name")
LONGEST_NAME = "Ulf Samverkan-Dummy-Svensson"
_FIELD = re.compile(r"\{(\w+)\}")


def fields_are_known(case: Case) -> Iterator[Finding]:
    for place, text in _written(case.path):
        field = str(place[-1])
        for name in _FIELD.findall(text):
            if name not in KNOWN_FIELDS:
                yield Finding(
                    place,
                    _("{field}: fältet {{{name}}} finns inte. Det finns {known}.").format(
                        field=field, name=name, known=", ".join(KNOWN_FIELDS)
                    ),
                )
            elif name == "assembly" and not case.path.assembly:
                yield Finding(
                    place,
                    _("{field}: {{assembly}} blir tomt: larmvägen har ingen samlingsplats.").format(
                        field=field
                    ),
                    Level.WARNING,
                )
        if re.search("[{}]", _FIELD.sub("", text)):
            yield Finding(
                place,
                _("{field}: en klammer står ensam; fält skrivs {{note}}.").format(field=field),
            )


def texts_are_plain(case: Case) -> Iterator[Finding]:
    """One sign outside the SMS alphabet makes room for 70 characters instead of 160."""
    for place, text in _written(case.path):
        if place[-1] != "sms":
            continue
        foreign = gsm7.foreign(text)
        if foreign:
            yield Finding(
                place,
                _("sms: {signs} finns inte i sms-alfabetet och gör texten dubbelt så lång.").format(
                    signs=" ".join(foreign)
                ),
            )
        elif gsm7.normalise(text) != text:
            signs = dict.fromkeys(sign for sign in text if gsm7.normalise(sign) != sign)
            yield Finding(
                place,
                _("sms: {signs} byts mot enklare tecken när texten skickas.").format(
                    signs=" ".join(signs)
                ),
                Level.WARNING,
            )


def texts_fit_one_part(case: Case) -> Iterator[Finding]:
    said: set[Place] = set()
    for at, step in case.steps():
        place = (*at, "texts") if step.texts else ("texts",)
        for language, wording in wordings(step.texts or case.path.texts):
            origin = (*place, language, "sms")
            if step.by_hand or origin in said or gsm7.foreign(wording.sms):
                continue
            room = min(sms_room(step.ask, mode, language) for mode in Mode)
            length = gsm7.septets(gsm7.normalise(fill_longest(wording.sms, case, step)))
            if length > room:
                said.add(origin)
                yield Finding(
                    origin,
                    _(
                        "sms: {length} tecken, men bara {room} får plats bredvid svarsraden i ett sms."
                    ).format(length=length, room=room),
                )


def english_is_complete(case: Case) -> Iterator[Finding]:
    for at, step in case.steps():
        if case.path.texts.en and step.texts and not step.texts.en:
            yield Finding(
                (*at, "texts"),
                _("texts: steget saknar engelska, fast larmvägen har det."),
                Level.WARNING,
            )


def fill_longest(text: str, case: Case, step: Step) -> str:
    """The text with each field as long as it can be; room for the note is kept elsewhere."""
    longest = {
        "title": case.path.title,
        "code": case.path.code,
        "note": "",
        "place": case.organisation.longest_site if case.path.exclude_site else "",
        "time": "03:12",
        "assembly": case.path.assembly or "",
        "step": step.title,
        "name": LONGEST_NAME,
    }
    return _FIELD.sub(lambda found: longest.get(found[1], ""), text)


def _written(path: Document) -> Iterator[tuple[Place, str]]:
    """Every text of the path and where it stands."""
    blocks: list[tuple[Place, Texts]] = [(("texts",), path.texts)]
    for at, step in enumerate(path.steps):
        if isinstance(step, Step) and step.texts:
            blocks.append((("steps", at, "texts"), step.texts))
    for place, texts in blocks:
        for language, wording in wordings(texts):
            for field, text in wording:
                if text:
                    yield (*place, language, field), text


TEXT_RULES: tuple[Rule, ...] = (
    fields_are_known,
    texts_are_plain,
    texts_fit_one_part,
    english_is_complete,
)
