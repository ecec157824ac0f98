"""What a person's part of a path is: the steps that can call them, as one card, and its mark."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256

from alerting.plan import Plan, StepPlan, Target, Texts
from playbooks.document import Document, Language

# What a card says of a step. Not how many are needed, nor what an operator reads: that asks
# nothing else of the one who is called.
_SAID = {"title", "targets", "order", "waves", "ask", "gate", "exclude"}

PIECE = 16  # of a step's mark: there are few steps to tell apart


@dataclass(frozen=True, slots=True)
class PartStep:
    """One step that can call the person, with what it says and where they are to go."""

    step: StepPlan
    texts: Mapping[Language, Texts]
    place: str  # "" when they are told later


@dataclass(frozen=True, slots=True)
class Part:
    """All that a path asks of one person."""

    code: str
    title: str
    entry: str
    goal: str
    steps: tuple[PartStep, ...]  # never empty
    pieces: frozenset[str]  # "step:mark": equal for what says the same
    mark: str  # SHA-256 of what the whole card says, hex


def part_of(plan: Plan, paths: Mapping[str, Document], meant: Collection[Target]) -> Part | None:
    """The part of somebody whom the targets `meant` can mean; None when no step can call them.

    A step that an operator does by hand calls nobody: it is no part of anyone's.
    """
    steps = tuple(
        PartStep(step, plan.texts[step.texts], _place(step, plan, paths))
        for step in plan.steps
        if not step.by_hand and any(target in meant for target in step.targets)
    )
    if not steps:
        return None
    entry = paths[plan.code].entry
    head = f"{plan.code}\n{plan.title}\n{entry}\n{plan.goal}"
    said = [_said(each) for each in steps]
    return Part(
        code=plan.code,
        title=plan.title,
        entry=entry,
        goal=plan.goal,
        steps=steps,
        pieces=frozenset(
            f"{each.step.name}:{_mark(head, words)[:PIECE]}"
            for each, words in zip(steps, said, strict=True)
        ),
        mark=_mark(head, *said),
    )


def _mark(*said: str) -> str:
    return sha256("\n".join(said).encode()).hexdigest()


def _place(step: StepPlan, plan: Plan, paths: Mapping[str, Document]) -> str:
    """A sub-path has its own place of assembly, or else that of the whole."""
    inner = step.name.rpartition("/")[0].rpartition("/")[2]
    own = paths[inner].assembly if inner else None
    return own or plan.assembly


def _said(each: PartStep) -> str:
    """When it starts is told by its kind: the name of a step before it may change."""
    step = each.step
    words = "\n".join(
        f"{key} {texts.model_dump_json(exclude_defaults=True)}" for key, texts in each.texts.items()
    )
    start = f"{step.start.kind.value} {step.start.delay}"
    return "\n".join(
        (step.model_dump_json(include=_SAID, exclude_defaults=True), start, each.place, words)
    )
