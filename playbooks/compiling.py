"""From documents to the frozen plan: sub-paths laid flat, every "previous" given its name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from alerting.plan import Otherwise, OtherwiseKind, Plan, Start, StartKind, StepPlan, Texts
from playbooks import document
from playbooks.document import Document, Language, Step, SubPath, step_name, wordings
from playbooks.notation import Then

Paths = Mapping[str, Document]
AT_ONCE = Start(kind=StartKind.AT_ONCE)


@dataclass(frozen=True, slots=True)
class Call:
    """How a path is entered: from outside, or from a step of another path."""

    prefix: str = ""
    start: Start = AT_ONCE
    gate: str | None = None
    exclude: bool = False
    note: str = ""  # why it is run, for the operator


def compile_path(path: Document, paths: Paths, *, version: int, version_id: UUID) -> Plan:
    """The plan of a checked path; `paths` must hold every path it runs."""
    whole = Call()
    return Plan(
        code=path.code,
        title=path.title,
        version=version,
        version_id=version_id,
        goal=path.goal,
        assembly=path.assembly or "",
        steps=tuple(_steps(path, paths, whole)),
        texts=dict(_texts(path, paths, whole)),
        last_resort=path.last_resort,
    )


def called_paths(path: Document) -> Iterator[str]:
    """The codes of the paths that this one runs."""
    for step in path.steps:
        if isinstance(step, SubPath):
            yield step.run
        elif step.otherwise.then is Then.RUN:
            yield step.otherwise.to


def _steps(path: Document, paths: Paths, call: Call) -> Iterator[StepPlan]:
    """All steps of the path in order, with those of its sub-paths where they are run."""
    ends = {step_name(step): _ends(step, paths, call.prefix) for step in path.steps}
    previous: str | None = None
    for step in path.steps:
        first, last = ends[step_name(step)]
        entered = _entered(step, previous, path, ends, call)
        if isinstance(step, SubPath):
            why = replace(entered, note=step.title or entered.note)
            yield from _steps(paths[step.run], paths, _inside(step.run, path, why))
        else:
            yield _step(step, first, path, ends, entered)
            if step.otherwise.then is Then.RUN:
                failed = replace(entered, start=_if_fails(first), gate=None)
                inner = _inside(step.otherwise.to, path, failed)
                yield from _steps(paths[step.otherwise.to], paths, inner)
        previous = last


def _inside(code: str, caller: Document, call: Call) -> Call:
    """Entering another path: a site that the caller leaves alone is left alone in there too."""
    exclude = call.exclude or caller.exclude_site
    return replace(call, prefix=f"{call.prefix}{code}/", exclude=exclude)


def _if_fails(step: str) -> Start:
    return Start(kind=StartKind.IF_FAILS, step=step)


def _ends(step: Step | SubPath, paths: Paths, prefix: str) -> tuple[str, str]:
    """The names of the first and the last compiled step of what stands for one step."""
    if isinstance(step, Step):
        return f"{prefix}{step.name}", f"{prefix}{step.name}"
    inner = paths[step.run].steps
    deeper = f"{prefix}{step.run}/"
    return _ends(inner[0], paths, deeper)[0], _ends(inner[-1], paths, deeper)[1]


def _entered(
    step: Step | SubPath,
    previous: str | None,
    path: Document,
    ends: Mapping[str, tuple[str, str]],
    call: Call,
) -> Call:
    """When and how one step begins, in the terms of the whole chain."""
    start, gate = step.start, step.gate
    follows_call = previous is None and start.kind in {StartKind.AFTER, StartKind.AT_ONCE}
    if follows_call and start.step is None:
        gates = [each for each in (call.gate, gate) if each]
        return replace(call, start=call.start, gate="; ".join(gates) or None)
    if start.kind is StartKind.AT_ONCE:
        start = _along_with_first(path, ends, call)
    elif start.kind in {StartKind.AFTER, StartKind.IF_FAILS}:
        before = ends[start.step][1] if start.step else previous
        start = start.model_copy(update={"step": before})
    return replace(call, start=start, gate=gate, note="")


def _along_with_first(path: Document, ends: Mapping[str, tuple[str, str]], call: Call) -> Start:
    """What "at once" inside a sub-path means: when the sub-path begins."""
    if call.gate or call.start.kind is not StartKind.AT_ONCE:
        return Start(kind=StartKind.WITH, step=ends[step_name(path.steps[0])][0])
    return call.start


def _step(
    step: Step,
    name: str,
    path: Document,
    ends: Mapping[str, tuple[str, str]],
    entered: Call,
) -> StepPlan:
    waves = [waves.wave for waves in step.waves for _time in range(waves.times)]
    prefix = entered.prefix
    total = tuple(f"{prefix}{each}" for each in step.need.total_with)
    exclude = path.exclude_site if step.exclude_site is None else step.exclude_site
    return StepPlan(
        name=name,
        title=step.title,
        targets=step.target,
        order=step.ordered,
        waves=tuple(waves),
        need=step.need.model_copy(update={"total_with": total}),
        within=step.within,
        start=entered.start,
        otherwise=_otherwise(step, name, ends),
        ask=step.ask,
        gate=entered.gate,
        exclude=exclude or entered.exclude,
        note=" ".join(filter(None, (entered.note and f"{entered.note}.", step.note))),
        texts=name if step.texts else path.code,
    )


def _otherwise(step: Step, name: str, ends: Mapping[str, tuple[str, str]]) -> Otherwise:
    then, times = step.otherwise.then, step.otherwise.times or 1
    if then is Then.REPEAT:
        return Otherwise(kind=OtherwiseKind.GO_TO, step=name, times=times)
    if then is Then.GO_TO:
        to = ends[step.otherwise.to][0]
        return Otherwise(kind=OtherwiseKind.GO_TO, step=to, times=times)
    return Otherwise()


def _texts(path: Document, paths: Paths, call: Call) -> Iterator[tuple[str, dict[Language, Texts]]]:
    yield path.code, spoken(path, path.texts)
    for step in path.steps:
        if isinstance(step, Step) and step.texts:
            yield f"{call.prefix}{step.name}", spoken(path, step.texts)
    for code in called_paths(path):
        yield from _texts(paths[code], paths, _inside(code, path, call))


def spoken(path: Document, texts: document.Texts) -> dict[Language, Texts]:
    """A path's or a step's texts; a sub-path has its own place of assembly, not the caller's."""

    def here(text: str) -> str:
        return text.replace("{assembly}", path.assembly) if path.assembly else text

    return {
        language: Texts(
            sms=here(wording.sms),
            voice=here(wording.voice),
            subject=here(wording.subject or path.title),
            mail=here(wording.mail or wording.sms),
        )
        for language, wording in wordings(texts)
    }
