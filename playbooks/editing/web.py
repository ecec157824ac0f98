"""Pages: a new path, and a draft of a path with its steps in a row."""

import re
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from alerting.plan import Ask
from core.errors import Refused
from core.forms import line
from core.language import gettext as _
from core.permissions import Acting, planner
from core.web import Now, Session, attempt, go, page
from playbooks import notation
from playbooks.document import Document
from playbooks.editing import edits, form_pages
from playbooks.editing.choices import choices_of
from playbooks.editing.opened import HEAD, TEXTS, Opened, Opening
from playbooks.editing.typed import typed
from playbooks.models import PlaybookKind
from playbooks.notation import Otherwise
from playbooks.reading import Plain
from playbooks.sayings import Names, answer_in_words, called, names_of
from playbooks.versions import service, showing, words
from playbooks.versions.words import Known
from playbooks.writing import write_plain

fresh = APIRouter(prefix="/paths", dependencies=[Depends(planner)])
draft = APIRouter(prefix="/paths/{code}/edit/{number}", dependencies=[Depends(planner)])
Typed = Annotated[str, Form()]
SHOWN = {"start", "gate", "run", "target", "channels", "need", "within", "otherwise", "ask", "note"}
NEW = ("code", "title", "owner", "entry", "goal")


@fresh.get("/new")
async def new_form(request: Request, session: Session) -> Response:
    return await _new(request, session, {}, {})


@fresh.post("/new")
async def begin(request: Request, session: Session, by: Acting, now: Now) -> Response:
    """The first draft of a path, with nobody in it yet."""
    form = await request.form()
    given = {name: typed(form, name) for name in NEW}
    async with attempt(session) as errors:
        first = {name: line(words, field=name, required=True) for name, words in given.items()}
        first["code"] = _code(first["code"])
        texts: Plain = {"sv": {"sms": f"{{code}} {first['title']}.", "voice": first["title"]}}
        data: dict[str, Plain] = {**first, "texts": texts, "steps": []}
        content = write_plain(data)
        await service.begin(session, first["code"], PlaybookKind.PATH, content, by=by, now=now)
    if errors:
        return await _new(request, session, given, errors)
    return go(f"/paths/{first['code']}/edit/1")


def _code(words: str) -> str:
    code = words.upper()
    if len(code) > 20 or not re.fullmatch(notation.CODE, code):
        sentence = _("En kod skrivs med versaler, siffror och bindestreck, som LV-03.")
        raise Refused(sentence, field="code")
    return code


async def _new(
    request: Request, session: Session, given: dict[str, str], errors: dict[str, str]
) -> Response:
    names = await names_of(session)
    return page(
        request,
        "playbooks/editing/new.html",
        status=422 if errors else 200,
        given=given,
        errors=errors,
        owners=sorted(
            (f"{kind}:{code}", name) for (kind, code), name in names.items() if kind == "role"
        ),
    )


@draft.get("")
async def overview(opened: Opening) -> Response:
    return await shown(opened)


@draft.post("/steps")
async def add_step(
    opened: Opening,
    seen: Typed = "",
    kind: Typed = "step",
    at: Annotated[int, Form()] = 0,
) -> Response:
    """A new step at that place, and on to its form."""
    run = None if kind == "step" else ""
    steps = edits.steps_of(opened.data)
    place = max(0, min(at, len(steps)))
    data = edits.with_new_step(opened.data, place, run)
    return await _saved(opened, data, seen, to=f"{opened.url}/steps/{place}")


@draft.post("/steps/{at}/{act}")
async def change_steps(
    at: int, act: Literal["up", "down", "remove"], opened: Opening, seen: Typed = ""
) -> Response:
    if act == "remove":
        return await _saved(opened, edits.without_step(opened.data, at), seen)
    by = -1 if act == "up" else 1
    to = max(0, min(len(edits.steps_of(opened.data)) - 1, at + by))
    data = edits.moved(opened.data, at, by)
    return await _saved(opened, data, seen, to=f"{opened.url}#step-{to + 1}")


async def _saved(opened: Opened, data: edits.Data, seen: str, *, to: str = "") -> Response:
    try:
        await opened.save(data, seen=seen)
    except Refused as refused:
        return await shown(opened, refused)
    return go(to or f"{opened.url}#steps")


async def shown(opened: Opened, refused: Refused | None = None) -> Response:
    """The draft as it stands: its steps in words, and its chain as a picture."""
    visit = opened.visit
    names = await names_of(visit.session)
    document = visit.book.document(opened.version)
    chain = await showing.chain_of(visit.session, opened.version, names, at=visit.book.at)
    findings = await opened.findings()
    return page(
        visit.request,
        "playbooks/editing/overview.html",
        status=refused.status if refused else 200,
        opened=opened,
        book=visit.book,
        version=opened.version,
        steps=list(zip(edits.steps_of(opened.data), _words(opened, document, names), strict=True)),
        owner=called(document.owner, names) if isinstance(document, Document) else "",
        chain=chain,
        findings=findings,
        head_findings=findings.get(HEAD, []),
        text_findings=findings.get(TEXTS, []),
        choices=await choices_of(visit.session, visit.book, opened.data),
        refused=refused,
    )


def _words(opened: Opened, document: object, names: Names) -> list[list[words.Field]]:
    """Each step in words; nothing but its title while the file has mistakes."""
    count = len(edits.steps_of(opened.data))
    if not isinstance(document, Document) or len(document.steps) != count:
        return [[] for _step in range(count)]
    known, usual = Known(names), _usual(document)
    return [
        [
            each
            for each in words.step_fields(step, document, known)
            if each.words and each.key in SHOWN and each.words != usual.get(each.key)
        ]
        for step in document.steps
    ]


def _usual(document: Document) -> dict[str, str]:
    """What need not be said of a step, since it goes without saying."""
    return {
        "otherwise": words.otherwise_in_words(Otherwise(), document),
        "ask": answer_in_words(Ask.COMING),
    }


router = APIRouter()
for part in (fresh, draft, form_pages.router):
    router.include_router(part)
