"""Register, certificates, file checks and dossiers"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_documents_sha256")),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_documents")),
        sa.UniqueConstraint("sha256", name=op.f("uq_documents_sha256")),
    )
    op.create_index("ix_documents_application_id", "documents", ["application_id"], unique=False)
    op.create_table(
        "dossier_cases",
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_dossier_cases")),
    )
    op.create_table(
        "dossier_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_entries")),
        sa.UniqueConstraint("event_id", name=op.f("uq_dossier_entries_event_id")),
        sa.UniqueConstraint("source", "subject", "sequence", name=op.f("uq_dossier_entries_source_subject_sequence")),
    )
    op.create_index("ix_dossier_entries_account_id", "dossier_entries", ["account_id"], unique=False)
    op.create_index("ix_dossier_entries_application_id", "dossier_entries", ["application_id"], unique=False)
    op.create_table(
        "file_checks",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("party", sa.Text(), server_default="", nullable=False),
        sa.Column("turn", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lease", sa.Text(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wanted_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(done_at IS NULL) = (findings IS NULL)", name=op.f("ck_file_checks_done_has_findings")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_file_checks")),
    )
    op.create_index(
        "ix_file_checks_turn",
        "file_checks",
        ["rank", "turn", "queued_at"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_index(
        "ix_file_checks_party",
        "file_checks",
        ["party", "rank", "turn"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_index(
        "ix_file_checks_waiting",
        "file_checks",
        ["rank", "queued_at"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "number_series",
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("last >= 1", name=op.f("ck_number_series_counts_from_one")),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_number_series")),
    )
    op.create_table(
        "register_entries",
        sa.Column("registration_number", sa.Text(), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("authors", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("owners", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "searched",
            sa.Text(),
            nullable=False,
            comment="title and public names as searches compare them, a line each",
        ),
        sa.Column("applicant", sa.Text(), nullable=False),
        sa.Column("completion_date", sa.Date(), nullable=True),
        sa.Column("publication_date", sa.Date(), nullable=True),
        sa.Column("acquisition", sa.Text(), nullable=False),
        sa.Column("rights_scope", sa.Text(), nullable=False),
        sa.Column(
            "form", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="the approved form as it was"
        ),
        sa.Column("sample_sha256", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("serial_number", sa.Text(), nullable=False),
        sa.Column("acceptance_number", sa.Text(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(kind = 'work') = (category IS NOT NULL)", name=op.f("ck_register_entries_works_have_a_category")
        ),
        sa.CheckConstraint("kind IN ('work', 'software')", name=op.f("ck_register_entries_kind")),
        sa.CheckConstraint("jsonb_array_length(owners) > 0", name=op.f("ck_register_entries_somebody_owns_it")),
        sa.CheckConstraint(
            "publication_date >= completion_date", name=op.f("ck_register_entries_completed_before_published")
        ),
        sa.PrimaryKeyConstraint("registration_number", name=op.f("pk_register_entries")),
        sa.UniqueConstraint("application_id", name=op.f("uq_register_entries_application_id")),
        sa.UniqueConstraint("series", "year", "sequence", name=op.f("uq_register_entries_series_year_sequence")),
    )
    op.create_index("ix_register_entries_account_id", "register_entries", ["account_id"], unique=False)
    op.create_index(
        "ix_register_entries_entered_at", "register_entries", ["entered_at", "registration_number"], unique=False
    )
    op.create_table(
        "certificates",
        sa.Column("certificate_id", sa.Text(), nullable=False),
        sa.Column("registration_number", sa.Text(), nullable=False),
        sa.Column("edition", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("certificate_number", sa.Text(), nullable=True, comment="软件证书号"),
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("rank", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("party", sa.Text(), server_default="", nullable=False),
        sa.Column("turn", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lease", sa.Text(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wanted_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.Column("candidate_sha256", sa.Text(), nullable=True),
        sa.Column("candidate_size", sa.BigInteger(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("log_index", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(state = 'issued') = (issued_at IS NOT NULL)", name=op.f("ck_certificates_issued_has_a_time")
        ),
        sa.CheckConstraint(
            "state <> 'issued' OR candidate_sha256 IS NOT NULL", name=op.f("ck_certificates_issued_has_a_file")
        ),
        sa.CheckConstraint("state IN ('queued', 'issued')", name=op.f("ck_certificates_state")),
        sa.CheckConstraint(
            "(candidate_sha256 IS NULL) = (candidate_size IS NULL)", name=op.f("ck_certificates_candidate")
        ),
        sa.ForeignKeyConstraint(
            ["registration_number"],
            ["register_entries.registration_number"],
            name=op.f("fk_certificates_registration_number"),
        ),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("certificate_number", name=op.f("uq_certificates_certificate_number")),
        sa.UniqueConstraint("document_id", name=op.f("uq_certificates_document_id")),
        sa.UniqueConstraint("log_index", name=op.f("uq_certificates_log_index")),
        sa.UniqueConstraint("registration_number", "edition", name=op.f("uq_certificates_registration_number_edition")),
    )
    op.create_index("ix_certificates_account_id", "certificates", ["account_id", "certificate_id"], unique=False)
    op.create_index(
        "ix_certificates_turn",
        "certificates",
        ["rank", "turn", "queued_at"],
        unique=False,
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(
        "ix_certificates_party",
        "certificates",
        ["party", "rank", "turn"],
        unique=False,
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(
        "ix_certificates_waiting",
        "certificates",
        ["rank", "queued_at"],
        unique=False,
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_table(
        "register_status",
        sa.Column("registration_number", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="valid", nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint("status IN ('valid', 'replaced', 'revoked')", name=op.f("ck_register_status_status")),
        sa.ForeignKeyConstraint(
            ["registration_number"],
            ["register_entries.registration_number"],
            name=op.f("fk_register_status_registration_number"),
        ),
        sa.PrimaryKeyConstraint("registration_number", name=op.f("pk_register_status")),
    )


def downgrade() -> None:
    op.drop_table("register_status")
    op.drop_index("ix_certificates_waiting", table_name="certificates", postgresql_where=sa.text("state = 'queued'"))
    op.drop_index("ix_certificates_party", table_name="certificates", postgresql_where=sa.text("state = 'queued'"))
    op.drop_index("ix_certificates_turn", table_name="certificates", postgresql_where=sa.text("state = 'queued'"))
    op.drop_index("ix_certificates_account_id", table_name="certificates")
    op.drop_table("certificates")
    op.drop_index("ix_register_entries_entered_at", table_name="register_entries")
    op.drop_index("ix_register_entries_account_id", table_name="register_entries")
    op.drop_table("register_entries")
    op.drop_table("number_series")
    op.drop_index("ix_file_checks_waiting", table_name="file_checks", postgresql_where=sa.text("done_at IS NULL"))
    op.drop_index("ix_file_checks_party", table_name="file_checks", postgresql_where=sa.text("done_at IS NULL"))
    op.drop_index("ix_file_checks_turn", table_name="file_checks", postgresql_where=sa.text("done_at IS NULL"))
    op.drop_table("file_checks")
    op.drop_index("ix_dossier_entries_application_id", table_name="dossier_entries")
    op.drop_index("ix_dossier_entries_account_id", table_name="dossier_entries")
    op.drop_table("dossier_entries")
    op.drop_table("dossier_cases")
    op.drop_index("ix_documents_application_id", table_name="documents")
    op.drop_table("documents")
