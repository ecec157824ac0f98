"""The head of a path as it stands in a form, and back to what the file says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from playbooks.document import LightRules
from playbooks.editing.typed import (
    Fields,
    Form,
    duration,
    number,
    targets_of,
    targets_plain,
    text,
    typed,
)
from playbooks.reading import Plain

LINES: Final = ("title", "entry", "owner", "goal", "goal_within", "assembly")
MONTHS: Final = ("review_months", "exercise_months")
NUMBERS: Final = ("known", "nearly_known", "notice_months")
ANSWERS: Final = ("saved_number", "introduced", "both_hours")
CHOSEN: Final = ("exclude_site", "approved_by_another")
_KNOWN: Final = frozenset(
    (*LINES, *MONTHS, *CHOSEN, "governing_document", "lights", "last_resort", "forbidden_channels")
)
_USUAL: Final = LightRules()


@dataclass(frozen=True, slots=True)
class TypedHead:
    fields: Mapping[str, str] = field(default_factory=dict)  # by the name of the form's field
    chosen: frozenset[str] = frozenset()  # boxes that are ticked
    last_resort: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()

    @classmethod
    def of(cls, data: Fields) -> "TypedHead":
        """As the file has it."""
        paper, lights = _inner(data, "governing_document"), _inner(data, "lights")
        fields = {name: text(data.get(name)) for name in LINES}
        fields["owner"] = next(iter(targets_of(data.get("owner"))), "")
        fields |= {name: text(data.get(name, 12)) for name in MONTHS}
        fields |= {name: text(lights.get(name, getattr(_USUAL, name))) for name in NUMBERS}
        fields |= {"paper": text(paper.get("title")), "paper_date": text(paper.get("date"))}
        chosen = {name for name in CHOSEN if data.get(name) is True}
        chosen |= {name for name in ANSWERS if lights.get(name, getattr(_USUAL, name)) is True}
        return cls(
            fields,
            frozenset(chosen),
            targets_of(data.get("last_resort")),
            targets_of(data.get("forbidden_channels")),
        )

    @classmethod
    def sent(cls, form: Form) -> "TypedHead":
        """As somebody has filled it in."""
        names = (*LINES, *MONTHS, *NUMBERS, "paper", "paper_date")
        return cls(
            {name: typed(form, name) for name in names},
            frozenset(name for name in (*CHOSEN, *ANSWERS) if form.get(name)),
            tuple(text(each) for each in form.getlist("last_resort") if each),
            tuple(text(each) for each in form.getlist("forbidden_channels")),
        )

    def plain(self, before: Fields) -> dict[str, Plain]:
        """The whole file's data with this head; what no form knows stays as it was."""
        fields = self.fields
        said: dict[str, Plain] = {name: fields[name] for name in LINES}
        said |= {name: number(fields[name]) for name in MONTHS if fields[name] != "12"}
        said["goal_within"] = duration(fields["goal_within"])
        paper = {"title": fields["paper"], "date": fields["paper_date"]}
        said["governing_document"] = {name: words for name, words in paper.items() if words}
        said["lights"] = self._lights(_inner(before, "lights"))
        said |= {name: True for name in CHOSEN if name in self.chosen}
        said["owner"] = next(iter(targets_plain([fields["owner"]])))
        said["last_resort"] = targets_plain(self.last_resort)
        said["forbidden_channels"] = list(self.forbidden)
        kept = {name: value for name, value in before.items() if name not in _KNOWN}
        return kept | {name: value for name, value in said.items() if value not in ("", [], {})}

    def _lights(self, before: Fields) -> dict[str, Plain]:
        """What differs from what is usual."""
        said = {name: number(self.fields[name]) for name in NUMBERS}
        said |= {name: name in self.chosen for name in ANSWERS}
        kept = {name: value for name, value in before.items() if name not in said}
        usual = {name: getattr(_USUAL, name) for name in said}
        return kept | {name: value for name, value in said.items() if value != usual[name]}


def _inner(data: Fields, name: str) -> Fields:
    inner = data.get(name)
    return inner if isinstance(inner, dict) else {}
