"""Versions with states, runs of paths and their lights, and read receipts."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261127_2"
down_revision: str | None = "20261127_1"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KINDS = "kind IN ('path', 'action card', 'action plan')"
STATES = "state IN ('draft', 'proposed', 'loaded', 'approved')"
# SQLite: a column is added and dropped as it is (docs/decisions/0013).
ADDED = (
    (
        "alarm_path",
        "kind",
        sa.String(40),
        f"DEFAULT 'path' NOT NULL CONSTRAINT ck_alarm_path_playbookkind CHECK ({KINDS})",
    ),
    (
        "alarm_path_version",
        "state",
        sa.String(40),
        f"DEFAULT 'loaded' NOT NULL CONSTRAINT ck_alarm_path_version_versionstate CHECK ({STATES})",
    ),
    ("alarm_path_version", "authors", sa.Text(), "DEFAULT '' NOT NULL"),
    ("alarm_path_version", "summary", sa.Text(), "DEFAULT '' NOT NULL"),
    ("alarm_path_version", "proposed_at", sa.DateTime(timezone=True), ""),
    ("alarm_path_version", "proposed_by", sa.Text(), "DEFAULT '' NOT NULL"),
    ("alarm_path_version", "sent_back", sa.Text(), "DEFAULT '' NOT NULL"),
    ("alarm_path_version", "approved_at", sa.DateTime(timezone=True), ""),
    ("alarm_path_version", "approved_by", sa.Text(), "DEFAULT '' NOT NULL"),
    ("alarm_path_version", "in_force_from", sa.DateTime(timezone=True), ""),
    ("alarm_path_version", "reviewed_at", sa.DateTime(timezone=True), ""),
    ("alarm_path_version", "reviewed_by", sa.Text(), "DEFAULT '' NOT NULL"),
)
SENTENCE = "a version of an alarm path is never changed"
CONTENT = "path_id, number, file, source, checksum, loaded_at, loaded_by, authors"
RULES = (
    ("content", f"UPDATE OF {CONTENT}", "OLD.state <> 'draft'"),
    ("delete", "DELETE", "OLD.state <> 'draft'"),
    (
        "state",
        "UPDATE OF state",
        "OLD.state IN ('loaded', 'approved') AND NEW.state NOT IN ('approved', OLD.state)",
    ),
)
TABLE = "alarm_path_version"


def upgrade() -> None:
    embedded = op.get_bind().dialect.name == "sqlite"
    drop_first_triggers(embedded=embedded)
    dialect = op.get_bind().dialect
    for table, column, kind, rule in ADDED:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind.compile(dialect)} {rule}")
    for name, act, when in RULES:
        head = f"CREATE TRIGGER {TABLE}_{name} BEFORE {act} ON {TABLE}"
        if embedded:
            op.execute(f"{head} WHEN {when} BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END")
        else:
            op.execute(f"{head} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION {TABLE}_is_final()")
    make_tables()


def downgrade() -> None:
    """Drafts and what is not an alarm path go: the version before would take them for paths in use."""
    embedded = op.get_bind().dialect.name == "sqlite"
    for name in ("receipt", "acquaintance", "path_finding", "path_run", "light_record"):
        op.drop_table(name)
    for name, _act, _when in RULES:
        op.execute(f"DROP TRIGGER {TABLE}_{name}" + ("" if embedded else f" ON {TABLE}"))
    op.execute(
        "DELETE FROM alarm_path_version WHERE state IN ('draft', 'proposed')"
        " OR path_id IN (SELECT id FROM alarm_path WHERE kind <> 'path')"
    )
    op.execute("DELETE FROM alarm_path WHERE id NOT IN (SELECT path_id FROM alarm_path_version)")
    if not embedded:
        op.execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # else a table with waiting checks cannot change
    for table, column, _kind, _rule in reversed(ADDED):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    make_first_triggers(embedded=embedded)


def drop_first_triggers(*, embedded: bool) -> None:
    if embedded:
        op.execute(f"DROP TRIGGER {TABLE}_update")
        op.execute(f"DROP TRIGGER {TABLE}_delete")
    else:
        op.execute(f"DROP TRIGGER {TABLE}_is_final ON {TABLE}")


def make_first_triggers(*, embedded: bool) -> None:
    if not embedded:
        op.execute(
            f"CREATE TRIGGER {TABLE}_is_final BEFORE UPDATE OR DELETE ON {TABLE} "
            f"FOR EACH ROW EXECUTE FUNCTION {TABLE}_is_final()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {TABLE}_{verb.lower()} BEFORE {verb} ON {TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
        )


def make_tables() -> None:
    op.create_table(
        "light_record",
        sa.Column("playbook_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "documented",
                "known",
                "exercised",
                name="lightkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "light",
            sa.Enum(
                "green",
                "amber",
                "red",
                name="light",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("figure", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["playbook_id"],
            ["alarm_path.id"],
            name=op.f("fk_light_record_playbook_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_light_record")),
    )
    op.create_index("ix_light_record_by_playbook", "light_record", ["playbook_id", "kind", "at"])

    op.create_table(
        "path_run",
        sa.Column("playbook_id", sa.Uuid(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("steps_mark", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "alarm",
                "exercise",
                "test",
                "communication test",
                "outside",
                name="runkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("office_hours", sa.Boolean(), nullable=False),
        sa.Column("met", sa.Boolean(), nullable=False),
        sa.Column("took", sa.Integer(), nullable=True),
        sa.Column("alarm_id", sa.Uuid(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alarm_id"],
            ["alarm.id"],
            name=op.f("fk_path_run_alarm_id"),
            ondelete="SET NULL",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["playbook_id"],
            ["alarm_path.id"],
            name=op.f("fk_path_run_playbook_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_path_run")),
        sa.UniqueConstraint("alarm_id", name=op.f("uq_path_run_alarm_id")),
    )
    op.create_index("ix_path_run_by_playbook", "path_run", ["playbook_id", "began_at"])

    op.create_table(
        "acquaintance",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("introduced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("introduced_by", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_acquaintance_person_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acquaintance")),
        sa.UniqueConstraint("person_id", name=op.f("uq_acquaintance_person_id")),
    )
    op.create_table(
        "path_finding",
        sa.Column("playbook_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_by", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.Column("retest_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["playbook_id"],
            ["alarm_path.id"],
            name=op.f("fk_path_finding_playbook_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["retest_id"],
            ["path_run.id"],
            name=op.f("fk_path_finding_retest_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["path_run.id"],
            name=op.f("fk_path_finding_run_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_path_finding")),
    )
    op.create_index("ix_path_finding_playbook_id", "path_finding", ["playbook_id"])

    op.create_table(
        "receipt",
        sa.Column("playbook_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "via",
            sa.Enum(
                "page",
                "link",
                "planner",
                name="receiptvia",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("confirmed_by", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_receipt_person_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["playbook_id"],
            ["alarm_path.id"],
            name=op.f("fk_receipt_playbook_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint(
            "playbook_id", "person_id", "mark", name=op.f("uq_receipt_playbook_id_person_id_mark")
        ),
    )
    op.create_index("ix_receipt_person_id", "receipt", ["person_id"])
