"""Signals from outside, and raising an alarm by text and phone."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261127_5"
down_revision: str | None = "20261127_4"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = (
    "signal",
    "signal_feed",
    "raise_pin",
    "pin_try",
    "raise_request",
    "inbound_call",
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
    op.create_table(
        "raise_pin",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("named_by", sa.Text(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_raise_pin_person_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raise_pin")),
        sa.UniqueConstraint("person_id", name=op.f("uq_raise_pin_person_id")),
    )
    op.create_table(
        "pin_try",
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column(
            "via",
            sa.Enum(
                "sms",
                "phone",
                name="raisevia",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_pin_try_person_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pin_try")),
    )
    op.create_index("ix_pin_try_person_id", "pin_try", ["person_id"])
    op.create_index("ix_pin_try_tried_at", "pin_try", ["tried_at"])
    op.create_table(
        "raise_request",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "via",
            sa.Enum(
                "sms",
                "phone",
                name="raisevia",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column(
            "mode",
            sa.Enum(
                "live",
                "exercise",
                "test",
                name="mode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "calling",
                "confirmed",
                "cancelled",
                "lapsed",
                name="raisestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("alarm_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alarm_id"],
            ["alarm.id"],
            name=op.f("fk_raise_request_alarm_id"),
            ondelete="SET NULL",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_raise_request_person_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raise_request")),
    )
    op.create_index("ix_raise_request_asked_at", "raise_request", ["asked_at"])
    op.create_index("ix_raise_request_by_person", "raise_request", ["person_id", "state"])
    op.create_index("ix_raise_request_message_id", "raise_request", ["message_id"])
    op.create_index("ix_raise_request_state", "raise_request", ["state"])
    op.create_table(
        "inbound_call",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "number",
                "pin",
                "path",
                "mode",
                "over",
                name="inboundstage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("mistakes", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_inbound_call_person_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_call")),
        sa.UniqueConstraint("reference", name=op.f("uq_inbound_call_reference")),
    )


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)
