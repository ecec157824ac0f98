"""The form of an action card: its fields, its lines, and what is done to them before saving."""

from dataclasses import dataclass, field

from starlette.datastructures import FormData

from playbooks import forms
from playbooks.cards.document import CARD, Section
from playbooks.forms import dict_of, label_of, list_of, one, target_of, text_of
from playbooks.reading import Place, Plain
from playbooks.sayings import Names

TEXTS = ("scenario", "principle")


@dataclass(slots=True)
class LineForm:
    section: str
    text: str = ""
    role: str = ""
    within: str = ""
    note: str = ""

    @property
    def blank(self) -> bool:
        return not (self.text or self.role or self.within or self.note)


@dataclass(slots=True)
class CardForm:
    fields: dict[str, str]
    paths: list[str] = field(default_factory=list)
    lines: list[LineForm] = field(default_factory=list)

    @classmethod
    def of(cls, data: dict[str, Plain], names: Names) -> "CardForm":
        """From a file, also one with mistakes."""
        fields = forms.head_of(data, names) | {name: text_of(data.get(name)) for name in TEXTS}
        lines = []
        for part in map(dict_of, list_of(data.get("parts"))):
            for line in map(dict_of, list_of(part.get("lines"))):
                section = text_of(part.get("section"))
                words = [text_of(line.get(name)) for name in ("text", "within", "note")]
                role = label_of(line.get("role"), names)
                lines.append(LineForm(section, words[0], role, words[1], words[2]))
        paths = [text_of(each) for each in list_of(data.get("paths"))]
        return cls(fields, paths, _framed(lines))

    @classmethod
    def read(cls, form: FormData) -> "CardForm":
        lines = [
            LineForm(
                one(form, f"section-{at}"),
                one(form, f"text-{at}"),
                one(form, f"role-{at}"),
                one(form, f"within-{at}"),
                one(form, f"note-{at}"),
            )
            for at in forms.rows(form, "section")
        ]
        fields = forms.typed(form, ("code", *forms.HEAD, *TEXTS))
        return cls(fields, forms.several(form, "paths"), _framed(lines))

    def does(self, act: str) -> None:
        """`add first hour`, `remove 3`, `up 3`, `down 3`."""
        verb, what = forms.act_of(act)
        if verb == "add" and what in list(Section):
            self.lines = _framed([*self.lines, LineForm(what)])
        elif (at := forms.place(what)) is not None and at < len(self.lines):
            self._change(verb, at)

    def _change(self, verb: str, at: int) -> None:
        if verb == "remove":
            del self.lines[at]
            return
        by = {"up": -1, "down": 1}.get(verb, 0)
        to = at + by
        if 0 <= to < len(self.lines) and self.lines[to].section == self.lines[at].section:
            forms.move(self.lines, at, by)

    def plain(self) -> dict[str, Plain]:
        """As the file says it; blank lines are left out."""
        data = forms.head_plain(self.fields, CARD)
        data |= {name: self.fields[name] for name in TEXTS if self.fields.get(name)}
        if self.paths:
            data["paths"] = list(self.paths)
        parts: list[Plain] = []
        for section, numbers in self._parts():
            lines: list[Plain] = [_line(self.lines[at]) for at in numbers]
            parts.append({"section": section, "lines": lines})
        data["parts"] = parts
        return data

    def _parts(self) -> list[tuple[str, list[int]]]:
        """Sections that have lines, with the numbers of these."""
        found: dict[str, list[int]] = {}
        for at, line in enumerate(self.lines):
            if not line.blank:
                found.setdefault(line.section, []).append(at)
        return list(found.items())

    def field_at(self, place: Place) -> str:
        """The field of the form in which something of the file stands; "" for none."""
        if place[:1] != ("parts",):
            return forms.head_field(place)
        parts = self._parts()
        part, line = (*place[1:2], *place[3:4], None, None)[:2]
        if not isinstance(part, int) or not isinstance(line, int) or part >= len(parts):
            return ""
        numbers = parts[part][1]
        name = str(place[4]) if len(place) > 4 else "text"
        return f"{name}-{numbers[line]}" if line < len(numbers) else ""


def _framed(lines: list[LineForm]) -> list[LineForm]:
    """In the order of the common frame; what is in no known section comes last."""
    frame = [section.value for section in Section]

    def place(line: LineForm) -> int:
        return frame.index(line.section) if line.section in frame else len(frame)

    return sorted(lines, key=place)


def _line(line: LineForm) -> Plain:
    data: dict[str, Plain] = {"text": line.text}
    if line.role:
        data["role"] = target_of(line.role)
    if line.within:
        data["within"] = f"{line.within}m" if line.within.isdecimal() else line.within
    if line.note:
        data["note"] = line.note
    return data
