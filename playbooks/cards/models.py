"""Rows: an action card in use - its lines, who ticked them off, and what was said."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from alerting.plan import Mode
from core.database import Row, references
from playbooks.cards.document import Section


class CardRun(Row):
    """One version of a card, opened. It hangs on an alarm; later an incident can carry it instead."""

    __tablename__ = "card_run"
    __table_args__ = (UniqueConstraint("alarm_id", "playbook_id"),)
    playbook_id: Mapped[UUID] = mapped_column(references("alarm_path.id"))
    version_id: Mapped[UUID] = mapped_column(references("alarm_path_version.id"))
    version_number: Mapped[int]
    code: Mapped[str]
    title: Mapped[str]
    mode: Mapped[Mode]
    counted_from: Mapped[datetime]  # the alarm's own instant: every deadline counts from it
    opened_at: Mapped[datetime]
    opened_by: Mapped[str] = mapped_column(default="")  # "": the alarm opened it
    alarm_id: Mapped[UUID | None] = mapped_column(references("alarm.id"), default=None)
    set_aside_at: Mapped[datetime | None] = mapped_column(default=None)  # not needed this time
    set_aside_by: Mapped[str] = mapped_column(default="")
    set_aside_why: Mapped[str] = mapped_column(default="")


class LineState(StrEnum):
    """Everybody who is signed in moves a line, for as long as the alarm is open."""

    OPEN = "open"  # until somebody ticks it off or says that it does not apply
    DONE = "done"  # can be opened again
    NOT_APPLICABLE = "not applicable"  # with a reason; can be opened again


class RunLine(Row):
    __tablename__ = "card_run_line"
    __table_args__ = (UniqueConstraint("run_id", "position"),)
    run_id: Mapped[UUID] = mapped_column(references("card_run.id", ondelete="CASCADE"))
    position: Mapped[int]
    section: Mapped[Section]
    text: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    role: Mapped[str] = mapped_column(default="")  # as the card writes it: "duty:TIB"
    due_at: Mapped[datetime | None] = mapped_column(default=None)
    state: Mapped[LineState] = mapped_column(default=LineState.OPEN)
    changed_at: Mapped[datetime | None] = mapped_column(default=None)
    changed_by: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")  # why it does not apply
    turn: Mapped[int] = mapped_column(default=0)  # grows with every change of state


class Happening(StrEnum):
    """What is written down of a line, and stays."""

    TICKED = "ticked"
    UNTICKED = "unticked"
    NOT_APPLICABLE = "not applicable"
    REMARKED = "remarked"


class RunEvent(Row):
    __tablename__ = "card_run_event"
    run_id: Mapped[UUID] = mapped_column(references("card_run.id", ondelete="CASCADE"), index=True)
    line_id: Mapped[UUID] = mapped_column(references("card_run_line.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    who: Mapped[str]
    what: Mapped[Happening]
    remark: Mapped[str] = mapped_column(default="")
