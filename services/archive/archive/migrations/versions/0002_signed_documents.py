"""Signed documents that are to be sealed"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "signed_documents",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("evidence_id", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("source_sha256", sa.Text(), nullable=False),
        sa.Column("source_size", sa.BigInteger(), nullable=False),
        sa.Column("declaration_sha256", sa.Text(), nullable=False),
        sa.Column("declaration_size", sa.BigInteger(), nullable=False),
        sa.Column("picture_sha256", sa.Text(), nullable=True),
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
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("candidate_sha256", sa.Text(), nullable=True),
        sa.Column("candidate_size", sa.BigInteger(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'issued') = (issued_at IS NOT NULL)", name=op.f("ck_signed_documents_issued_has_a_time")
        ),
        sa.CheckConstraint("state IN ('queued', 'issued')", name=op.f("ck_signed_documents_state")),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_signed_documents")),
        sa.UniqueConstraint("evidence_id", "kind", name=op.f("uq_signed_documents_evidence_id_kind")),
    )
    for column in ("source_sha256", "picture_sha256", "candidate_sha256"):
        op.create_index(op.f(f"ix_signed_documents_{column}"), "signed_documents", [column], unique=False)
    for name, columns in (
        ("turn", ["rank", "turn", "queued_at"]),
        ("party", ["party", "rank", "turn"]),
        ("waiting", ["rank", "queued_at"]),
    ):
        op.create_index(
            f"ix_signed_documents_{name}",
            "signed_documents",
            columns,
            unique=False,
            postgresql_where=sa.text("state = 'queued' AND parked_at IS NULL"),
        )


def downgrade() -> None:
    op.drop_table("signed_documents")
