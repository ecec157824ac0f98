"""Rows: alarm paths and their versions, which never change once they are there."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DDL, UniqueConstraint, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from core.database import Row, references


class AlarmPath(Row):
    __tablename__ = "alarm_path"
    code: Mapped[str] = mapped_column(unique=True)


class AlarmPathVersion(Row):
    __tablename__ = "alarm_path_version"
    __table_args__ = (UniqueConstraint("path_id", "number"),)
    path_id: Mapped[UUID] = mapped_column(references("alarm_path.id"))
    number: Mapped[int]
    file: Mapped[str]
    source: Mapped[str]  # the planner's own text, comments and all
    checksum: Mapped[str]  # SHA-256 of the file's bytes, hex
    loaded_at: Mapped[datetime]
    loaded_by: Mapped[str]


# The database refuses too, whoever asks. Migrations carry out the same statements.
_SENTENCE = "a version of an alarm path is never changed"
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION alarm_path_version_is_final() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{_SENTENCE}'; END $$"""
_TRIGGER = """
CREATE TRIGGER alarm_path_version_is_final BEFORE UPDATE OR DELETE ON alarm_path_version
FOR EACH ROW EXECUTE FUNCTION alarm_path_version_is_final()"""
UNCHANGEABLE: dict[str, tuple[str, ...]] = {
    "sqlite": tuple(
        f"CREATE TRIGGER alarm_path_version_{verb.lower()} BEFORE {verb} ON alarm_path_version "
        f"BEGIN SELECT RAISE(ABORT, '{_SENTENCE}'); END"
        for verb in ("UPDATE", "DELETE")
    ),
    "postgresql": (_FUNCTION, _TRIGGER),
}

for _dialect, _statements in UNCHANGEABLE.items():
    for _statement in _statements:
        _ddl = DDL(_statement)  # type: ignore[no-untyped-call]  # SQLAlchemy has no type here
        event.listen(AlarmPathVersion.__table__, "after_create", _ddl.execute_if(dialect=_dialect))


class VersionIsFinal(Exception):
    """Somebody's code tried to change a version: a bug, never a user's doing."""


@event.listens_for(AlarmPathVersion, "before_update")
@event.listens_for(AlarmPathVersion, "before_delete")
def _refuse(_mapper: Mapper[Any], _connection: object, version: AlarmPathVersion) -> None:
    raise VersionIsFinal(f"version {version.number} of {version.file} is never changed")
