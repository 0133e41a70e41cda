"""Documents of an account, for the copy that its holder asks for"""

from collections.abc import Sequence

from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_documents_account_id", "documents", ["account_id", "document_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_documents_account_id", table_name="documents")
