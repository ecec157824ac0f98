"""Pages that show alarms: the list, the board that follows by itself, the wall and the log."""

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from alerting.alarm_list import Filter, alarms_as_csv, list_alarms
from alerting.board import Board, find_alarm, read_board, read_log
from alerting.board_notes import notes_of
from alerting.live import changes
from alerting.means import Provided
from alerting.models import OPEN_ALARM
from core.models import Role, User
from core.permissions import Reader, reader
from core.web import Config, Now, Session, page
from rosters.numbers import as_read, masked

router = APIRouter(dependencies=[Depends(reader)])


def shown_to(user: User) -> dict[str, Any]:
    """What a template needs to know of who looks: may they act, and how numbers are shown."""
    acts = user.may(Role.DUTY_OFFICER)
    return {"acts": acts, "number": as_read if acts else masked}


def board_page(
    request: Request, template: str, board: Board, user: User, *, status: int = 200, **more: Any
) -> Response:
    mode = board.alarm.mode.value
    shown = shown_to(user)
    return page(request, template, status=status, board=board, alarm_mode=mode, **shown, **more)


async def _board(
    request: Request, alarm_id: UUID, session: Session, now: Now, means: Provided
) -> Board:
    board = await read_board(session, alarm_id, now=now, means=means)
    return replace(board, notes=await notes_of(request, session, board.alarm, now=now))


Shown = Annotated[Board, Depends(_board, scope="function")]


@router.get("/alarms")
async def alarms(
    request: Request,
    session: Session,
    user: Reader,
    state: str = "",
    mode: str = "",
    number: Annotated[int, Query(alias="page")] = 1,
) -> Response:
    wanted = Filter.of(state, mode)
    found = await list_alarms(session, wanted, page=number)
    return page(request, "alerting/alarms.html", found=found, wanted=wanted, **shown_to(user))


@router.get("/alarms.csv")
async def alarms_file(
    session: Session, settings: Config, state: str = "", mode: str = ""
) -> Response:
    text = await alarms_as_csv(session, Filter.of(state, mode), settings.zone)
    return Response(
        text.encode("utf-8-sig"),  # spreadsheets take a file without the mark for Latin-1
        media_type="text/csv",
        headers={"content-disposition": 'attachment; filename="larm.csv"'},
    )


@router.get("/alarms/{alarm_id:uuid}")
async def one_alarm(request: Request, board: Shown, user: Reader) -> Response:
    return board_page(request, "alerting/board.html", board, user)


@router.get("/alarms/{alarm_id:uuid}/board")
async def board_part(request: Request, board: Shown, user: Reader) -> Response:
    """Only what changes: the open page puts it in place of what it shows."""
    return board_page(request, "alerting/board_part.html", board, user)


@router.get("/alarms/{alarm_id:uuid}/wall")
async def wall(request: Request, board: Shown, user: Reader) -> Response:
    return board_page(request, "alerting/wall.html", board, user)


@router.get("/alarms/{alarm_id:uuid}/wall/board")
async def wall_part(request: Request, board: Shown, user: Reader) -> Response:
    return board_page(request, "alerting/wall_part.html", board, user)


@router.get("/alarms/{alarm_id:uuid}/log")
async def log(request: Request, alarm_id: UUID, session: Session) -> Response:
    alarm = await find_alarm(session, alarm_id)
    lines = await read_log(session, alarm_id)
    return page(request, "alerting/log.html", alarm=alarm, lines=lines, alarm_mode=alarm.mode.value)


@router.get("/alarms/{alarm_id:uuid}/events")
async def events(request: Request, alarm_id: UUID, session: Session) -> Response:
    alarm = await find_alarm(session, alarm_id)
    if alarm.state not in OPEN_ALARM:
        return Response(status_code=204)  # tells the browser not to come back
    return changes(request, f"alarm:{alarm_id}")
