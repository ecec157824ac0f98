"""What the forms of cards and plans share: plain data to fields, fields to plain data, and mistakes."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from starlette.datastructures import FormData

from alerting.plan import TargetKind
from core.database import clean
from playbooks.reading import Mistake, Place, Plain, read
from playbooks.sayings import Names

Item = TypeVar("Item")
MANUAL = "manual:"
_NOTATION = re.compile(r"\b((?:duty|role|group|person|external):[\w.-]+)\)?\s*$")
HEAD = ("title", "owner", "governing", "governing_date", "review_months", "approved_by_another")
# Fields of a file that the form calls something else.
CALLED = {"governing_document": "governing"}


def text_of(value: Plain) -> str:
    """A value as a field shows it; a list or a block that should not be there is empty."""
    if isinstance(value, bool):
        return "yes" if value else ""
    return str(value) if isinstance(value, str | int) else ""


def dict_of(value: Plain) -> dict[str, Plain]:
    return value if isinstance(value, dict) else {}


def list_of(value: Plain) -> list[Plain]:
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def place(text: str) -> int | None:
    """Which line a button belongs to; None for what no button says."""
    return int(text) if re.fullmatch("[0-9]{1,6}", text) else None


def number_or_text(text: str) -> Plain:
    return int(text) if re.fullmatch("[0-9]{1,6}", text) else text


def label_of(value: Plain, names: Names) -> str:
    """A target as a field shows it: `Säkerhetschef (role:sakerhetschef)`."""
    if isinstance(value, dict):
        return f"{MANUAL}{text_of(value.get('manual'))}"
    text = text_of(value)
    kind, _colon, code = text.partition(":")
    known = names.get((TargetKind(kind), code)) if kind in list(TargetKind) else None
    return f"{known} ({text})" if known else text


def target_of(text: str) -> Plain:
    """What was typed or chosen in such a field, as the file writes it."""
    if text.startswith(MANUAL):
        return {"manual": text.removeprefix(MANUAL).strip()}
    found = _NOTATION.search(text)
    return found[1] if found else text


def labels(names: Names) -> list[str]:
    """What can be chosen where somebody is to be named: duties and lists first, then people."""
    order = list(TargetKind)
    keys = sorted(names, key=lambda key: (order.index(key[0]), names[key]))
    return [
        label_of(f"{kind.value}:{code}", names)
        for kind, code in keys
        if kind is not TargetKind.EXTERNAL
    ]


def head_of(data: Mapping[str, Plain], names: Names) -> dict[str, str]:
    governing = dict_of(data.get("governing_document"))
    return {
        "code": text_of(data.get("code")),
        "title": text_of(data.get("title")),
        "owner": label_of(data.get("owner"), names),
        "governing": text_of(governing.get("title")),
        "governing_date": text_of(governing.get("date")),
        "review_months": text_of(data.get("review_months")) or "12",
        "approved_by_another": text_of(data.get("approved_by_another")),
    }


def head_plain(fields: Mapping[str, str], kind: str) -> dict[str, Plain]:
    data: dict[str, Plain] = {"kind": kind, "code": fields.get("code", "")}
    data |= {"title": fields.get("title", ""), "owner": target_of(fields.get("owner", ""))}
    governing = {"title": fields.get("governing", ""), "date": fields.get("governing_date", "")}
    if any(governing.values()):
        data["governing_document"] = {key: value for key, value in governing.items() if value}
    if fields.get("review_months"):
        data["review_months"] = number_or_text(fields["review_months"])
    if fields.get("approved_by_another"):
        data["approved_by_another"] = True
    return data


def typed(form: FormData, names: Iterable[str]) -> dict[str, str]:
    """Fields as they were typed, with plain line ends."""
    return {name: one(form, name) for name in names}


def one(form: FormData, name: str) -> str:
    value = form.get(name)
    return clean(value.replace("\r\n", "\n")).strip() if isinstance(value, str) else ""


def several(form: FormData, name: str) -> list[str]:
    return [clean(value) for value in form.getlist(name) if isinstance(value, str)]


def rows(form: FormData, name: str) -> Iterator[int]:
    """The numbers of the rows that have been sent, by their first field."""
    at = 0
    while f"{name}-{at}" in form:
        yield at
        at += 1


def move(items: list[Item], at: int, by: int) -> None:
    """Change places with a neighbour; at the ends nothing happens."""
    to = at + by
    if 0 <= at < len(items) and 0 <= to < len(items):
        items[at], items[to] = items[to], items[at]


def act_of(text: str) -> tuple[str, str]:
    """`remove 3` is the act and what it is about."""
    act, _space, what = text.partition(" ")
    return act, what


def places(file: str, content: bytes, findings: Iterable[Mistake]) -> Iterator[tuple[Place, str]]:
    """Where in the data each mistake stands: the innermost value of its line."""
    source = read(file, content)
    at: dict[int, Place] = {}
    for place, line in source.lines.items():
        if len(place) >= len(at.get(line, ())):
            at[line] = place
    for each in findings:
        yield at.get(each.line, ()), each.sentence


def head_field(place: Place) -> str:
    first = str(place[0]) if place else ""
    if place[-1:] == ("date",):
        return "governing_date"
    return CALLED.get(first, first)
