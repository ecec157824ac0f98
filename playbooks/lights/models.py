"""Rows: runs of paths, what was found in them, and how the lights have stood."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Row, references


class RunKind(StrEnum):
    ALARM = "alarm"  # live
    EXERCISE = "exercise"
    TEST = "test"
    COMMUNICATION = "communication test"
    OUTSIDE = "outside"  # without this system: a runner, the radio; noted by a planner


class PathRun(Row):
    """A path that was really run. `steps_mark` says which steps; equal marks are equal steps."""

    __tablename__ = "path_run"
    __table_args__ = (Index("ix_path_run_by_playbook", "playbook_id", "began_at"),)
    playbook_id: Mapped[UUID] = mapped_column(references("alarm_path.id"))
    version_number: Mapped[int]
    steps_mark: Mapped[str]  # playbooks.marks.steps_mark
    kind: Mapped[RunKind]
    began_at: Mapped[datetime]
    office_hours: Mapped[bool]
    met: Mapped[bool]  # against the path's goal
    took: Mapped[timedelta | None] = mapped_column(default=None)  # until the goal was met
    alarm_id: Mapped[UUID | None] = mapped_column(
        references("alarm.id", ondelete="SET NULL"), default=None, unique=True
    )
    noted_at: Mapped[datetime]
    noted_by: Mapped[str] = mapped_column(default="")  # empty when the system did it
    remark: Mapped[str] = mapped_column(default="")


class PathFinding(Row):
    """Something that did not work. Only a later run that succeeded closes it."""

    __tablename__ = "path_finding"
    playbook_id: Mapped[UUID] = mapped_column(references("alarm_path.id"), index=True)
    run_id: Mapped[UUID | None] = mapped_column(references("path_run.id"), default=None)
    text: Mapped[str]
    found_at: Mapped[datetime]
    found_by: Mapped[str]
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_by: Mapped[str] = mapped_column(default="")
    retest_id: Mapped[UUID | None] = mapped_column(references("path_run.id"), default=None)


class LightKind(StrEnum):
    DOCUMENTED = "documented"
    KNOWN = "known"
    EXERCISED = "exercised"


class Light(StrEnum):
    GREEN = "green"
    AMBER = "amber"  # soon due, or nearly enough
    RED = "red"


class LightRecord(Row):
    """How a light stood from an instant on, until the next record of the same light."""

    __tablename__ = "light_record"
    __table_args__ = (Index("ix_light_record_by_playbook", "playbook_id", "kind", "at"),)
    playbook_id: Mapped[UUID] = mapped_column(references("alarm_path.id"))
    kind: Mapped[LightKind]
    light: Mapped[Light]
    figure: Mapped[str]
    why: Mapped[str]
    at: Mapped[datetime]
