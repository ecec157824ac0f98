"""Pages: the cards of an alarm, and one of them, ticked off by several people at once."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from alerting.board import find_alarm
from alerting.models import OPEN_ALARM
from core.forms import MOST
from core.models import Role, User
from core.permissions import Acting, Reader, duty_officer_or_planner, reader
from core.web import Config, Now, Session, attempt, go, page
from playbooks.cards import run_view
from playbooks.cards.models import CardRun
from playbooks.cards.opening import open_by_hand
from playbooks.cards.run_view import RunView, Show
from playbooks.cards.ticking import LONGEST_REMARK, Hand
from playbooks.sayings import names_of

runs = APIRouter(prefix="/alarms/{alarm_id:uuid}/cards", dependencies=[Depends(reader)])
opening = APIRouter(
    prefix="/alarms/{alarm_id:uuid}/cards", dependencies=[Depends(duty_officer_or_planner)]
)
Text = Annotated[str, Form()]


def may_open(user: User) -> bool:
    """Open cards, and set them aside."""
    return user.may(Role.DUTY_OFFICER) or user.may(Role.PLANNER)


@dataclass(frozen=True, slots=True)
class AtRun:
    """Somebody with one open card before them."""

    request: Request
    hand: Hand
    user: User
    settings: Config
    show: Show

    @property
    def live(self) -> bool:
        """The page asks for only what changes."""
        return "hx-request" in self.request.headers

    async def view(self) -> RunView:
        hand = self.hand
        return await run_view.read_run(
            hand.session,
            hand.run,
            user=self.user,
            show=self.show,
            now=hand.now,
            zone=self.settings.zone,
        )

    async def shown(
        self, *, errors: dict[str, str] | None = None, part: bool = False, typed: str = ""
    ) -> Response:
        """The whole page, or the part that changes. htmx leaves a page alone that says 4xx."""
        view = await self.view()
        part = part or self.live
        template = "playbooks/cards/run_part.html" if part else "playbooks/cards/run.html"
        status = 409 if errors and not part else 200
        mode = view.run.mode.value
        return page(
            self.request,
            template,
            status=status,
            view=view,
            errors=errors or {},
            alarm_mode=mode,
            may_open=may_open(self.user),
            longest=LONGEST_REMARK,
            typed=typed,
        )

    async def line(self, line_id: UUID, **shown: Any) -> Response:
        """The page of one line."""
        view, row = await self.view(), await self.hand.line(line_id)
        return page(
            self.request,
            "playbooks/cards/line.html",
            status=422 if shown.get("errors") else 200,
            view=view,
            row=row,
            who=run_view.who(row, await names_of(self.hand.session)),
            events=await run_view.events_of(self.hand.session, row),
            alarm_mode=view.run.mode.value,
            longest=LONGEST_REMARK,
            **{"errors": {}, "typed": {}, **shown},
        )

    async def does(self, line_id: UUID, verb: Awaitable[None], **typed: str) -> Response:
        """From the page of a line: carry it out and go back to it, or say what was wrong."""
        async with attempt(self.hand.session) as errors:
            await verb
        if errors:
            return await self.line(line_id, errors=errors, typed=typed)
        row = await self.hand.line(line_id)
        return go(f"/alarms/{self.hand.run.alarm_id}/cards/{self.hand.run.id}#l-{row.position}")


async def _run(alarm_id: UUID, run_id: UUID, session: Session) -> CardRun:
    return await run_view.find_run(session, alarm_id, run_id)


async def _at_run(
    request: Request,
    run: Annotated[CardRun, Depends(_run, scope="function")],
    session: Session,
    user: Reader,
    by: Acting,
    now: Now,
    settings: Config,
    show: str = "",
) -> AtRun:
    hand = Hand(session=session, run=run, name=user.name, by=by, now=now)
    wanted = Show(show) if show in list(Show) else Show.ALL
    return AtRun(request, hand, user, settings, wanted)


Here = Annotated[AtRun, Depends(_at_run, scope="function")]


@runs.get("")
async def cards(
    request: Request, alarm_id: UUID, session: Session, now: Now, user: Reader
) -> Response:
    return await _cards(request, alarm_id, session, now, user)


async def _cards(
    request: Request,
    alarm_id: UUID,
    session: Session,
    now: Now,
    user: User,
    *,
    errors: dict[str, str] | None = None,
) -> Response:
    alarm = await find_alarm(session, alarm_id)
    looks = await run_view.opened(session, alarm, now=now)
    return page(
        request,
        "playbooks/cards/runs.html",
        status=409 if errors else 200,
        alarm=alarm,
        alarm_mode=alarm.mode.value,
        open=alarm.state in OPEN_ALARM,
        looks=looks,
        others=(await run_view.unopened(session, looks, now=now)).values(),
        may_open=may_open(user),
        errors=errors or {},
    )


@opening.post("")
async def open_card(
    request: Request,
    alarm_id: UUID,
    session: Session,
    now: Now,
    user: Reader,
    by: Acting,
    code: Text = "",
) -> Response:
    """Open a card that the alarm did not open by itself."""
    async with attempt(session) as errors:
        run = await open_by_hand(session, alarm_id, code, name=user.name, by=by, now=now)
        return go(f"/alarms/{alarm_id}/cards/{run.id}")
    return await _cards(request, alarm_id, session, now, user, errors=errors)


@runs.get("/{run_id:uuid}")
async def one_card(here: Here) -> Response:
    return await here.shown()


@opening.post("/{run_id:uuid}/set-aside")
async def set_aside(here: Here, why: Text = "") -> Response:
    """The card is not needed this time."""
    return await _whole(here, here.hand.set_aside(why), typed=why)


@opening.post("/{run_id:uuid}/take-up")
async def take_up(here: Here) -> Response:
    return await _whole(here, here.hand.take_up())


async def _whole(here: AtRun, verb: Awaitable[None], *, typed: str = "") -> Response:
    async with attempt(here.hand.session) as errors:
        await verb
    if errors:
        return await here.shown(errors=errors, typed=typed)
    return go(f"/alarms/{here.hand.run.alarm_id}/cards/{here.hand.run.id}")


@runs.get("/{run_id:uuid}/part")
async def card_part(here: Here) -> Response:
    """Only what changes: the open page puts it in place of what it shows."""
    return await here.shown(part=True)


@runs.get("/{run_id:uuid}/lines.csv")
async def file(here: Here) -> Response:
    text = await run_view.run_as_csv(here.hand.session, here.hand.run, here.settings.zone)
    return Response(
        text.encode("utf-8-sig"),  # spreadsheets take a file without the mark for Latin-1
        media_type="text/csv",
        headers={"content-disposition": 'attachment; filename="atgardskort.csv"'},
    )


@runs.post("/{run_id:uuid}/lines/{line_id:uuid}/tick")
async def tick(here: Here, line_id: UUID) -> Response:
    row = await here.hand.line(line_id)
    async with attempt(here.hand.session) as errors:
        await here.hand.tick(line_id)
    if errors or here.live:
        return await here.shown(errors=errors)
    return go(f"/alarms/{here.hand.run.alarm_id}/cards/{here.hand.run.id}#l-{row.position}")


@runs.get("/{run_id:uuid}/lines/{line_id:uuid}")
async def one_line(here: Here, line_id: UUID) -> Response:
    return await here.line(line_id)


@runs.post("/{run_id:uuid}/lines/{line_id:uuid}/untick")
async def untick(here: Here, line_id: UUID, turn: Annotated[int, Form(le=MOST)] = -1) -> Response:
    return await here.does(line_id, here.hand.untick(line_id, turn=turn))


@runs.post("/{run_id:uuid}/lines/{line_id:uuid}/skip")
async def skip(here: Here, line_id: UUID, reason: Text = "") -> Response:
    return await here.does(line_id, here.hand.skip(line_id, reason), reason=reason)


@runs.post("/{run_id:uuid}/lines/{line_id:uuid}/remarks")
async def remark(here: Here, line_id: UUID, remark: Text = "") -> Response:
    return await here.does(line_id, here.hand.remark(line_id, remark), remark=remark)


router = APIRouter()
for each in (runs, opening):
    router.include_router(each)
