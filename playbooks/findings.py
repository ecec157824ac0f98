"""What a rule is given and what it finds."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from playbooks.document import Document, Step, SubPath
from playbooks.organisation import Organisation
from playbooks.reading import Level, Place


@dataclass(frozen=True, slots=True)
class Case:
    """One path to be judged, with what stands around it; `paths` holds it too."""

    path: Document
    paths: Mapping[str, Document]
    organisation: Organisation

    def steps(self) -> Iterator[tuple[Place, Step]]:
        """The path's own steps and where they stand, without its sub-paths."""
        for at, step in enumerate(self.path.steps):
            if isinstance(step, Step):
                yield ("steps", at), step

    def sub_paths(self) -> Iterator[tuple[Place, SubPath]]:
        for at, step in enumerate(self.path.steps):
            if isinstance(step, SubPath):
                yield ("steps", at), step


@dataclass(frozen=True, slots=True)
class Finding:
    place: Place
    sentence: str
    level: Level = Level.MISTAKE


Rule = Callable[[Case], Iterator[Finding]]
