"""The difference between two versions of any kind, field by field: for cards and plans."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from core.language import N_
from core.language import gettext as _
from playbooks import notation
from playbooks.document import Governed
from playbooks.sayings import Names, called
from playbooks.versions.difference import LONGEST, Difference, Part, Row

LABELS = {
    "title": N_("Namn"),
    "owner": N_("Ägare"),
    "governing_document": N_("Styrande dokument"),
    "date": N_("Datum"),
    "review_months": N_("Månader mellan översyner"),
    "approved_by_another": N_("Godkänns av någon annan"),
    "scenario": N_("Scenario"),
    "principle": N_("Grundregel"),
    "paths": N_("Larmvägar"),
    "parts": N_("Delar"),
    "section": N_("Del"),
    "lines": N_("Rad"),
    "text": N_("Text"),
    "role": N_("Vem"),
    "within": N_("Inom"),
    "note": N_("Anteckning"),
    "body": N_("Organ"),
    "adopted": N_("Antagen"),
    "binding": N_("Bindande"),
    "decision": N_("Eget beslut"),
    "organisation": N_("Krisorganisation"),
    "function": N_("Funktion"),
    "holder": N_("Innehavare"),
    "deputies": N_("Ersättare"),
    "informed": N_("Informeras"),
    "cards": N_("Åtgärdskort"),
    "chapters": N_("Avsnitt"),
    "heading": N_("Rubrik"),
}
ITSELF = ("section", "text", "function", "heading")  # by which of these an item is known again
Value = Any  # what model_dump gives: plain JSON


def between(before: Governed, after: Governed, names: Names) -> Difference:
    """From one version to another of the same playbook."""
    old, new = (each.model_dump(mode="json", exclude={"code", "kind"}) for each in (before, after))
    parts = tuple(
        Part(label(key), tuple(_rows("", old.get(key), new.get(key), names)))
        for key in dict.fromkeys((*new, *old))
    )
    sentences = (_sentence(part, row) for part in parts for row in part.rows if row.changed)
    return Difference(tuple(sentences), tuple(part for part in parts if part.rows))


def label(key: str) -> str:
    return _(LABELS[key]) if key in LABELS else key


def _rows(place: str, before: Value, after: Value, names: Names) -> Iterator[Row]:
    """Down both sides at once; lists are laid beside each other by what their items are."""
    if isinstance(before, Mapping) or isinstance(after, Mapping):
        old, new = before or {}, after or {}
        for key in dict.fromkeys((*new, *old)):
            yield from _rows(_under(place, label(key)), old.get(key), new.get(key), names)
    elif _has_fields(before) or _has_fields(after):
        for number, (was, becomes) in enumerate(_beside(before or (), after or ()), 1):
            itself = _itself(becomes or was)
            yield from _rows(_under(place, itself or str(number)), was, becomes, names)
    else:
        row = Row(place, _words(before, names), _words(after, names))
        if row.before or row.after:
            yield row


def _has_fields(value: Value) -> bool:
    return isinstance(value, list) and any(isinstance(item, Mapping) for item in value)


def _beside(before: Sequence[Value], after: Sequence[Value]) -> Iterator[tuple[Value, Value]]:
    old, new = [_itself(item) for item in before], [_itself(item) for item in after]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for _tag, start, end, first, last in matcher.get_opcodes():
        for at in range(max(end - start, last - first)):
            yield (
                before[start + at] if start + at < end else None,
                after[first + at] if first + at < last else None,
            )


def _itself(item: Value) -> str:
    return next((str(item[key]) for key in ITSELF if key in item), "")


def _under(place: str, key: str) -> str:
    short = key if len(key) <= LONGEST else f"{key[: LONGEST - 1]}…"
    return f"{place} › {short}" if place else short


def _words(value: Value, names: Names) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("ja") if value else _("nej")
    if isinstance(value, list):
        return ", ".join(_words(item, names) for item in value)
    try:
        return called(notation.read_target(str(value)), names)
    except ValueError:
        return str(value)


def _sentence(part: Part, row: Row) -> str:
    where = _under(part.title, row.label) if row.label else part.title
    if max(len(row.before), len(row.after)) > LONGEST:
        return _("{label}: texten är ändrad.").format(label=where)
    nothing = _("inget")
    return _("{label}: nu {after}, förut {before}.").format(
        label=where, after=row.after or nothing, before=row.before or nothing
    )
