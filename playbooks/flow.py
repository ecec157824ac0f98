"""Rules about the order of a chain: that each step can start, and that none goes round for ever."""

from collections.abc import Iterator

from alerting.plan import StartKind
from core.language import gettext as _
from playbooks.compiling import called_paths
from playbooks.document import Step, SubPath, step_name
from playbooks.findings import Case, Finding, Rule
from playbooks.notation import Then
from playbooks.reading import Level, Place

_WAITS_FOR_ANOTHER = {StartKind.AFTER, StartKind.IF_FAILS}


def names_are_unique(case: Case) -> Iterator[Finding]:
    seen: set[str] = set()
    for at, step in enumerate(case.path.steps):
        name = step_name(step)
        if name in seen:
            field = "run" if isinstance(step, SubPath) and not step.name else "name"
            yield Finding(
                ("steps", at, field), _("Ett annat steg heter också ”{name}”.").format(name=name)
            )
        seen.add(name)


def steps_exist(case: Case) -> Iterator[Finding]:
    names = {step_name(step) for step in case.path.steps}
    for at, step in enumerate(case.path.steps):
        places: list[tuple[Place, str | None]] = [(("steps", at, "start"), step.start.step)]
        if isinstance(step, Step) and step.otherwise.then is Then.GO_TO:
            places.append((("steps", at, "otherwise"), step.otherwise.to))
        for place, name in places:
            if name is not None and name not in names:
                yield Finding(
                    place,
                    _("{field}: steget ”{name}” finns inte.").format(field=place[-1], name=name),
                )


def steps_can_start(case: Case) -> Iterator[Finding]:
    startable = _startable(case)
    for at, step in enumerate(case.path.steps):
        if step_name(step) in startable:
            continue
        if at == 0 and step.start.step is None:
            sentence = _(
                "Första steget kan aldrig starta: det finns inget steg före som kan misslyckas."
            )
        else:
            sentence = _("Steget kan aldrig starta: det väntar på ett steg som i sin tur väntar.")
        yield Finding(("steps", at, "start"), sentence)


def _startable(case: Case) -> set[str]:
    """Names of the steps that start in some course of events."""
    steps = case.path.steps
    names = [step_name(step) for step in steps]
    known, found = set(names), set[str]()
    while True:
        more = set(found)
        for at, step in enumerate(steps):
            start = step.start
            before = start.step or (names[at - 1] if at else None)
            opens = start.kind not in _WAITS_FOR_ANOTHER
            opens = opens or (before is None and start.kind is StartKind.AFTER)
            opens = opens or (before in more and before != names[at])
            if opens or (before is not None and before not in known):
                more.add(names[at])
            if names[at] in more and isinstance(step, Step) and step.otherwise.then is Then.GO_TO:
                more.add(step.otherwise.to)
        if more == found:
            return found
        found = more


def jumps_end(case: Case) -> Iterator[Finding]:
    """A jump backwards, or to the step itself, needs a bound: nobody may be called for ever."""
    names = [step_name(step) for step in case.path.steps]
    for place, step in case.steps():
        otherwise = step.otherwise
        jumps_back = otherwise.then is Then.REPEAT or (
            otherwise.to in names[: names.index(step.name) + 1]
        )
        if jumps_back and otherwise.times is None:
            yield Finding(
                (*place, "otherwise"),
                _("otherwise: ett hopp bakåt går runt för alltid: lägg till ”, at most 3 times”."),
            )


def sub_paths_end(case: Case) -> Iterator[Finding]:
    seen: set[str] = set()
    for at, step in enumerate(case.path.steps):
        if isinstance(step, SubPath):
            code, place = step.run, ("steps", at, "run")
        elif step.otherwise.then is Then.RUN:
            code, place = step.otherwise.to, ("steps", at, "otherwise")
        else:
            continue
        if code not in case.paths:
            yield Finding(place, _("Larmvägen {code} finns inte.").format(code=code))
        elif case.path.code in _reached(case, code):
            yield Finding(
                place,
                _("{code} kör i sin tur den här larmvägen: det tar aldrig slut.").format(code=code),
            )
        elif code in seen:
            yield Finding(place, _("{code} körs redan av ett tidigare steg.").format(code=code))
        seen.add(code)


def _reached(case: Case, code: str) -> set[str]:
    """The path and all that it runs, directly or further on."""
    found: set[str] = set()
    waiting = [code]
    while waiting:
        if (each := waiting.pop()) in case.paths and each not in found:
            waiting.extend(called_paths(case.paths[each]))
            found.add(each)
    return found


def sub_paths_keep_together(case: Case) -> Iterator[Finding]:
    """Behind a hand or a gate only the first step of a sub-path is held."""
    for place, sub_path in case.sub_paths():
        called = case.paths.get(sub_path.run)
        held = sub_path.gate or sub_path.start.kind is StartKind.BY_HAND
        delayed = StartKind.AFTER_TIME
        if called and held and any(step.start.kind is delayed for step in called.steps):
            yield Finding(
                (*place, "run"),
                _(
                    "{code} har steg på tid, räknad från larmet och inte från att {code} startas."
                ).format(code=sub_path.run),
                Level.WARNING,
            )


FLOW_RULES: tuple[Rule, ...] = (
    names_are_unique,
    steps_exist,
    steps_can_start,
    jumps_end,
    sub_paths_end,
    sub_paths_keep_together,
)
