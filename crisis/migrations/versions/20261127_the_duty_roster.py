"""The duty roster: rotations, swaps, handovers, notices, campaigns, calendars and working time."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261127_1"
down_revision: str | None = "20261124_1"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LATER = "DEFERRABLE INITIALLY DEFERRED"
PROOFS = "proved_by IN ('verified', 'answered', 'checked', 'test')"
# SQLite: a column is added and dropped as it is. Alembic would make the table anew, and dropping
# the old one would take with it all that refers to it.
ADDED = (
    ("contact_point", "proved_at", sa.DateTime(timezone=True), ""),
    (
        "contact_point",
        "proved_by",
        sa.String(40),
        f"CONSTRAINT ck_contact_point_proof CHECK ({PROOFS})",
    ),
    ("duty_role", "needed", sa.Integer(), "DEFAULT 1 NOT NULL"),
    ("duty_role", "time_zone", sa.Text(), "DEFAULT 'Europe/Stockholm' NOT NULL"),
    (
        "duty_role",
        "backs_up_id",
        sa.Uuid(),
        f"CONSTRAINT fk_duty_role_backs_up_id REFERENCES duty_role (id) ON DELETE SET NULL {LATER}",
    ),
    (
        "duty_role",
        "manager_id",
        sa.Uuid(),
        f"CONSTRAINT fk_duty_role_manager_id REFERENCES person (id) {LATER}",
    ),
    ("duty_role", "phone", sa.Text(), ""),
    ("duty_role", "max_travel_minutes", sa.Integer(), ""),
    ("duty_role", "hands_over", sa.Boolean(), "DEFAULT FALSE NOT NULL"),
    ("duty_role", "equipment", sa.Text(), "DEFAULT '' NOT NULL"),
    ("duty_role", "approves_swaps", sa.Boolean(), "DEFAULT FALSE NOT NULL"),
    ("duty_role", "agreement", sa.Text(), "DEFAULT 'AB' NOT NULL"),
    (
        "person",
        "user_id",
        sa.Uuid(),
        f"CONSTRAINT fk_person_user_id REFERENCES user_account (id) ON DELETE SET NULL {LATER}",
    ),
    ("person", "quiet_from", sa.Time(), ""),
    ("person", "quiet_to", sa.Time(), ""),
    ("person", "links_from", sa.DateTime(timezone=True), ""),
    (
        "shift",
        "rotation_id",
        sa.Uuid(),
        f"CONSTRAINT fk_shift_rotation_id REFERENCES rotation (id) ON DELETE SET NULL {LATER}",
    ),
    ("shift", "slot_at", sa.DateTime(timezone=True), ""),
    ("shift", "by_hand", sa.Boolean(), "DEFAULT FALSE NOT NULL"),
    (
        "shift",
        "covers_id",
        sa.Uuid(),
        f"CONSTRAINT fk_shift_covers_id REFERENCES shift (id) ON DELETE SET NULL {LATER}",
    ),
    ("shift", "uid", sa.Uuid(), ""),
    ("shift", "sequence", sa.Integer(), "DEFAULT 0 NOT NULL"),
    ("shift", "changed_at", sa.DateTime(timezone=True), ""),
)
INDICES = (
    ("ix_person_user_id", "person", ["user_id"], True),
    ("ix_shift_by_role_and_end", "shift", ["duty_role_id", "ends_at"], False),
    ("ix_shift_by_slot", "shift", ["rotation_id", "slot_at"], True),
)
PURPOSES = ("question", "echo", "thanks", "correction", "call off")


def one_of(column: str, words: Sequence[str]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


def allow_purposes(purposes: Sequence[str], *, with_notices: bool) -> None:
    """Nothing refers to a message, so that its table may be made anew."""
    with op.batch_alter_table("message") as batch_op:
        batch_op.drop_constraint(op.f("ck_message_purpose"), type_="check")
        batch_op.create_check_constraint(op.f("ck_message_purpose"), one_of("purpose", purposes))
        if not with_notices:
            batch_op.drop_index(op.f("ix_message_notice_id"))
            batch_op.drop_constraint(op.f("fk_message_notice_id"), type_="foreignkey")
            batch_op.drop_column("notice_id")
            return
        batch_op.add_column(sa.Column("notice_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_message_notice_id"),
            "notice",
            ["notice_id"],
            ["id"],
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        )
        batch_op.create_index(op.f("ix_message_notice_id"), ["notice_id"])


def upgrade() -> None:
    make_tables()
    dialect = op.get_bind().dialect
    for table, column, kind, rule in ADDED:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind.compile(dialect)} {rule}")
    for name, table, columns, unique in INDICES:
        op.create_index(name, table, columns, unique=unique)
    allow_purposes((*PURPOSES, "notice"), with_notices=True)


def downgrade() -> None:
    op.execute("DELETE FROM message WHERE purpose = 'notice'")
    allow_purposes(PURPOSES, with_notices=False)
    for name, table, _columns, _unique in reversed(INDICES):
        op.drop_index(name, table)
    for table, column, _kind, _rule in reversed(ADDED):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    drop_tables()


def make_tables() -> None:
    op.create_table(
        "agreement_profile",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("loaded_by", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_profile")),
        sa.UniqueConstraint(
            "code", "valid_from", name=op.f("uq_agreement_profile_code_valid_from")
        ),
    )
    op.create_table(
        "campaign",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remind_days", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )
    op.create_table(
        "absence_feed",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_absence_feed_person_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence_feed")),
    )
    with op.batch_alter_table("absence_feed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absence_feed_person_id"), ["person_id"], unique=False)

    op.create_table(
        "campaign_member",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "confirmed",
                "changed",
                "wrong",
                "unreachable",
                name="campaignstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_campaign_member_campaign_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_campaign_member_person_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_member")),
        sa.UniqueConstraint(
            "campaign_id", "person_id", name=op.f("uq_campaign_member_campaign_id_person_id")
        ),
    )
    with op.batch_alter_table("campaign_member", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_campaign_member_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "question",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "handover",
                "swap",
                "contacts",
                name="questionkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_question_person_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint(
            "kind", "subject_id", "person_id", name=op.f("uq_question_kind_subject_id_person_id")
        ),
    )
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.create_index("ix_question_by_person", ["person_id", "asked_at"], unique=False)

    op.create_table(
        "notice",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "due",
                "passed on",
                "unreachable",
                "withdrawn",
                name="noticestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("passed_on_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["question.id"],
            name=op.f("fk_notice_question_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_notice_person_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("key", name=op.f("uq_notice_key")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index("ix_notice_due", ["state", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_question_id"), ["question_id"], unique=False)

    op.create_table(
        "office_hours",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_office_hours_person_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_hours")),
        sa.UniqueConstraint(
            "person_id", "valid_from", name=op.f("uq_office_hours_person_id_valid_from")
        ),
    )
    op.create_table(
        "qualification",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "course",
                "exercise",
                name="qualificationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("noted_by", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_qualification_person_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qualification")),
        sa.UniqueConstraint(
            "person_id", "name", "done_on", name=op.f("uq_qualification_person_id_name_done_on")
        ),
    )
    with op.batch_alter_table("qualification", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_qualification_person_id"), ["person_id"], unique=False)

    op.create_table(
        "worktime_approval",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_worktime_approval_person_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worktime_approval")),
        sa.UniqueConstraint(
            "person_id", "month", name=op.f("uq_worktime_approval_person_id_month")
        ),
    )
    op.create_table(
        "absence",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("feed_id", sa.Uuid(), nullable=True),
        sa.Column("source_uid", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_absence_forward")),
        sa.ForeignKeyConstraint(
            ["feed_id"],
            ["absence_feed.id"],
            name=op.f("fk_absence_feed_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_absence_person_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
        sa.UniqueConstraint("feed_id", "source_uid", name=op.f("uq_absence_feed_id_source_uid")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absence_ends_at"), ["ends_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_absence_person_id"), ["person_id"], unique=False)

    op.create_table(
        "gap_note",
        sa.Column("duty_role_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["duty_role_id"],
            ["duty_role.id"],
            name=op.f("fk_gap_note_duty_role_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap_note")),
        sa.UniqueConstraint(
            "duty_role_id",
            "starts_at",
            "ends_at",
            name=op.f("uq_gap_note_duty_role_id_starts_at_ends_at"),
        ),
    )
    op.create_table(
        "pending_contact",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "mobile",
                "landline",
                "mail",
                name="contactkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sendings", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_pending_contact_person_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"],
            ["contact_point.id"],
            name=op.f("fk_pending_contact_replaces_id"),
            ondelete="SET NULL",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_contact")),
        sa.UniqueConstraint(
            "person_id", "address", name=op.f("uq_pending_contact_person_id_address")
        ),
    )
    op.create_table(
        "qualification_rule",
        sa.Column("duty_role_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "course",
                "exercise",
                name="qualificationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["duty_role_id"],
            ["duty_role.id"],
            name=op.f("fk_qualification_rule_duty_role_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qualification_rule")),
        sa.UniqueConstraint(
            "duty_role_id", "name", name=op.f("uq_qualification_rule_duty_role_id_name")
        ),
    )
    op.create_table(
        "roster_link",
        sa.Column(
            "kind",
            sa.Enum(
                "person",
                "role",
                "everything",
                "number",
                name="linkkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("duty_role_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["duty_role_id"],
            ["duty_role.id"],
            name=op.f("fk_roster_link_duty_role_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_roster_link_person_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_roster_link_token_hash")),
    )
    with op.batch_alter_table("roster_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roster_link_person_id"), ["person_id"], unique=False)

    op.create_table(
        "rotation",
        sa.Column("duty_role_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("turns", sa.Text(), nullable=False),
        sa.Column("every_weeks", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("temporary", sa.Boolean(), nullable=False),
        sa.Column("horizon_days", sa.Integer(), nullable=False),
        sa.Column("made_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["duty_role_id"],
            ["duty_role.id"],
            name=op.f("fk_rotation_duty_role_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rotation")),
    )
    with op.batch_alter_table("rotation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_rotation_duty_role_id"), ["duty_role_id"], unique=False
        )

    op.create_table(
        "worked_time",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("duty_role_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("incident_ref", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("noted_by", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_worked_time_forward")),
        sa.ForeignKeyConstraint(
            ["duty_role_id"],
            ["duty_role.id"],
            name=op.f("fk_worked_time_duty_role_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_worked_time_person_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worked_time")),
    )
    with op.batch_alter_table("worked_time", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_worked_time_person_id"), ["person_id"], unique=False)

    op.create_table(
        "rotation_member",
        sa.Column("rotation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_rotation_member_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["rotation_id"],
            ["rotation.id"],
            name=op.f("fk_rotation_member_rotation_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rotation_member")),
        sa.UniqueConstraint(
            "rotation_id", "position", name=op.f("uq_rotation_member_rotation_id_position")
        ),
    )
    with op.batch_alter_table("rotation_member", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_rotation_member_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "handover",
        sa.Column("incoming_shift_id", sa.Uuid(), nullable=False),
        sa.Column("outgoing_shift_id", sa.Uuid(), nullable=False),
        sa.Column("duty_role_id", sa.Uuid(), nullable=False),
        sa.Column("incoming_id", sa.Uuid(), nullable=False),
        sa.Column("outgoing_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "prepared",
                "waiting",
                "refused",
                "accepted",
                "void",
                name="handoverstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("matters", sa.Text(), nullable=False),
        sa.Column("links", sa.Text(), nullable=False),
        sa.Column("equipment", sa.Text(), nullable=False),
        sa.Column("test_call_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_via", sa.Text(), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.Column("outgoing_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("manager_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["duty_role_id"],
            ["duty_role.id"],
            name=op.f("fk_handover_duty_role_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["incoming_id"],
            ["person.id"],
            name=op.f("fk_handover_incoming_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["incoming_shift_id"],
            ["shift.id"],
            name=op.f("fk_handover_incoming_shift_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["outgoing_id"],
            ["person.id"],
            name=op.f("fk_handover_outgoing_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["outgoing_shift_id"],
            ["shift.id"],
            name=op.f("fk_handover_outgoing_shift_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
        sa.UniqueConstraint("incoming_shift_id", name=op.f("uq_handover_incoming_shift_id")),
    )
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handover_incoming_id"), ["incoming_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handover_outgoing_id"), ["outgoing_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_handover_outgoing_shift_id"), ["outgoing_shift_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_handover_state"), ["state"], unique=False)

    op.create_table(
        "swap",
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_of_id", sa.Uuid(), nullable=True),
        sa.Column("return_shift_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "accepted",
                "done",
                "declined",
                "refused",
                "withdrawn",
                "lapsed",
                name="swapstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["person.id"],
            name=op.f("fk_swap_asked_by_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["asked_of_id"],
            ["person.id"],
            name=op.f("fk_swap_asked_of_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["return_shift_id"],
            ["shift.id"],
            name=op.f("fk_swap_return_shift_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"],
            ["shift.id"],
            name=op.f("fk_swap_shift_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_swap")),
    )
    with op.batch_alter_table("swap", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_swap_asked_by_id"), ["asked_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_swap_asked_of_id"), ["asked_of_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_swap_shift_id"), ["shift_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_swap_state"), ["state"], unique=False)


def drop_tables() -> None:
    op.drop_table("swap")
    op.drop_table("handover")
    op.drop_table("rotation_member")
    op.drop_table("worked_time")
    op.drop_table("rotation")
    op.drop_table("roster_link")
    op.drop_table("qualification_rule")
    op.drop_table("pending_contact")
    op.drop_table("gap_note")
    op.drop_table("absence")
    op.drop_table("worktime_approval")
    op.drop_table("qualification")
    op.drop_table("office_hours")
    op.drop_table("notice")
    op.drop_table("question")
    op.drop_table("campaign_member")
    op.drop_table("absence_feed")
    op.drop_table("campaign")
    op.drop_table("agreement_profile")
