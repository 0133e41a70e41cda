"""Why a refund goes to another payee; a bank row that waits is no explained difference"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("refunds", sa.Column("payee_why", sa.Text(), server_default="", nullable=False))
    op.execute(
        "UPDATE differences SET explanation = '', explained_by = NULL, explained_at = NULL"
        " WHERE explained_by = 'system' AND explanation LIKE 'row:%' AND their_state = 'waiting'"
        " AND cleared_at IS NULL"
    )


def downgrade() -> None:
    raise NotImplementedError("why money went to somebody else is part of the books")
