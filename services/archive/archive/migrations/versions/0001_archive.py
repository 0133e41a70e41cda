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
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
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
        postgresql_where=sa.text("done_at IS NULL AND parked_at IS NULL"),
    )
    op.create_index(
        "ix_file_checks_party",
        "file_checks",
        ["party", "rank", "turn"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL AND parked_at IS NULL"),
    )
    op.create_index(
        "ix_file_checks_waiting",
        "file_checks",
        ["rank", "queued_at"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL AND parked_at IS NULL"),
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
        "register_records",
        sa.Column("registration_number", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column(
            "states",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="particulars that hold from this record on",
        ),
        sa.Column("refers_to", sa.Text(), server_default="", nullable=False),
        sa.Column("application_id", sa.Text(), nullable=True),
        sa.Column(
            "form",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="the approved form, without how to reach the applicant",
        ),
        sa.Column("sample_sha256", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("serial_number", sa.Text(), server_default="", nullable=False),
        sa.Column("acceptance_number", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "act IN ('registered', 'changed', 'assigned', 'pledged', 'released', 'replaced', 'revoked')",
            name=op.f("ck_register_records_act"),
        ),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_register_records_counts_from_one")),
        sa.CheckConstraint(
            "(act = 'registered') = (sequence = 1)", name=op.f("ck_register_records_begins_with_registration")
        ),
        sa.PrimaryKeyConstraint("registration_number", "sequence", name=op.f("pk_register_records")),
    )
    op.create_index("ix_register_records_application_id", "register_records", ["application_id"], unique=False)
    op.create_table(
        "register_entries",
        sa.Column("registration_number", sa.Text(), nullable=False),
        sa.Column("certificate_number", sa.Text(), nullable=True, comment="软件证书号"),
        sa.Column("record", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("authors", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("owners", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "searched",
            sa.Text(),
            nullable=False,
            comment="title and public names as searches compare them, a line each",
        ),
        sa.Column("completion_date", sa.Date(), nullable=True),
        sa.Column("publication_date", sa.Date(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(kind = 'work') = (category IS NOT NULL)", name=op.f("ck_register_entries_works_have_a_category")
        ),
        sa.CheckConstraint(
            "(kind = 'software') = (certificate_number IS NOT NULL)",
            name=op.f("ck_register_entries_software_has_two_numbers"),
        ),
        sa.CheckConstraint("kind IN ('work', 'software')", name=op.f("ck_register_entries_kind")),
        sa.CheckConstraint("status IN ('valid', 'replaced', 'revoked')", name=op.f("ck_register_entries_status")),
        sa.CheckConstraint("jsonb_array_length(owners) > 0", name=op.f("ck_register_entries_somebody_owns_it")),
        sa.CheckConstraint(
            "publication_date >= completion_date", name=op.f("ck_register_entries_completed_before_published")
        ),
        sa.ForeignKeyConstraint(
            ["registration_number", "record"],
            ["register_records.registration_number", "register_records.sequence"],
            name=op.f("fk_register_entries_registration_number_record"),
        ),
        sa.PrimaryKeyConstraint("registration_number", name=op.f("pk_register_entries")),
        sa.UniqueConstraint("application_id", name=op.f("uq_register_entries_application_id")),
        sa.UniqueConstraint("certificate_number", name=op.f("uq_register_entries_certificate_number")),
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
        sa.Column("record", sa.BigInteger(), nullable=False),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
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
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
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
        sa.CheckConstraint("language IN ('zh', 'en')", name=op.f("ck_certificates_language")),
        sa.ForeignKeyConstraint(
            ["registration_number", "record"],
            ["register_records.registration_number", "register_records.sequence"],
            name=op.f("fk_certificates_registration_number_record"),
        ),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("document_id", name=op.f("uq_certificates_document_id")),
        sa.UniqueConstraint("log_index", name=op.f("uq_certificates_log_index")),
        sa.UniqueConstraint(
            "registration_number",
            "edition",
            "language",
            name=op.f("uq_certificates_registration_number_edition_language"),
        ),
    )
    op.create_index(op.f("ix_certificates_candidate_sha256"), "certificates", ["candidate_sha256"], unique=False)
    op.create_index("ix_certificates_account_id", "certificates", ["account_id", "certificate_id"], unique=False)
    op.create_index(
        "ix_certificates_being_made",
        "certificates",
        ["queued_at", "certificate_id"],
        unique=False,
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(
        "ix_certificates_turn",
        "certificates",
        ["rank", "turn", "queued_at"],
        unique=False,
        postgresql_where=sa.text("state = 'queued' AND parked_at IS NULL"),
    )
    op.create_index(
        "ix_certificates_party",
        "certificates",
        ["party", "rank", "turn"],
        unique=False,
        postgresql_where=sa.text("state = 'queued' AND parked_at IS NULL"),
    )
    op.create_index(
        "ix_certificates_waiting",
        "certificates",
        ["rank", "queued_at"],
        unique=False,
        postgresql_where=sa.text("state = 'queued' AND parked_at IS NULL"),
    )


def downgrade() -> None:
    for table in (
        "certificates",
        "register_entries",
        "register_records",
        "number_series",
        "file_checks",
        "dossier_entries",
        "dossier_cases",
        "documents",
    ):
        op.drop_table(table)
