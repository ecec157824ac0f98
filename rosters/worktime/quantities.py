"""Stand-by and worked time as quantities, never as money: one row per stretch of one kind.

Instants are cut down to the whole minute, every one of them: who takes over at 03:12:47 does so
at 03:12, and the other stops there too, so that no minute is lost and none counts twice.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from rosters.duty.gaps import Span, joined
from rosters.worktime.hours import Hours
from rosters.worktime.profiles.rules import DAY, Category, Profile, profile_on

MINUTE = timedelta(minutes=1)


class Kind(StrEnum):
    BEREDSKAP = "beredskap"
    ARBETAD_TID = "arbetad_tid"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandBy:
    """A shift, as far as it counts: the person is in service and nobody has taken it over."""

    person: str  # Person.ref
    role: str  # DutyRole.code
    agreement: str  # code of the profiles
    shift: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    person: str
    role: str
    start: datetime
    end: datetime
    incident: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the time is counted by."""

    profiles: Sequence[Profile]
    zone: ZoneInfo
    own_hours: Mapping[str, Sequence[tuple[date, Hours]]]  # person: from which day

    def hours_of(self, person: str, day: date) -> Hours | None:
        begun = [each for each in self.own_hours.get(person, ()) if each[0] <= day]
        return max(begun, key=lambda each: each[0])[1] if begun else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A row of the export; local times with their offset, the end not part of it."""

    employee_ref: str
    duty_role: str
    interval_start: datetime
    interval_end: datetime
    minutes: int
    category: Category
    kind: Kind
    incident_ref: str
    cumulative_minutes_in_month: int  # stand-by at the end of the row, all duty roles together
    over_threshold: bool
    source_shift_id: str
    agreement_profile: str


@dataclass(frozen=True, slots=True)
class Counted:
    rows: tuple[Quantity, ...] = ()
    uncounted: tuple[StandBy, ...] = ()  # days of stand-by on which no profile holds
    outside: tuple[Worked, ...] = ()  # work that is not, or no longer, within a shift


@dataclass(frozen=True, slots=True)
class _Piece:
    standby: StandBy
    start: datetime
    end: datetime
    profile: Profile
    worked: Worked | None  # None: on stand-by


def count(standby: Iterable[StandBy], worked: Iterable[Worked], terms: Terms) -> Counted:
    """Whole calendar months have to be given, for the threshold runs from the first of the month.

    Stand-by exists only outside office hours. Work takes its minutes from all stand-by of the
    person, and is listed once, under the duty role it was done for. Two duties at once are both
    listed, and count once towards the threshold. Work for a duty that the person no longer has
    then is listed under another one that the person has.
    """
    work = defaultdict(list)
    for each in worked:
        work[each.person].append(_whole(each))
    shifts = defaultdict(list)
    for stretch in _once(standby):
        shifts[stretch.person].append(stretch)
    rows: list[Quantity] = []
    uncounted: list[StandBy] = []
    for person, theirs in shifts.items():
        pieces: list[_Piece] = []
        for stretch in theirs:
            for day in _days(stretch, terms.zone):
                profile = profile_on(terms.profiles, day.agreement, _local(day, terms).date())
                if profile is None:
                    uncounted.append(day)
                else:
                    pieces += _pieces(day, theirs, work[person], profile, terms)
        rows += _rows(pieces, terms.zone)
    order = ("employee_ref", "interval_start", "duty_role")
    return Counted(
        tuple(sorted(rows, key=lambda row: tuple(getattr(row, name) for name in order))),
        tuple(uncounted),
        tuple(each for them in work.values() for each in _outside(them, shifts)),
    )


def _outside(work: Iterable[Worked], shifts: Mapping[str, Sequence[StandBy]]) -> Iterator[Worked]:
    for each in work:
        spans = joined(Span(shift.start, shift.end) for shift in shifts.get(each.person, ()))
        if not any(span.start <= each.start and each.end <= span.end for span in spans):
            yield each


def minute(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(second=0, microsecond=0)


def _whole(worked: Worked) -> Worked:
    return replace(worked, start=minute(worked.start), end=minute(worked.end))


def _once(standby: Iterable[StandBy]) -> Iterator[StandBy]:
    """In whole minutes; where a person has the same duty twice, the later shift yields."""
    until: dict[tuple[str, str], datetime] = {}
    for each in sorted(standby, key=lambda each: (each.start, each.shift)):
        key, end = (each.person, each.role), minute(each.end)
        start = max(minute(each.start), until.get(key, minute(each.start)))
        if start < end:
            until[key] = end
            yield replace(each, start=start, end=end)


def _local(standby: StandBy, terms: Terms) -> datetime:
    return standby.start.astimezone(terms.zone)


def _days(standby: StandBy, zone: ZoneInfo) -> Iterator[StandBy]:
    """Cut at every local midnight, and so at month ends and where another profile begins."""
    start = standby.start
    while start < standby.end:
        following = start.astimezone(zone).date() + DAY
        end = min(datetime.combine(following, time(), zone).astimezone(UTC), standby.end)
        yield replace(standby, start=start, end=end)
        start = end


def _pieces(
    day: StandBy,
    shifts: Sequence[StandBy],
    work: Sequence[Worked],
    profile: Profile,
    terms: Terms,
) -> Iterator[_Piece]:
    """A local day of stand-by, cut so that all of a piece is of one category and one kind."""
    today = _local(day, terms).date()
    office = [
        Span(_instant(today, stint.start, terms), _instant(today, stint.end, terms))
        for stint in profile.office(today, terms.hours_of(day.person, today))
    ]
    borders = {day.start, day.end}
    borders |= {edge for span in office for edge in (span.start, span.end)}
    borders |= {edge for span in work for edge in (span.start, span.end)}
    borders |= {_instant(today, at.time(), terms) for at in profile.borders_on(today)}
    inside = sorted(each for each in borders if day.start <= each <= day.end)
    for start, end in pairwise(inside):
        if any(span.start <= start < span.end for span in office):
            continue
        doing = next((each for each in work if each.start <= start < each.end), None)
        if doing is None or day.role == _listed_under(doing, shifts, start):
            yield _Piece(day, start, end, profile, doing)


def _listed_under(work: Worked, shifts: Iterable[StandBy], at: datetime) -> str:
    roles = {each.role for each in shifts if each.start <= at < each.end}
    return work.role if work.role in roles else min(roles)


def _instant(day: date, at: time, terms: Terms) -> datetime:
    return datetime.combine(day, at, terms.zone).astimezone(UTC)


def _rows(pieces: Sequence[_Piece], zone: ZoneInfo) -> Iterator[Quantity]:
    """Of one person: cut where the month's threshold is reached, with the running sum."""
    on_duty = joined(Span(each.start, each.end) for each in pieces if each.worked is None)
    months: defaultdict[tuple[int, int], list[Span]] = defaultdict(list)
    for span in _by_month(on_duty, zone):
        months[_month(span.start, zone)].append(span)
    for piece in pieces:
        spans = months[_month(piece.start, zone)]
        crossing = _reached(spans, piece.profile.threshold_minutes)
        cut = crossing and not piece.worked and piece.start < crossing < piece.end
        edges = (piece.start, crossing, piece.end) if cut else (piece.start, piece.end)
        for start, end in pairwise(each for each in edges if each):
            over = not piece.worked and crossing is not None and start >= crossing
            total = _minutes(spans, until=end)
            yield _row(replace(piece, start=start, end=end), zone, total=total, over=over)


def _by_month(spans: Iterable[Span], zone: ZoneInfo) -> Iterator[Span]:
    for span in spans:
        start = span.start
        while start < span.end:
            local = start.astimezone(zone).date()
            first = (local.replace(day=1) + 31 * DAY).replace(day=1)
            end = min(datetime.combine(first, time(), zone).astimezone(UTC), span.end)
            yield Span(start, end)
            start = end


def _month(at: datetime, zone: ZoneInfo) -> tuple[int, int]:
    local = at.astimezone(zone)
    return local.year, local.month


def _reached(spans: Sequence[Span], threshold: int) -> datetime | None:
    """When so many minutes of a month have been spent on stand-by."""
    left = threshold * MINUTE
    for span in spans:
        if span.end - span.start > left:
            return span.start + left
        left -= span.end - span.start
    return None


def _minutes(spans: Iterable[Span], *, until: datetime) -> int:
    lengths = (min(span.end, until) - span.start for span in spans if span.start < until)
    return sum(lengths, timedelta()) // MINUTE


def _row(piece: _Piece, zone: ZoneInfo, *, total: int, over: bool) -> Quantity:
    start = piece.start.astimezone(zone)
    return Quantity(
        employee_ref=piece.standby.person,
        duty_role=piece.standby.role,
        interval_start=start,
        interval_end=piece.end.astimezone(zone),
        minutes=(piece.end - piece.start) // MINUTE,
        category=piece.profile.category(start.replace(tzinfo=None)),
        kind=Kind.ARBETAD_TID if piece.worked else Kind.BEREDSKAP,
        incident_ref=piece.worked.incident if piece.worked else "",
        cumulative_minutes_in_month=total,
        over_threshold=over,
        source_shift_id=piece.standby.shift,
        agreement_profile=piece.profile.mark,
    )
