"""What has come of an old case here stands beside what the old system said of it: what was paid"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# An order asks for what was owed, and nobody is heard to have paid another amount.
_PAID_BEFORE = """
    UPDATE legacy_cases c SET received_fen = greatest(coalesce(fee_fen, 0) - coalesce(paid_fen, 0), 0)
    WHERE EXISTS (SELECT FROM legacy_actions a WHERE a.record_id = c.record_id AND a.action = 'pay')"""


def upgrade() -> None:
    op.add_column("legacy_cases", sa.Column("received_fen", sa.BigInteger(), server_default="0", nullable=False))
    op.create_check_constraint(op.f("ck_legacy_cases_received"), "legacy_cases", "received_fen >= 0")
    op.execute(_PAID_BEFORE)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_legacy_cases_received"), "legacy_cases")
    op.drop_column("legacy_cases", "received_fen")
