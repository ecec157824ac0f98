"""Page: the roster as a month, a week or a list."""

from datetime import date, datetime
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.language import current_language
from core.permissions import Reader
from core.web import Config, Now, Session, page
from rosters.calendars.views import Period, Shown, View, period, weeks
from rosters.duty.gaps import Span, find_gaps
from rosters.duty.models import Absence
from rosters.duty.roles import duty_roles
from rosters.duty.shifts import planned
from rosters.fields import day as typed_day
from rosters.models import Unit
from rosters.seen import seen

router = APIRouter()


@router.get("/duty/calendar")
async def calendar(
    request: Request,
    user: Reader,
    session: Session,
    config: Config,
    now: Now,
    view: str = "",
    start: str = Query("", alias="from"),
    role: str = "",
) -> Response:
    chosen = View(view) if view in set(View) else View.MONTH
    today = now.astimezone(config.zone).date()
    shown_days = period(chosen, typed_day(start, field="from") or today)
    roles = await duty_roles(session)
    role = role if role in {each.code for each in roles} else ""
    shown = await _shown(session, shown_days.span(config.zone), role, now)
    units = {unit.id: unit for unit in await session.scalars(select(Unit))}
    return page(
        request,
        "rosters/duty/calendar.html",
        view=chosen,
        period=shown_days,
        roles=[each for each in roles if role in ("", each.code)],
        role=role,
        role_choices=[(each.code, each.name) for each in roles],
        weeks=weeks(shown, shown_days, today=today, zone=config.zone, language=current_language()),
        links=_links(chosen, shown_days, role, today),
        today=today,
        seen=lambda person: seen(person, user, units),
    )


async def _shown(session: AsyncSession, span: Span, role: str, now: datetime) -> Shown:
    """Gaps only from now on: those of the past can no longer be filled."""
    found = await planned(session, start=span.start, end=span.end, role=role)
    gaps = []
    if span.end > now:
        gaps = await find_gaps(session, start=max(span.start, now), end=span.end)
    absences = await session.scalars(
        select(Absence).where(
            Absence.starts_at < span.end,
            Absence.ends_at > span.start,
            Absence.person_id.in_({each.person.id for each in found}),
        )
    )
    return Shown(
        planned=found,
        gaps=[gap for gap in gaps if role in ("", gap.role.code)],
        absences=absences.all(),
    )


def _links(view: View, shown: Period, role: str, today: date) -> dict[str, str]:
    """Where the buttons lead: before, after, today, and the other views of the same days."""

    def to(which: View, day: date | None) -> str:
        if day is None:
            return ""
        asked = {"view": which.value, "from": day.isoformat()} | ({"role": role} if role else {})
        return f"/duty/calendar?{urlencode(asked)}"

    at = today if shown.begins <= today <= shown.ends else shown.begins
    return {
        "before": to(view, shown.before),
        "after": to(view, shown.after),
        "today": f"{to(view, today)}#today",
        **{each.value: to(each, at) for each in View},
    }
