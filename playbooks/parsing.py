"""From plain data to a document: every wrong field becomes a mistake with its line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from core.language import gettext as _
from playbooks import document
from playbooks.cards import document as card
from playbooks.cards.document import CARD, Card
from playbooks.document import ONE_STEP, SUB_PATH, Document
from playbooks.plans import document as plan
from playbooks.plans.document import PLAN, ActionPlan
from playbooks.reading import Place, Plain, Source, read

AnyDocument = Document | Card | ActionPlan
MODELS: dict[str, type[AnyDocument]] = {CARD: Card, PLAN: ActionPlan}  # by `kind`; else a path
FIELDS = {
    name
    for module in (document, card, plan)
    for model in vars(module).values()
    if isinstance(model, type) and issubclass(model, document.Part)
    for name in model.model_fields
}
# Stand-ins for what is missing, so that the rest of the file is checked all the same.
_WORDING: Plain = {"sms": "?", "voice": "?"}
STAND_INS: dict[str, Plain] = {
    "code": "X",
    "title": "?",
    "entry": "?",
    "owner": {"manual": "?"},
    "goal": "?",
    "texts": {"sv": _WORDING},
    "sv": _WORDING,
    "sms": "?",
    "voice": "?",
    "steps": [{"name": "x", "title": "?", "target": {"manual": "?"}}],
    "target": {"manual": "?"},
    "run": "X",
    "scenario": "?",
    "section": "triggers",
    "text": "?",
    "parts": [{"section": "triggers", "lines": [{"text": "?"}]}],
    "lines": [{"text": "?"}],
    "body": "?",
    "function": "?",
    "holder": {"manual": "?"},
    "heading": "?",
    "organisation": [{"function": "?", "holder": {"manual": "?"}}],
}
# The same for one item of a list; a list that is not here is left out whole.
ITEMS: dict[str, Plain] = {
    "parts": {"section": "triggers", "lines": [{"text": "?"}]},
    "lines": {"text": "?"},
    "organisation": {"function": "?", "holder": {"manual": "?"}},
    "chapters": {"heading": "?", "text": "?"},
}


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file as far as it could be understood; `mended` are places that hold stand-ins."""

    source: Source
    document: AnyDocument | None = None
    mended: frozenset[Place] = frozenset()


def parse(file: str, content: bytes) -> Parsed:
    """Understand one file; its mistakes are added to the source."""
    source = read(file, content)
    if not isinstance(source.data, dict):
        return Parsed(source)
    if "kind" in source.data and str(source.data["kind"]) not in MODELS:
        known = ", ".join(MODELS)
        sentence = _("kind: värdet finns inte: välj {known}, eller ta bort raden för en larmväg.")
        source.say(source.line(("kind",)), sentence.format(known=known))
        return Parsed(source)
    mended: set[Place] = set()
    data: Plain = source.data
    model = MODELS.get(str(source.data.get("kind")), Document)
    for attempt in range(3):
        try:
            return Parsed(source, model.model_validate(data), frozenset(mended))
        except ValidationError as error:
            errors = error.errors(include_url=False)
        if attempt == 0:
            _report(source, errors)
        places = [_place(each) for each in errors]
        mended.update(places)
        for place in sorted(places, key=len):
            data = _mend(data, place, place)
    return Parsed(source)


def _place(error: ErrorDetails) -> Place:
    return tuple(step for step in error["loc"] if step not in {ONE_STEP, SUB_PATH})


def _report(source: Source, errors: Sequence[ErrorDetails]) -> None:
    said: set[Place] = set()
    for error in errors:
        place = _place(error)
        if place not in said and not _only_follows(error, errors):
            said.add(place)
            source.say(source.line(place), _sentence(error, place))


def _only_follows(error: ErrorDetails, errors: Iterable[ErrorDetails]) -> bool:
    """A list is too short because its only item is wrong: the item is what is said."""
    place = _place(error)
    inside = (_place(each)[: len(place)] for each in errors if len(_place(each)) > len(place))
    return error["type"] == "too_short" and place in inside


def _mend(data: Plain, place: Place, whole: Place) -> Plain:
    """The data with what stands at the place left out, or with a stand-in where one is needed."""
    key, rest = (place[0], place[1:]) if place else ("", ())
    if isinstance(data, list) and isinstance(key, int) and key < len(data) and rest:
        return [_mend(item, rest, whole) if at == key else item for at, item in enumerate(data)]
    if isinstance(data, list):
        stand_in = _item_stand_in(whole)
        return [stand_in if at == key else item for at, item in enumerate(data)]
    if not isinstance(data, dict) or not isinstance(key, str):
        return data
    inner = data.get(key)
    deeper = isinstance(inner, dict) or (isinstance(inner, list) and key in {"steps", *ITEMS})
    if rest and deeper:
        return data | {key: _mend(inner, rest, whole)}
    without = {name: value for name, value in data.items() if name != key}
    if key == "name":
        return without if "run" in data else without | {"name": f"x{whole[1]}"}
    return without | {key: STAND_INS[key]} if key in STAND_INS and _needed(key, whole) else without


def _item_stand_in(place: Place) -> Plain:
    if place[:-1] == ("steps",):
        return {"name": f"x{place[-1]}", "title": "?", "target": {"manual": "?"}}
    return ITEMS.get(str(place[-2]), "?")


def _needed(key: str, place: Place) -> bool:
    """A step may do without texts of its own."""
    return not (key == "texts" and place[0] == "steps")


def _sentence(error: ErrorDetails, place: Place) -> str:
    field = next((step for step in reversed(place) if isinstance(step, str)), "")
    kind, about = error["type"], error.get("ctx", {})
    if kind == "missing":
        return _("Fältet ”{field}” saknas.").format(field=field)
    if kind == "extra_forbidden":
        return _unknown(field, place)
    if kind == "value_error":
        return f"{field}: {about['error']}"
    return f"{field}: {_plain_words(kind, field, about)}"


def _unknown(field: str, place: Place) -> str:
    if place[:-1] and place[-2] == "texts":
        return _("Språket ”{field}” kan inte användas: bara sv och en.").format(field=field)
    near = get_close_matches(field, FIELDS, n=1)
    if near:
        return _("Okänt fält ”{field}”. Menades ”{near}”?").format(field=field, near=near[0])
    return _("Okänt fält ”{field}”.").format(field=field)


def _plain_words(kind: str, field: str, about: dict[str, object]) -> str:
    code = _("en kod skrivs med versaler, siffror och bindestreck, som LV-03.")
    special = {
        ("name", "string_pattern_mismatch"): _(
            "bara a-z, 0-9 och _ kan användas i ett stegs namn."
        ),
        ("code", "string_pattern_mismatch"): code,
        ("run", "string_pattern_mismatch"): code,
        ("steps", "too_short"): _("larmvägen har inga steg."),
        ("steps", "tuple_type"): _("larmvägen har inga steg."),
        ("parts", "too_short"): _("kortet har inga avsnitt."),
        ("parts", "tuple_type"): _("kortet har inga avsnitt."),
        ("lines", "too_short"): _("avsnittet har inga rader."),
        ("lines", "tuple_type"): _("avsnittet har inga rader."),
        ("organisation", "too_short"): _("planen utser ingen."),
        ("organisation", "tuple_type"): _("planen utser ingen."),
    }
    sentences = {
        "string_type": _("här ska det stå en text."),
        "string_too_short": _("texten är tom."),
        "string_pattern_mismatch": _("texten är tom."),
        "string_too_long": _("texten är för lång: högst {max_length} tecken."),
        "int_type": _("här ska det stå ett heltal."),
        "greater_than_equal": _("talet är för litet: minst {ge}."),
        "less_than_equal": _("talet är för stort: högst {le}."),
        "bool_type": _("skriv true eller false."),
        "enum": _("värdet finns inte: välj {expected}."),
        "tuple_type": _("här ska det stå en lista."),
        "too_short": _("listan är tom."),
        "model_type": _("här ska det stå fält under varandra."),
        "date_from_datetime_parsing": _("skriv datumet som 2026-11-23."),
        "date_parsing": _("skriv datumet som 2026-11-23."),
        "date_type": _("skriv datumet som 2026-11-23."),
    }
    ordinary = sentences.get(kind, _("värdet kan inte användas."))
    sentence = special.get((field, kind), ordinary)
    return sentence.format(
        **{name: str(value).replace(" or ", ", ") for name, value in about.items()}
    )
