"""Page: how duty has been shared in a year, past and planned."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import select

from core.language import current_language
from core.language import gettext as _
from core.permissions import Reader
from core.web import Config, Now, Session, page
from rosters.duty.gaps import served_by
from rosters.duty.models import ShiftState
from rosters.duty.shifts import planned
from rosters.models import Person, Unit
from rosters.named_days import named_in
from rosters.seen import seen
from rosters.worktime.fairness import Fairness, Turn, share_out

router = APIRouter()
ALIKE = 0.05  # weeks: shown as 0.0


@router.get("/duty/fairness")
async def fairness(
    request: Request,
    user: Reader,
    session: Session,
    config: Config,
    now: Now,
    year: Annotated[int | None, Query(ge=2006, le=2199)] = None,
) -> Response:
    year = year or now.astimezone(config.zone).year
    start, end = (datetime(each, 1, 1, tzinfo=config.zone) for each in (year, year + 1))
    turns: defaultdict[UUID, list[Turn]] = defaultdict(list)
    roles, people, zones = {}, {}, {}
    found = await planned(session, start=start.astimezone(UTC), end=end.astimezone(UTC))
    for role, shift, person in ((each.role, each.shift, each.person) for each in found):
        zones[role.id] = zone = ZoneInfo(role.time_zone)
        served = served_by(shift, person, zone)
        if served and shift.state != ShiftState.COVERED:
            roles[role.id], people[person.id] = role, person
            turns[role.id].append(Turn(person.id, served.start, served.end))
    units = {unit.id: unit for unit in await session.scalars(select(Unit))}
    return page(
        request,
        "rosters/duty/fairness.html",
        year=year,
        shared=[
            (role, _by_name(share_out(turns[role.id], year, zones[role.id], now=now), people))
            for role in sorted(roles.values(), key=lambda each: each.code)
        ],
        seen=lambda person_id: seen(people[person_id], user, units),
        difference=difference_in_words,
        number=decimal,
        names=lambda days: ", ".join(named_in(each, year, current_language()) for each in days),
    )


def _by_name(fairness: Fairness, people: Mapping[UUID, Person]) -> Fairness:
    """The most weeks first, as they are shown; then by name."""
    return Fairness(
        sorted(
            fairness.shares,
            key=lambda each: (-round(each.weeks, 1), people[each.person].name),
        )
    )


def decimal(value: float) -> str:
    """With one decimal, as the language writes it."""
    written = f"{value:.1f}"
    return written.replace(".", ",") if current_language() == "sv" else written


def difference_in_words(weeks: float, fairness: Fairness) -> str:
    difference = weeks - fairness.mean_weeks
    if abs(difference) < ALIKE:
        return _("som snittet")
    words = (
        _("{count} veckor mer än snittet")
        if difference > 0
        else _("{count} veckor mindre än snittet")
    )
    return words.format(count=decimal(abs(difference)))
