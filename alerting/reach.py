"""Which of a person's numbers to use for a channel, now."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from alerting.plan import ChannelKind
from rosters.models import ContactKind

CARRIES = {
    ChannelKind.VOICE: frozenset({ContactKind.MOBILE, ContactKind.LANDLINE}),
    ChannelKind.SMS: frozenset({ContactKind.MOBILE}),
    ChannelKind.MAIL: frozenset({ContactKind.MAIL}),
}


class PointRow(Protocol):
    """A number or address as the rules see it."""

    kind: ContactKind
    address: str
    position: int
    usable_from: time | None
    usable_to: time | None
    opted_out_at: datetime | None


Point = TypeVar("Point", bound=PointRow)


def usable(
    points: Sequence[Point],
    channel: ChannelKind,
    *,
    at: datetime,
    zone: ZoneInfo,
    forbidden: Collection[str] = (),
) -> list[Point]:
    """The points that can carry the channel at this hour, in the person's own order."""
    clock = at.astimezone(zone).time()
    return sorted(
        (
            point
            for point in points
            if point.kind in CARRIES[channel]
            and point.address not in forbidden
            and not (channel is ChannelKind.SMS and point.opted_out_at)
            and _open(point.usable_from, point.usable_to, clock)
        ),
        key=lambda point: point.position,
    )


def pick(candidates: Sequence[Point], tries: Mapping[str, int]) -> Point | None:
    """The least tried of them, so that the phone that did not answer gives way to the next."""
    return min(candidates, key=lambda point: tries.get(point.address, 0), default=None)


def _open(start: time | None, end: time | None, clock: time) -> bool:
    if start is None or end is None or start == end:
        return True
    if start < end:
        return start <= clock < end
    return clock >= start or clock < end  # over midnight
