"""What the termination of an exclusive licence costs"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from payment.tariff.store import shipped_rates

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    rates = sa.table(
        "tariff_rates",
        sa.column("code", sa.Text()),
        sa.column("valid_from", sa.Date()),
        sa.column("amount", sa.BigInteger()),
        sa.column("title_zh", sa.Text()),
        sa.column("title_en", sa.Text()),
        sa.column("source", sa.Text()),
    )
    op.bulk_insert(rates, shipped_rates("terminations"))


def downgrade() -> None:
    raise NotImplementedError("what was charged is shown by its rate")
