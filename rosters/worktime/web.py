"""Pages: stand-by and worked time month by month, approved and exported."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import note
from core.errors import Refused
from core.language import gettext as _
from core.permissions import Acting, Planner
from core.settings import Settings
from core.web import Config, Now, Session, attempt, database_of, go, page
from rosters.people_pages import XLSX
from rosters.tables import write_csv, write_xlsx
from rosters.worktime import approving, service, words
from rosters.worktime.export import COLUMNS, about, cells
from rosters.worktime.ground import (
    month_by_person,
    month_of,
    next_month,
    read_month,
    time_of,
)
from rosters.worktime.profiles.rules import Category
from rosters.worktime.quantities import Kind

router = APIRouter(prefix="/worktime")
MOST_MONTHS = 24


@router.get("")
async def month_page(
    request: Request, session: Session, _: Planner, config: Config, now: Now, month: str = ""
) -> Response:
    return await _month(request, session, config, now, chosen_month(month, config, now))


@router.post("/approve")
async def approve_all(
    request: Request,
    session: Session,
    _: Planner,
    by: Acting,
    config: Config,
    now: Now,
    month: Annotated[str, Form()],
    shown: Annotated[str, Form()] = "",
) -> Response:
    chosen = read_month(month)
    async with attempt(session) as errors:
        await approving.approve_all(session, chosen, shown=shown, by=by, now=now, zone=config.zone)
        return go(f"/worktime?month={chosen:%Y-%m}")
    return await _month(request, session, config, now, chosen, errors)


@router.get("/export.{kind}")
async def export(
    request: Request,
    kind: Literal["csv", "xlsx"],
    session: Session,
    _: Planner,
    by: Acting,
    config: Config,
    now: Now,
    month: str,
    to: str = "",
) -> Response:
    """One month, or all from one to another; that it was fetched is audited."""
    months = _months(read_month(month), read_month(to or month))
    found = [
        each for one in months for each in await month_by_person(session, one, zone=config.zone)
    ]
    lines = [
        cells(row, each.approval if each.approved else None, config.zone)
        for each in found
        for row in each.rows
    ]
    told = about(
        months=months,
        made_at=now.astimezone(config.zone),
        rows=[row for each in found for row in each.rows],
        unapproved=sum(not each.approved for each in found),
        uncounted=sum(bool(each.counted.uncounted) for each in found),
    )
    period = f"{months[0]:%Y-%m}" + (f"_{months[-1]:%Y-%m}" if len(months) > 1 else "")
    # A reading transaction keeps nothing, so the note has one of its own.
    async with database_of(request).transaction() as writing:
        await note(writing, by, "Hämtade arbetstid", period, now=now, detail=kind)
    content = (
        write_csv(COLUMNS, lines)
        if kind == "csv"
        else write_xlsx("Arbetstid", COLUMNS, lines, about=told)
    )
    headers = {"content-disposition": f'attachment; filename="arbetstid_{period}.{kind}"'}
    media_type = "text/csv; charset=utf-8" if kind == "csv" else XLSX
    return Response(content, media_type=media_type, headers=headers)


async def _month(
    request: Request,
    session: AsyncSession,
    config: Settings,
    now: datetime,
    month: date,
    errors: Mapping[str, str] | None = None,
) -> Response:
    people = await month_by_person(session, month, zone=config.zone)
    return page(
        request,
        "rosters/worktime/month.html",
        status=422 if errors else 200,
        people=people,
        profiles=await service.profiles_of(session),
        shown=approving.digest_of(people),
        errors=errors or {},
        **about_month(month, config, now),
    )


def about_month(month: date, config: Settings, now: datetime) -> dict[str, object]:
    """What both pages say of a month."""
    return {
        "month": month,
        "before": next_month(month, -1),
        "after": next_month(month),
        "over": time_of(month, config.zone).end <= now,
        "kinds": words.kinds(),
        "categories": words.categories(),
        "kind": Kind,
        "category": Category,
        "amount": words.amount,
        "said": lambda finding: words.finding_in_words(finding, config.zone),
    }


def chosen_month(typed: str, config: Settings, now: datetime) -> date:
    return read_month(typed) if typed else month_of(now, config.zone)


def _months(first: date, last: date) -> list[date]:
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    if not 1 <= count <= MOST_MONTHS:
        sentence = _("Välj en period på högst {count} månader, den första månaden först.")
        raise Refused(sentence.format(count=MOST_MONTHS), field="to")
    return [next_month(first, each) for each in range(count)]
