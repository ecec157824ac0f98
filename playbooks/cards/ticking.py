"""The verbs of an open card: tick a line off, take it back, say that it does not apply, remark."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from alerting.logbook import changed
from alerting.models import OPEN_ALARM, Alarm
from core import audit
from core.audit import By
from core.errors import NotFound, Refused
from core.forms import line as one_line
from core.language import gettext as _
from core.moments import ago
from playbooks.cards.models import CardRun, Happening, LineState, RunEvent, RunLine

LONGEST_REMARK = 500
SAID = {
    Happening.TICKED: "Bockade av rad",
    Happening.UNTICKED: "Öppnade rad igen",
    Happening.NOT_APPLICABLE: "Satte rad som gäller inte",
    Happening.REMARKED: "Skrev anmärkning på rad",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Somebody at an open card; `name` is what the others see."""

    session: AsyncSession
    run: CardRun
    name: str
    by: By
    now: datetime

    async def tick(self, line_id: UUID) -> None:
        """Done. Refused for whoever comes second, with who was first."""
        await self._move(line_id, LineState.DONE, Happening.TICKED)

    async def skip(self, line_id: UUID, reason: str) -> None:
        """It does not apply this time, and why."""
        reason = one_line(reason, field="reason", longest=LONGEST_REMARK, required=True)
        await self._move(line_id, LineState.NOT_APPLICABLE, Happening.NOT_APPLICABLE, reason)

    async def untick(self, line_id: UUID, *, turn: int) -> None:
        """Open again. `turn` is what was seen: what somebody did since then is not undone."""
        await self._move(line_id, LineState.OPEN, Happening.UNTICKED, turn=turn)

    async def remark(self, line_id: UUID, text: str) -> None:
        text = one_line(text, field="remark", longest=LONGEST_REMARK, required=True)
        line = await self.line(line_id)
        if not await self._open():
            raise Refused(_closed(), status=409)
        await self._write_down(line, Happening.REMARKED, text)

    async def set_aside(self, why: str) -> None:
        """The whole card is not needed this time: it no longer counts, and can be taken up again."""
        why = one_line(why, field="why", longest=LONGEST_REMARK, required=True)
        values = {"set_aside_at": self.now, "set_aside_by": self.name, "set_aside_why": why}
        await self._turn(CardRun.set_aside_at.is_(None), values)
        await self._noted("Lade undan åtgärdskort", why)

    async def take_up(self) -> None:
        values = {"set_aside_at": None, "set_aside_by": "", "set_aside_why": ""}
        await self._turn(CardRun.set_aside_at.is_not(None), values)
        await self._noted("Tog fram åtgärdskort")

    async def _turn(self, seen: ColumnElement[bool], values: Mapping[str, object]) -> None:
        turned = await self.session.execute(
            update(CardRun)
            .where(CardRun.id == self.run.id, seen, self._alarm_is_open())
            .values(values)
            .returning(CardRun.id)
        )
        first = turned.first() is not None
        await self.session.refresh(self.run)
        if not first:
            late = _("Någon annan har redan lagt undan eller tagit fram kortet.")
            raise Refused(late if await self._open() else _closed(), status=409)

    def _alarm_is_open(self) -> ColumnElement[bool]:
        return (
            select(Alarm.id)
            .where(Alarm.id == self.run.alarm_id, Alarm.state.in_(OPEN_ALARM))
            .exists()
        )

    async def line(self, line_id: UUID) -> RunLine:
        """NotFound when it is on no card, or on another one."""
        found = await self.session.get(RunLine, line_id, populate_existing=True)
        if found is None or found.run_id != self.run.id:
            raise NotFound(_("Raden finns inte på det här kortet."))
        return found

    async def _move(
        self,
        line_id: UUID,
        to: LineState,
        what: Happening,
        reason: str = "",
        *,
        turn: int | None = None,
    ) -> None:
        """One conditional UPDATE: the line as it was seen, on a card whose alarm is open."""
        seen = RunLine.state == LineState.OPEN if turn is None else RunLine.turn == turn
        moved = await self.session.execute(
            update(RunLine)
            .where(RunLine.id == line_id, RunLine.run_id == self.run.id)
            .where(seen, RunLine.state != to, self._alarm_is_open())
            .values(
                state=to,
                changed_at=self.now,
                changed_by=self.name,
                reason=reason,
                turn=RunLine.turn + 1,
            )
            .returning(RunLine.id)
        )
        first = moved.first() is not None
        line = await self.line(line_id)
        if not first:
            raise Refused(_why_not(line, self.now) if await self._open() else _closed(), status=409)
        await self._write_down(line, what, reason)

    async def _write_down(self, line: RunLine, what: Happening, remark: str) -> None:
        self.session.add(
            RunEvent(
                run_id=self.run.id,
                line_id=line.id,
                at=self.now,
                who=self.name,
                what=what,
                remark=remark,
            )
        )
        detail = f"{line.position}: {line.text}" + (f" ({remark})" if remark else "")
        await self._noted(SAID[what], detail)

    async def _noted(self, what: str, detail: str = "") -> None:
        """In the audit trail; and whoever looks sees it at once."""
        await audit.note(self.session, self.by, what, self.run.code, now=self.now, detail=detail)
        if self.run.alarm_id:
            changed(self.session, self.run.alarm_id)

    async def _open(self) -> bool:
        state = await self.session.scalar(select(Alarm.state).where(Alarm.id == self.run.alarm_id))
        return state in OPEN_ALARM


def _closed() -> str:
    return _("Larmet är avslutat: kortet kan läsas men inte ändras.")


def _why_not(line: RunLine, now: datetime) -> str:
    """Who was first, for whoever came second."""
    sentences = {
        LineState.DONE: _("{name} bockade av raden {ago}."),
        LineState.NOT_APPLICABLE: _("{name} satte raden som ”gäller inte” {ago}."),
        LineState.OPEN: _("{name} öppnade raden igen {ago}."),
    }
    return sentences[line.state].format(name=line.changed_by, ago=ago(line.changed_at, now))
