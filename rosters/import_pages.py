"""Pages: organisation and people from a file, with what would change shown before it is done."""

import hashlib
import zlib
from asyncio import to_thread
from base64 import b64decode, b64encode
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Refused
from core.language import gettext as _
from core.permissions import Acting, Planner
from core.web import Now, Session, attempt, go, page
from rosters.comparing import Proposal, propose
from rosters.importing import carry_out
from rosters.reading import PERSON_COLUMNS, UNIT_COLUMNS, read
from rosters.tables import LARGEST

router = APIRouter()
LARGEST_PART = 15_000_000  # the file, packed in the form that confirms it
SHOWN = 200


@router.get("/people/import")
async def choose_file(request: Request, _: Planner) -> Response:
    return _choose(request, {})


@router.post("/people/import")
async def preview(
    request: Request,
    session: Session,
    _: Planner,
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    content = await file.read() if file else b""
    return await _preview(request, session, content)


@router.post("/people/import/confirm", form_limits={"max_part_size": LARGEST_PART})
async def confirm(
    request: Request,
    session: Session,
    _: Planner,
    by: Acting,
    now: Now,
    content: Annotated[str, Form()] = "",
    mark: Annotated[str, Form()] = "",
) -> Response:
    """Only what was shown is done: if the organisation has changed since, it is shown again."""
    async with attempt(session) as errors:
        unpacked = unpack(content)
        reading = await to_thread(read, unpacked)
        if _mark(await propose(session, reading)) != mark:
            return await _preview(request, session, unpacked, changed=True)
        await carry_out(session, reading, by=by, now=now)
        return go("/people")
    return _choose(request, errors)


async def _preview(
    request: Request, session: AsyncSession, content: bytes, *, changed: bool = False
) -> Response:
    try:
        proposal = await propose(session, await to_thread(read, content))
    except Refused as refusal:
        return _choose(request, {refusal.field: refusal.sentence})
    return page(
        request,
        "rosters/import_preview.html",
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
        "rosters/import.html",
        status=422 if errors else 200,
        errors=errors,
        person_columns=PERSON_COLUMNS,
        unit_columns=UNIT_COLUMNS,
    )


def pack(content: bytes) -> str:
    """A file as the hidden field of the form that confirms it; `unpack` gives it back."""
    return b64encode(zlib.compress(content, 9)).decode()


def unpack(content: str) -> bytes:
    try:
        unpacked = zlib.decompressobj().decompress(b64decode(content, validate=True), LARGEST + 1)
    except (ValueError, zlib.error) as error:
        raise Refused(_("Välj filen igen."), field="file") from error
    return unpacked


def _mark(proposal: Proposal) -> str:
    """The same for the same changes: ids of what is new are made up anew each time."""
    said = [(str(change.fields), change.new, change.differences) for change in proposal.changes]
    return hashlib.sha256(repr(said).encode()).hexdigest()
