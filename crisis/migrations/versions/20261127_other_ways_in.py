"""Signals from outside, and raising an alarm by text and phone."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261127_other_ways_in"
down_revision: str | None = "20261127_2"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = (
    "signal",
    "signal_feed",
)


def upgrade() -> None:
    op.create_table(
        "signal",
        sa.Column(
            "source",
            sa.Enum(
                "sr",
                "smhi",
                "program",
                "mail",
                name="signalsource",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("refers_to", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "actual",
                "exercise",
                "test",
                name="signalkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "act",
            sa.Enum(
                "alert",
                "update",
                "cancel",
                name="signalact",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "level",
            sa.Enum(
                "extreme",
                "severe",
                "moderate",
                "minor",
                "unknown",
                name="signallevel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("own_area", sa.Boolean(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "new",
                "opened",
                "attached",
                "dismissed",
                name="signalstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("alarm_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alarm_id"],
            ["alarm.id"],
            name=op.f("fk_signal_alarm_id"),
            ondelete="SET NULL",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal")),
        sa.UniqueConstraint("source", "identity", name=op.f("uq_signal_source_identity")),
    )
    op.create_index("ix_signal_alarm_id", "signal", ["alarm_id"])
    op.create_index("ix_signal_by_event", "signal", ["event", "sent_at"])
    op.create_index("ix_signal_by_state", "signal", ["state", "told_at"])
    op.create_index("ix_signal_seen_at", "signal", ["seen_at"])
    op.create_table(
        "signal_feed",
        sa.Column(
            "source",
            sa.Enum(
                "sr",
                "smhi",
                "program",
                "mail",
                name="signalsource",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal_feed")),
        sa.UniqueConstraint("source", name=op.f("uq_signal_feed_source")),
    )


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)
