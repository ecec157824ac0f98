"""Pages: tests of communication, the report of one, and when a path is tested."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Form, Request, Response
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.live import changes
from alerting.means import Provided
from core.errors import NotFound, Refused
from core.language import gettext as _
from core.models import Role
from core.permissions import Acting, Reader, planner, reader
from core.web import Config, Now, Session, attempt, go, page, settings_of
from playbooks import library
from playbooks.communication_tests import ending, export, listing, schedules, service
from playbooks.communication_tests.gathering import barred, gather
from playbooks.communication_tests.measuring import topic_of
from playbooks.communication_tests.models import CommunicationState, Hours
from playbooks.communication_tests.report import read_report
from playbooks.communication_tests.schedules import Terms
from playbooks.communication_tests.service import Wanted
from playbooks.models import Playbook, PlaybookKind
from rosters.fields import day, hour, whole
from rosters.readiness.web import download
from rosters.seen import sees_numbers

pages = APIRouter(dependencies=[Depends(reader)])
acting = APIRouter(dependencies=[Depends(planner)])
MINUTE = timedelta(minutes=1)
USUAL = {"months": "3", "office_at": "10:00", "night_at": "03:00", "lasts": "60", "late": "120"}


class TermsForm(BaseModel):
    """As typed."""

    months: str = ""
    office_at: str = ""
    night_at: str = ""
    lasts: str = ""
    late: str = ""
    first_day: str = ""
    first_hours: str = Hours.OFFICE.value
    paused: str = ""

    def terms(self) -> Terms:
        clocks = {name: hour(getattr(self, name), field=name) for name in ("office_at", "night_at")}
        first = day(self.first_day, field="first_day")
        if first is None:
            raise Refused(_("Ange en dag."), field="first_day")
        for name, clock in clocks.items():
            if clock is None:
                raise Refused(_("Skriv klockslaget som 08:00."), field=name)
        return Terms(
            months=whole(self.months, field="months", lowest=1, highest=24),
            office_at=clocks["office_at"] or schedules.OFFICE_AT,
            night_at=clocks["night_at"] or schedules.NIGHT_AT,
            lasts=whole(self.lasts, field="lasts", lowest=15, highest=240) * MINUTE,
            late=whole(self.late, field="late", lowest=0, highest=240) * MINUTE,
            first_day=first,
            first_hours=Hours.NIGHT if self.first_hours == Hours.NIGHT else Hours.OFFICE,
            paused=bool(self.paused),
        )


@pages.get("/tests")
async def overview(request: Request, session: Session, now: Now, user: Reader) -> Response:
    found = await listing.latest(session)
    state = CommunicationState.RUNNING
    return page(
        request,
        "playbooks/communication_tests/tests.html",
        running=[each for each in found if each.test.state is state],
        past=[each for each in found if each.test.state is not state],
        coming=await listing.coming(session),
        wrong=await listing.wrong_numbers(session),
        paths=await library.paths(session, at=now),
        hours_words=listing.hours_words,
        state_words=listing.state_words,
        may_plan=user.may(Role.PLANNER),
    )


@pages.get("/tests/{test_id:uuid}")
async def one(
    request: Request, test_id: UUID, session: Session, now: Now, user: Reader
) -> Response:
    return await _report(request, test_id, session, now, user, "report.html")


@pages.get("/tests/{test_id:uuid}/part")
async def part(
    request: Request, test_id: UUID, session: Session, now: Now, user: Reader
) -> Response:
    """Only what changes while the test runs."""
    return await _report(request, test_id, session, now, user, "report_part.html")


async def _report(
    request: Request, test_id: UUID, session: Session, now: Now, user: Reader, template: str
) -> Response:
    test = await service.communication_test(session, test_id)
    return page(
        request,
        f"playbooks/communication_tests/{template}",
        report=await read_report(session, test, user=user, now=now),
        names=sees_numbers(user),
        may_plan=user.may(Role.PLANNER),
        hours_words=listing.hours_words,
        state_words=listing.state_words,
    )


@pages.get("/tests/{test_id:uuid}/events")
async def events(request: Request, test_id: UUID, session: Session) -> Response:
    test = await service.communication_test(session, test_id)
    if test.state is not CommunicationState.RUNNING:
        return Response(status_code=204)  # tells the browser not to come back
    return changes(request, topic_of(test_id))


@acting.get("/tests/{test_id:uuid}/export.csv")
async def as_file(
    test_id: UUID, session: Session, user: Reader, now: Now, config: Config
) -> Response:
    test = await service.communication_test(session, test_id)
    report = await read_report(session, test, user=user, now=now)
    return download(export.as_csv(report, config.zone), f"prov-{report.code.lower()}.csv")


@acting.post("/tests/{test_id:uuid}/call-off")
async def call_off(
    test_id: UUID, session: Session, by: Acting, now: Now, means: Provided
) -> Response:
    test = await service.communication_test(session, test_id)
    await ending.call_off(session, test, by=by, now=now, means=means)
    return go(f"/tests/{test_id}")


@pages.get("/paths/{code}/tests")
async def of_path(
    request: Request, code: str, session: Session, now: Now, config: Config, user: Reader
) -> Response:
    playbook = await _playbook(session, code)
    schedule = await schedules.schedule_of(session, playbook.id)
    if schedule is None:
        free = await schedules.free_day(session, now=now, zone=config.zone)
        form = TermsForm.model_validate(USUAL | {"first_day": free.isoformat()})
    else:
        local = schedule.next_at.astimezone(config.zone)
        form = TermsForm(
            months=str(schedule.months),
            office_at=f"{schedule.office_at:%H:%M}",
            night_at=f"{schedule.night_at:%H:%M}",
            lasts=f"{schedule.lasts / MINUTE:.0f}",
            late=f"{schedule.late / MINUTE:.0f}",
            first_day=local.date().isoformat(),
            first_hours=schedule.next_hours.value,
            paused="yes" if schedule.paused else "",
        )
    return await _of_path(request, session, playbook, form, {}, now, planner=user.may(Role.PLANNER))


@acting.post("/paths/{code}/tests/schedule")
async def set_schedule(
    request: Request,
    code: str,
    form: Annotated[TermsForm, Form()],
    session: Session,
    by: Acting,
    now: Now,
    config: Config,
) -> Response:
    playbook = await _playbook(session, code)
    async with attempt(session) as errors:
        await schedules.set_terms(session, playbook, form.terms(), by=by, now=now, zone=config.zone)
        return go(f"/paths/{code}/tests")
    return await _of_path(request, session, playbook, form, errors, now, planner=True)


@acting.get("/paths/{code}/tests/new")
async def review(
    request: Request, code: str, session: Session, now: Now, means: Provided
) -> Response:
    """Who would be asked, before anybody is."""
    return await _review(request, code, session, now, means, once=uuid4().hex)


@acting.post("/paths/{code}/tests")
async def start(
    request: Request,
    code: str,
    session: Session,
    by: Acting,
    now: Now,
    means: Provided,
    once: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    async with attempt(session) as errors:
        wanted = Wanted(by=by, once=once)
        test = await service.start(session, code, wanted, now=now, means=means)
        return go(f"/tests/{test.id}")
    return await _review(request, code, session, now, means, once=once, errors=errors)


async def _review(
    request: Request,
    code: str,
    session: AsyncSession,
    now: Now,
    means: Provided,
    *,
    once: str,
    errors: dict[str, str] | None = None,
) -> Response:
    settings = settings_of(request)
    gathered = await gather(session, code, now=now, zone=means.zone)
    live = await service.live_alarm(session)
    return page(
        request,
        "playbooks/communication_tests/review.html",
        status=422 if errors else 200,
        code=code,
        gathered=gathered,
        once=once,
        live=live,
        barred=await barred(session, gathered, settings.allowed_recipients),
        errors=errors or {},
        titles={step.name: step.title for step in gathered.plan.steps},
        lasts=service.LASTS,
    )


async def _of_path(
    request: Request,
    session: AsyncSession,
    playbook: Playbook,
    form: TermsForm,
    errors: dict[str, str],
    now: Now,
    *,
    planner: bool,
) -> Response:
    paths = await library.paths(session, at=now)
    if playbook.code not in paths:
        raise NotFound(_("Larmvägen {code} finns inte.").format(code=playbook.code))
    return page(
        request,
        "playbooks/communication_tests/path.html",
        status=422 if errors else 200,
        code=playbook.code,
        title=paths[playbook.code].document.title,
        form=form,
        errors=errors,
        schedule=await schedules.schedule_of(session, playbook.id),
        tests=await listing.latest(session, playbook_id=playbook.id, limit=20),
        hours_words=listing.hours_words,
        state_words=listing.state_words,
        choices=[(each.value, listing.hours_words(each).capitalize()) for each in Hours],
        may_plan=planner,
    )


async def _playbook(session: AsyncSession, code: str) -> Playbook:
    query = select(Playbook).where(Playbook.code == code, Playbook.kind == PlaybookKind.PATH)
    playbook = await session.scalar(query)
    if playbook is None:
        raise NotFound(_("Larmvägen {code} finns inte.").format(code=code))
    return playbook


router = APIRouter()
for each in (acting, pages):
    router.include_router(each)
