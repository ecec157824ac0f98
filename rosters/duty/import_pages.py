"""Pages: a roster from a file, with what would be added shown before it is done; and out again."""

import hashlib
from asyncio import to_thread
from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Refused
from core.permissions import Acting, Planner
from core.web import Config, Now, Session, attempt, go, page
from rosters.duty.importing import (
    EXPORTED,
    RosterProposal,
    exported_roster,
    import_roster,
    propose_roster,
)
from rosters.import_pages import LARGEST_PART, pack, unpack
from rosters.people_pages import XLSX
from rosters.tables import read_tables, write_csv, write_xlsx

router = APIRouter()
SHOWN = 200


@router.get("/duty/import")
async def choose_file(request: Request, _: Planner) -> Response:
    return _choose(request, {})


@router.post("/duty/import")
async def preview(
    request: Request,
    session: Session,
    _: Planner,
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    content = await file.read() if file else b""
    return await _preview(request, session, content)


@router.post("/duty/import/confirm", form_limits={"max_part_size": LARGEST_PART})
async def confirm(
    request: Request,
    session: Session,
    _: Planner,
    by: Acting,
    config: Config,
    now: Now,
    content: Annotated[str, Form()] = "",
    mark: Annotated[str, Form()] = "",
) -> Response:
    """Only what was shown is done: if the roster has changed since, it is shown again."""
    async with attempt(session) as errors:
        unpacked = unpack(content)
        tables = await to_thread(read_tables, unpacked)
        if _mark(await propose_roster(session, tables)) != mark:
            return await _preview(request, session, unpacked, changed=True)
        done = await import_roster(session, tables, by=by, now=now)
        first = max(now, min((each.starts_at for each in done.added), default=now))
        return go(f"/duty/calendar?from={first.astimezone(config.zone).date()}")
    return _choose(request, errors)


@router.get("/duty/export.{kind}")
async def export(kind: Literal["csv", "xlsx"], session: Session, _: Planner, now: Now) -> Response:
    """In the columns that an import takes; people by their numbers only."""
    lines = await exported_roster(session, now=now)
    content = write_csv(EXPORTED, lines) if kind == "csv" else write_xlsx("Jour", EXPORTED, lines)
    return Response(
        content,
        media_type="text/csv; charset=utf-8" if kind == "csv" else XLSX,
        headers={"content-disposition": f'attachment; filename="jourschema.{kind}"'},
    )


async def _preview(
    request: Request, session: AsyncSession, content: bytes, *, changed: bool = False
) -> Response:
    try:
        proposal = await propose_roster(session, await to_thread(read_tables, content))
    except Refused as refusal:
        return _choose(request, {refusal.field: refusal.sentence})
    return page(
        request,
        "rosters/duty/import_preview.html",
        status=422 if proposal.mistakes else 409 if changed else 200,
        proposal=proposal,
        changed=changed,
        shown=SHOWN,
        content=pack(content),
        mark=_mark(proposal),
    )


def _choose(request: Request, errors: dict[str, str]) -> Response:
    return page(
        request,
        "rosters/duty/import.html",
        status=422 if errors else 200,
        errors=errors,
        columns=EXPORTED,
    )


def _mark(proposal: RosterProposal) -> str:
    return hashlib.sha256(proposal.mark.encode()).hexdigest()
