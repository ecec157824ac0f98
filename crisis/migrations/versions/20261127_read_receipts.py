"""Which paths people are asked to read, and what a receipt is for, step by step."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261127_3"
down_revision: str | None = "20261127_2"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# SQLite: a column is added and dropped as it is (docs/decisions/0013).
ADDED = (
    ("receipt", "pieces", "TEXT DEFAULT '' NOT NULL"),
    ("receipt", "reminders", "INTEGER DEFAULT 0 NOT NULL"),
)


def upgrade() -> None:
    for table, column, rule in ADDED:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {rule}")
    op.create_table(
        "receipt_asking",
        sa.Column("playbook_id", sa.Uuid(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_by", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["playbook_id"],
            ["alarm_path.id"],
            name=op.f("fk_receipt_asking_playbook_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_asking")),
        sa.UniqueConstraint("playbook_id", name=op.f("uq_receipt_asking_playbook_id")),
    )


def downgrade() -> None:
    op.drop_table("receipt_asking")
    for table, column, _rule in ADDED:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
