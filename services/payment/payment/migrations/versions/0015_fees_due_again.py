"""What was another's money is asked for again by an order of its own"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_CHECKS = {
    "state_known": "state IN ('pending', 'paid', 'cancelled', 'returning', 'refunded', 'corrected')",
    "paid_has_time": "(paid_at IS NOT NULL) = (state NOT IN ('pending', 'cancelled'))",
}


def upgrade() -> None:
    for name, check in _CHECKS.items():
        op.drop_constraint(op.f(f"ck_orders_{name}"), "orders", type_="check")
        op.create_check_constraint(op.f(f"ck_orders_{name}"), "orders", check)
    op.add_column("orders", sa.Column("corrects", sa.Text(), nullable=True))
    op.create_foreign_key(op.f("fk_orders_corrects_orders"), "orders", "orders", ["corrects"], ["order_id"])
    op.create_index(op.f("ix_orders_corrects"), "orders", ["corrects"])


def downgrade() -> None:
    raise NotImplementedError("what was asked for again is part of the books")
