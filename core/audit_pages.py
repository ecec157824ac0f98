"""Pages: the audit trail - search, check that the chain is whole, take out as CSV."""

import csv
import io
from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response
from pydantic import AfterValidator, BaseModel, Field, field_validator
from sqlalchemy import Select, func, or_, select

from core.audit import first_broken
from core.forms import harmless, within_reason
from core.models import AuditEntry
from core.permissions import Administrator
from core.web import Config, Session, page

router = APIRouter()
PER_PAGE = 50
MOST_EXPORTED = 100_000
COLUMNS = ("nummer", "tid", "vem", "vad", "vilket", "hur", "varifrån", "sigill")


Day = Annotated[date, AfterValidator(within_reason)]


class Wanted(BaseModel):
    """The filter: words anywhere in an entry, and local days."""

    q: str = ""
    since: Day | None = None
    until: Day | None = None
    page: int = Field(default=1, ge=1, le=100_000)
    check: bool = False

    @field_validator("since", "until", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return value or None

    def entries(self, zone: ZoneInfo) -> Select[AuditEntry]:
        found = select(AuditEntry)
        if words := self.q.strip()[:100]:
            fields = (AuditEntry.who, AuditEntry.what, AuditEntry.subject, AuditEntry.detail)
            found = found.where(or_(*(each.icontains(words, autoescape=True) for each in fields)))
        if self.since:
            found = found.where(AuditEntry.at >= _midnight(self.since, zone))
        if self.until:
            found = found.where(AuditEntry.at < _midnight(self.until + timedelta(days=1), zone))
        return found


@router.get("/audit")
async def audit(
    request: Request,
    _: Administrator,
    session: Session,
    config: Config,
    wanted: Annotated[Wanted, Query()],
) -> Response:
    found = wanted.entries(config.zone)
    count = await session.scalar(select(func.count()).select_from(found.subquery())) or 0
    first = (wanted.page - 1) * PER_PAGE
    newest = found.order_by(AuditEntry.number.desc()).offset(first).limit(PER_PAGE)
    return page(
        request,
        "core/audit.html",
        entries=(await session.scalars(newest)).all(),
        count=count,
        pages=-(-count // PER_PAGE),
        wanted=wanted,
        broken=await first_broken(session) if wanted.check else None,
    )


@router.get("/audit/export.csv")
async def export(
    _: Administrator, session: Session, config: Config, wanted: Annotated[Wanted, Query()]
) -> Response:
    oldest = wanted.entries(config.zone).order_by(AuditEntry.number).limit(MOST_EXPORTED)
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, delimiter=";")
    writer.writerow(COLUMNS)
    for entry in await session.scalars(oldest):
        at = entry.at.astimezone(config.zone).isoformat(timespec="seconds")
        words = (entry.who, entry.what, entry.subject, entry.detail, entry.address)
        writer.writerow([entry.number, at, *map(harmless, words), entry.seal])
    return Response(
        sheet.getvalue().encode("utf-8-sig"),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="granskningslogg.csv"'},
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
