"""Pages: the forms of a draft: its head, its texts and each of its steps."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from core.errors import Refused
from core.permissions import planner
from core.web import go, page
from playbooks.editing import edits
from playbooks.editing.choices import choices_of
from playbooks.editing.head import TypedHead
from playbooks.editing.opened import HEAD, TEXTS, Opened, Opening
from playbooks.editing.typed import (
    ALL_TEXTS,
    TypedStep,
    TypedWave,
    text,
    texts_of,
    texts_plain,
    typed,
)
from playbooks.reading import Plain

router = APIRouter(prefix="/paths/{code}/edit/{number}", dependencies=[Depends(planner)])
SPARE_WAVES, MOST_WAVES = 2, 9


@router.get("/head")
async def head_form(opened: Opening) -> Response:
    return await _head(opened, TypedHead.of(opened.data))


@router.post("/head")
async def save_head(request: Request, opened: Opening) -> Response:
    form = await request.form()
    head = TypedHead.sent(form)
    try:
        await opened.save(head.plain(opened.data), seen=_seen(form))
    except Refused as refused:
        return await _head(opened, head, refused, _seen(form))
    return go(f"{opened.url}#head")


async def _head(
    opened: Opened, head: TypedHead, refused: Refused | None = None, seen: str = ""
) -> Response:
    chosen = (head.fields.get("owner", ""), *head.last_resort)
    choices = await choices_of(opened.visit.session, opened.visit.book, opened.data)
    return await _form(
        opened, "head", HEAD, refused, seen, head=head, targets=choices.asked(chosen)
    )


@router.get("/texts")
async def texts_form(opened: Opening) -> Response:
    return await _form(opened, "texts", TEXTS, texts=texts_of(opened.data.get("texts")))


@router.post("/texts")
async def save_texts(request: Request, opened: Opening) -> Response:
    form = await request.form()
    texts = {name: typed(form, name) for name in ALL_TEXTS}
    written: Plain = texts_plain(texts)
    try:
        await opened.save({**opened.data, "texts": written}, seen=_seen(form))
    except Refused as refused:
        return await _form(opened, "texts", TEXTS, refused, _seen(form), texts=texts)
    return go(f"{opened.url}#texts")


@router.get("/steps/{at}")
async def step_form(at: int, opened: Opening) -> Response:
    return await _step(opened, at, TypedStep.of(edits.step_at(opened.data, at)))


@router.post("/steps/{at}")
async def save_step(request: Request, at: int, opened: Opening) -> Response:
    form = await request.form()
    before = edits.step_at(opened.data, at)
    step = TypedStep.sent(form, runs="run" in before)
    try:
        data = edits.with_step(opened.data, at, step.plain(before))
        await opened.save(data, seen=_seen(form))
    except Refused as refused:
        return await _step(opened, at, step, refused, _seen(form))
    return go(f"{opened.url}#step-{at + 1}")


async def _step(
    opened: Opened, at: int, step: TypedStep, refused: Refused | None = None, seen: str = ""
) -> Response:
    choices = await choices_of(opened.visit.session, opened.visit.book, opened.data)
    spare = (TypedWave(wait=""),) * SPARE_WAVES
    return await _form(
        opened,
        "step" if step.run is None else "sub_path",
        at,
        refused,
        seen,
        at=at,
        step=step,
        waves=(*step.waves, *spare)[:MOST_WAVES],
        choices=choices,
        own_name=edits.name_of(dict(edits.step_at(opened.data, at))),
        targets=choices.asked(step.targets),
    )


async def _form(
    opened: Opened,
    name: str,
    place: str | int,
    refused: Refused | None = None,
    seen: str = "",
    **context: object,
) -> Response:
    """One form with what is wrong in its part of the file; refused, as it was typed."""
    found = await opened.findings()
    return page(
        opened.visit.request,
        f"playbooks/editing/{name}.html",
        status=refused.status if refused else 200,
        opened=opened,
        book=opened.visit.book,
        version=opened.version,
        findings=found.get(place, []),
        seen=seen or opened.version.checksum,
        errors={refused.field: refused.sentence} if refused else {},
        **context,
    )


def _seen(form: FormData) -> str:
    return text(form.get("seen"))
