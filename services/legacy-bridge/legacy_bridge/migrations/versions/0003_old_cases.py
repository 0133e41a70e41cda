"""Old cases are gone on with: where they stand, whose they are, what happened and which files came"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_STATES = (
    "stands IN ('fee_due', 'submitted', 'accepted', 'examined', 'correction_due', 'certificate_due',"
    " 'registering', 'completed', 'refused', 'lapsed')"
)


def upgrade() -> None:
    op.add_column("legacy_cases", sa.Column("account_record", sa.Text(), nullable=False))
    op.add_column("legacy_cases", sa.Column("stands", sa.Text(), nullable=False))
    op.add_column("legacy_cases", sa.Column("since", sa.Date(), nullable=False))
    op.add_column("legacy_cases", sa.Column("due_until", sa.Date(), nullable=True))
    op.add_column("legacy_cases", sa.Column("days_left", sa.BigInteger(), nullable=True))
    op.add_column(
        "legacy_cases",
        sa.Column("particulars", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    )
    op.add_column("legacy_cases", sa.Column("decided_by", sa.Text(), nullable=True))
    op.add_column("legacy_cases", sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("legacy_cases", sa.Column("registration_number", sa.Text(), nullable=True))
    op.add_column("legacy_cases", sa.Column("document_id", sa.Text(), nullable=True))
    op.add_column(
        "legacy_cases",
        sa.Column(
            "reminded_of",
            sa.Date(),
            nullable=True,
            comment="last day that its applicant was reminded of",
        ),
    )
    op.create_check_constraint(op.f("ck_legacy_cases_stands"), "legacy_cases", _STATES)
    op.create_check_constraint(
        op.f("ck_legacy_cases_completed_has_a_number"),
        "legacy_cases",
        "(stands = 'completed') = (registration_number IS NOT NULL)",
    )
    op.drop_index("ix_legacy_cases_login", "legacy_cases")
    op.create_index("ix_legacy_cases_acceptance_number", "legacy_cases", ["acceptance_number"])
    op.create_index("ix_legacy_cases_account_record", "legacy_cases", ["account_record", "record_id"])
    op.create_index("ix_legacy_cases_stands", "legacy_cases", ["stands", "due_until", "record_id"])
    op.create_table(
        "legacy_links",
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_legacy_links")),
    )
    op.create_index("ix_legacy_links_account_id", "legacy_links", ["account_id"])
    _actions_and_files()


def _actions_and_files() -> None:
    op.create_table(
        "legacy_actions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("by_office", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["legacy_cases.record_id"], name=op.f("fk_legacy_actions_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legacy_actions")),
    )
    op.create_index("ix_legacy_actions_record_id", "legacy_actions", ["record_id", "id"])
    op.create_table(
        "legacy_files",
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("import_id", sa.Text(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("scanned", sa.Text(), server_default="", nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("scanned IN ('', 'clean', 'infected')", name=op.f("ck_legacy_files_scanned")),
        sa.ForeignKeyConstraint(["record_id"], ["legacy_cases.record_id"], name=op.f("fk_legacy_files_record_id")),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_legacy_files")),
    )
    op.create_index("ix_legacy_files_record_id", "legacy_files", ["record_id"])
    op.create_index("ix_legacy_files_sha256", "legacy_files", ["sha256"])
    op.create_index(
        "ix_legacy_files_import_id",
        "legacy_files",
        ["import_id"],
        postgresql_where=sa.text("import_id IS NOT NULL"),
    )


def downgrade() -> None:
    for table in ("legacy_files", "legacy_actions", "legacy_links"):
        op.drop_table(table)
    for index in ("stands", "account_record", "acceptance_number"):
        op.drop_index(f"ix_legacy_cases_{index}", "legacy_cases")
    op.create_index("ix_legacy_cases_login", "legacy_cases", ["login"])
    for name in ("completed_has_a_number", "stands"):
        op.drop_constraint(op.f(f"ck_legacy_cases_{name}"), "legacy_cases")
    for column in (
        "reminded_of", "document_id", "registration_number", "decided_at", "decided_by", "particulars", "days_left",
        "due_until", "since", "stands", "account_record",
    ):  # fmt: skip
        op.drop_column("legacy_cases", column)
