"""A document as YAML, as a planner would write it: house notations, fields in order, defaults left out."""

import json
import re
from collections.abc import Iterator, Mapping
from textwrap import wrap
from typing import Final

from playbooks.document import Governed
from playbooks.reading import Plain, read

WIDTH: Final = 118
# The order of the demo's files; fields of other kinds keep the order of their model.
ORDER: Final = (
    *("code", "kind", "title", "entry", "owner", "governing_document"),
    *("review_months", "exercise_months", "approved_by_another", "lights"),
    *("goal", "goal_within", "assembly", "exclude_site", "forbidden_channels", "last_resort"),
    *("texts", "steps"),
)
STEP_ORDER: Final = (
    *("name", "run", "title", "target", "order", "channels", "need", "within", "start"),
    *("otherwise", "ask", "gate", "exclude_site", "note", "texts"),
)
_APART: Final = {"texts", "steps", "parts", "organisation", "chapters"}  # an empty line before
_WORD: Final = re.compile(r"\w[\w .,;/()%+-]*(?::[\w.-]+)?")
# Signs that YAML does not take as they are, also within quotes.
_UNPRINTABLE: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def write(document: Governed, *, comments: str = "") -> bytes:
    """The file of a document; reading it gives the same document again."""
    return write_plain(plain_of(document), comments=comments)


def plain_of(document: Governed) -> dict[str, Plain]:
    """What the file says, without what goes without saying."""
    data: dict[str, Plain] = document.model_dump(mode="json", exclude_defaults=True)
    return {name: _simple(value) for name, value in data.items()}


def write_plain(data: Mapping[str, Plain], *, comments: str = "") -> bytes:
    """A file with this data, right or wrong; `comments` are its first lines."""
    lines: list[str] = comments.splitlines()
    for name, value in _ordered(data, ORDER):
        if name in _APART and lines:
            lines.append("")
        lines += _field(name, value, 0)
    return ("\n".join(lines) + "\n").encode()


def comments_of(source: str) -> str:
    """The comments at the head of a file, which are kept when it is written anew."""
    head = []
    for line in source.splitlines():
        if line.strip() and not line.startswith("#"):
            break
        head.append(line.rstrip())
    return "\n".join(head).strip("\n")


def loses_comments(source: str) -> bool:
    """True when a file has comments further down, or after a value: those are lost."""
    lines = source.splitlines()
    rest = lines[len(comments_of(source).splitlines()) :]
    return any(re.search(r"(^|\s)#", line) for line in rest)


def _simple(value: Plain) -> Plain:
    """A list of one target is that target."""
    if isinstance(value, list):
        return [_simple(item) for item in value]
    if not isinstance(value, dict):
        return value
    fields = {key: _simple(item) for key, item in value.items()}
    target = fields.get("target")
    if isinstance(target, list) and len(target) == 1:
        fields["target"] = target[0]
    return fields


def _ordered(data: Mapping[str, Plain], order: tuple[str, ...]) -> list[tuple[str, Plain]]:
    places = {name: at for at, name in enumerate(order)}
    return sorted(data.items(), key=lambda item: places.get(item[0], len(order)))


def _field(name: str, value: Plain, indent: int) -> Iterator[str]:
    margin, key = " " * indent, _key(name)
    if isinstance(value, Mapping) and value:
        yield f"{margin}{key}:"
        for inner, item in value.items():
            yield from _field(inner, item, indent + 2)
    elif isinstance(value, list) and value and not _short(value, indent + len(key) + 2):
        yield f"{margin}{key}:"
        yield from _items(value, indent + 2, apart=name == "steps")
    else:
        first, *more = _scalar(value, indent + 2, indent + len(key) + 2)
        yield f"{margin}{key}: {first}"
        yield from more


def _items(items: list[Plain], indent: int, *, apart: bool = False) -> Iterator[str]:
    margin = " " * indent
    for number, item in enumerate(items):
        if number and apart:
            yield ""
        if isinstance(item, Mapping) and item:
            lines = [
                line
                for name, value in _ordered(item, STEP_ORDER)
                for line in _field(name, value, indent + 2)
            ]
            yield f"{margin}- {lines[0].lstrip()}"
            yield from lines[1:]
        elif isinstance(item, list) and item:
            yield f"{margin}- {_flat(item)}"
        else:
            first, *more = _scalar(item, indent + 2, indent + 2)
            yield f"{margin}- {first}"
            yield from more


def _short(items: list[Plain], taken: int) -> str:
    """The list on one line, `[a, b]`; empty when it does not fit or is not of words."""
    if any(isinstance(item, Mapping | list) for item in items):
        return ""
    line = f"[{', '.join(_in_line(item) for item in items)}]"
    return line if taken + len(line) <= WIDTH else ""


def _in_line(value: Plain) -> str:
    if isinstance(value, str):
        safe = _WORD.fullmatch(value) and "," not in value and _plainly(value)
        return value if safe else _quoted(value)
    return _word(value)


def _flat(value: Plain) -> str:
    """All of it on one line, for what no document has: a list in a list."""
    if isinstance(value, list):
        return f"[{', '.join(map(_flat, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_key(name)}: {_flat(item)}' for name, item in value.items())}}}"
    return _in_line(value)


def _scalar(value: Plain, indent: int, taken: int) -> list[str]:
    """A value's lines, the first without its margin."""
    if isinstance(value, list):
        return [_short(value, taken) if value else "[]"]
    if not isinstance(value, str):
        return [_word(value)]
    for lines in _styles(value, indent, taken):
        if _reads_as("\n".join(lines), value):
            return lines
    return [_quoted(value)]


def _styles(text: str, indent: int, taken: int) -> Iterator[list[str]]:
    """How the text might stand, the nicest first; which of them hold is for the reader to say."""
    margin = " " * indent
    if "\n" in text:
        mark = "|" if text.endswith("\n") else "|-"
        yield [mark, *(f"{margin}{line}".rstrip() for line in text.rstrip("\n").split("\n"))]
    elif taken + len(text) > WIDTH and " " in text:
        folded = wrap(text, WIDTH - indent, break_long_words=False, break_on_hyphens=False)
        yield [">-", *(f"{margin}{line}" for line in folded)]
    elif _WORD.fullmatch(text):
        yield [text]


def _plainly(text: str) -> bool:
    return _reads_as(text, text)


def _reads_as(written: str, text: str) -> bool:
    source = read("x", f"x: {written}\n".encode(errors="replace"))
    return not source.mistakes and source.data == {"x": text}


def _word(value: Plain) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "{}" if isinstance(value, Mapping) else str(value)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[a-z_]+", name) and _plainly(name) else _quoted(name)


def _quoted(text: str) -> str:
    """In double quotes, on one line, whatever is in it."""
    escaped = json.dumps(text, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda sign: f"\\u{ord(sign[0]):04x}", escaped)
