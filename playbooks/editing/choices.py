"""What can be chosen in the forms: whom to call, when a step starts, and what comes after it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from alerting.plan import TargetKind
from core.language import gettext as _
from playbooks import library
from playbooks.editing.edits import Data, name_of, steps_of
from playbooks.editing.typed import MANUAL, TIME, text
from playbooks.sayings import names_of
from playbooks.versions.shelves import Book


class Option(NamedTuple):
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """Of one draft."""

    targets: tuple[Group, ...]
    steps: tuple[Option, ...]  # the draft's own, by name
    paths: tuple[Option, ...]  # the others in force

    def starts(self, but: str, chosen: str) -> list[Option]:
        """When a step may start; `but` is the step itself."""
        found = [
            Option("after previous", _("Efter steget före")),
            Option("if previous fails", _("Om steget före inte räcker")),
            Option("at once", _("Genast")),
            Option("by hand", _("När operatören startar det")),
            Option(TIME, _("En tid efter larmet")),
        ]
        for name, label in self.steps:
            if name != but:
                found.append(Option(f"after {name}", _("Efter {step}").format(step=label)))
                fails = _("Om {step} inte räcker").format(step=label)
                found.append(Option(f"if {name} fails", fails))
        return _with(found, chosen)

    def otherwise(self, chosen: str) -> list[Option]:
        """What may follow when a step does not get what it needs."""
        found = [
            Option("next", _("Nästa steg")),
            Option("repeat", _("Steget börjar om")),
            *(
                Option(f"go to {name}", _("Gå till {step}").format(step=label))
                for name, label in self.steps
            ),
            *(
                Option(f"run {code}", _("Kör {path}").format(path=label))
                for code, label in self.paths
            ),
        ]
        return _with(found, chosen)

    def runnable(self, chosen: str) -> list[Option]:
        return _with(list(self.paths), chosen)

    def asked(self, chosen: Iterable[str]) -> list[Group]:
        """Everybody who can be called, and those who are in the file though nobody knows them."""
        known = {option.value for group in self.targets for option in group.options}
        unknown = [each for each in dict.fromkeys(chosen) if each and each not in known]
        tasks = [Option(each, each.removeprefix(MANUAL)) for each in unknown if _task(each)]
        lost = [Option(each, each) for each in unknown if not _task(each)]
        groups = [(_("Uppgifter för hand"), tasks), (_("Finns inte"), lost)]
        return [*self.targets, *(Group(label, tuple(found)) for label, found in groups if found)]


async def choices_of(session: AsyncSession, book: Book, data: Data) -> Choices:
    """What there is to choose from today."""
    paths = await library.paths(session, at=book.at)
    steps = (each for each in steps_of(data) if isinstance(each, dict) and name_of(each))
    return Choices(
        targets=await _targets(session),
        steps=tuple(
            Option(name_of(each), f"”{text(each.get('title')) or name_of(each)}”") for each in steps
        ),
        paths=tuple(
            Option(code, f"{code} {each.document.title}")
            for code, each in paths.items()
            if code != book.code
        ),
    )


async def _targets(session: AsyncSession) -> tuple[Group, ...]:
    """All who can be called, by kind. An external one is a person whom an operator rings."""
    labels = {
        TargetKind.DUTY: _("Jour"),
        TargetKind.ROLE: _("Roll"),
        TargetKind.GROUP: _("Grupp"),
        TargetKind.PERSON: _("Person"),
        TargetKind.EXTERNAL: _("Rings av operatören"),
    }
    found: dict[TargetKind, list[Option]] = {kind: [] for kind in labels}
    for (kind, code), name in (await names_of(session)).items():
        found[kind].append(Option(f"{kind}:{code}", name))
    return tuple(
        Group(label, tuple(sorted(found[kind], key=lambda option: option.label)))
        for kind, label in labels.items()
    )


def _task(target: str) -> bool:
    return target.startswith(MANUAL)


def _with(options: Sequence[Option], chosen: str) -> list[Option]:
    """And what the file says, even if it cannot be chosen any longer."""
    known = {option.value for option in options}
    return [*options, *([Option(chosen, chosen)] if chosen not in known else [])]
