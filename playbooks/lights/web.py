"""Pages: the register as a file, and one path's lights with its runs and findings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound, Refused
from core.forms import line, within_reason
from core.language import gettext as _
from core.models import Role, User
from core.permissions import Acting, planner, reader
from core.permissions import Reader as Reading
from core.settings import Settings
from core.web import Config, Now, Session, attempt, go, page
from playbooks.lights.findings import LONGEST, close_finding, note_finding
from playbooks.lights.path_view import view_of
from playbooks.lights.register import STATUS, Asked, as_csv, register
from playbooks.lights.runs import Ran, note_run
from playbooks.lights.standing import word_of
from playbooks.lights.words import kind_word, run_word
from playbooks.models import Playbook, PlaybookKind
from rosters.fields import uuid_or_none

pages = APIRouter(dependencies=[Depends(reader)])
noting = APIRouter(prefix="/paths", dependencies=[Depends(planner)])
LONGEST_RUN = 24 * 60  # minutes


class RunForm(BaseModel):
    day: str = ""
    clock: str = ""
    met: str = "yes"
    minutes: str = ""
    remark: str = ""

    def read(self, settings: Settings) -> Ran:
        try:
            local = within_reason(datetime.fromisoformat(f"{self.day}T{self.clock}"))
        except ValueError as error:
            raise Refused(_("Fyll i dag och klockslag."), field="day") from error
        return Ran(
            began_at=local.replace(tzinfo=settings.zone),
            met=self.met == "yes",
            took=_minutes(self.minutes),
            remark=line(self.remark, field="remark"),
        )


class FindingForm(BaseModel):
    text: str = ""
    run: str = ""


def _minutes(typed: str) -> timedelta | None:
    if not typed.strip():
        return None
    if not re.fullmatch("[0-9]{1,4}", typed.strip()) or int(typed) > LONGEST_RUN:
        raise Refused(_("Skriv hela minuter, högst ett dygn."), field="minutes")
    return timedelta(minutes=int(typed))


@pages.get("/paths.csv")
async def as_file(
    session: Session, now: Now, config: Config, asked: Annotated[Asked, Query()]
) -> Response:
    found = await register(session, asked, now=now, zone=config.zone)
    if found.errors:
        raise Refused(found.errors["at"])
    headers = {"content-disposition": f'attachment; filename="larmvagar_{found.today}.csv"'}
    return Response(as_csv(found), media_type="text/csv; charset=utf-8", headers=headers)


@dataclass(frozen=True, slots=True)
class AtPath:
    """Somebody at the page of one path's lights."""

    request: Request
    session: AsyncSession
    code: str
    user: User
    now: datetime
    settings: Settings

    async def playbook(self) -> Playbook:
        query = select(Playbook).where(
            Playbook.code == self.code, Playbook.kind == PlaybookKind.PATH
        )
        found = await self.session.scalar(query)
        if found is None:
            raise NotFound(_("Larmvägen {code} finns inte.").format(code=self.code))
        return found

    async def shown(
        self,
        errors: Mapping[str, str] | None = None,
        *,
        run_form: RunForm | None = None,
        finding_form: FindingForm | None = None,
    ) -> Response:
        zone = self.settings.zone
        return page(
            self.request,
            "playbooks/lights/path.html",
            status=422 if errors else 200,
            code=self.code,
            view=await view_of(self.session, self.code, now=self.now, zone=zone),
            errors=errors or {},
            run_form=run_form,
            finding_form=finding_form,
            may_note=self.user.may(Role.PLANNER),
            longest=LONGEST,
            kind_word=kind_word,
            run_word=run_word,
            word_of=word_of,
            status_of=STATUS,
        )

    def back(self, part: str) -> Response:
        return go(f"/paths/{self.code}/lights#{part}")


def _at_path(
    request: Request, session: Session, code: str, user: Reading, now: Now, config: Config
) -> AtPath:
    return AtPath(request, session, code, user, now, config)


Here = Annotated[AtPath, Depends(_at_path, scope="function")]


@pages.get("/paths/{code}/lights")
async def lights(here: Here) -> Response:
    return await here.shown()


@noting.post("/{code}/runs")
async def add_run(here: Here, by: Acting, form: Annotated[RunForm, Form()]) -> Response:
    await here.playbook()
    async with attempt(here.session) as errors:
        ran = form.read(here.settings)
        await note_run(here.session, here.code, ran, by=by, now=here.now, zone=here.settings.zone)
        return here.back("runs")
    return await here.shown(errors, run_form=form)


@noting.post("/{code}/findings")
async def add_finding(here: Here, by: Acting, form: Annotated[FindingForm, Form()]) -> Response:
    playbook = await here.playbook()
    async with attempt(here.session) as errors:
        run = uuid_or_none(form.run, field="run")
        await note_finding(here.session, playbook, form.text, run_id=run, by=by, now=here.now)
        return here.back("findings")
    return await here.shown(errors, finding_form=form)


@noting.post("/{code}/findings/{finding_id}/close")
async def close(
    here: Here, finding_id: UUID, by: Acting, retest: Annotated[str, Form()] = ""
) -> Response:
    playbook = await here.playbook()
    async with attempt(here.session) as errors:
        run = uuid_or_none(retest, field="retest")
        await close_finding(here.session, playbook, finding_id, retest_id=run, by=by, now=here.now)
        return here.back("findings")
    return await here.shown(errors)


router = APIRouter()
for part in (pages, noting):
    router.include_router(part)
