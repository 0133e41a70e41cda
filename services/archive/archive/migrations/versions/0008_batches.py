"""The works of a batch share one act of signing"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.drop_constraint(op.f("uq_documents_sha256"), "documents")
    op.create_index("ix_documents_sha256", "documents", ["sha256"], unique=False)
    op.create_index(
        "uq_documents_sha256",
        "documents",
        ["sha256"],
        unique=True,
        postgresql_where=sa.text("kind <> 'signed_declaration'"),
    )
    op.drop_constraint(op.f("uq_signed_documents_evidence_id_kind"), "signed_documents")
    op.create_unique_constraint(
        op.f("uq_signed_documents_evidence_id_application_id_kind"),
        "signed_documents",
        ["evidence_id", "application_id", "kind"],
    )


def downgrade() -> None:
    raise NotImplementedError("signatures of batches are not taken away")
