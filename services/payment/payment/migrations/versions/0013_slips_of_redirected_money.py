"""What was redirected from an order has a slip that takes its receipt back"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_DUE = """(state = 'done' OR state = 'redirected' AND because = 'lines_returned')
    AND order_id IS NOT NULL AND slip_id IS NULL"""


def upgrade() -> None:
    op.drop_index("ix_refunds_without_slip", "refunds")
    op.create_index(
        "ix_refunds_without_slip", "refunds", ["slip_attempts", "closed_at"], postgresql_where=sa.text(_DUE)
    )


def downgrade() -> None:
    raise NotImplementedError("an index follows what the service asks for")
