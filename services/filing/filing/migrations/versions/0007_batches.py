"""Batches"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("spreadsheet_sha256", sa.Text(), nullable=False),
        sa.Column("spreadsheet_size", sa.BigInteger(), nullable=False),
        sa.Column("spreadsheet_name", sa.Text(), nullable=False),
        sa.Column("read_sheet", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("archive_sha256", sa.Text(), nullable=True),
        sa.Column("read_archive", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("layout", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("submitted_by", sa.Text(), nullable=True),
        sa.Column("refusal", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("notes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("works", sa.BigInteger(), nullable=False),
        sa.Column("without_failed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("prepared_on", sa.Date(), nullable=True),
        sa.Column("declaration", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.Column("order_amount", sa.BigInteger(), nullable=True),
        sa.Column("order_state", sa.Text(), nullable=True),
        sa.Column("order_noted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pay_by", sa.Date(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("payment_id", sa.Text(), nullable=True),
        sa.Column("paid_for", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("covers_due", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("notices_due", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("adviser_id", sa.Text(), nullable=True),
        sa.Column("adviser", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("progress", sa.Double(), server_default="0", nullable=False),
        sa.Column("rank", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("party", sa.Text(), server_default="", nullable=False),
        sa.Column("turn", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lease", sa.Text(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wanted_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('checking', 'refused', 'checked', 'preparing', 'prepared', 'filing', 'filed', 'accepting',"
            " 'accepted', 'discarded')",
            name=op.f("ck_batches_state"),
        ),
        sa.CheckConstraint(
            "step IN ('', 'read', 'check', 'prepare', 'file', 'note_order', 'accept', 'cover', 'notice')",
            name=op.f("ck_batches_step"),
        ),
        sa.CheckConstraint(
            "(evidence IS NOT NULL) = (submitted_at IS NOT NULL)", name=op.f("ck_batches_submitted_with_evidence")
        ),
        sa.CheckConstraint("progress BETWEEN 0 AND 1", name=op.f("ck_batches_progress")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
    )
    op.create_index("ix_batches_account_id", "batches", ["account_id", "id"], unique=False)
    op.create_index(
        "ix_batches_adviser_id",
        "batches",
        ["adviser_id", "id"],
        unique=False,
        postgresql_where=sa.text("adviser_id IS NOT NULL"),
    )
    op.create_index(op.f("ix_batches_archive_sha256"), "batches", ["archive_sha256"], unique=False)
    op.create_index(
        "ix_batches_party",
        "batches",
        ["party", "rank", "turn"],
        unique=False,
        postgresql_where=sa.text("step <> '' AND parked_at IS NULL"),
    )
    op.create_index(op.f("ix_batches_spreadsheet_sha256"), "batches", ["spreadsheet_sha256"], unique=False)
    op.create_index(
        "ix_batches_turn",
        "batches",
        ["rank", "turn", "queued_at"],
        unique=False,
        postgresql_where=sa.text("step <> '' AND parked_at IS NULL"),
    )
    op.create_index(
        "ix_batches_waiting",
        "batches",
        ["rank", "queued_at"],
        unique=False,
        postgresql_where=sa.text("step <> '' AND parked_at IS NULL"),
    )
    op.create_table(
        "batch_files",
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("archive_sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_batch_files_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", "path", name=op.f("pk_batch_files")),
    )
    op.create_index(op.f("ix_batch_files_archive_sha256"), "batch_files", ["archive_sha256"], unique=False)
    op.create_index(op.f("ix_batch_files_sha256"), "batch_files", ["sha256"], unique=False)
    op.create_table(
        "batch_works",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("cells", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("form", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("unread", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("from_draft", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("problems", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("application_form_id", sa.Text(), nullable=True),
        sa.Column("fee_basis", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'failed', 'complete', 'filed', 'accepted', 'left')", name=op.f("ck_batch_works_state")
        ),
        sa.ForeignKeyConstraint(
            ["application_form_id"], ["documents.id"], name=op.f("fk_batch_works_application_form_id")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_batch_works_batch_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_batch_works_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_works")),
    )
    op.create_index(
        "ix_batch_works_case_id",
        "batch_works",
        ["case_id"],
        unique=False,
        postgresql_where=sa.text("case_id IS NOT NULL"),
    )
    op.create_index("ix_batch_works_state", "batch_works", ["batch_id", "state", "line", "id"], unique=False)
    op.create_index("uq_batch_works_key", "batch_works", ["batch_id", "key"], unique=True)
    op.add_column("cases", sa.Column("batch_id", sa.Text(), nullable=True))
    op.create_index(
        "ix_cases_batch_id", "cases", ["batch_id"], unique=False, postgresql_where=sa.text("batch_id IS NOT NULL")
    )
    # The works of a batch share one act of signing.
    op.drop_constraint(op.f("pk_signatures"), "signatures")
    op.create_primary_key(op.f("pk_signatures"), "signatures", ["evidence_id", "case_id"])


def downgrade() -> None:
    raise NotImplementedError("batches are not taken away")
