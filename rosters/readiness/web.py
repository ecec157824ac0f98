"""Pages: can those who may be called be reached, and what shows it."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.language import gettext as _
from core.models import Role
from core.permissions import Planner, Reader
from core.web import Config, Now, Session, page
from rosters.duty.roles import duty_roles
from rosters.fields import uuid_or_none
from rosters.models import CallList, Unit
from rosters.numbers import as_read
from rosters.people_pages import XLSX
from rosters.readiness.proofs import STALE_AFTER, fresh, proof_words, proved_at
from rosters.readiness.service import Missing, Reach, reaches
from rosters.seen import seen, sees_numbers
from rosters.tables import write_csv, write_xlsx

router = APIRouter()
PER_PAGE = 50


class Wanted(BaseModel):
    """The filter of the list."""

    role: str = ""
    group: str = ""
    missing: str = ""
    page: int = Field(default=1, ge=1, le=10_000)

    def among(self, found: list[Reach]) -> list[Reach]:
        list_id = uuid_or_none(self.group, field="group")
        return [
            each
            for each in found
            if (not self.role or self.role in each.roles)
            and (list_id is None or any(row.id == list_id for row in each.lists))
            and (not self.missing or each.missing)
        ]


@router.get("/readiness")
async def who_is_reached(
    request: Request,
    user: Reader,
    session: Session,
    config: Config,
    now: Now,
    wanted: Annotated[Wanted, Query()],
) -> Response:
    everybody = await reaches(session, now=now, zone=config.zone)
    found = wanted.among(everybody)
    first = (wanted.page - 1) * PER_PAGE
    units = {unit.id: unit for unit in await session.scalars(select(Unit))}
    return page(
        request,
        "rosters/readiness/people.html",
        everybody=everybody,
        counts={kind: sum(kind in each.missing for each in found) for kind in Missing},
        found=found,
        shown=found[first : first + PER_PAGE],
        pages=-(-len(found) // PER_PAGE),
        wanted=wanted,
        role_choices=[
            ("", _("Alla")),
            *((each.code, each.name) for each in await duty_roles(session)),
        ],
        list_choices=[("", _("Alla")), *await _list_choices(session)],
        seen=lambda person: seen(person, user, units),
        numbers=sees_numbers(user),
        planner=user.may(Role.PLANNER),
        number=as_read,
        fresh=lambda point: fresh(point, now),
        proved_at=proved_at,
        proof_words=proof_words,
        days=STALE_AFTER.days,
    )


@router.get("/readiness/export.{kind}")
async def export(
    kind: Literal["csv", "xlsx"],
    session: Session,
    _planner: Planner,
    config: Config,
    now: Now,
    wanted: Annotated[Wanted, Query()],
) -> Response:
    """One row for each number or address; the protected are never in it."""
    found = wanted.among(await reaches(session, now=now, zone=config.zone))
    header = (
        _("Nummer"), _("Namn"), _("Enhet"), _("Jour"), _("Larmlistor"), _("Nås"),
        _("Nummer eller adress"), _("Senast bevisat"), _("Hur"), _("Saknas"),
    )  # fmt: skip
    lines = [line for each in found if not each.person.protected for line in _lines(each, config)]
    if kind == "csv":
        return download(write_csv(header, lines), "nabarhet.csv")
    return download(write_xlsx(_("Nåbarhet"), header, lines), "nabarhet.xlsx")


def download(content: bytes, name: str) -> Response:
    media_type = XLSX if name.endswith(".xlsx") else "text/csv; charset=utf-8"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


def _lines(each: Reach, config: Config) -> list[tuple[str, ...]]:
    person = (
        each.person.ref,
        each.person.name,
        each.unit.name if each.unit else "",
        ", ".join(each.roles),
        ", ".join(row.name for row in each.lists),
        each.ways.label,
    )
    missing = " ".join(each.words)
    points = [
        (
            as_read(point.address),
            at.astimezone(config.zone).date().isoformat() if (at := proved_at(point)) else "",
            proof_words(point),
        )
        for point in each.points
    ]
    return [(*person, *point, missing) for point in points or [("", "", "")]]


async def _list_choices(session: AsyncSession) -> list[tuple[UUID, str]]:
    found = await session.scalars(select(CallList).order_by(CallList.name))
    return [(each.id, each.name) for each in found]
