"""Whether a later document took the place of a signed one is asked by anybody: of a case, not of all signings"""

from collections.abc import Sequence

from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_signed_documents_application_id", "signed_documents", ["application_id", "kind", "document_id"])


def downgrade() -> None:
    op.drop_index("ix_signed_documents_application_id", "signed_documents")
