"""Rows: what is decided in quiet times, and its versions, which are final once proposed."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import DDL, UniqueConstraint, event, inspect
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from core.database import Row, references
from core.models import Words


class PlaybookKind(StrEnum):
    PATH = "path"
    CARD = "action card"
    PLAN = "action plan"


class Playbook(Row):
    """An alarm path, an action card or an action plan; the table has kept its first name."""

    __tablename__ = "alarm_path"
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[PlaybookKind] = mapped_column(default=PlaybookKind.PATH)


class VersionState(StrEnum):
    """In force is what is approved or loaded, whose day has come, and which no later one replaces."""

    DRAFT = "draft"  # may be changed and thrown away; a planner proposes it
    PROPOSED = "proposed"  # the owner approves it, or sends it back to be a draft
    LOADED = "loaded"  # in force by the command line, unapproved; the owner can still approve it
    APPROVED = "approved"  # by the owner, for good


FINAL = (VersionState.LOADED, VersionState.APPROVED)


class PlaybookVersion(Row):
    __tablename__ = "alarm_path_version"
    __table_args__ = (UniqueConstraint("path_id", "number"),)
    playbook_id: Mapped[UUID] = mapped_column("path_id", references("alarm_path.id"))
    number: Mapped[int]
    file: Mapped[str]
    source: Mapped[str]  # the planner's own text, comments and all
    checksum: Mapped[str]  # SHA-256 of the file's bytes, hex
    loaded_at: Mapped[datetime]  # a draft: last saved
    loaded_by: Mapped[str]
    state: Mapped[VersionState] = mapped_column(default=VersionState.LOADED)
    authors: Mapped[frozenset[str]] = mapped_column(Words, default=frozenset())  # user names
    summary: Mapped[str] = mapped_column(default="")  # what has changed, in its author's words
    proposed_at: Mapped[datetime | None] = mapped_column(default=None)
    proposed_by: Mapped[str] = mapped_column(default="")
    sent_back: Mapped[str] = mapped_column(default="")  # why, the last time
    approved_at: Mapped[datetime | None] = mapped_column(default=None)
    approved_by: Mapped[str] = mapped_column(default="")
    in_force_from: Mapped[datetime | None] = mapped_column(
        default=None
    )  # None: since it was loaded
    reviewed_at: Mapped[datetime | None] = mapped_column(default=None)  # gone through, still right
    reviewed_by: Mapped[str] = mapped_column(default="")


# The database refuses too, whoever asks. Migrations carry out the same statements.
CONTENT = ("path_id", "number", "file", "source", "checksum", "loaded_at", "loaded_by", "authors")
_SENTENCE = "a version of an alarm path is never changed"
_FINAL = "OLD.state IN ('loaded', 'approved')"
_RULES = (  # what is tried, and when it is refused
    ("content", f"UPDATE OF {', '.join(CONTENT)}", "OLD.state <> 'draft'"),
    ("delete", "DELETE", "OLD.state <> 'draft'"),
    ("state", "UPDATE OF state", f"{_FINAL} AND NEW.state NOT IN ('approved', OLD.state)"),
)
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION alarm_path_version_is_final() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{_SENTENCE}'; END $$"""
UNCHANGEABLE: dict[str, tuple[str, ...]] = {
    "sqlite": tuple(
        f"CREATE TRIGGER alarm_path_version_{name} BEFORE {act} ON alarm_path_version "
        f"WHEN {when} BEGIN SELECT RAISE(ABORT, '{_SENTENCE}'); END"
        for name, act, when in _RULES
    ),
    "postgresql": (
        _FUNCTION,
        *(
            f"CREATE TRIGGER alarm_path_version_{name} BEFORE {act} ON alarm_path_version "
            f"FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION alarm_path_version_is_final()"
            for name, act, when in _RULES
        ),
    ),
}

for _dialect, _statements in UNCHANGEABLE.items():
    for _statement in _statements:
        _ddl = DDL(_statement)  # type: ignore[no-untyped-call]  # SQLAlchemy has no type here
        event.listen(PlaybookVersion.__table__, "after_create", _ddl.execute_if(dialect=_dialect))


class VersionIsFinal(Exception):
    """Somebody's code tried to change a version: a bug, never a user's doing."""


@event.listens_for(PlaybookVersion, "before_update")
def _refuse_change(_mapper: Mapper[Any], _connection: object, version: PlaybookVersion) -> None:
    row = inspect(version)
    if any(row.attrs[name].history.has_changes() for name in ("playbook_id", *CONTENT[1:])):
        _refuse(version)


@event.listens_for(PlaybookVersion, "before_delete")
def _refuse_loss(_mapper: Mapper[Any], _connection: object, version: PlaybookVersion) -> None:
    _refuse(version)


def _refuse(version: PlaybookVersion) -> None:
    was = inspect(version).attrs.state.history.deleted or [version.state]
    if was[0] != VersionState.DRAFT:
        raise VersionIsFinal(f"version {version.number} of {version.file} is never changed")
