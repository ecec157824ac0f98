"""What rotations want against what is planned: the one comparison that preview and verb share."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from core.language import gettext as _
from rosters.duty.gaps import Span
from rosters.duty.models import Shift, ShiftState
from rosters.rotations.turns import Pattern, extent, midnight, turns_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A rotation as the plan sees it, whether it stands in the database or only in a form."""

    rotation_id: UUID
    name: str
    pattern: Pattern
    people: tuple[UUID, ...]
    temporary: bool
    horizon_days: int

    def until(self, now: datetime) -> datetime:
        """How far ahead shifts are made: the same all day, so that a preview holds."""
        zone = self.pattern.zone
        return midnight(now.astimezone(zone).date() + timedelta(days=self.horizon_days + 1), zone)


@dataclass(frozen=True, slots=True)
class Slot:
    """A shift that a rotation wants; its start is its place in the rotation."""

    person_id: UUID
    start: datetime
    end: datetime


class Kind(StrEnum):
    ADDED = "added"
    MOVED = "moved"  # the person or the times change
    REMOVED = "removed"
    KEPT = "kept"  # the rotation wants otherwise, but somebody has changed it by hand


@dataclass(frozen=True, slots=True)
class Change:
    """One shift: `shift` is what stands there now, `slot` what the rotation wants."""

    kind: Kind
    layer: Layer
    shift: Shift | None
    slot: Slot | None
    why: str = ""

    @property
    def start(self) -> datetime:
        starts = [self.slot.start] if self.slot else []
        return min(starts + ([self.shift.starts_at] if self.shift else []))

    @property
    def told(self) -> tuple[object, ...]:
        """What must be the same for a preview to hold; a new rotation's id is made up anew."""
        slot, shift = self.slot, self.shift
        return (
            self.kind,
            self.layer.name,
            (shift.id, shift.person_id, shift.starts_at, shift.ends_at) if shift else (),
            (slot.person_id, slot.start, slot.end) if slot else (),
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """All that changes, in order of time."""

    changes: tuple[Change, ...]

    def of(self, kind: Kind) -> list[Change]:
        return [each for each in self.changes if each.kind is kind]

    @property
    def digest(self) -> str:
        return hashlib.sha256(repr([each.told for each in self.changes]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Situation:
    """A duty role's rotations, their shifts that are not over, and those that are being swapped."""

    layers: Sequence[Layer]
    present: Mapping[UUID, Sequence[Shift]]  # by rotation, in order of their start
    swapping: AbstractSet[UUID]
    now: datetime

    def of(self, layer: Layer) -> Sequence[Shift]:
        return self.present.get(layer.rotation_id, ())

    def lasting(self, layer: Layer) -> list[Shift]:
        return [shift for shift in self.of(layer) if shift.starts_at <= self.now < shift.ends_at]

    def taken_from(self, layer: Layer) -> list[Span]:
        """A temporary rotation takes its time from the ordinary ones, first turn to last."""
        ahead = [] if layer.temporary else [each for each in self.layers if each.temporary]
        spans = [Span(*whole) for each in ahead if (whole := extent(each.pattern))]
        lasting = [shift for each in (layer, *ahead) for shift in self.lasting(each)]
        return [*spans, *(Span(shift.starts_at, shift.ends_at) for shift in lasting)]

    def until(self, layer: Layer) -> datetime:
        """A temporary rotation is made as far ahead as any: others have given it their time."""
        concerned = (layer, *self.layers) if layer.temporary else (layer,)
        return max(each.until(self.now) for each in concerned)


def compare(layer: Layer, situation: Situation) -> list[Change]:
    """What becomes of the shifts of a rotation that begin after now.

    A shift that was changed by hand, confirmed, covered or is being swapped stays as it is, and the
    turns around it give way.
    """
    coming = [shift for shift in situation.of(layer) if shift.starts_at > situation.now]
    kept = {shift.id: why for shift in coming if (why := _why_kept(shift, situation.swapping))}
    slots = _wanted(layer, situation, [shift for shift in coming if shift.id in kept])
    changes = [_change(layer, shift, slot, kept) for shift, slot in _paired(coming, slots)]
    return sorted((each for each in changes if each), key=lambda each: each.start)


def _why_kept(shift: Shift, swapping: AbstractSet[UUID]) -> str:
    if shift.state is ShiftState.COVERED:
        return _("någon annan har tagit över det")
    if shift.by_hand:
        return _("ändrat för hand")
    if shift.id in swapping:
        return _("ett byte pågår")
    return _("bekräftat") if shift.state is ShiftState.CONFIRMED else ""


def _wanted(layer: Layer, situation: Situation, kept: Sequence[Shift]) -> list[Slot]:
    """The rotation's slots after now, less what temporary rotations and kept shifts take."""
    now, taken = situation.now, situation.taken_from(layer)
    by_hand = any(
        shift.by_hand or shift.state is ShiftState.COVERED for shift in situation.lasting(layer)
    )
    held = {shift.slot_at for shift in kept}
    held_spans = [Span(shift.starts_at, shift.ends_at) for shift in kept]
    found = []
    for turn in turns_in(layer.pattern, now, situation.until(layer)):
        if by_hand and turn.start <= now:
            continue  # what was taken out of the shift that lasts is not filled again
        person = layer.people[turn.number % len(layer.people)]
        for piece in _outside(Span(turn.start, turn.end), taken):
            pieces = [piece] if piece.start in held else _outside(piece, held_spans)
            found += [Slot(person, each.start, each.end) for each in pieces if each.start > now]
    return found


def _outside(span: Span, taken: Iterable[Span]) -> list[Span]:
    """The pieces of a span that none of the others takes."""
    pieces = [span]
    for other in taken:
        sides = (
            side
            for piece in pieces
            for side in (
                Span(piece.start, min(piece.end, other.start)),
                Span(max(piece.start, other.end), piece.end),
            )
        )
        pieces = [side for side in sides if side.start < side.end]
    return pieces


def _paired(
    shifts: Sequence[Shift], slots: Sequence[Slot]
) -> Iterator[tuple[Shift | None, Slot | None]]:
    """By place in the rotation; then a person's own shift that has only moved a little."""
    by_place = {shift.slot_at: shift for shift in shifts}
    wanted = {slot.start for slot in slots}
    loose = [shift for shift in shifts if shift.slot_at not in wanted]
    for slot in slots:
        shift = by_place.get(slot.start)
        if shift is None:
            shift = next((each for each in loose if _same(each, slot)), None)
            if shift is not None:
                loose.remove(shift)
        yield shift, slot
    for shift in loose:
        yield shift, None


def _same(shift: Shift, slot: Slot) -> bool:
    meets = shift.starts_at < slot.end and shift.ends_at > slot.start
    return meets and shift.person_id == slot.person_id


def _change(
    layer: Layer, shift: Shift | None, slot: Slot | None, kept: dict[UUID, str]
) -> Change | None:
    if shift is None:
        return Change(Kind.ADDED, layer, None, slot)
    stands = (shift.person_id, shift.starts_at, shift.ends_at)
    if slot and stands == (slot.person_id, slot.start, slot.end):
        return None
    if shift.id in kept:
        return Change(Kind.KEPT, layer, shift, slot, kept[shift.id])
    return Change(Kind.MOVED if slot else Kind.REMOVED, layer, shift, slot)
