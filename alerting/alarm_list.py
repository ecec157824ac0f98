"""The list of alarms: filtered, a page at a time, or all of it as a file."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from io import StringIO
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.board_words import Look, alarm_look
from alerting.frames import mode_word
from alerting.models import OPEN_ALARM, Alarm, CallIn, CallInState
from alerting.plan import Mode
from core.language import gettext as _

PER_PAGE = 30
MOST_IN_FILE = 20_000


class Which(StrEnum):
    ALL = ""
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Filter:
    which: Which = Which.ALL
    mode: Mode | None = None

    @classmethod
    def of(cls, which: str, mode: str) -> "Filter":
        """From an address; what it does not know is no filter."""
        return cls(
            Which(which) if which in list(Which) else Which.ALL,
            Mode(mode) if mode in list(Mode) else None,
        )

    def conditions(self) -> list[ColumnElement[bool]]:
        wanted: list[ColumnElement[bool]] = []
        if self.which is Which.OPEN:
            wanted.append(Alarm.state.in_(OPEN_ALARM))
        if self.which is Which.CLOSED:
            wanted.append(Alarm.state.not_in(OPEN_ALARM))
        if self.mode is not None:
            wanted.append(Alarm.mode == self.mode)
        return wanted

    @property
    def address(self) -> str:
        return f"state={self.which.value}&mode={self.mode.value if self.mode else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmLine:
    id: UUID
    path: str
    title: str
    note: str
    mode: Mode
    look: Look
    raised_at: datetime
    raised_by: str
    closed_at: datetime | None
    asked: int
    accepted: int


@dataclass(frozen=True, slots=True)
class AlarmList:
    lines: tuple[AlarmLine, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


async def list_alarms(session: AsyncSession, wanted: Filter, *, page: int) -> AlarmList:
    """One page of the alarms, the open ones and the latest first."""
    total = await session.scalar(select(func.count(Alarm.id)).where(*wanted.conditions())) or 0
    page = min(max(1, page), max(1, -(-total // PER_PAGE)))
    lines = await _lines(session, wanted, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    return AlarmList(lines, total, page)


async def _lines(
    session: AsyncSession, wanted: Filter, *, limit: int, offset: int = 0
) -> tuple[AlarmLine, ...]:
    alarms = (
        await session.scalars(
            select(Alarm)
            .where(*wanted.conditions())
            .order_by(Alarm.state.in_(OPEN_ALARM).desc(), Alarm.raised_at.desc(), Alarm.id)
            .limit(limit)
            .offset(offset)
        )
    ).all()
    counts = await _counts(session, [each.id for each in alarms])
    return tuple(_line(each, *counts.get(each.id, (0, 0))) for each in alarms)


async def _counts(session: AsyncSession, alarms: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    """How many each alarm has asked, and how many of them have said yes."""
    accepted = func.count(CallIn.id).filter(CallIn.state == CallInState.ACCEPTED)
    rows = await session.execute(
        select(CallIn.alarm_id, func.count(CallIn.id), accepted)
        .where(CallIn.alarm_id.in_(alarms))
        .group_by(CallIn.alarm_id)
    )
    return {alarm: (asked, accepted) for alarm, asked, accepted in rows}


def _line(alarm: Alarm, asked: int, accepted: int) -> AlarmLine:
    return AlarmLine(
        id=alarm.id,
        path=alarm.path,
        title=alarm.title,
        note=alarm.note,
        mode=alarm.mode,
        look=alarm_look(alarm.state),
        raised_at=alarm.raised_at,
        raised_by=alarm.raised_by,
        closed_at=alarm.closed_at,
        asked=asked,
        accepted=accepted,
    )


async def alarms_as_csv(session: AsyncSession, wanted: Filter, zone: ZoneInfo) -> str:
    """For a spreadsheet: the mode stands first and last in each row."""
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    head = [_("Larmväg"), _("Titel"), _("Vad/var"), _("Läge nu"), _("Larmat"), _("Av")]
    head += [_("Avslutat"), _("Tillfrågade"), _("Ja")]
    writer.writerow([_("Läge"), *head, _("Läge")])
    for line in await _lines(session, wanted, limit=MOST_IN_FILE):
        mode = mode_word(line.mode)
        texts = [line.path, line.title, line.note, line.look.word]
        times = [_local(line.raised_at, zone), line.raised_by, _local(line.closed_at, zone)]
        cells = [harmless(cell) for cell in (*texts, *times)]
        writer.writerow([mode, *cells, line.asked, line.accepted, mode])
    return out.getvalue()


def _local(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S") if at else ""


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


async def open_alarms(session: AsyncSession) -> list[tuple[str, str]]:
    """Address and name of each alarm that is open, the newest first: what a duty hands over."""
    rows = await session.scalars(
        select(Alarm).where(Alarm.state.in_(OPEN_ALARM)).order_by(Alarm.raised_at.desc()).limit(20)
    )
    return [(f"/alarms/{row.id}", f"{mode_word(row.mode)} {row.path} {row.title}") for row in rows]
