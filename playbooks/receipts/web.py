"""Pages: how far the reading of every path has come, and what a planner does about it."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from pydantic import BaseModel, Field

from core.errors import NotFound, Refused
from core.language import gettext as _
from core.models import Role
from core.permissions import Acting, Reader, planner, reader
from core.web import Config, Now, Session, go, page
from playbooks.receipts import service
from playbooks.receipts.figures import (
    Lack,
    figures,
    lacking,
    reminder_words,
    reminders,
    status_words,
    via_words,
)
from playbooks.receipts.scene import Scene, Standing, look
from rosters.notices.service import Teller
from rosters.readiness.web import download
from rosters.tables import write_csv

pages = APIRouter(prefix="/receipts", dependencies=[Depends(reader)])
planning = APIRouter(prefix="/receipts", dependencies=[Depends(planner)])
PER_PAGE = 50


async def _scene(session: Session, config: Config, now: Now) -> Scene:
    return await look(session, at=now, zone=config.zone)


Looked = Annotated[Scene, Depends(_scene, scope="function")]


class Wanted(BaseModel):
    """The filter of the list of people."""

    path: str = ""
    missing: str = ""
    page: int = Field(default=1, ge=1, le=10_000)

    @property
    def lack(self) -> Lack | None:
        return Lack(self.missing) if self.missing in set(Lack) else None


@pages.get("")
async def overview(
    request: Request,
    scene: Looked,
    user: Reader,
    wanted: Annotated[Wanted, Query()],
) -> Response:
    may_plan = user.may(Role.PLANNER)
    codes = [wanted.path] if wanted.path in scene.paths else list(scene.paths)
    found = lacking(scene, codes, wanted.lack) if may_plan else []
    first = (wanted.page - 1) * PER_PAGE
    rows = [figures(scene, code) for code in scene.paths]
    quiet = {each.code for each in rows if each.people and not each.asking}
    left = {each.person.id for code in quiet for each in scene.of_path(code) if not each.read_at}
    return page(
        request,
        "playbooks/receipts/overview.html",
        rows=rows,
        may_plan=may_plan,
        not_asked=quiet,
        to_ask=len(left),
        found=found,
        shown=found[first : first + PER_PAGE],
        pages=-(-len(found) // PER_PAGE),
        wanted=wanted,
        lack_words=_lack_words(),
    )


@planning.post("/ask")
async def ask(
    scene: Looked,
    session: Session,
    by: Acting,
    now: Now,
    codes: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """From now on those whom these paths call are asked to read."""
    await service.begin_asking(session, scene, codes or [], by=by, now=now)
    return go(f"/receipts/{codes[0]}" if codes and len(codes) == 1 else "/receipts")


@planning.post("/{code}/stop")
async def stop(code: str, scene: Looked, session: Session, by: Acting, now: Now) -> Response:
    _on_path(scene, code)
    await service.stop_asking(session, scene, code, by=by, now=now)
    return go(f"/receipts/{code}")


@pages.get("/{code}")
async def one(
    request: Request,
    code: str,
    scene: Looked,
    user: Reader,
    chosen: str = "",
    done: str = "",
    count: int = 0,
) -> Response:
    own = _on_path(scene, code)
    may_plan = user.may(Role.PLANNER)
    return page(
        request,
        "playbooks/receipts/path.html",
        code=code,
        figures=figures(scene, code),
        people=sorted(own, key=lambda each: bool(each.read_at)) if may_plan else [],
        may_plan=may_plan,
        status_words=status_words,
        reminders=reminders,
        reminder_words=reminder_words,
        via_words=via_words,
        chosen=chosen,
        done=done,
        count=count,
    )


@planning.post("/{code}")
async def act(
    code: str,
    scene: Looked,
    session: Session,
    config: Config,
    by: Acting,
    now: Now,
    act: Annotated[str, Form()] = "",
    people: Annotated[list[UUID] | None, Form()] = None,
) -> Response:
    """What a planner does with those who are ticked."""
    chosen = [each for each in _on_path(scene, code) if each.person.id in (people or [])]
    verbs = {
        "remind": service.remind,
        "again": service.ask_again,
        "together": service.go_through,
        "introduced": service.introduce,
    }
    if act not in verbs:
        raise Refused(_("Välj vad som ska göras."))
    if act in {"remind", "again"} and not scene.asks(scene.paths[code]):
        raise Refused(_("Be alla läsa först: ingen är tillfrågad än."), status=409)
    count = await verbs[act](Teller(session, now, config.zone), chosen, by=by)
    return go(f"/receipts/{code}?done={act}&count={count}")


@planning.get("/{code}/export.csv")
async def export(code: str, scene: Looked, config: Config) -> Response:
    def day(at: object) -> str:
        return f"{at:%Y-%m-%d %H:%M}" if at else ""

    header = (
        _("Nummer"),
        _("Namn"),
        _("Tillfrågad"),
        _("Påminnelser"),
        _("Läst"),
        _("Hur"),
        _("Sparat numret"),
        _("Introducerad"),
    )
    lines = []
    for each in _on_path(scene, code):
        asked, known = each.asked, each.acquaintance
        moments = (
            asked.asked_at if asked else None,
            each.read_at,
            known.saved_at if known else None,
            known.introduced_at if known else None,
        )
        local = [day(at.astimezone(config.zone) if at else None) for at in moments]
        lines.append(
            (
                each.person.ref,
                each.name,
                local[0],
                str(reminders(each)),
                local[1],
                via_words(asked.via) if asked else "",
                local[2],
                local[3],
            )
        )
    return download(write_csv(header, lines), f"laskvitton-{code.lower()}.csv")


def _on_path(scene: Scene, code: str) -> Sequence[Standing]:
    if code not in scene.paths:
        raise NotFound(_("Larmvägen {code} finns inte.").format(code=code))
    return list(scene.of_path(code))


def _lack_words() -> list[tuple[str, str]]:
    return [
        ("", _("Något")),
        (Lack.READ.value, _("Har inte läst")),
        (Lack.REMINDED.value, _("Påmind två gånger")),
        (Lack.NUMBER.value, _("Har inte sparat numret")),
        (Lack.INTRODUCTION.value, _("Ingen introduktion")),
    ]


router = APIRouter()
for part in (planning, pages):
    router.include_router(part)
