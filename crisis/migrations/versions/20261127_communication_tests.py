"""Communication tests: when, whom, and how each way to them worked."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261127_4"
down_revision: str | None = "20261127_3"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# SQLite: a column is added and dropped as it is (docs/decisions/0013).
ADDED = (
    ("contact_point", "wrong_at", sa.DateTime(timezone=True), ""),
    ("message", "code", sa.Text(), "DEFAULT '' NOT NULL"),
)
TABLES = (
    "communication_test_channel",
    "communication_test_person",
    "communication_test",
    "communication_schedule",
)


def upgrade() -> None:
    dialect = op.get_bind().dialect
    for table, column, kind, rule in ADDED:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind.compile(dialect)} {rule}")
    op.create_table(
        "communication_schedule",
        sa.Column("playbook_id", sa.Uuid(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("office_at", sa.Time(), nullable=False),
        sa.Column("night_at", sa.Time(), nullable=False),
        sa.Column("lasts", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "next_hours",
            sa.Enum(
                "office hours",
                "night",
                name="hours",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["playbook_id"],
            ["alarm_path.id"],
            name="fk_communication_schedule_playbook_id",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name="pk_communication_schedule"),
        sa.UniqueConstraint("playbook_id", name="uq_communication_schedule_playbook_id"),
    )
    op.create_index("ix_communication_schedule_next_at", "communication_schedule", ["next_at"])

    op.create_table(
        "communication_test",
        sa.Column("playbook_id", sa.Uuid(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("goal_within", sa.Integer(), nullable=True),
        sa.Column("alarm_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "running",
                "done",
                "called off",
                name="communicationstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "hours",
            sa.Enum(
                "office hours",
                "night",
                name="hours",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("median", sa.Integer(), nullable=True),
        sa.Column("met", sa.Boolean(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alarm_id"],
            ["alarm.id"],
            name="fk_communication_test_alarm_id",
            ondelete="SET NULL",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["playbook_id"],
            ["alarm_path.id"],
            name="fk_communication_test_playbook_id",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name="pk_communication_test"),
        sa.UniqueConstraint("alarm_id", name="uq_communication_test_alarm_id"),
    )
    op.create_index(
        "ix_communication_test_by_playbook", "communication_test", ["playbook_id", "started_at"]
    )
    op.create_index("ix_communication_test_started_at", "communication_test", ["started_at"])
    op.create_index("ix_communication_test_state", "communication_test", ["state"])

    op.create_table(
        "communication_test_person",
        sa.Column("test_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.Column(
            "left_out",
            sa.Enum(
                "rests",
                "protected",
                name="leftout",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("tested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unreachable", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "answered_via",
            sa.Enum(
                "sms",
                "voice",
                "link",
                "operator",
                "api",
                name="via",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name="fk_communication_test_person_person_id",
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["test_id"],
            ["communication_test.id"],
            name="fk_communication_test_person_test_id",
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name="pk_communication_test_person"),
        sa.UniqueConstraint(
            "test_id", "person_id", name="uq_communication_test_person_test_id_person_id"
        ),
    )
    op.create_index(
        "ix_communication_test_person_person_id", "communication_test_person", ["person_id"]
    )

    op.create_table(
        "communication_test_channel",
        sa.Column("test_person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "voice",
                "sms",
                "mail",
                name="channelkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("point_id", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "fault",
            sa.Enum(
                "no such number",
                "wrong person",
                name="fault",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "told",
            sa.Enum(
                "person",
                "manager",
                "nobody",
                name="told",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["point_id"],
            ["contact_point.id"],
            name="fk_communication_test_channel_point_id",
            ondelete="SET NULL",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["test_person_id"],
            ["communication_test_person.id"],
            name="fk_communication_test_channel_test_person_id",
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name="pk_communication_test_channel"),
        sa.UniqueConstraint(
            "test_person_id",
            "channel",
            "point_id",
            name="uq_communication_test_channel_test_person_id_channel_point_id",
        ),
    )
    op.create_index("ix_communication_test_channel_fault", "communication_test_channel", ["fault"])
    op.create_index(
        "ix_communication_test_channel_point_id", "communication_test_channel", ["point_id"]
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # else a table with waiting checks cannot change
    for table, column, _kind, _rule in reversed(ADDED):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
