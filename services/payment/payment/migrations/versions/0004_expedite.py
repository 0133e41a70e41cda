"""Orders for examination by a promised day"""

from collections.abc import Sequence

from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.drop_constraint(op.f("ck_order_items_purpose_known"), "order_items", type_="check")
    op.create_check_constraint(
        op.f("ck_order_items_purpose_known"), "order_items", "purpose IN ('registration', 'old_case', 'expedite')"
    )


def downgrade() -> None:
    raise NotImplementedError("orders for a promised day are orders")
