"""The one order of a batch"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("batch_id", sa.Text(), nullable=True))
    op.create_unique_constraint(op.f("uq_orders_batch_id"), "orders", ["batch_id"])


def downgrade() -> None:
    raise NotImplementedError("orders of batches are not taken away")
