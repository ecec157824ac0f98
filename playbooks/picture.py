"""The chain as a picture: where each box and arrow of the SVG stands. One column, narrow as a phone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from textwrap import wrap

from alerting.plan import OtherwiseKind, Plan, StartKind, StepPlan
from core.language import gettext as _
from core.moments import span
from playbooks.sayings import Names, need_in_words, whom

BOX = 226  # width
LEFT, RIGHT = 44, 42  # room for the lanes beside the boxes
WIDTH = LEFT + BOX + RIGHT
LANE = 9
LINE, PAD, GAP = 17, 11, 34
TITLE_ROOM, WORDS_ROOM = 26, 34  # characters in a line of a box


@dataclass(frozen=True, slots=True)
class Line:
    y: int
    text: str
    kind: str  # class of the text: title or soft


@dataclass(frozen=True, slots=True)
class Box:
    name: str
    y: int
    height: int
    kind: str  # class of the node
    lines: tuple[Line, ...]

    @property
    def middle(self) -> int:
        return self.y + self.height // 2

    @property
    def bottom(self) -> int:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Arrow:
    points: str  # an SVG path
    kind: str  # "", fails or back
    label: str = ""
    label_y: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """Around the steps of a sub-path."""

    label: str
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Picture:
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    frames: tuple[Frame, ...]
    width: int = WIDTH
    left: int = LEFT
    box: int = BOX
    middle: int = LEFT + BOX // 2


def draw(plan: Plan, names: Names) -> Picture:
    """Lay the plan out from top to bottom."""
    boxes = _boxes(plan, names)
    placed = {box.name: box for box in boxes}
    return Picture(
        height=boxes[-1].bottom + GAP // 2,
        boxes=boxes,
        arrows=tuple(_arrows(plan, placed)),
        frames=tuple(_frames(plan, placed)),
    )


def _boxes(plan: Plan, names: Names) -> tuple[Box, ...]:
    start = _box("", 8, "start", [(plan.code, "title"), (_("Larmet går"), "soft")])
    boxes = [start]
    path = ""
    for step in plan.steps:
        if step.gate:
            boxes.append(_gate(step, boxes[-1].bottom + GAP))
        enters = step.name.rpartition("/")[0]
        extra = LINE if enters and enters != path else 0
        path = enters
        boxes.append(_step(step, plan, names, boxes[-1].bottom + GAP + extra))
    return tuple(boxes)


def _gate(step: StepPlan, y: int) -> Box:
    lines = [(_("Beslut krävs"), "title"), *_wrapped(step.gate or "", WORDS_ROOM, "soft", 3)]
    return _box(f"gate:{step.name}", y, "warn", lines)


def _step(step: StepPlan, plan: Plan, names: Names, y: int) -> Box:
    lines = [
        *_wrapped(step.title, TITLE_ROOM, "title", 3),
        *_wrapped(whom(step, names), WORDS_ROOM, "soft", 2),
        *_wrapped(need_in_words(step.need, step.within, plan), WORDS_ROOM, "soft", 2),
    ]
    if mark := _mark(step, plan):
        lines.append((mark, "soft"))
    return _box(step.name, y, "by-hand" if step.by_hand else "", lines)


def _mark(step: StepPlan, plan: Plan) -> str:
    if _root(step, plan).start.kind is StartKind.BY_HAND:
        return _("Startas för hand")
    if step.start.kind is StartKind.AFTER_TIME:
        return _("Efter {time}").format(time=span(step.start.delay))
    return ""


def _box(name: str, y: int, kind: str, lines: Sequence[tuple[str, str]]) -> Box:
    placed = tuple(
        Line(y + PAD + LINE * at + LINE - 5, text, look) for at, (text, look) in enumerate(lines)
    )
    return Box(name, y, 2 * PAD + LINE * len(lines), kind, placed)


def _wrapped(text: str, room: int, look: str, most: int) -> list[tuple[str, str]]:
    lines = wrap(text, room)
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1][: room - 1]}…"]
    return [(line, look) for line in lines]


@dataclass(frozen=True, slots=True)
class _Link:
    source: Box
    target: Box
    kind: str
    label: str


def _arrows(plan: Plan, placed: Mapping[str, Box]) -> Iterator[Arrow]:
    links = list(_links(plan, placed))
    order = list(placed.values())
    near: list[_Link] = []
    far: list[_Link] = []
    for link in links:
        adjacent = order.index(link.target) == order.index(link.source) + 1
        (near if adjacent else far).append(link)
    for link in near:
        middle = LEFT + BOX // 2
        y = link.source.bottom
        yield Arrow(f"M{middle} {y}V{link.target.y - 7}", link.kind, link.label, y + GAP // 2 + 1)
    yield from _rails([each for each in far if each.kind != "back"], placed)
    yield from _returns([each for each in far if each.kind == "back"])


def _links(plan: Plan, placed: Mapping[str, Box]) -> Iterator[_Link]:
    for step in plan.steps:
        box = placed[step.name]
        entry = placed.get(f"gate:{step.name}", box)
        if entry is not box:
            yield _Link(entry, box, "", _("när det är fattat"))
        root = _root(step, plan)
        before = placed.get(root.start.step or "", placed[""])
        if root is not step and root.gate:
            yield _Link(placed[f"gate:{root.name}"], entry, "", "")
        elif root.start.kind is StartKind.IF_FAILS:
            yield _Link(before, entry, "fails", _("om det inte räcker"))
        elif root.start.kind is not StartKind.BY_HAND:
            yield _Link(before, entry, "", "")
        if step.otherwise.kind is OtherwiseKind.GO_TO and step.otherwise.step:
            target = placed[step.otherwise.step]
            kind = "back" if target.y <= box.y else "fails"
            yield _Link(
                box, target, kind, _("högst {times} gånger").format(times=step.otherwise.times)
            )


def _root(step: StepPlan, plan: Plan) -> StepPlan:
    """The step whose start this one shares: what starts together hangs on the same arrow."""
    while step.start.kind is StartKind.WITH and step.start.step:
        step = plan.step(step.start.step)
    return step


def _rails(links: Iterable[_Link], placed: Mapping[str, Box]) -> Iterator[Arrow]:
    """Arrows past other boxes: down the right side, those from one box and of one kind together."""
    order = {box.name: at for at, box in enumerate(placed.values())}
    busy: list[int] = []  # how far down each lane is taken
    together = sorted(links, key=lambda link: (link.source.y, link.kind, order[link.target.name]))
    for _key, group in groupby(together, key=lambda link: (link.source.y, link.kind)):
        same = list(group)
        top, end = same[0].source.middle, same[-1].target.middle
        lane = next((at for at, taken in enumerate(busy) if taken < top), len(busy))
        busy[lane : lane + 1] = [end]
        edge = LEFT + BOX
        x = min(edge + 10 + LANE * lane, WIDTH - 3)
        offset = 5 if same[0].kind else 0
        for link in same:
            y = link.target.middle + offset
            points = f"M{edge} {top + offset}H{x}V{y}H{edge + 7}"
            yield Arrow(points, link.kind)


def _returns(links: Iterable[_Link]) -> Iterator[Arrow]:
    """Jumps back: up the left side."""
    for at, link in enumerate(links):
        x = LEFT - 12 - LANE * (at % 3)
        top = link.target.middle
        bottom = link.source.middle
        if link.target is link.source:
            top, bottom = bottom - 10, bottom + 10
        yield Arrow(f"M{LEFT} {bottom}H{x}V{top}H{LEFT - 7}", "back")


def _frames(plan: Plan, placed: Mapping[str, Box]) -> Iterator[Frame]:
    for path, steps in groupby(plan.steps, key=lambda step: step.name.rpartition("/")[0]):
        inside = list(steps)
        if not path:
            continue
        first, last = placed[inside[0].name], placed[inside[-1].name]
        y = first.y - LINE - 9
        yield Frame(path.replace("/", " › "), y, last.bottom + 8 - y)
