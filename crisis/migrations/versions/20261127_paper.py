"""The envelope: its editions, where copies lie, and each exchange."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261127_7"
down_revision: str | None = "20261127_6"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "envelope_edition",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("contains", sa.JSON(), nullable=False),
        sa.Column("lists_seal", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_envelope_edition")),
        sa.UniqueConstraint("number", name=op.f("uq_envelope_edition_number")),
    )
    op.create_table(
        "envelope_copy",
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("keeper_id", sa.Uuid(), nullable=True),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("exchanged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_of", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("months BETWEEN 1 AND 60", name=op.f("ck_envelope_copy_months")),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["envelope_edition.id"],
            name=op.f("fk_envelope_copy_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["keeper_id"],
            ["person.id"],
            name=op.f("fk_envelope_copy_keeper_id"),
            ondelete="SET NULL",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_envelope_copy")),
    )
    op.create_index(op.f("ix_envelope_copy_edition_id"), "envelope_copy", ["edition_id"])
    op.create_table(
        "envelope_exchange",
        sa.Column("copy_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("exchanged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_by", sa.Text(), nullable=False),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.Column("noted_by", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["copy_id"],
            ["envelope_copy.id"],
            name=op.f("fk_envelope_exchange_copy_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["envelope_edition.id"],
            name=op.f("fk_envelope_exchange_edition_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_envelope_exchange")),
    )
    op.create_index(op.f("ix_envelope_exchange_copy_id"), "envelope_exchange", ["copy_id"])


def downgrade() -> None:
    op.drop_table("envelope_exchange")
    op.drop_table("envelope_copy")
    op.drop_table("envelope_edition")
