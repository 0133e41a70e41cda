"""Signatures of cases"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "signatures",
        sa.Column("evidence_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("correction_id", sa.Text(), nullable=True),
        sa.Column("declaration_id", sa.Text(), nullable=False),
        sa.Column("application_form_id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("signer_name", sa.Text(), nullable=False),
        sa.Column("masked_id_number", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("seal_sha256", sa.Text(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.CheckConstraint("method IN ('sms_code', 'electronic_seal')", name=op.f("ck_signatures_method")),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_signatures_sha256")),
        sa.ForeignKeyConstraint(
            ["application_form_id"], ["documents.id"], name=op.f("fk_signatures_application_form_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_signatures_case_id")),
        sa.ForeignKeyConstraint(["declaration_id"], ["documents.id"], name=op.f("fk_signatures_declaration_id")),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_signatures")),
    )
    op.create_index("ix_signatures_case_id", "signatures", ["case_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_signatures_case_id", table_name="signatures")
    op.drop_table("signatures")
