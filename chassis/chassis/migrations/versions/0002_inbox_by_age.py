"""The inbox can be pruned by age without reading all of it"""

from collections.abc import Sequence

from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_inbox_received_at", "inbox", ["received_at"], unique=False, postgresql_using="brin")


def downgrade() -> None:
    op.drop_index("ix_inbox_received_at", table_name="inbox", postgresql_using="brin")
