"""YAML from strangers: plain data and the line of each value, or what is wrong and where."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from yaml.composer import Composer
from yaml.error import MarkedYAMLError
from yaml.events import AliasEvent, Event, NodeEvent
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner

from core.language import gettext as _

LARGEST = 256 * 1024  # bytes; the largest of Lund's nine is 5 kB
DEEPEST = 12

Plain: TypeAlias = "dict[str, Plain] | list[Plain] | str | int | bool | None"
Place = tuple[str | int, ...]  # ("steps", 2, "need")


class Level(StrEnum):
    MISTAKE = "mistake"  # the path is not loaded
    WARNING = "warning"  # it is, but somebody should look


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    file: str
    line: int
    sentence: str
    level: Level = Level.MISTAKE


@dataclass(slots=True)
class Source:
    """A file as plain data; `lines` tells where each value stands."""

    file: str
    data: Plain = None
    lines: dict[Place, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def line(self, place: Place) -> int:
        """The line of a value, or of the nearest thing around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def say(self, line: int, sentence: str, level: Level = Level.MISTAKE) -> None:
        self.mistakes.append(Mistake(self.file, line, sentence, level))


def read(file: str, content: bytes) -> Source:
    """Read one YAML file; never raises for what is in it."""
    source = Source(file)
    if len(content) > LARGEST:
        source.say(1, _("Filen är för stor: högst 256 kB."))
        return source
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        source.say(line, _("Filen är inte sparad som UTF-8."))
        return source
    try:
        node = _Loader(text).get_single_node()
    except ReaderError as error:
        sign = (
            f"U+{ord(error.character) if isinstance(error.character, str) else error.character:04X}"
        )
        line = text[: error.position].count("\n") + 1
        source.say(line, _("Tecknet {sign} får inte stå i filen.").format(sign=sign))
        return source
    except MarkedYAMLError as error:
        source.say(*_explained(error))
        return source
    if not isinstance(node, MappingNode):
        source.say(1, _("Filen ska bestå av fält: börja med ”code:”."))
        return source
    source.data = _plain(node, (), source)
    return source


class _Plainly(BaseResolver):
    """Only what the format needs: `no` and `12:30` stay text, unlike in YAML 1.1."""


for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", "true|false", "tf"),
    ("tag:yaml.org,2002:int", "0|-?[1-9][0-9]{0,8}", "-0123456789"),
    ("tag:yaml.org,2002:null", "~|null|", ["~", "n", ""]),
):
    _Plainly.add_implicit_resolver(_tag, re.compile(rf"^(?:{_pattern})$"), list(_first))


class _Unwanted(MarkedYAMLError):
    """Valid YAML that has no place in a path; `problem` is already a sentence for people."""


class _Loader(Reader, Scanner, Parser, Composer, _Plainly):
    """Composes nodes only, without aliases, tags or deep nests: nothing grows and nothing runs."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        _Plainly.__init__(self)
        self.depth = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        event: Event = self.peek_event()  # type: ignore[no-untyped-call]  # PyYAML has no types
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            raise self._unwanted(event, _("Ankare och alias (& och *) kan inte användas."))
        if getattr(event, "tag", None):
            raise self._unwanted(event, _("Taggar (!) kan inte användas."))
        if self.depth == DEEPEST:
            raise self._unwanted(event, _("Filen är nästlad för djupt."))
        self.depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1

    @staticmethod
    def _unwanted(event: Event, sentence: str) -> _Unwanted:
        return _Unwanted(problem=sentence, problem_mark=event.start_mark)  # type: ignore[arg-type]  # PyYAML says wrong


def _plain(node: Node, place: Place, source: Source) -> Plain:
    source.lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, MappingNode):
        return {
            key: _plain(value, (*place, key), source) for key, value in _fields(node, place, source)
        }
    if isinstance(node, SequenceNode):
        return [_plain(item, (*place, at), source) for at, item in enumerate(node.value)]
    return _scalar(str(node.value), node.tag.rpartition(":")[2])


def _scalar(text: str, kind: str) -> Plain:
    if kind == "bool":
        return text == "true"
    if kind == "int":
        return int(text)
    return None if kind == "null" else text


def _fields(node: MappingNode, place: Place, source: Source) -> Iterator[tuple[str, Node]]:
    seen: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, ScalarNode):
            source.say(line, _("Ett fältnamn ska vara ett ord."))
        elif key.value in seen:
            source.say(
                line,
                _("Fältet ”{field}” finns redan på rad {line}.").format(
                    field=key.value, line=seen[key.value]
                ),
            )
        else:
            seen[key.value] = source.lines[(*place, key.value)] = line
            yield key.value, value


def _explanations() -> Mapping[str, str]:
    """What the parser's words mean for somebody who writes a path."""
    return {
        r"'\t'": _("Raden är indragen med tabb: använd mellanslag."),
        "mapping values are not allowed": _(
            "Kolon mitt i en text eller fel indrag: sätt texten inom citattecken."
        ),
        "could not find expected ':'": _("Ett kolon saknas efter fältnamnet."),
        "unexpected end of stream": _("Ett citattecken öppnas men stängs aldrig."),
        "expected <block end>": _("Indraget stämmer inte med raderna ovanför."),
        "expected ','": _("En klammer öppnas men stängs aldrig, eller ett komma saknas."),
        "expected a single document": _("Filen ska innehålla en enda larmväg: ta bort ”---”."),
    }


def _explained(error: MarkedYAMLError) -> tuple[int, str]:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    if isinstance(error, _Unwanted):
        return line, str(error.problem)
    words = f"{error.context} {error.problem}"
    if "end of stream" in words and error.context_mark:
        line = error.context_mark.line + 1
    for sign, sentence in _explanations().items():
        if sign in words:
            return line, sentence
    return line, _("Raden kan inte läsas som YAML.")
