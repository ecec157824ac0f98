"""Shifts as iCalendar: the same bytes for the same roster, one event for each shift."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from sqlalchemy.ext.asyncio import AsyncSession

from core.language import gettext as _
from rosters.calendars.zones import described
from rosters.duty.gaps import Span, served_by
from rosters.duty.models import ShiftState
from rosters.duty.resolver import in_service
from rosters.duty.shifts import Planned, planned
from rosters.models import Person

BACK, AHEAD = timedelta(days=90), timedelta(days=400)
LOOK_BACK = timedelta(days=366)  # a shift that is shown may have begun long ago
PRODUCT = "-//Krislarm//Jour//SV"
REFRESH = timedelta(hours=1)


async def feed(
    session: AsyncSession,
    *,
    host: str,
    now: datetime,
    role: str = "",
    person: Person | None = None,
) -> bytes:
    """The calendar of a duty role, of a person, of a person's shifts in a role, or of everything."""
    found = await planned(
        session,
        start=now - BACK,
        end=now + AHEAD,
        role=role,
        person=person.id if person else None,
    )
    title = _("Jour")
    if role:
        title = _("Jour: {name}").format(name=role)
    if person is None:
        return calendar(found, title=title, host=host, now=now)
    if not person.protected:
        title = _("Jour: {name}").format(name=person.name)
    return calendar(found, title=title, host=host, now=now, own=person.id)


def calendar(
    found: Iterable[Planned], *, title: str, host: str, now: datetime, own: UUID | None = None
) -> bytes:
    """RFC 5545, in UTF-8; `own` is the person whose calendar it is, and whose time is taken."""
    result = Calendar()
    result.add("prodid", PRODUCT)
    result.add("version", "2.0")
    result.add("calscale", "GREGORIAN")
    result.add("x-wr-calname", title)
    result.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    result.add("x-published-ttl", "PT1H")
    zones: dict[str, ZoneInfo] = {}
    events = []
    for each in found:
        zone = ZoneInfo(each.role.time_zone)
        span = served_by(each.shift, each.person, zone)
        gone = own is not None and not in_service(each.person, at=now, zone=zone)
        if span and not gone and each.shift.state is not ShiftState.COVERED:
            zones[zone.key] = zone
            events.append(_event(each, span, zone, host, own=own is not None))
    whole_days = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for key in sorted(zones):
        result.add_component(described(zones[key], whole_days - LOOK_BACK, whole_days + AHEAD))
    for event in events:
        result.add_component(event)
    return bytes(result.to_ical())


def _event(each: Planned, span: Span, zone: ZoneInfo, host: str, *, own: bool) -> Event:
    """Nothing in it depends on when it is written, or subscribers would see a change in each."""
    shift, changed = each.shift, each.shift.changed_at or each.shift.starts_at
    confirmed = shift.state is ShiftState.CONFIRMED
    event = Event()
    event.add("uid", f"{shift.event}@{host}")
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", shift.sequence)
    event.add("dtstart", _local(span.start, zone))
    event.add("dtend", _local(span.end, zone))
    event.add("summary", _summary(each, own=own))
    event.add("status", "CONFIRMED" if confirmed else "TENTATIVE")
    event.add("transp", "OPAQUE" if own else "TRANSPARENT")
    return event


def _summary(each: Planned, *, own: bool) -> str:
    if own:
        return f"{each.role.code} – {each.role.name}"
    name = _("Skyddad person") if each.person.protected else each.person.name
    return f"{each.role.code}: {name}"


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    """In the zone, but for the hour that comes twice: a local clock can only say the first of them."""
    local = at.astimezone(zone)
    return at.astimezone(UTC) if local.fold else local
