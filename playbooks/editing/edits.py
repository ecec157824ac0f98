"""Changes of a path's data: steps added, taken away, moved and renamed. Nothing is changed in place."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import count

from core.errors import NotFound
from core.language import gettext as _
from playbooks import notation
from playbooks.editing.typed import Fields, text
from playbooks.notation import Then
from playbooks.reading import Plain

Data = Mapping[str, Plain]


def steps_of(data: Data) -> list[Plain]:
    steps = data.get("steps")
    return list(steps) if isinstance(steps, list) else []


def step_at(data: Data, at: int) -> Fields:
    """NotFound when there is no such step, or none that a form can show."""
    steps = steps_of(data)
    step = steps[at] if 0 <= at < len(steps) else None
    if not isinstance(step, dict):
        raise NotFound(_("Steget finns inte."))
    return step


def name_of(step: Plain) -> str:
    """The name that other steps know it by."""
    if not isinstance(step, dict):
        return ""
    return text(step.get("name")) or text(step.get("run")).lower().replace("-", "_")


def with_step(data: Data, at: int, step: Fields) -> dict[str, Plain]:
    """The step at that place as it is now; others that speak of it follow when its name is new."""
    old = name_of(dict(step_at(data, at)))
    steps = steps_of(data)
    steps[at] = dict(step)
    new = name_of(dict(step))
    if old and new and old != new and sum(name_of(each) == old for each in steps) == 0:
        steps = [_following(each, old, new) for each in steps]
    return {**data, "steps": steps}


def without_step(data: Data, at: int) -> dict[str, Plain]:
    step_at(data, at)
    steps = steps_of(data)
    return {**data, "steps": steps[:at] + steps[at + 1 :]}


def moved(data: Data, at: int, by: int) -> dict[str, Plain]:
    """The step one place up or down; at either end it stays."""
    step_at(data, at)
    steps = steps_of(data)
    to = max(0, min(len(steps) - 1, at + by))
    steps.insert(to, steps.pop(at))
    return {**data, "steps": steps}


def with_new_step(data: Data, at: int, run: str | None) -> dict[str, Plain]:
    """A new step at that place, to be filled in; with `run` one that runs a path."""
    steps = steps_of(data)
    names = {name_of(each) for each in steps}
    free = next(name for n in count(1) if (name := f"steg_{n}") not in names)
    step: dict[str, Plain] = {"name": free, "title": _("Nytt steg")}
    if run is not None:
        step = {"name": free, "run": run}
    steps.insert(max(0, min(at, len(steps))), step)
    return {**data, "steps": steps}


def _following(step: Plain, old: str, new: str) -> Plain:
    """The step with the new name where it spoke of the old one."""
    if not isinstance(step, dict):
        return step
    changed = dict(step)
    for name, follow in (("start", _start), ("otherwise", _otherwise), ("need", _need)):
        if isinstance(value := step.get(name), str):
            try:
                changed[name] = follow(value, old, new)
            except ValueError:
                continue  # a mistake of its own; it is shown as such
    return changed


def _start(words: str, old: str, new: str) -> Plain:
    start = notation.read_start(words)
    if start.step != old:
        return words
    return notation.write_start(start.model_copy(update={"step": new}))


def _otherwise(words: str, old: str, new: str) -> Plain:
    otherwise = notation.read_otherwise(words)
    if otherwise.then is not Then.GO_TO or otherwise.to != old:
        return words
    return notation.write_otherwise(replace(otherwise, to=new))


def _need(words: str, old: str, new: str) -> Plain:
    need = notation.read_need(words)
    if old not in need.total_with:
        return words
    names = tuple(new if name == old else name for name in need.total_with)
    return notation.write_need(need.model_copy(update={"total_with": names}))
