"""What has changed between two versions, in plain words and side by side."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from core.language import N_
from core.language import gettext as _
from playbooks.document import AnyStep, Document, Step, step_name
from playbooks.versions import words
from playbooks.versions.words import Field, Known, title_of

LONGEST = 80  # a longer text is shown beside, and not said again in the sentence


@dataclass(frozen=True, slots=True)
class Row:
    """One thing before and after; empty where it was not said."""

    label: str
    before: str
    after: str
    key: str = ""

    @property
    def changed(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Part:
    """The head, the texts or one step; `marks` are words as "Ny" and "Flyttad"."""

    title: str
    rows: tuple[Row, ...]
    marks: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        return bool(self.marks) or any(row.changed for row in self.rows)

    @property
    def unchanged(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if not row.changed)


@dataclass(frozen=True, slots=True)
class Difference:
    sentences: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def unchanged(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if not part.changed)


@dataclass(frozen=True, slots=True)
class Pair:
    """A step in both versions, or in one of them; places count from 0."""

    before: int | None
    after: int | None
    moved: bool = False


SENTENCES = {
    "need": N_("Steg {number} {title} behöver nu {after}, förut {before}."),
    "target": N_("Steg {number} {title} går nu till {after}, förut {before}."),
    "within": N_("Steg {number} {title}: tidsgränsen är nu {after}, förut {before}."),
    "start": N_("Steg {number} {title} startar nu {after}, förut {before}."),
    "title": N_("Steg {number} heter nu {after}, förut {before}."),
}
ANOTHER = N_("Steg {number} {title}, {label}: nu {after}, förut {before}.")
REWRITTEN = N_("Steg {number} {title}, {label}: texten är ändrad.")
HEAD = N_("{label}: nu {after}, förut {before}.")
HEAD_REWRITTEN = N_("{label}: texten är ändrad.")


def between(before: Document, after: Document, known: Known) -> Difference:
    """From one version of a path to another."""
    parts = [
        Part(_("Om larmvägen"), _rows(words.head(before, known), words.head(after, known))),
        Part(_("När den är grön"), _rows(words.lights(before), words.lights(after))),
        Part(_("Texter"), _rows(words.texts(before.texts), words.texts(after.texts))),
    ]
    sentences = [_said(row, HEAD, HEAD_REWRITTEN) for part in parts for row in _changed(part)]
    for pair in paired(before.steps, after.steps):
        part = _step_part(pair, before, after, known)
        parts.append(part)
        sentences += _step_sentences(pair, part, before, after)
    return Difference(tuple(sentences), tuple(parts))


def paired(before: Sequence[AnyStep], after: Sequence[AnyStep]) -> list[Pair]:
    """Steps that are the same, by name, or by what they do where the name is new; in the new order."""
    match = _matches(before, after)
    keep = _in_order([match[at] for at in sorted(match)])
    taken = set(match.values())
    pairs = [
        Pair(match.get(at), at, moved=at in match and match[at] not in keep)
        for at in range(len(after))
    ]
    for at in range(len(before)):
        if at not in taken:
            place = next((n for n, pair in enumerate(pairs) if (pair.before or 0) > at), len(pairs))
            pairs.insert(place, Pair(at, None))
    return pairs


def _matches(before: Sequence[AnyStep], after: Sequence[AnyStep]) -> dict[int, int]:
    """Places after -> before."""
    names = {step_name(step): at for at, step in enumerate(before)}
    found = {
        at: names[step_name(step)] for at, step in enumerate(after) if step_name(step) in names
    }
    free = [at for at in range(len(before)) if at not in found.values()]
    for at, step in enumerate(after):
        same = next((old for old in free if at not in found and _alike(before[old], step)), None)
        if same is not None:
            found[at] = same
            free.remove(same)
    return found


def _alike(before: AnyStep, after: AnyStep) -> bool:
    if isinstance(before, Step) and isinstance(after, Step):
        return before.target == after.target or before.title == after.title
    return False


def _in_order(places: Sequence[int]) -> set[int]:
    """The most of these that stand in rising order: the others have been moved."""
    rising = sorted(places)
    blocks = SequenceMatcher(None, rising, places, autojunk=False).get_matching_blocks()
    return {place for block in blocks for place in rising[block.a : block.a + block.size]}


def _step_part(pair: Pair, before: Document, after: Document, known: Known) -> Part:
    old = before.steps[pair.before] if pair.before is not None else None
    new = after.steps[pair.after] if pair.after is not None else None
    shown, number = new or old, (pair.after if new else pair.before) or 0
    title = shown and title_of(shown)
    marks = [] if new else [_("Borttaget")]
    marks += [] if old else [_("Nytt")]
    marks += [_("Flyttat")] if pair.moved else []
    return Part(
        _("Steg {number} {title}").format(number=number + 1, title=title),
        _rows(
            _whole(old, before, known) if old else (),
            _whole(new, after, known) if new else (),
        ),
        tuple(marks),
    )


def _whole(step: AnyStep, document: Document, known: Known) -> Iterator[Field]:
    yield Field("title", _("Rubrik"), title_of(step))
    yield Field("name", _("Kallas i filen"), step_name(step))
    yield from words.step_fields(step, document, known)


def _step_sentences(pair: Pair, part: Part, before: Document, after: Document) -> Iterator[str]:
    if pair.after is None and pair.before is not None:
        title = title_of(before.steps[pair.before])
        gone = _("Steg {number} {title} är borttaget.")
        yield gone.format(number=pair.before + 1, title=title)
        return
    number, title = (pair.after or 0) + 1, title_of(after.steps[pair.after or 0])
    if pair.before is None:
        yield _("Steg {number} {title} är nytt.").format(number=number, title=title)
        return
    if pair.moved:
        moved = _("Steg {number} {title} är flyttat, förut steg {before}.")
        yield moved.format(number=number, title=title, before=pair.before + 1)
    for row in _changed(part):
        sentence = SENTENCES.get(row.key, ANOTHER)
        yield _said(row, sentence, REWRITTEN, number=number, title=title)


def _said(row: Row, sentence: str, rewritten: str, **about: object) -> str:
    """The change in a sentence; a need out of as many as before says that number once."""
    before, after = row.before.rstrip("."), row.after.rstrip(".")
    if max(len(before), len(after)) > LONGEST:
        label = _inside(row.label) if about else row.label
        return _(rewritten).format(label=label, **about)
    count, of, size = before.partition(" av ")
    if row.key == "need" and of and after.endswith(f"{of}{size}"):
        before = count
    nothing = _("inget")
    if row.key in {"channels", "ask"}:  # sentences of their own elsewhere
        before, after = _inside(before), _inside(after)
    return _(sentence).format(
        label=_inside(row.label) if about else row.label,
        before=before or nothing,
        after=after or nothing,
        **about,
    )


def _inside(words: str) -> str:
    """As it is written inside a sentence."""
    return words[:1].lower() + words[1:]


def _changed(part: Part) -> Iterator[Row]:
    return (row for row in part.rows if row.changed)


def _rows(before: Iterable[Field], after: Iterable[Field]) -> tuple[Row, ...]:
    """Both sides of each field that either version speaks of."""
    old = {field.key: field for field in before}
    new = {field.key: field for field in after}
    rows = []
    for key in dict.fromkeys((*new, *old)):
        either = new.get(key) or old[key]
        was, is_now = (side[key].words if key in side else "" for side in (old, new))
        if was or is_now:
            rows.append(Row(either.label, was, is_now, key))
    return tuple(rows)
