"""Imports, and the unfinished cases that they bring"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "import_batches",
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("batch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_row", sa.BigInteger(), nullable=False),
        sa.Column("last_row", sa.BigInteger(), nullable=False),
        sa.Column("handed_over", sa.BigInteger(), nullable=False, comment="rows"),
        sa.Column("originals", sa.LargeBinary(), nullable=False),
        sa.Column("sums", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sample", sa.LargeBinary(), nullable=True),
        sa.Column("owner_sums", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("object_sha256", sa.Text(), nullable=True),
        sa.Column("sealed_sha256", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("import_id", "batch", name=op.f("pk_import_batches")),
    )
    op.create_index("ix_import_batches_object_sha256", "import_batches", ["object_sha256"], unique=False)
    op.create_index("ix_import_batches_sealed_sha256", "import_batches", ["sealed_sha256"], unique=False)
    op.create_index(
        "ix_import_batches_waiting",
        "import_batches",
        ["import_id"],
        unique=False,
        postgresql_where=sa.text("owner_sums IS NULL"),
    )
    op.create_table(
        "import_checks",
        sa.Column("check_id", sa.Text(), nullable=False),
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rows", sa.BigInteger(), nullable=True),
        sa.Column("sums", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("found", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("check_id", name=op.f("pk_import_checks")),
    )
    op.create_table(
        "import_rows",
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("space", sa.Text(), nullable=False),
        sa.Column("other_import", sa.Text(), nullable=True),
        sa.Column("other_row", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(outcome = 'rejected') = (reason <> '')", name=op.f("ck_import_rows_rejected_with_a_reason")
        ),
        sa.CheckConstraint(
            "outcome <> 'duplicate' OR other_row IS NOT NULL", name=op.f("ck_import_rows_duplicate_of_a_named_row")
        ),
        sa.CheckConstraint(
            "outcome IN ('loaded', 'duplicate', 'rejected', 'withdrawn')", name=op.f("ck_import_rows_outcome")
        ),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_import_rows")),
    )
    op.create_index(
        "ix_import_rows_other",
        "import_rows",
        ["other_import"],
        unique=False,
        postgresql_where=sa.text("other_import IS NOT NULL"),
    )
    op.create_index(
        "uq_import_rows_record",
        "import_rows",
        ["key", "space"],
        unique=True,
        postgresql_where=sa.text("outcome = 'loaded'"),
    )
    op.create_table(
        "imports",
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("asked", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("columns", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("stated", sa.Text(), nullable=False),
        sa.Column(
            "reading", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False, comment="rows a second at most; 0: as fast as it goes"),
        sa.Column("rows", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("failure", sa.Text(), server_default="", nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_by", sa.Text(), nullable=False, comment="on the operator's machine"),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checkpoint", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
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
            "state IN ('reading', 'loading', 'done', 'failed', 'withdrawing', 'withdrawn')",
            name=op.f("ck_imports_state"),
        ),
        sa.CheckConstraint("progress BETWEEN 0 AND 1", name=op.f("ck_imports_progress")),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_imports")),
    )
    op.create_index("ix_imports_fingerprint", "imports", ["fingerprint", "mapping"], unique=False)
    op.create_index(
        "ix_imports_party",
        "imports",
        ["party", "rank", "turn"],
        unique=False,
        postgresql_where=sa.text("state = 'reading' AND parked_at IS NULL"),
    )
    op.create_index(
        "ix_imports_turn",
        "imports",
        ["rank", "turn", "queued_at"],
        unique=False,
        postgresql_where=sa.text("state = 'reading' AND parked_at IS NULL"),
    )
    op.create_index(
        "ix_imports_waiting",
        "imports",
        ["rank", "queued_at"],
        unique=False,
        postgresql_where=sa.text("state = 'reading' AND parked_at IS NULL"),
    )
    op.create_table(
        "legacy_cases",
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("row_number", sa.BigInteger(), nullable=False),
        sa.Column("serial_number", sa.Text(), nullable=False),
        sa.Column("acceptance_number", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False, comment="the old account that filed it"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("fee_fen", sa.BigInteger(), nullable=True),
        sa.Column("paid_fen", sa.BigInteger(), nullable=True),
        sa.Column("correction", sa.Text(), nullable=False),
        sa.Column("scans", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("taken_over_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('work', 'software')", name=op.f("ck_legacy_cases_kind")),
        sa.CheckConstraint(
            "state IN ('fee_due', 'submitted', 'accepted', 'examined', 'correction_due', 'certificate_due')",
            name=op.f("ck_legacy_cases_state"),
        ),
        sa.CheckConstraint("fee_fen >= 0 AND paid_fen >= 0", name=op.f("ck_legacy_cases_no_negative_money")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_legacy_cases")),
    )
    op.create_index("ix_legacy_cases_import_id", "legacy_cases", ["import_id", "row_number"], unique=False)
    op.create_index("ix_legacy_cases_login", "legacy_cases", ["login"], unique=False)
    op.create_index("ix_legacy_cases_serial_number", "legacy_cases", ["serial_number"], unique=False)


def downgrade() -> None:
    for table in ("legacy_cases", "imports", "import_rows", "import_checks", "import_batches"):
        op.drop_table(table)
